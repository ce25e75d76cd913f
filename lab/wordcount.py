"""The proof that a cluster works: Hadoop's wordcount over a dictionary of English, against our own."""

import gzip
import re
import subprocess
import time
from collections import Counter
from dataclasses import dataclass

from lab import access
from lab.cluster import Cluster
from lab.errors import LabError

CORPUS_PACKAGE = "dict-gcide"  # the GNU Collaborative International Dictionary of English, 40 MB of text
CORPUS_FILE = "/usr/share/dictd/gcide.dict.dz"
LEAST_BYTES = 5_000_000
SPLIT = 10 * 1024 * 1024  # bytes a map task: enough tasks to keep every worker busy
EXAMPLES = "/usr/lib/hadoop-mapreduce/hadoop-mapreduce-examples.jar"
SEPARATORS = re.compile(rb"[ \t\n\r\f]+")  # java.util.StringTokenizer's, which the example uses
JOB_DEADLINE = 600

TO_UTF8 = 'import sys; sys.stdout.write(sys.stdin.buffer.read().decode(errors="ignore"))'
FETCH = f"""set -eo pipefail
cd "$(mktemp -d)"
apt-get -qq -o APT::Sandbox::User=root download {CORPUS_PACKAGE}
dpkg-deb --extract {CORPUS_PACKAGE}_*.deb .
zcat .{CORPUS_FILE} | python3 -c '{TO_UTF8}' > /var/tmp/corpus.txt
rm -rf "$PWD"
gzip --fast --stdout /var/tmp/corpus.txt
"""

JOB = f"""set -e
hdfs dfs -rm -r -f -skipTrash wordcount
hdfs dfs -mkdir -p wordcount
hdfs dfs -put /var/tmp/corpus.txt wordcount/in.txt
hadoop jar {EXAMPLES} wordcount \\
  -D mapreduce.input.fileinputformat.split.maxsize={SPLIT} -D mapreduce.job.reduces=2 \\
  wordcount/in.txt wordcount/out
"""


@dataclass(frozen=True)
class Result:
    """Both counts were equal when there is a Result; `top` are the ten most frequent words."""

    top: list[tuple[str, int]]
    corpus_bytes: int
    words: int
    different: int
    seconds: float


def run_on(cluster: Cluster, node: str = "jobtracker") -> Result:
    """Put the corpus into HDFS, count its words over YARN and here, compare.

    Raises LabError where the counts differ by a single word.
    """
    corpus = gzip.decompress(_bytes(cluster, node, FETCH))
    if len(corpus) < LEAST_BYTES:
        raise LabError(f"{CORPUS_PACKAGE} gives only {len(corpus)} bytes of text")
    expected = Counter(word for word in SEPARATORS.split(corpus) if word)
    began = time.monotonic()
    cluster.shell(node, JOB, deadline=JOB_DEADLINE)
    seconds = time.monotonic() - began
    counted = _parse(_bytes(cluster, node, "hdfs dfs -cat 'wordcount/out/part-*'"))
    if counted != expected:
        wrong = [word for word in expected | counted if expected[word] != counted[word]][:10]
        told = ", ".join(f"{word!r}: Hadoop {counted[word]}, counted {expected[word]}" for word in wrong)
        raise LabError(f"Hadoop's count differs from the independent one: {told}")
    top = [(word.decode(), count) for word, count in counted.most_common(10)]
    return Result(top, len(corpus), sum(counted.values()), len(counted), seconds)


def _bytes(cluster: Cluster, node: str, command: str) -> bytes:
    argv = access.shell(cluster.state, node, [command])
    done = subprocess.run(argv, capture_output=True, check=False, timeout=JOB_DEADLINE)
    if done.returncode != 0:
        raise LabError(
            f"{node}: {command}: exit code {done.returncode}: {done.stderr.decode(errors='replace')}"
        )
    return done.stdout


def _parse(output: bytes) -> Counter[bytes]:
    counted: Counter[bytes] = Counter()
    for line in output.splitlines():
        word, _, count = line.rpartition(b"\t")
        counted[word] += int(count)
    return counted
