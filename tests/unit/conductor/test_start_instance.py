"""The executable itself, as a process."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import conductor

SOURCE = Path(conductor.__file__).parent
BARE = [sys.executable, "-I", "-S"]  # a Python without site-packages


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    path = tmp_path / "checkout"
    shutil.copytree(SOURCE, path / "conductor", ignore=shutil.ignore_patterns("__pycache__", "*.yaml"))
    (path / "data").mkdir()
    shutil.copy(SOURCE.parent / "data" / "roles.yaml", path / "data")
    shared = Path("files") / "scripts"
    shutil.copytree(SOURCE.parent / shared, path / shared, ignore=shutil.ignore_patterns("__pycache__"))
    return path


def run(argv: list[str], cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    env |= {"HOME": str(cwd), "XDG_CONFIG_HOME": str(cwd), "AWS_EC2_METADATA_DISABLED": "true", **more}
    env.pop("VIRTUAL_ENV", None)
    return subprocess.run(argv, cwd=cwd, env=env, capture_output=True, text=True, timeout=60, check=False)


def script(checkout: Path) -> str:
    return str(checkout / "conductor" / "start_instance.py")


def test_without_a_venv_it_says_to_run_make(checkout: Path) -> None:
    done = run([*BARE, script(checkout), "list"], checkout)
    assert done.returncode == 1
    assert "lacks the module" in done.stderr
    assert f"Run `make` in {checkout}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_python_that_lacks_modules_hands_over_to_the_checkout_s_venv(checkout: Path) -> None:
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "venv: $*"\n')
    python.chmod(0o755)
    done = run([*BARE, script(checkout), "worker", "--count", "2"], checkout)
    assert done.stdout == f"venv: {script(checkout)} worker --count 2\n"


def test_a_venv_that_lacks_modules_itself_does_not_start_itself_for_ever(checkout: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(checkout / ".venv")], check=True)
    done = run([*BARE, script(checkout), "list"], checkout)
    assert done.returncode == 1
    assert "Run `make`" in done.stderr


def test_no_configuration_is_one_message_and_exit_code_2(checkout: Path) -> None:
    done = run([sys.executable, script(checkout), "worker"], checkout)
    assert done.returncode == 2
    assert "no start_instance.yaml in any of:" in done.stderr


def test_no_credentials_is_one_message_and_exit_code_1(checkout: Path) -> None:
    (checkout / "start_instance.yaml").write_text("s3_bucket_name: our-cluster\nami_id: ami-12345678\n")
    done = run([sys.executable, script(checkout), "worker"], checkout, AWS_DEFAULT_REGION="us-east-1")
    assert done.returncode == 1
    assert done.stderr.startswith("start_instance.py: no credentials for the cloud were found\n")
    assert "Traceback" not in done.stderr


def test_an_api_that_nobody_answers_at_is_one_message_and_exit_code_1(checkout: Path) -> None:
    (checkout / "start_instance.yaml").write_text("s3_bucket_name: our-cluster\nami_id: ami-12345678\n")
    done = run(
        [sys.executable, script(checkout), "worker"],
        checkout,
        AWS_DEFAULT_REGION="us-east-1",
        AWS_ACCESS_KEY_ID="a",
        AWS_SECRET_ACCESS_KEY="b",
        AWS_ENDPOINT_URL="http://127.0.0.1:1",
        AWS_MAX_ATTEMPTS="1",
    )
    assert done.returncode == 1
    assert "the API does not answer" in done.stderr
    assert "AWS_ENDPOINT_URL" in done.stderr


def test_no_region_is_one_message_and_exit_code_1(checkout: Path) -> None:
    (checkout / "start_instance.yaml").write_text("s3_bucket_name: our-cluster\nami_id: ami-12345678\n")
    keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    done = run([sys.executable, script(checkout), "worker"], checkout, **keys)
    assert done.returncode == 1
    assert "no region is set" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_while_it_is_still_loading_is_one_message_and_exit_code_130(
    checkout: Path, number: signal.Signals
) -> None:
    (checkout / "conductor" / "cli.py").write_text(
        f"import os\nos.kill(os.getpid(), {number.value})\nwhile True: pass\n"
    )
    done = run([sys.executable, script(checkout), "worker"], checkout)
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "start_instance.py: interrupted\n"


def test_it_is_executable() -> None:
    assert os.access(SOURCE / "start_instance.py", os.X_OK)
