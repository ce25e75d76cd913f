"""Host keys are taken from a console only when it tells them whole, and does not contradict itself."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from conductor.errors import HostKeyError
from conductor.login.host_keys import HostKey, from_console

NAME = "i-0123456789abcdef0"


class Keys:
    """A host's keys as ssh-keygen makes and shows them."""

    def __init__(self, folder: Path) -> None:
        self.public: dict[str, str] = {}
        self.fingerprints: dict[str, str] = {}
        for kind in ("ed25519", "ecdsa", "rsa"):
            path = folder / f"ssh_host_{kind}_key"
            make = ["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "root@ip-10-0-0-7", "-f", str(path)]
            subprocess.run(make, check=True)
            self.public[kind] = path.with_suffix(".pub").read_text().strip()
            shown = ["ssh-keygen", "-l", "-f", str(path)]
            done = subprocess.run(shown, check=True, capture_output=True, text=True)
            self.fingerprints[kind] = done.stdout.strip()

    def key(self, kind: str) -> HostKey:
        name, blob, _ = self.public[kind].split(" ", 2)
        return HostKey(name, blob)

    @property
    def all(self) -> list[HostKey]:
        return sorted(self.key(kind) for kind in self.public)

    def console(self, before: str = "", fingerprints: list[str] | None = None) -> str:
        """As cloud-init writes it: fingerprints by logger, keys as they are."""
        shown = list(self.fingerprints.values()) if fingerprints is None else fingerprints
        log = "<14>Nov 24 06:01:02 cloud-init: "
        return "\n".join(
            [
                "[    1.234567] systemd[1]: Reached target cloud-init.target",
                log + "#############################################################",
                log + "-----BEGIN SSH HOST KEY FINGERPRINTS-----",
                *(log + line for line in shown),
                log + "-----END SSH HOST KEY FINGERPRINTS-----",
                "-----BEGIN SSH HOST KEY KEYS-----",
                *(before + line for line in self.public.values()),
                "-----END SSH HOST KEY KEYS-----",
                "[   14.2] cloud-init[512]: Cloud-init finished\n",
            ]
        )


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("others"))


def test_a_fingerprint_is_as_ssh_keygen_shows_it(keys: Keys) -> None:
    for kind, shown in keys.fingerprints.items():
        assert f"SHA256:{keys.key(kind).fingerprint} " in shown


def test_all_keys_are_taken(keys: Keys) -> None:
    assert from_console(keys.console(), NAME) == keys.all


def test_a_prefix_before_each_line_does_not_matter(keys: Keys) -> None:
    assert from_console(keys.console(before="[   13.876543] cloud-init[512]: "), NAME) == keys.all


def test_a_line_of_the_kernel_between_the_keys_does_not_matter(keys: Keys) -> None:
    first = keys.public["ed25519"]
    text = keys.console().replace(first, f"{first}\n[   13.9] IPv6: ADDRCONF(NETDEV_CHANGE): eth0")
    assert from_console(text, NAME) == keys.all


def test_a_key_that_another_line_cuts_in_two_is_left_out(keys: Keys) -> None:
    whole = keys.public["rsa"]
    text = keys.console().replace(whole, f"{whole[:100]}[   13.9] IPv6: eth0\n{whole[100:]}")
    assert from_console(text, NAME) == sorted([keys.key("ed25519"), keys.key("ecdsa")])


def test_a_key_that_lacks_its_end_is_left_out(keys: Keys) -> None:
    whole = keys.key("ed25519")
    # 44 characters are whole base64 of a key that is too short.
    text = keys.console().replace(whole.blob, whole.blob[:44])
    assert from_console(text, NAME) == sorted([keys.key("rsa"), keys.key("ecdsa")])


@pytest.mark.parametrize("cut", ["-----BEGIN SSH HOST KEY KEYS-----", "-----END SSH HOST KEY KEYS-----"])
def test_a_block_that_is_cut_off_tells_nothing(keys: Keys, cut: str) -> None:
    before, _, after = keys.console().partition(cut)
    assert from_console(after if "BEGIN" in cut else before, NAME) is None


@pytest.mark.parametrize("text", ["", "nothing of interest\n"])
def test_a_console_without_keys_tells_nothing(text: str) -> None:
    assert from_console(text, NAME) is None


def test_a_block_with_no_key_in_it_tells_nothing(keys: Keys) -> None:
    text = "-----BEGIN SSH HOST KEY KEYS-----\nssh-dss AAAAB3NzaC1kc3M= root\n-----END SSH HOST KEY KEYS-----"
    assert from_console(text, NAME) is None
    assert from_console(text + keys.console(), NAME) == keys.all


def test_a_key_that_is_not_among_the_fingerprints_is_refused(keys: Keys, others: Keys) -> None:
    text = keys.console(fingerprints=list(others.fingerprints.values()))
    with pytest.raises(HostKeyError, match="is not among the fingerprints") as raised:
        from_console(text, NAME)
    assert f"start_instance.py console {NAME}" in raised.value.advice


def test_an_image_that_prints_no_fingerprints_is_believed_its_keys(keys: Keys) -> None:
    assert from_console(keys.console(fingerprints=[]), NAME) == keys.all


def test_the_same_keys_twice_are_no_contradiction(keys: Keys) -> None:
    assert from_console(keys.console() * 2, NAME) == keys.all


def test_other_keys_later_on_the_same_console_are_refused(keys: Keys, others: Keys) -> None:
    with pytest.raises(HostKeyError, match="different ssh host keys"):
        from_console(keys.console() + others.console(), NAME)


def test_a_key_smuggled_in_before_the_block_s_end_is_refused(keys: Keys, others: Keys) -> None:
    """Something that could write a line on the console while cloud-init did."""
    end = "-----END SSH HOST KEY KEYS-----"
    text = keys.console().replace(end, f"{others.public['ed25519']}\n{end}")
    with pytest.raises(HostKeyError, match="is not among the fingerprints"):
        from_console(text, NAME)


def test_a_line_for_known_hosts_is_one_that_ssh_keygen_finds(keys: Keys, tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text("".join(key.line(NAME) + "\n" for key in keys.all))
    done = subprocess.run(
        ["ssh-keygen", "-l", "-F", NAME, "-f", str(file)], check=True, capture_output=True, text=True
    )
    assert {f"SHA256:{key.fingerprint}" for key in keys.all} == {
        word for word in done.stdout.split() if word.startswith("SHA256:")
    }
