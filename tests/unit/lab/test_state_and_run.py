"""One command at a time on a state directory; subprocesses and waits with a deadline."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lab.errors import Busy, CommandFailed, LabError
from lab.run import run, wait_for
from lab.state import State, read_json, write_atomically


def test_a_second_command_that_changes_the_lab_is_told_who_is_at_work(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; from pathlib import Path; from lab.state import State\n"
            "with State(Path(sys.argv[1])).exclusive(): print('held', flush=True); sys.stdin.read()",
            str(tmp_path),
        ],
        cwd=Path(__file__).parents[3],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdin and holder.stdout
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(Busy, match=f"pid {holder.pid}"), State(tmp_path).exclusive():
        pass
    holder.stdin.close()
    holder.wait()
    holder.stdout.close()
    with State(tmp_path).exclusive():
        assert (tmp_path / "lock").exists()


def test_a_failed_command_is_named_with_its_output() -> None:
    with pytest.raises(CommandFailed, match="exit code 3\nno such thing"):
        run(["sh", "-c", "echo no such thing; exit 3"])


def test_an_expected_exit_code_is_no_failure() -> None:
    assert run(["sh", "-c", "exit 3"], expect=(3,)).returncode == 3


def test_an_absent_command_is_named() -> None:
    with pytest.raises(CommandFailed, match="no-such-command: no such command"):
        run(["no-such-command"])


def test_a_command_that_hangs_is_ended_at_its_deadline() -> None:
    with pytest.raises(CommandFailed, match="not done after 0 s"):
        run(["sleep", "60"], deadline=0.2)


def test_a_logged_command_that_fails_shows_the_end_of_its_log(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="disk full"):
        run(["sh", "-c", "echo disk full; exit 1"], log=tmp_path / "log")


def test_a_condition_that_never_holds_is_given_up_in_words() -> None:
    with pytest.raises(LabError, match="gave up after 0 s: the moon is not blue"):
        wait_for(lambda: False, deadline=0.05, what="the moon is not blue", every=0.01)


def test_a_file_that_is_not_there_reads_as_nothing(tmp_path: Path) -> None:
    assert read_json(tmp_path / "absent.json") is None


def test_a_replaced_file_has_the_mode_asked_for_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    write_atomically(tmp_path / "key", "old", 0o600)
    write_atomically(tmp_path / "key", "new", 0o600)
    assert (tmp_path / "key").read_text() == "new"
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_without_its_python_the_command_says_what_to_do(tmp_path: Path) -> None:
    copied = tmp_path / "lab" / "lab"
    copied.parent.mkdir()
    shutil.copy(Path(__file__).parents[3] / "lab" / "lab", copied)
    done = subprocess.run([sys.executable, copied, "up"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "run `make`" in done.stderr
    assert "Traceback" not in done.stderr
