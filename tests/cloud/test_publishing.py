"""Publishing packages, and what readers see of it at any moment."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from enrolment.errors import EnrolmentError
from enrolment.log import Log
from enrolment.store_s3 import S3Store
from packages.keeper import Config, Keeper

from conductor import cli, publishing
from conductor.clients import Clients
from conductor.context import Context
from conductor.errors import CloudError, LocalError, UnreachableError, UsageError
from tests.cloud.support import BUCKET, failing, refusal
from tests.unit.packages import repository

FIRST = {"hadoop_1_all.deb": b"hadoop 1", "hadoop-hdfs_1_all.deb": b"hdfs 1"}
SECOND = {"hadoop_2_all.deb": b"hadoop 2", "hadoop-hdfs_1_all.deb": b"HDFS 1"}


@pytest.fixture
def first(tmp_path: Path) -> Path:
    return repository.make(tmp_path / "first", FIRST)


@pytest.fixture
def second(tmp_path: Path) -> Path:
    return repository.make(tmp_path / "second", SECOND, key=repository.OTHER_KEY)


@pytest.fixture
def both(first: Path, second: Path) -> tuple[Path, Path]:
    return first, second


class Reader:
    """A host that serves packages, as often as it looks."""

    def __init__(self, clients: Clients, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        store = S3Store(f"s3://{BUCKET}", timeout=5, client=clients.s3)
        config = Config(node_bucket=store.url, folder=folder)
        self._keeper = Keeper(config, Log("test"), lambda _: store)

    def look(self) -> dict[str, bytes]:
        """What it serves afterwards, the packages by name; what is served is checked to be whole."""
        with contextlib.suppress(EnrolmentError):
            self._keeper.fetch()
        served = self.folder / "hadoop"
        if not served.exists():
            return {}
        publishing.read(served)
        listed = (served / "dists/hadoop/main/binary-amd64/Packages").read_text()
        return {
            path.name: path.read_bytes()
            for path in (served / "pool/main").iterdir()
            if f"pool/main/{path.name}\n" in listed
        }


@pytest.fixture
def reader(clients: Clients, bucket: str, tmp_path: Path) -> Reader:
    return Reader(clients, tmp_path / "served")


def keys(clients: Clients) -> set[str]:
    found = clients.s3.list_objects_v2(Bucket=BUCKET, Prefix="packages/").get("Contents", [])
    return {item["Key"] for item in found}


@contextlib.contextmanager
def watching(clients: Clients, react: Callable[[str, str], None]) -> Iterator[list[tuple[str, str]]]:
    """Notes what packages are put and deleted, in order; ``react`` is called before each."""
    real = {name: getattr(clients.s3, name) for name in ("put_object", "delete_object")}
    seen: list[tuple[str, str]] = []

    def wrap(name: str) -> Callable[..., Any]:
        def call(**arguments: Any) -> Any:
            if arguments["Key"].startswith("packages/"):
                seen.append((name, arguments["Key"].removeprefix("packages/")))
                react(*seen[-1])
            return real[name](**arguments)

        return call

    for name in real:
        setattr(clients.s3, name, wrap(name))
    try:
        yield seen
    finally:
        for name, method in real.items():
            setattr(clients.s3, name, method)


def nothing(_verb: str, _key: str) -> None:
    pass


def test_what_is_published_is_what_hosts_serve(context: Context, reader: Reader, first: Path) -> None:
    publishing.publish(context, first)
    assert reader.look() == FIRST


def test_a_bucket_is_made_private_where_there_is_none(
    context: Context, clients: Clients, first: Path, said: list[str]
) -> None:
    publishing.publish(context, first)
    block = clients.s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    assert all(block.values())
    assert f"made bucket {BUCKET}, private" in said


@pytest.mark.usefixtures("bucket")
def test_only_the_repository_s_own_files_are_uploaded(
    context: Context, clients: Clients, first: Path
) -> None:
    (first / ".ssh").mkdir()
    (first / ".ssh/id_ed25519").write_text("secret")
    publishing.publish(context, first)
    assert keys(clients) == {
        f"packages/{path}"
        for path in repository.files(first)
        if path not in ("recipe.json", ".ssh/id_ed25519")
    }


@pytest.mark.usefixtures("bucket")
def test_packages_go_first_the_index_last_and_what_is_superseded_is_removed_after(
    context: Context, clients: Clients, first: Path, second: Path
) -> None:
    publishing.publish(context, first)
    with watching(clients, nothing) as seen:
        publishing.publish(context, second)
    paths = [key for verb, key in seen if verb == "put_object"]
    pool = [key.startswith("pool/") for key in paths]
    assert pool == sorted(pool, reverse=True)
    assert paths[-4:] == [
        "hadoop-archive-keyring.asc",
        "dists/hadoop/Release",
        "dists/hadoop/Release.gpg",
        "dists/hadoop/InRelease",
    ]
    assert seen[-1] == ("delete_object", "pool/main/hadoop_1_all.deb")


@pytest.mark.usefixtures("bucket")
def test_the_same_again_uploads_nothing(context: Context, clients: Clients, first: Path) -> None:
    publishing.publish(context, first)
    with watching(clients, nothing) as seen:
        publishing.publish(context, first)
    assert seen == []


@pytest.mark.parametrize("stop", range(11))
def test_an_upload_that_is_cut_short_leaves_readers_the_old_version_and_is_completed_by_the_next(
    context: Context, clients: Clients, reader: Reader, both: tuple[Path, Path], stop: int
) -> None:
    first, second = both
    publishing.publish(context, first)
    assert reader.look() == FIRST
    with failing(clients.s3, "put_object", refusal("InternalError", "PutObject", 500), skip=stop):
        if stop < 10:
            with pytest.raises(UnreachableError):
                publishing.publish(context, second)
            assert reader.look() == FIRST
    publishing.publish(context, second)
    assert reader.look() == SECOND
    assert "packages/pool/main/hadoop_1_all.deb" not in keys(clients)


def test_an_upload_that_is_cut_short_before_it_has_removed_what_is_superseded_is_whole(
    context: Context, clients: Clients, reader: Reader, first: Path, second: Path
) -> None:
    publishing.publish(context, first)
    with (
        failing(clients.s3, "delete_object", refusal("InternalError", "DeleteObject", 500)),
        pytest.raises(UnreachableError),
    ):
        publishing.publish(context, second)
    assert reader.look() == SECOND


@pytest.mark.parametrize("moment", range(10))
def test_of_two_publishers_at_once_one_s_repository_is_there_whole(
    context: Context, clients: Clients, reader: Reader, both: tuple[Path, Path], moment: int
) -> None:
    first, second = both
    publishing.publish(context, repository.make(first.parent / "zeroth", {"hadoop_0_all.deb": b"0"}))
    others = []

    def react(_verb: str, _key: str) -> None:
        reader.look()
        if len(seen) == moment + 1 and not others:
            others.append(1)
            publishing.publish(context, second)

    with watching(clients, react) as seen:
        publishing.publish(context, first)
    assert others
    assert reader.look() == FIRST
    assert keys(clients) == {each.key for each in publishing.read(first).uploads}


@pytest.mark.usefixtures("bucket")
def test_publishers_that_never_agree_give_up_and_say_so(context: Context, first: Path) -> None:
    object.__setattr__(context, "store", _Restless(context.store))
    with pytest.raises(CloudError, match="changed 5 times"):
        publishing.publish(context, first)


class _Restless:
    """A bucket in which something else is each time it is listed."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._count = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def tags(self, prefix: str) -> dict[str, str]:
        self._count += 1
        return {**self._inner.tags(prefix), f"{prefix}odd-{self._count}": "x"}


