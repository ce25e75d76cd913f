"""`make demo`: from nothing to the result of a MapReduce job, each step with its time."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.table import Table

from lab import lifecycle, output, wordcount
from lab.cluster import WORKERS, Cluster
from lab.errors import LabError
from lab.state import State


class Story:
    """Tells the steps as they happen, with the minutes and seconds since the beginning."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._began = time.monotonic()

    def tell(self, line: str) -> None:
        elapsed = int(time.monotonic() - self._began)
        self._console.print(
            f"  {elapsed // 60:2}:{elapsed % 60:02}  {line}", markup=False, highlight=False, soft_wrap=True
        )

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        began = time.monotonic()
        self._console.print(f"[bold]{title}[/bold]")
        yield
        self.tell(f"done in {time.monotonic() - began:.0f} s")


def demo(state: State, console: Console) -> None:
    """Everything, in order; leaves the cluster up."""
    story = Story(console)
    cluster = Cluster(state, story.tell)
    with story.step("The cloud: EC2 on this machine"):
        lifecycle.up(state, story.tell)
    if cluster.nodes():
        raise LabError("the lab already holds nodes; take it down first: sudo lab/lab down")
    with story.step(
        "start_instance.py up: the puppetmaster (CA, master, database, from this repository's HEAD), "
        f"then a namenode, a jobtracker and {WORKERS} workers, all at once"
    ):
        cluster.conduct("up")
    with story.step("The cluster assembles itself"):
        cluster.await_hadoop(WORKERS)
    console.print(_nodes(cluster))
    with story.step("MapReduce: the words of a dictionary of English, from HDFS, over YARN"):
        result = wordcount.run_on(cluster)
        story.tell(
            f"{result.corpus_bytes / 1e6:.1f} MB, {result.words:,} words, {result.different:,} different; "
            f"upload and job took {result.seconds:.0f} s; every count equals the independent one"
        )
    table = Table("word", "times", title="The ten most frequent words")
    for word, times in result.top:
        table.add_row(word, f"{times:,}")
    console.print(table)
    console.print(
        "\nThe cluster is up. Look at it:\n"
        "  sudo lab/lab status\n"
        "  sudo lab/lab exec -- conductor/start_instance.py list\n"
        "  sudo lab/lab ssh namenode hdfs dfsadmin -report\n"
        "Take it down:\n"
        "  sudo lab/lab down\n",
        markup=False,
        highlight=False,
    )


def _nodes(cluster: Cluster) -> Table:
    table = Table("role", "instance", "certname", "private name", "state")
    for node in cluster.nodes():
        state = f"{node['state']}, {node['health']}"
        table.add_row(node["role"], node["instance_id"], node["certname"], node["private_name"], state)
    return table


def main() -> int:
    """Exit codes: 0 the counts match, 1 something failed, 130 interrupted."""
    console = output.console()
    try:
        demo(State.default(), console)
    except LabError as failed:
        print(f"demo: {failed}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("demo: interrupted; what runs: sudo lab/lab status; end it: sudo lab/lab down", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
