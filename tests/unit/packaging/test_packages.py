import hashlib
import re
import shutil
import subprocess
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hadoop_packages import artifacts, control, pypi, spec, stage, units
from hadoop_packages.errors import DefinitionError

from tests.unit.packaging.fake_host import PACKAGING

DEFINITION = spec.load(PACKAGING / "packages.toml")
PACKAGES = {package.name: package for package in DEFINITION.packages}
DAEMONS = [package for package in DEFINITION.packages if package.daemon]


def scripts(name: str) -> dict[str, str]:
    made = {
        kind: control.maintainer_script(PACKAGES[name], kind, PACKAGING / "debian")
        for kind in control.SCRIPTS
    }
    return {kind: text for kind, text in made.items() if text}


def test_the_packages_have_bigtops_names() -> None:
    assert set(PACKAGES) - {"puppetboard"} == {
        "hadoop",
        "hadoop-client",
        "hadoop-hdfs",
        "hadoop-hdfs-datanode",
        "hadoop-hdfs-namenode",
        "hadoop-hdfs-secondarynamenode",
        "hadoop-mapreduce",
        "hadoop-mapreduce-historyserver",
        "hadoop-yarn",
        "hadoop-yarn-nodemanager",
        "hadoop-yarn-resourcemanager",
    }


def test_control_fields_pin_our_own_packages_to_the_same_version() -> None:
    fields = control.fields(PACKAGES["hadoop-hdfs-namenode"], DEFINITION, 12)
    assert fields["Depends"] == f"hadoop-hdfs (= {DEFINITION.version}), init-system-helpers (>= 1.52)"
    assert fields["Installed-Size"] == "12"


def test_java_is_any_from_17_on_with_the_distributions_own_first() -> None:
    depends = control.fields(PACKAGES["hadoop"], DEFINITION, 1)["Depends"]
    assert "default-jre-headless (>= 2:1.17) | java17-runtime-headless" in depends


def test_a_description_continues_with_one_space_and_has_no_empty_line() -> None:
    package = replace(PACKAGES["hadoop"], description="one\n\ntwo")
    assert control.fields(package, DEFINITION, 1)["Description"].endswith("\n one\n .\n two")


@pytest.mark.parametrize("package", DAEMONS, ids=lambda package: package.name)
def test_a_unit_runs_the_daemon_as_its_user_and_is_named_as_the_package(package: spec.Package) -> None:
    assert package.daemon
    text = units.unit(package, package.daemon, "3.5.0")
    assert f"ExecStart=/usr/bin/{package.daemon.command} --daemon run {package.daemon.name}\n" in text
    assert f"User={package.daemon.user}\n" in text
    assert package.name.endswith(f"-{package.daemon.name}")


@pytest.mark.parametrize("package", DAEMONS, ids=lambda package: package.name)
def test_no_unit_raises_limits_and_each_gives_up_at_last(package: spec.Package) -> None:
    assert package.daemon
    text = units.unit(package, package.daemon, "3.5.0")
    assert "Limit" not in text.replace("StartLimit", "")
    assert "StartLimitBurst=60\n" in text
    assert "Restart=on-failure\n" in text


@pytest.mark.parametrize("package", DAEMONS, ids=lambda package: package.name)
def test_a_daemon_that_was_killed_is_back_within_seconds(package: spec.Package) -> None:
    assert package.daemon
    text = units.unit(package, package.daemon, "3.5.0")
    assert "RestartSec=3\n" in text
    assert ("RestartForceExitStatus=0\n" in text) == (package.daemon.name == "datanode")


@pytest.mark.parametrize("package", DAEMONS, ids=lambda package: package.name)
def test_a_daemon_may_not_what_is_the_systems_but_a_nodemanagers_containers_may(
    package: spec.Package, tmp_path: Path
) -> None:
    """By systemd's own figure: 10 is everything, and a unit that says nothing has 9.2 as a user's."""
    assert package.daemon
    text = units.unit(package, package.daemon, "3.5.0")
    is_open = package.daemon.name == "nodemanager"
    assert ("NoNewPrivileges=yes\n" in text) != is_open
    assert "MemoryDenyWriteExecute" not in text
    if shutil.which("systemd-analyze") and not is_open:
        path = tmp_path / f"{package.name}.service"
        path.write_text(text)
        argv = ["systemd-analyze", "security", "--offline=yes", "--no-pager", str(path)]
        said = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=60).stdout
        found = re.search(r"exposure level for \S+: ([\d.]+)", said)
        assert found, said
        assert float(found[1]) <= 3.8, said


