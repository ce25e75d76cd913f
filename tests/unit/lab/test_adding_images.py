"""Images are added to a lab that is up, once, and those that it has are left alone."""

import json
from pathlib import Path

import pytest

from lab import lifecycle
from lab.errors import LabError
from lab.image import build
from lab.releases import Release
from lab.state import State, read_json

HELD = {"ami-13": {"name": "lab-debian-13", "root": "/image/13"}}


class Lab:
    """A lab that is up: what was built for it, and what its API was told."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.built: list[str] = []
        self.told: list[str] = []

    def add(self, *suites: str) -> None:
        lifecycle.up(self.state, lambda _: None, suites)

    def images(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = read_json(self.state.settings_file)["images"]
        return found


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    state = State(tmp_path)
    state.make()
    state.settings_file.write_text(json.dumps({"key": "kept", "images": HELD}))
    lab = Lab(state)

    def ensure(_cache: Path, release: Release, *_: object) -> build.Image:
        lab.built.append(release.suite)
        return build.Image(release.image_name, f"ami-{release.number}", Path(f"/image/{release.number}"))

    monkeypatch.setattr(build, "ensure", ensure)
    monkeypatch.setattr(lifecycle.host, "require_fit", lambda: None)
    monkeypatch.setattr(lifecycle, "is_running", lambda _: True)
    monkeypatch.setattr(lifecycle, "ask", lambda _socket, path, method: lab.told.append(f"{method} {path}"))
    return lab


def test_what_is_missing_is_built_and_told_to_the_api(lab: Lab) -> None:
    lab.add("bookworm", "trixie")
    assert lab.built == ["bookworm"]
    assert lab.images() == {**HELD, "ami-12": {"name": "lab-debian-12", "root": "/image/12"}}
    assert read_json(lab.state.settings_file)["key"] == "kept"
    assert lab.told == ["POST /images"]


def test_an_image_is_built_once(lab: Lab) -> None:
    lab.add("forky", "forky")
    lab.add("forky")
    assert lab.built == ["forky"]


def test_one_that_the_last_up_did_not_come_to_tell_of_is_told_now(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise LabError("cut short")

    with monkeypatch.context() as patched, pytest.raises(LabError):
        patched.setattr(lifecycle, "ask", interrupt)
        lab.add("forky")
    lab.add()
    assert lab.told == ["POST /images"]
