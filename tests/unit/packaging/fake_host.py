"""The packages' files as they lie on a host, with a Java that prints how it was called."""

import shutil
import subprocess
from pathlib import Path

PACKAGING = Path(__file__).resolve().parents[3] / "packaging"
HOMES = {"hadoop": "hadoop", "hdfs": "hadoop-hdfs", "yarn": "hadoop-yarn", "mapred": "hadoop-mapreduce"}
# What the launchers may use, so that the machine's own Java and Hadoop stay out of the tests.
PROGRAMS = ("bash", "cat", "dirname", "env", "grep", "id", "perl", "readlink", "sed", "sort", "uname")

FAKE_JAVA = """#!/bin/bash
printf 'java=%s\\n' "$0"
printf 'arg=%s\\n' "$@"
printf 'CLASSPATH=%s\\n' "$CLASSPATH"
"""

Done = subprocess.CompletedProcess[str]


def program(path: Path, text: str) -> Path:
    """Write an executable."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def make_java(home: Path, version: str) -> Path:
    """Make a Java of some version that only prints its arguments."""
    program(home / "bin/java", FAKE_JAVA)
    (home / "release").write_text(f'IMPLEMENTOR="Debian"\nJAVA_VERSION="{version}"\n')
    return home


class FakeHost:
    """A root with the files of all packages, the empty configuration and one Java 21."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for package in sorted((PACKAGING / "files").iterdir()):
            shutil.copytree(package, root, dirs_exist_ok=True, symlinks=True)
        self.conf = root / "etc/hadoop/conf"
        (root / "etc/hadoop/conf.empty").rename(self.conf)
        self.jvms = root / "usr/lib/jvm"
        self.java = make_java(self.jvms / "java-21-openjdk-amd64", "21.0.9")
        self.programs = root / "programs"
        self.programs.mkdir()
        for name in PROGRAMS:
            (self.programs / name).symlink_to(str(shutil.which(name)))
        # The daemons' own users need not exist where the tests run.
        user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
        self.users = {
            f"{name}_USER": user for name in ("HDFS_NAMENODE", "YARN_NODEMANAGER", "MAPRED_HISTORYSERVER")
        }

    def run(self, command: str, *arguments: str, **variables: str) -> Done:
        """Run one of the four commands, or another file by its path in the root."""
        path = (
            self.root / f"usr/lib/{HOMES[command]}/bin/{command}" if command in HOMES else self.root / command
        )
        environment = {
            "PATH": str(self.programs),
            "HOME": "/nonexistent",
            "HADOOP_CONF_DIR": str(self.conf),
            "HADOOP_DEFAULT_DIR": str(self.root / "etc/default"),
            "HADOOP_JVM_DIR": str(self.jvms),
            **self.users,
            **variables,
        }
        argv = [str(path), *arguments]
        return subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=30, check=False)

    def java_arguments(self, command: str, *arguments: str, **variables: str) -> list[str]:
        """Run a command that must start Java; return Java's arguments."""
        done = self.run(command, *arguments, **variables)
        assert done.returncode == 0, done.stderr
        return [line.removeprefix("arg=") for line in done.stdout.splitlines() if line.startswith("arg=")]

    def site(self, file: str, **properties: str) -> None:
        """Write a site file; property names have _ for each dot."""
        text = "".join(
            f"<property>\n <name>{name.replace('_', '.')}</name>\n <value>{value}</value>\n</property>\n"
            for name, value in properties.items()
        )
        (self.conf / file).write_text(f"<configuration>{text}</configuration>\n")
