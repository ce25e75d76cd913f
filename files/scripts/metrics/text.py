"""Prometheus' text format, as its node exporter reads it from files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

PREFIX = "puppet_"


@dataclass(frozen=True)
class Sample:
    """One number. ``name`` is without the prefix; one that ends in ``_total`` counts up."""

    name: str
    help: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


def render(samples: Iterable[Sample]) -> str:
    """Return all samples, those of one name together, in the order of their names."""
    by_name: dict[str, list[Sample]] = {}
    for sample in samples:
        by_name.setdefault(sample.name, []).append(sample)
    return "".join(_family(name, found) for name, found in sorted(by_name.items()))


def _family(name: str, samples: list[Sample]) -> str:
    full, kind = PREFIX + name, "counter" if name.endswith("_total") else "gauge"
    lines = [f"# HELP {full} {samples[0].help}", f"# TYPE {full} {kind}"]
    lines += [f"{full}{_labels(sample.labels)} {_number(sample.value)}" for sample in samples]
    return "".join(f"{line}\n" for line in lines)


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in sorted(labels.items())) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))
