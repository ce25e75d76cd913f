"""The inventory is read once, then only what came since; whatever happens to the file, its content counts."""

import dataclasses

import pytest
from enrolment.inventory import Inventory, serials_in
from enrolment.request import parse_request

from tests.unit.enrolment.support import NOW, csr

LINE = "0x{0:04X} 2026-01-01T00:00:00UTC 2031-01-01T00:00:00UTC /CN={1}\n"


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "inventory.txt"
    file.write_text(LINE.format(1, "first") + LINE.format(2, "second"))
    return file


@pytest.fixture
def inventory(file):
    inventory = Inventory(file)
    assert inventory.serials() == {1, 2}
    return inventory


def test_what_others_append_is_seen(inventory, file):
    with file.open("a") as appended:
        appended.write(LINE.format(3, "first"))
    assert inventory.serials_of(["first", "second", "third"], NOW) == {
        "first": [1, 3],
        "second": [2],
        "third": [],
    }


def test_half_a_line_is_not_seen_until_it_is_whole(inventory, file):
    line = LINE.format(3, "third")
    for end in range(1, len(line)):
        with file.open("a") as appended:
            appended.write(line[end - 1])
        assert not inventory.knows("third")
    with file.open("a") as appended:
        appended.write("\n")
    assert inventory.holds(3, "third")


def test_a_line_that_was_taken_back_is_forgotten_though_another_of_its_length_follows(inventory, file):
    before = file.read_text()
    file.write_text(before + LINE.format(3, "third"))
    assert inventory.knows("third")
    with file.open("r+") as changed:
        changed.seek(len(before))
        changed.write(LINE.format(4, "forth"))
    assert not inventory.knows("third")
    assert inventory.holds(4, "forth")
    with file.open("r+") as changed:
        changed.truncate(len(before))
    assert inventory.serials() == {1, 2}


def test_another_file_in_its_place_is_read_from_the_beginning(inventory, file):
    other = file.with_name("other")
    other.write_text(LINE.format(7, "other") + LINE.format(2, "second"))
    other.rename(file)
    assert inventory.serials() == {7, 2}
    file.unlink()
    assert inventory.serials() == set()


def test_only_new_lines_are_read(inventory, file, monkeypatch):
    read = []
    take = Inventory._take
    monkeypatch.setattr(Inventory, "_take", lambda self, data: (read.append(data), take(self, data)))
    assert inventory.knows("first")
    assert read == []
    with file.open("a") as appended:
        appended.write(LINE.format(3, "third"))
    assert inventory.knows("third")
    assert read == [LINE.format(3, "third").encode()]


def test_what_is_no_line_of_an_inventory_is_passed_over(tmp_path):
    file = tmp_path / "inventory.txt"
    file.write_bytes(b"\n\xff\xfe\n0x1\nxyz a b /CN=x\n0x0001 a b CN=x\n" + LINE.format(5, "good").encode())
    assert Inventory(file).serials() == {5}


def test_an_old_puppets_times_and_a_last_line_without_its_end_are_read():
    text = "0x002F 2016-01-01T00:00:00GMT 2031-01-01T00:00:00GMT /CN=old"
    assert serials_in(text.encode()) == {0x2F}


def test_two_cas_on_one_directory_see_each_others_certificates(authority, config):
    other = type(authority)(dataclasses.replace(config), clock=authority.clock)
    for ca, name in ((authority, "node-1"), (other, "node-2"), (authority, "node-3")):
        with ca.transaction() as transaction:
            transaction.sign(parse_request(csr(name)), name)
        assert authority.inventory.knows(name)
        assert other.inventory.knows(name)
