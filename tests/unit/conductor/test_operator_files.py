from __future__ import annotations

import hashlib
import hmac
import subprocess
from pathlib import Path

import pytest

from conductor.errors import AuthorityError, LocalError
from conductor.operator_files import Operator, batch_secret, secret_sha256, write_private

PEM = "-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----\n"


@pytest.fixture
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Operator:
    monkeypatch.setenv("PUPPET_HADOOP_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PUPPET_HADOOP_OPERATOR_KEY", raising=False)
    return Operator.of(None)


def test_the_key_is_made_once_and_only_its_owner_can_read_it(operator: Operator) -> None:
    key = operator.key()
    assert len(key) == 32
    assert operator.key() == key
    assert operator.key_file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in operator.folder.iterdir()] == ["operator.key"]


def test_a_key_that_others_may_read_is_refused(operator: Operator) -> None:
    operator.key()
    operator.key_file.chmod(0o640)
    with pytest.raises(LocalError, match=r"may be read by others \(mode 0640\)"):
        operator.key()


@pytest.mark.parametrize("text", ["", "short", "g" * 64, "é" * 64])
def test_what_is_no_key_is_refused(operator: Operator, text: str) -> None:
    write_private(operator.key_file, text.encode())
    with pytest.raises(LocalError):
        operator.key()


def test_the_environment_wins_over_the_configured_key_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUPPET_HADOOP_OPERATOR_KEY", str(tmp_path / "a"))
    assert Operator.of(str(tmp_path / "b")).key_file == tmp_path / "a"
    monkeypatch.delenv("PUPPET_HADOOP_OPERATOR_KEY")
    assert Operator.of(str(tmp_path / "b")).key_file == tmp_path / "b"


def test_the_secret_is_the_hmac_of_the_batch_and_the_record_holds_its_hash() -> None:
    secret = batch_secret(b"key", "batch")
    assert secret == hmac.new(b"key", b"batch", hashlib.sha256).hexdigest()
    assert secret_sha256(secret) == hashlib.sha256(secret.encode()).hexdigest()
    assert batch_secret(b"key", "other") != secret


def test_an_ssh_key_pair_is_made_once_and_fits(operator: Operator) -> None:
    line = operator.ssh_public_key(None)
    assert operator.ssh_public_key(None) == line
    private = operator.folder / "id_ed25519"
    assert private.stat().st_mode & 0o777 == 0o600
    derived = subprocess.run(
        ["ssh-keygen", "-y", "-f", str(private)], check=True, capture_output=True, text=True
    )
    assert derived.stdout.split()[:2] == line.split()[:2]


def test_a_lost_public_half_is_made_from_the_private_one(operator: Operator) -> None:
    line = operator.ssh_public_key(None)
    (operator.folder / "id_ed25519.pub").unlink()
    assert operator.ssh_public_key(None).split()[:2] == line.split()[:2]


def test_a_configured_key_or_file_of_one_is_used(operator: Operator, tmp_path: Path) -> None:
    line = "ssh-ed25519 AAAAC3Nz alice@desk"
    path = tmp_path / "key.pub"
    path.write_text(line + "\n")
    assert operator.ssh_public_key(line) == operator.ssh_public_key(str(path)) == line
    assert not operator.folder.exists()


def test_a_private_key_is_not_given_away_as_a_public_one(operator: Operator) -> None:
    operator.ssh_public_key(None)
    with pytest.raises(LocalError, match="does not hold one public ssh key"):
        operator.ssh_public_key(str(operator.folder / "id_ed25519"))


def test_a_bucket_s_ca_is_pinned_at_first_sight_and_a_change_is_an_error(operator: Operator) -> None:
    operator.pin("one", PEM)
    operator.pin("one", PEM)
    operator.pin("two", PEM.replace("A", "B"))
    with pytest.raises(AuthorityError, match="s3://one/ca/ca_crt") as raised:
        operator.pin("one", PEM.replace("A", "B"))
    assert str(operator.pins_file) in raised.value.advice
    operator.unpin("one")
    operator.pin("one", PEM.replace("A", "B"))


@pytest.mark.parametrize("text", ["{", "[]"])
def test_a_pins_file_that_cannot_be_read_is_not_taken_for_an_empty_one(operator: Operator, text: str) -> None:
    write_private(operator.pins_file, text.encode())
    with pytest.raises(LocalError, match=r"ca-pins\.json"):
        operator.pin("one", PEM)


def test_a_private_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "file"
    write_private(path, b"one")
    write_private(path, b"two")
    assert path.read_bytes() == b"two"
    assert path.parent.stat().st_mode & 0o777 == 0o700
    with pytest.raises(TypeError):
        write_private(path, "no bytes")  # type: ignore[arg-type]
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]


def test_two_first_commands_at_once_agree_on_one_key(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = "b" * 64

    def made_meanwhile(_bytes: int) -> str:
        write_private(operator.key_file, other.encode())
        return "a" * 64

    monkeypatch.setattr("secrets.token_hex", made_meanwhile)
    assert operator.key() == bytes.fromhex(other)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PUPPET_HADOOP_HOME", str(tmp_path / "file" / "home"))
    for act in (lambda: Operator.of(None).ssh_public_key(None), lambda: Operator.of(None).pin("one", PEM)):
        with pytest.raises(LocalError, match="Not a directory"):
            act()
