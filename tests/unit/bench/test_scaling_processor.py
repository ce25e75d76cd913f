"""Who used the processor of a host: from control groups and /proc."""

import os
from pathlib import Path

import pytest

from bench.scaling import processor
from bench.scaling.processor import Machine, between

TICKS = os.sysconf("SC_CLK_TCK")
SLICE = Path("payload/system.slice")


def unit(group: Path, name: str, seconds: float, pids: tuple[int, ...] = ()) -> None:
    folder = group / SLICE / name if name else group
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cpu.stat").write_text(f"usage_usec {int(seconds * 1e6)}\nuser_usec 1\n")
    (folder / "cgroup.procs").write_text("".join(f"{pid}\n" for pid in pids))


def process(proc: Path, pid: int, command: bytes, times: tuple[float, ...], pss: int = 0) -> None:
    """``times``: user and system seconds of its own, and those of its children."""
    folder = proc / str(pid)
    folder.mkdir(parents=True)
    (folder / "cmdline").write_bytes(command)
    ticks = " ".join(str(round(value * TICKS)) for value in times)
    (folder / "stat").write_text(f"{pid} (a (strange) name) S 1 1 1 0 -1 4194560 1 1 1 1 {ticks} 20 0\n")
    (folder / "smaps_rollup").write_text(f"Rss: 9 kB\nPss: {pss} kB\n")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    group, proc = tmp_path / "group", tmp_path / "proc"
    unit(group, "", 100.0)
    unit(group, "apache2.service", 40.0, (10, 11))
    unit(group, "puppetdb.service", 20.0, (12,))
    unit(group, "system-postgresql.slice", 5.0)
    unit(group, "puppet-node-classifier.service", 3.0, (13,))
    unit(group, "puppet-node-status.service", 2.0)
    unit(group, "puppet-crl.service", 1.0)
    unit(group, "ssh.service", 4.0)
    unit(group, "puppet.service", 6.0)
    process(proc, 10, b"/usr/sbin/apache2\0-k\0start", (7.0, 1.0, 0.0, 0.0), 1024)
    worker = b"Passenger RubyApp: /usr/share/puppet-master (production)"
    process(proc, 11, worker, (20.0, 5.0, 2.0, 1.0), 2048)
    process(proc, 12, b"java\0", (1.0, 1.0, 0.0, 0.0), 4096)
    process(proc, 13, b"python3\0", (1.0, 1.0, 0.0, 0.0), 512)
    return Machine(group, proc)


def test_each_part_has_its_seconds_and_all_together_are_the_hosts(machine: Machine) -> None:
    found = machine.processor()
    assert found == pytest.approx(
        {
            processor.WORKERS: 25.0,
            processor.COMMAND: 3.0,
            processor.APACHE: 12.0,
            processor.HELPER: 3.0,
            processor.PUPPETDB: 20.0,
            processor.POSTGRESQL: 5.0,
            processor.RESIDENTS: 3.0,
            processor.OWN_AGENT: 6.0,
            processor.REST: 4.0,
            processor.TIMERS: 19.0,
        }
    )
    assert sum(found.values()) == pytest.approx(100.0)


def test_memory_goes_to_workers_apart_from_their_apache(machine: Machine) -> None:
    found = machine.memory()
    assert (found[processor.APACHE], found[processor.WORKERS]) == (1.0, 2.0)
    assert (found[processor.PUPPETDB], found[processor.HELPER]) == (4.0, 0.5)


def test_a_unit_that_is_not_there_has_used_nothing(tmp_path: Path) -> None:
    assert set(Machine(tmp_path / "none", tmp_path).processor().values()) == {0.0}


def test_a_part_whose_time_began_anew_has_not_used_less_than_nothing() -> None:
    assert between({"a": 5.0, "b": 1.0}, {"a": 2.0, "b": 4.0}) == {"a": 0.0, "b": 3.0}
