"""The indexes of a repository say exactly which files it has, all of them in it, or they are refused."""

import pytest
from hadoop_packages import signing
from packages import index
from packages.errors import MalformedError

from tests.unit.packages import repository

DEB = repository.entry("pool/main/hadoop_3.5.0-1+b1~site1_all.deb", b"body")
SUM = "a" * 64


def in_release(*lines, head="Hash: SHA512\n\n"):
    text = "Suite: hadoop\nSHA256: \n" + "".join(f" {line}\n" for line in lines) + "Acquire-By-Hash: no\n"
    return repository.SIGNED.format(text=text).replace("Hash: SHA512\n\n", head).encode()


GOOD = f"{SUM} 12 main/binary-amd64/Packages"


def test_the_lists_that_are_named_have_path_size_and_checksum():
    found = index.lists(in_release(GOOD, f"{SUM} 7 main/binary-amd64/Packages.xz"))
    assert found == [
        index.File("dists/hadoop/main/binary-amd64/Packages", 12, SUM),
        index.File("dists/hadoop/main/binary-amd64/Packages.xz", 7, SUM),
    ]
    assert [file.is_list for file in found] == [True, False]


def test_an_index_may_be_signed_with_several_hashes_and_have_windows_line_ends():
    assert index.lists(in_release(GOOD, head="Hash: SHA256\nHash: SHA512\n\n"))
    assert index.lists(in_release(GOOD).replace(b"\n", b"\r\n"))


def test_the_index_that_packaging_signs_with_gpg_can_be_read(tmp_path):
    key = signing.ensure_key(tmp_path)
    text = f"Suite: hadoop\nSHA256: \n {GOOD}\n"
    with signing.signer(key) as signer:
        assert index.lists(signer.clear_sign(text).encode())
        assert index.check_key(signer.public_key().encode())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"<html>a proxy's page</html>",
        in_release(),
        in_release(f"{SUM} 12 main/binary-amd64/Packages.gz"),
        in_release(GOOD).partition(b"-----BEGIN PGP SIGNATURE")[0],
        in_release(GOOD).partition(b"\n\n")[2],
        b"before" + in_release(GOOD),
        in_release(GOOD, f"{SUM} 13 main/binary-amd64/Packages"),
        in_release(GOOD, f"{SUM} 12"),
        in_release(GOOD, "b 12 main/x"),
        in_release(GOOD, f"{SUM} -1 main/x"),
        in_release(GOOD, f"{SUM} 1234567890123 main/x"),
        in_release(GOOD, f"{SUM} {1 << 30} main/x"),
        in_release(GOOD, *(f"{SUM} 1 main/x{number}" for number in range(index.MAX_FILES))),
    ],
)
def test_an_index_that_is_not_one_is_refused(body):
    with pytest.raises(MalformedError):
        index.lists(body)


LEADING_OUT = [
    "../x",
    "pool/../../x",
    "pool/..",
    "pool/.hidden",
    "/etc/passwd",
    "pool//x",
    "pool/x/",
    "pool/x y",
    "pool/x\x00",
    "pool/ä",
    "pool/%2e%2e/x",
    "pool\\x",
    "pool/" + "x" * 300,
    "pool/" + "x/" * 12 + "x",
]


@pytest.mark.parametrize("path", [*LEADING_OUT, "", "dists/hadoop/InRelease", "hadoop-archive-keyring.asc"])
def test_a_package_whose_path_leads_out_of_the_pool_is_refused(path):
    with pytest.raises(MalformedError):
        index.packages("Packages", repository.entry(path, b"x").encode())


@pytest.mark.parametrize("path", LEADING_OUT)
def test_a_list_whose_path_leads_out_of_the_repository_is_refused(path):
    with pytest.raises(MalformedError):
        index.lists(in_release(GOOD, f"{SUM} 1 {path}"))


def test_packages_have_path_size_and_checksum():
    other = repository.entry("pool/main/y_1_all.deb", b"other")
    found = index.packages("Packages", f"{DEB}\n{other}\n".encode())
    assert [file.path for file in found] == [
        "pool/main/hadoop_3.5.0-1+b1~site1_all.deb",
        "pool/main/y_1_all.deb",
    ]
    assert found[0].size == 4
    assert found[0].sha256 == repository.sha256(b"body")
    assert index.packages("Packages", b"") == []


@pytest.mark.parametrize(
    "text",
    [
        "x",
        DEB.replace("Filename", "File"),
        DEB.replace("Size: 4", ""),
        DEB.replace("SHA256", "MD5sum"),
        f"{DEB}\n{DEB.replace('Size: 4', 'Size: 5')}",
    ],
)
def test_a_package_without_path_size_or_checksum_is_refused(text):
    with pytest.raises(MalformedError):
        index.packages("Packages", text.encode())


@pytest.mark.parametrize("body", [b"", b"<html>", b"-----BEGIN PGP PRIVATE KEY BLOCK-----"])
def test_what_is_no_public_key_is_refused(body):
    with pytest.raises(MalformedError):
        index.check_key(body)
