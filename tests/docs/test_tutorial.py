"""docs/tutorial-role.md, followed to the letter in a copy of the checkout, up to what needs the lab.

That is tests/e2e/test_5_tutorial.py's.
"""

import json
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml

from conductor import roles, settings
from conductor.record import Record
from tests.docs import tutorial
from tests.docs.tutorial import CHECKOUT, Tutorial

MINIMAL = "s3_bucket_name: a-bucket\nami_id: ami-0123456789abcdef0\n"
CLASSES = ["puppet::agent", "login_allowed", "site::web"]
NODE = "3f0c4f3a-8f33-4a35-9f0e-2d0c7f1f5a55"


@pytest.fixture(scope="module")
def page() -> Tutorial:
    return tutorial.read()


@pytest.fixture(scope="module")
def copy(page: Tutorial, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tutorial")
    tutorial.follow(page, folder)
    return folder


def planned(copy: Path, text: str) -> roles.Plan:
    file = copy / "start_instance.yaml"
    file.write_text(MINIMAL + text)
    return roles.plan(settings.load(file), "web", count=None, roles_file=copy / "data" / "roles.yaml")


def test_the_page_has_a_file_for_each_thing_that_a_role_is_made_of(page: Tutorial) -> None:
    assert [Path(name).parts[0] for name in page.files] == ["modules", "modules", "modules", "spec", "tests"]
    assert list(page.added) == ["data/roles.yaml"]
    assert json.loads(page.files["modules/site/metadata.json"])["name"] == "example-site"


def test_the_conductor_knows_the_role(page: Tutorial, copy: Path) -> None:
    assert list(planned(copy, "").node.classes) == CLASSES


def test_a_sites_configuration_wins(page: Tutorial, copy: Path) -> None:
    plan = planned(copy, page.settings)
    assert plan.instance_type == "t3.small"
    assert plan.node.data == {
        "site::web::heading": "The cluster's pages",
        "site::web::links": {"NameNode": "http://nn.example.com:9870"},
    }


def test_the_role_may_stand_wholly_in_a_sites_configuration() -> None:
    text = yaml.safe_dump({"roles": {"web": {"node": {"classes": CLASSES}}}})
    found = settings.Settings.model_validate(yaml.safe_load(MINIMAL + text))
    assert list(roles.classification(found, "web").classes) == CLASSES


def test_a_master_is_told_the_roles_classes_and_data(copy: Path, tmp_path: Path) -> None:
    node = planned(copy, "").node
    record = Record(classes=node.classes, parameters=node.parameters)
    (tmp_path / NODE).write_bytes(record.body())
    store = ["--store", f"file://{tmp_path}"]
    command = [copy / "files" / "scripts" / "node_classifier", *store, NODE]
    printed = yaml.safe_load(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
    assert list(printed["classes"]) == CLASSES
    assert printed["parameters"]["data"] == {"site::web::heading": "The cluster's pages"}


def test_the_pages_checks_pass(page: Tutorial, copy: Path) -> None:
    [checks] = [block for block in page.commands if block[0].startswith("rspec")]
    for line in checks:
        done = subprocess.run(
            shlex.split(line), cwd=copy, capture_output=True, text=True, check=False, timeout=300
        )
        assert done.returncode == 0, f"{line}:\n{done.stdout}{done.stderr}"
        assert not line.startswith("rspec") or " 0 examples" not in f" {done.stdout}"


def test_its_python_is_as_ours(page: Tutorial, copy: Path) -> None:
    ruff = CHECKOUT / ".venv" / "bin" / "ruff"
    files = [name for name in page.files if name.endswith(".py")]
    assert files
    subprocess.run([ruff, "check", "--quiet", *files], cwd=copy, check=True, timeout=60)
    subprocess.run([ruff, "format", "--check", "--quiet", *files], cwd=copy, check=True, timeout=60)


def test_its_commands_commit_exactly_what_the_page_has_made(page: Tutorial) -> None:
    [commit] = [block for block in page.commands if block[0].startswith("git add")]
    added = shlex.split(commit[0])[2:]
    made = [*page.files, *page.added]
    assert [
        name for name in made if not any(name == path or name.startswith(path + "/") for path in added)
    ] == []
    assert [
        path for path in added if not any(name == path or name.startswith(path + "/") for name in made)
    ] == []