@pytest.mark.usefixtures("bucket")
def test_a_bucket_whose_tags_are_no_md5_is_written_once(
    context: Context, clients: Clients, first: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = type(context.store)
    put, tags = store.put_file, store.tags
    monkeypatch.setattr(store, "put_file", lambda *given, **named: "kms-" + put(*given, **named))
    monkeypatch.setattr(
        store, "tags", lambda *given: {key: f"kms-{tag}" for key, tag in tags(*given).items()}
    )
    with watching(clients, nothing) as seen:
        publishing.publish(context, first)
    assert len(seen) == len(set(seen)) == len(publishing.read(first).uploads)


def test_a_folder_that_is_no_repository_is_refused(
    context: Context, clients: Clients, tmp_path: Path
) -> None:
    for folder in (tmp_path, tmp_path / "not-there"):
        with pytest.raises(UsageError, match="no package repository") as raised:
            publishing.publish(context, folder)
        assert "packaging/build" in raised.value.advice
    assert clients.s3.list_buckets()["Buckets"] == []


@pytest.mark.parametrize(
    "path",
    [
        "pool/main/hadoop_1_all.deb",
        "dists/hadoop/main/binary-amd64/Packages",
        "dists/hadoop/main/binary-arm64/Packages.gz",
        "hadoop-archive-keyring.asc",
        "dists/hadoop/InRelease",
    ],
)
@pytest.mark.parametrize("body", [None, b"", b"damaged."])
@pytest.mark.usefixtures("bucket")
def test_a_damaged_repository_is_refused_and_nothing_uploaded(
    context: Context, clients: Clients, first: Path, path: str, body: bytes | None
) -> None:
    if body is None and path != "dists/hadoop/InRelease":
        (first / path).unlink()
    else:
        (first / path).write_bytes(body or b"")
    with pytest.raises(LocalError) as raised:
        publishing.publish(context, first)
    assert str(first) in str(raised.value)
    assert "packaging/build" in raised.value.advice
    assert keys(clients) == set()


@pytest.mark.usefixtures("bucket")
def test_a_repository_that_is_taken_away_meanwhile_is_told_of(
    context: Context, clients: Clients, first: Path
) -> None:
    def react(_verb: str, _key: str) -> None:
        (first / "pool/main/hadoop-hdfs_1_all.deb").unlink(missing_ok=True)

    with watching(clients, react), pytest.raises(LocalError, match="hadoop-hdfs_1_all") as raised:
        publishing.publish(context, first)
    assert raised.value.advice == "publish again"


# The command.


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clients: Clients) -> Path:
    monkeypatch.setattr("conductor.clients.connect", lambda: clients)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    path = tmp_path / "cluster.yaml"
    path.write_text(f"s3_bucket_name: {BUCKET}\n")
    return path


def test_the_command_publishes_the_folder_that_it_is_given_and_says_how_much(
    config: Path, reader: Reader, first: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["-c", str(config), "publish-packages", str(first)]) == 0
    assert "published 2 packages" in capsys.readouterr().err
    assert reader.look() == FIRST


def test_without_a_folder_it_publishes_what_packaging_build_has_made(
    config: Path, reader: Reader, tmp_path: Path
) -> None:
    repository.make(tmp_path / "data/hadoop-repository", FIRST)
    assert cli.main(["publish-packages", "-c", str(config)]) == 0
    assert reader.look() == FIRST


@pytest.mark.usefixtures("bucket")
def test_a_folder_that_is_none_is_wrong_usage_and_a_damaged_one_a_failure(
    config: Path, first: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["-c", str(config), "publish-packages"]) == 2
    assert "data/hadoop-repository is no package repository" in capsys.readouterr().err
    (first / "pool/main/hadoop_1_all.deb").unlink()
    assert cli.main(["-c", str(config), "publish-packages", str(first)]) == 1
    assert "packaging/build --force" in capsys.readouterr().err
