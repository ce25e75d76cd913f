"""What a simulated agent asks for follows from the catalog, as a real agent's requests do."""

import json

from bench.agents.agent import listed
from bench.agents.catalog import inlined, message, sources

CATALOG = {
    "resources": [
        {"type": "Notify", "title": "bench_soak version", "parameters": {"message": "3"}},
        {"type": "File", "title": "/a", "parameters": {"source": "puppet:///modules/m/a%20b"}},
        {
            "type": "File",
            "title": "/b",
            "parameters": {"source": ["puppet:///modules/m/b", "puppet:///modules/m/c"]},
        },
        {
            "type": "File",
            "title": "/d",
            "parameters": {"source": "puppet:///modules/m/d", "recurse": True, "ignore": ["*.pyc", "x y"]},
        },
        {"type": "File", "title": "/local", "parameters": {"source": "/usr/share/x"}},
        {"type": "File", "title": "/text", "parameters": {"content": "puppet:///modules/m/no"}},
        {"type": "File", "title": "/static", "parameters": {"source": "puppet:///modules/m/s"}},
    ],
    "metadata": {
        "/static": {
            "type": "file",
            "checksum": {"type": "sha256", "value": "{sha256}5"},
            "content_uri": "puppet:///modules/m/files/s",
        }
    },
}


def test_only_files_of_the_master_without_inlined_metadata_are_asked_for() -> None:
    assert [(source.title, source.path, source.recurse) for source in sources(CATALOG)] == [
        ("/a", "modules/m/a b", False),
        ("/b", "modules/m/b", False),
        ("/d", "modules/m/d", True),
    ]


def test_the_target_is_the_real_agents() -> None:
    """Word for word from the access log of Puppet 8.10's agent, but for the ignored names."""
    first, _, folder = sources(CATALOG)
    assert first.target("production") == (
        "/puppet/v3/file_metadata/modules/m/a%20b"
        "?links=manage&checksum_type=sha256&source_permissions=ignore&environment=production"
    )
    assert folder.target("production") == (
        "/puppet/v3/file_metadatas/modules/m/d?recurse=true&max_files=0&ignore=%2A.pyc&ignore=x+y"
        "&links=manage&checksum_type=sha256&source_permissions=ignore&environment=production"
    )


def test_content_of_a_static_catalog_is_known_by_its_path() -> None:
    assert inlined(CATALOG) == {"modules/m/files/s": "{sha256}5"}


def test_what_a_notify_says() -> None:
    assert message(CATALOG, "bench_soak version") == "3"
    assert message(CATALOG, "another") is None


def test_metadata_of_a_folder_lists_its_files_only() -> None:
    body = json.dumps(
        [
            {"type": "directory", "relative_path": ".", "checksum": {"value": "{ctime}1"}},
            {"type": "file", "relative_path": "facter/f.rb", "checksum": {"value": "{sha256}2"}},
            {"type": "link", "relative_path": "l", "checksum": {"value": "{sha256}3"}},
        ]
    ).encode()
    assert listed(body, "plugins") == [("plugins/facter/f.rb", "{sha256}2")]


def test_metadata_of_one_file_is_that_file() -> None:
    body = json.dumps({"type": "file", "relative_path": None, "checksum": {"value": "{sha256}2"}}).encode()
    assert listed(body, "modules/m/a") == [("modules/m/a", "{sha256}2")]
