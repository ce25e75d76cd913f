"""``python -m tests.fuzz [--seconds N] [TARGET...]``: coverage-guided fuzzing of what strangers may send.

Each target gets its share of the time, one after the other, in one process. What it learns stays in .fuzz/
for the next time; what it finds is in .fuzz/findings/, and belongs into tests/fuzz/corpus/TARGET/, where
``make unit`` runs it for ever.
"""

import argparse
import hashlib
import os
import subprocess
import sys
from pathlib import Path

from tests.fuzz.seeds import seeds
from tests.fuzz.targets import CORPUS, TARGETS

ROOT = Path(__file__).parents[2]
WORK = ROOT / ".fuzz"
SLOWEST = 5  # seconds for one input
LARGEST = {"path": 256, "record": 8192}  # bytes; else 16 kB
WORDS = Path(__file__).parent / "words"


def fuzz(target: str, seconds: int) -> bool:
    """Fuzz one target; return whether all held."""
    learnt = WORK / target
    learnt.mkdir(parents=True, exist_ok=True)
    findings = WORK / "findings"
    findings.mkdir(exist_ok=True)
    for seed in seeds(target):
        (learnt / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    words, known = WORDS / f"{target}.dict", CORPUS / target
    done = subprocess.run(
        [
            sys.executable, "-m", "tests.fuzz.run", target, str(learnt),
            *([str(known)] if known.is_dir() else []),  # nothing was ever found in some
            f"-max_total_time={seconds}", f"-max_len={LARGEST.get(target, 16384)}", f"-timeout={SLOWEST}",
            f"-artifact_prefix={findings}/{target}-", "-rss_limit_mb=1024", "-print_final_stats=1",
            *([f"-dict={words}"] if words.exists() else []),
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT}/files/scripts"},
        check=False,
        timeout=seconds + 120,
    )  # fmt: skip
    return done.returncode == 0


def main(argv: list[str]) -> int:
    """Fuzz the targets; 1 if one found something."""
    parser = argparse.ArgumentParser(prog="tests.fuzz", description="Fuzzes what strangers may send.")
    parser.add_argument("--seconds", type=int, default=600, help="for all targets together")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    options = parser.parse_args(argv)
    targets = options.targets or list(TARGETS)
    if not set(targets) <= set(TARGETS):
        parser.error(f"the targets are {', '.join(TARGETS)}")
    failed = [target for target in targets if not fuzz(target, options.seconds // len(targets))]
    print("fuzz: " + (f"{', '.join(failed)}: see {WORK}/findings" if failed else "all held"))
    return 1 if failed else 0


if __name__ == "__main__":
    os.nice(15)
    sys.exit(main(sys.argv[1:]))