def test_only_the_hdfs_daemons_are_held_back_until_they_can_run() -> None:
    guarded = [package.name for package in DAEMONS if package.daemon and package.daemon.ready]
    assert guarded == ["hadoop-hdfs-namenode", "hadoop-hdfs-datanode", "hadoop-hdfs-secondarynamenode"]


def test_a_daemons_scripts_start_stop_and_forget_its_unit() -> None:
    made = scripts("hadoop-yarn-nodemanager")
    assert 'deb-systemd-invoke "$action" hadoop-yarn-nodemanager.service' in made["postinst"]
    assert "deb-systemd-invoke stop hadoop-yarn-nodemanager.service" in made["prerm"]
    assert "deb-systemd-helper purge hadoop-yarn-nodemanager.service" in made["postrm"]


def test_purging_removes_logs_and_never_what_holds_data() -> None:
    removed = re.findall(r"rm -rf (.*)", scripts("hadoop-hdfs")["postrm"])
    assert sorted(removed) == ["/run/hadoop-hdfs", "/var/log/hadoop-hdfs"]
    assert "userdel" not in scripts("hadoop-hdfs")["postrm"]


def test_the_user_is_made_before_the_directories_that_it_owns() -> None:
    postinst = scripts("hadoop-hdfs")["postinst"]
    assert postinst.index("adduser --system") < postinst.index("install -d -o hdfs -g hadoop -m 1777")


def test_the_meta_package_has_no_scripts() -> None:
    assert scripts("hadoop-client") == {}


def test_a_dependency_on_an_undefined_package_is_named(tmp_path: Path) -> None:
    path = tmp_path / "packages.toml"
    path.write_text(
        (PACKAGING / "packages.toml").read_text().replace('depends = ["hadoop-yarn"', 'depends = ["nope"')
    )
    with pytest.raises(DefinitionError, match="nope"):
        spec.load(path)


def test_a_misspelt_key_is_an_error_with_the_files_name(tmp_path: Path) -> None:
    path = tmp_path / "packages.toml"
    path.write_text((PACKAGING / "packages.toml").read_text().replace("versionless", "versionles"))
    with pytest.raises(DefinitionError, match=r"packages\.toml.*versionles"):
        spec.load(path)


def small_definition() -> spec.Spec:
    hadoop = spec.Package("hadoop", "s", "d", (), jars=("hadoop-common-*.jar",))
    yarn = spec.Package(
        "hadoop-yarn", "s", "d", ("hadoop",), jars=("hadoop-yarn-*.jar",), lib=("guice-*.jar",)
    )
    return replace(DEFINITION, drop=("*-osx.jar",), packages=(hadoop, yarn))


def test_jars_go_to_the_package_that_names_them_and_shared_ones_to_hadoop() -> None:
    names = ["hadoop-common-1.jar", "hadoop-yarn-api-1.jar", "guice-1.jar", "avro-1.jar", "netty-osx.jar"]
    placements = artifacts.place([Path(name) for name in names], small_definition())
    assert {placement.jar.name: placement.directory for placement in placements} == {
        "hadoop-common-1.jar": "/usr/lib/hadoop",
        "hadoop-yarn-api-1.jar": "/usr/lib/hadoop-yarn",
        "guice-1.jar": "/usr/lib/hadoop-yarn/lib",
        "avro-1.jar": "/usr/lib/hadoop/lib",
    }


def test_a_pattern_that_matches_no_jar_is_reported_as_stale() -> None:
    names = ["hadoop-common-1.jar", "hadoop-yarn-api-1.jar", "netty-osx.jar"]
    with pytest.raises(DefinitionError, match=r"guice-\*\.jar"):
        artifacts.place([Path(name) for name in names], small_definition())


def test_a_command_whose_class_is_in_no_packaged_jar_is_reported(tmp_path: Path) -> None:
    jar = tmp_path / "hadoop-common-1.jar"
    with zipfile.ZipFile(jar, "w") as archive:
        archive.writestr("org/apache/hadoop/fs/FsShell.class", b"")
    table = tmp_path / "hadoop.commands"
    placements = [artifacts.Placement(jar, "hadoop", "/usr/lib/hadoop")]
    table.write_text("# command kind class description\nfs client org.apache.hadoop.fs.FsShell files\n")
    artifacts.check_commands([table], placements)
    table.write_text("jar client org.apache.hadoop.util.RunJar run\n")
    with pytest.raises(DefinitionError, match="RunJar"):
        artifacts.check_commands([table], placements)


