"""What node_classifier and check_csr --autosign cost a call, against Python that does nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.enrol import store_server
from bench.enrol.ca_site import CaSite
from bench.enrol.figures import Ratio
from bench.enrol.processes import PYTHON, Call, measure

SCRIPTS = Path(__file__).parents[2] / "files" / "scripts"
NAME = "3f0c1f6e-0000-4000-8000-000000000001-17"
# What the decision cannot do without: to read a request, with its key.
PARSER = "from cryptography import x509"


def run(folder: Path, pair: tuple[Path, Path], repeat: int) -> Sequence[Ratio]:
    """Measure all of them in turn."""
    site = CaSite(folder, "ec", 256)
    site.record(NAME)
    request = site.request(NAME)
    with store_server.serving(site.bucket, pair, 0.0) as url:
        trust = {"AWS_CA_BUNDLE": str(pair[0]), "PUPPET_CA_CONFIG": str(folder / "none.yaml")}
        classify, decide = str(SCRIPTS / "node_classifier"), [str(SCRIPTS / "check_csr"), "--autosign", NAME]
        kept = {"NODE_CLASSIFIER_CONFIG": _classifier(folder, url, 86400)}
        asking = {**trust, "NODE_CLASSIFIER_CONFIG": _classifier(folder, url, 0)}
        calls = {
            "pass": _python("pass"),
            "requests": _python("import requests"),
            "parser": _python(PARSER),
            "parser, requests": _python(f"{PARSER}; import requests"),
            "kept": Call([classify, NAME], environment={**trust, **kept}),
            "asking": Call([classify, NAME], environment=asking),
            "file": Call([*decide, f"file://{site.bucket}"], request, trust),
            "https": Call([*decide, url], request, trust),
        }
        found = measure(calls, repeat)

    def ratio(name: str, ours: str, reference: str, limit: float) -> Ratio:
        mine, bare = found[ours], found[reference]
        code = calls[reference].argv[-1]
        return Ratio(
            name,
            f"python3 -c '{code}'",
            mine.processor,
            bare.processor,
            limit,
            mine.elapsed,
            bare.elapsed,
        )

    return [
        ratio("node_classifier, answered from its cache", "kept", "pass", 2.0),
        ratio("node_classifier, asking an https store", "asking", "requests", 1.5),
        ratio("check_csr --autosign, file store", "file", "parser", 1.5),
        ratio("check_csr --autosign, https store", "https", "parser, requests", 1.5),
    ]


def _python(code: str) -> Call:
    return Call([PYTHON, "-c", code])


def _classifier(folder: Path, url: str, max_age: int) -> str:
    cache = folder / f"cache-{max_age}"
    cache.mkdir()
    path = folder / f"node_classifier-{max_age}.yaml"
    path.write_text(f"node_bucket: {url}\ncache_dir: {cache}\nmax_age: {max_age}\n")
    return str(path)
