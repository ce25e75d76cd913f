"""Fuzz one target, until libFuzzer's own options end it: ``python -m tests.fuzz.run TARGET OPTION...``."""

import sys

import atheris

with atheris.instrument_imports(include=["enrolment", "crl", "yaml"]):
    from tests.fuzz.targets import TARGETS


def main() -> None:
    """Hand over to libFuzzer, which ends the process."""
    target = TARGETS[sys.argv.pop(1)]

    def once(data: bytes) -> None:
        target(data)

    atheris.Setup(sys.argv, once)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