def test_a_built_package_holds_its_files_with_policys_modes(tmp_path: Path) -> None:
    inputs = stage.Inputs(DEFINITION, [], [], PACKAGING)
    stage.build_package(PACKAGES["hadoop-yarn-resourcemanager"], inputs, tmp_path / "work", tmp_path)
    deb = tmp_path / f"hadoop-yarn-resourcemanager_{DEFINITION.version}_all.deb"
    listing = stage.run(["dpkg-deb", "--contents", str(deb)], timeout=30)
    entries = {line.split()[-1]: line.split()[:2] for line in listing.splitlines()}
    unit = "./usr/lib/systemd/system/hadoop-yarn-resourcemanager.service"
    assert entries[unit] == ["-rw-r--r--", "root/root"]
    assert stage.run(["dpkg-deb", "--info", str(deb), "conffiles"], timeout=30).split() == [
        "/etc/default/hadoop-yarn-resourcemanager"
    ]


def test_jars_that_are_called_by_name_have_one_without_their_version(tmp_path: Path) -> None:
    names = ("hadoop-streaming-3.4.2.jar", "hadoop-mapreduce-client-jobclient-3.4.2-tests.jar")
    placements = []
    for name in (*names, "hadoop-mapreduce-client-jobclient-3.5.0.jar"):
        (tmp_path / name).write_bytes(b"")
        placements.append(
            artifacts.Placement(tmp_path / name, "hadoop-mapreduce", "/usr/lib/hadoop-mapreduce")
        )
    inputs = stage.Inputs(DEFINITION, [], placements, PACKAGING)
    stage.build_package(PACKAGES["hadoop-mapreduce"], inputs, tmp_path / "work", tmp_path)
    deb = tmp_path / f"hadoop-mapreduce_{DEFINITION.version}_all.deb"
    listing = stage.run(["dpkg-deb", "--contents", str(deb)], timeout=30)
    links = dict(re.findall(r"/(\S+\.jar) -> (\S+)", listing.replace("./usr/lib/hadoop-mapreduce", "")))
    assert links == {
        "hadoop-streaming.jar": names[0],
        "hadoop-mapreduce-client-jobclient-tests.jar": names[1],
    }


def test_building_a_package_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    inputs = stage.Inputs(DEFINITION, [], [], PACKAGING)
    made = []
    for name in ("one", "two"):
        stage.build_package(
            PACKAGES["hadoop-hdfs-namenode"], inputs, tmp_path / name, tmp_path / f"{name}-pool"
        )
        made.append(next((tmp_path / f"{name}-pool").iterdir()).read_bytes())
    assert made[0] == made[1]


@pytest.mark.parametrize("name", PACKAGES)
def test_every_maintainer_script_is_valid_shell_without_unfilled_placeholders(name: str) -> None:
    for text in scripts(name).values():
        stage.run(["sh", "-n"], timeout=30, stdin=text)
        assert "$$" not in text


def test_puppetboard_has_a_version_of_its_own_and_takes_the_rest_from_the_distribution() -> None:
    fields = control.fields(PACKAGES["puppetboard"], DEFINITION, 1)
    assert fields["Version"] == PACKAGES["puppetboard"].version != DEFINITION.version
    assert fields["Source"] == "puppetboard"
    assert "python3-pypuppetdb" in fields["Depends"]
    assert "hadoop" not in fields["Depends"]


def _project(archive: Path, name: str) -> spec.Project:
    return spec.Project(name, "1.0", hashlib.sha256(archive.read_bytes()).hexdigest())


def test_a_wheel_and_a_source_archive_give_the_python_package_alone(tmp_path: Path) -> None:
    archives = tmp_path / "archives"
    archives.mkdir()
    with zipfile.ZipFile(archives / "some_board-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("some_board/__init__.py", "one = 1\n")
        wheel.writestr("some_board-1.0.dist-info/METADATA", "")
    (tmp_path / "x-1.0/src/some_job").mkdir(parents=True)
    (tmp_path / "x-1.0/src/some_job/__init__.py").write_text("two = 2\n")
    (tmp_path / "x-1.0/setup.py").write_text("")
    with tarfile.open(archives / "some-job-1.0.tar.gz", "w:gz") as source:
        source.add(tmp_path / "x-1.0", "x-1.0")
    for path, name in zip(sorted(archives.iterdir()), ["some-job", "some-board"], strict=True):
        pypi.unpack(_project(path, name), archives, tmp_path / "root")
    root = tmp_path / "root"
    made = sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())
    metadata = "some_board-1.0.dist-info/METADATA"
    assert made == [metadata, "some_board/__init__.py", "some_job/__init__.py"]


def test_an_archive_that_was_changed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "board-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("board/__init__.py", "")
    expected = _project(path, "board")
    with zipfile.ZipFile(path, "a") as wheel:
        wheel.writestr("board/more.py", "")
    with pytest.raises(DefinitionError, match=r"no archive of board 1\.0"):
        pypi.unpack(expected, tmp_path, tmp_path / "root")
