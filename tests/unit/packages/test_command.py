"""The command: settings, exit codes, as a process of its own, and what it costs."""

import subprocess
from pathlib import Path

import pytest
import yaml
from packages.command import main

from tests.unit.packages import repository

COMMAND = Path(__file__).parents[3] / "files" / "scripts" / "puppet_packages"


@pytest.fixture
def config(host):
    return write(host, node_bucket=host.config.node_bucket, folder=str(host.folder))


def write(host, **settings):
    path = host.root / "packages.yaml"
    path.write_text(yaml.safe_dump(settings))
    return path


def test_as_a_process_it_serves_what_the_bucket_has(host, config):
    host.publish({"hadoop_1_all.deb": b"hadoop 1"})
    done = subprocess.run([COMMAND, "--config", config], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert host.served["pool/main/hadoop_1_all.deb"] == b"hadoop 1"


def test_a_bucket_without_packages_is_exit_0_and_quiet(host, config, capsys):
    assert main(["--config", str(config)]) == 0
    assert capsys.readouterr() == ("", "")


def test_a_store_that_does_not_answer_is_exit_1_and_what_is_served_stays(host, config, capsys):
    host.publish({"hadoop_1_all.deb": b"hadoop 1"})
    assert main(["--config", str(config)]) == 0
    host.bucket.rename(host.root / "elsewhere")
    assert main(["--config", str(config)]) == 1
    assert "no such directory" in capsys.readouterr().err
    assert host.served["pool/main/hadoop_1_all.deb"] == b"hadoop 1"


def test_half_an_upload_is_exit_1_and_says_what_is_missing(host, config, capsys):
    host.publish({"hadoop_1_all.deb": b"hadoop 1"})
    (host.uploaded / "pool/main/hadoop_1_all.deb").unlink()
    assert main(["--config", str(config)]) == 1
    assert "packages/pool/main/hadoop_1_all.deb is missing" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_exit_1(host, config, capsys):
    host.publish({"hadoop_1_all.deb": repository.KEY})
    host.folder.rmdir()
    assert main(["--config", str(config)]) == 1
    assert "No such file" in capsys.readouterr().err


@pytest.mark.parametrize(
    "settings", [{}, {"node_bucket": "file:///x"}, {"node_bucket": "file:///x", "folder": "/x", "odd": "1"}]
)
def test_wrong_settings_are_exit_2(host, settings, capsys):
    assert main(["--config", str(write(host, **settings))]) == 2
    assert "packages.yaml" in capsys.readouterr().err
