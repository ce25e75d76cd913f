from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductor.launching.capacity import Piece, Room, sizes


@pytest.mark.parametrize(
    ("count", "expected"),
    [(1, [1]), (100, [100]), (101, [51, 50]), (500, [100] * 5), (250, [84, 83, 83]), (1000, [100] * 10)],
)
def test_batches_are_as_few_and_as_equal_as_can_be(count: int, expected: list[int]) -> None:
    assert sizes(count) == expected


def test_all_zones_are_tried_with_a_size_before_its_halves() -> None:
    room = Room(["a", "b"])
    assert room.place(8) == [Piece(8, "a")]
    room.refused(Piece(8, "a"))
    assert room.place(8) == [Piece(8, "b")]
    room.refused(Piece(8, "b"))
    assert room.place(8) == [Piece(4, "a"), Piece(4, "a")]


def test_what_is_smaller_than_what_was_refused_may_still_be_had() -> None:
    room = Room([])
    room.refused(Piece(8, None))
    assert [room.may_hold(Piece(count, None)) for count in (7, 8, 9)] == [True, False, False]


def test_where_not_even_one_is_to_be_had_there_is_nothing_left_to_try() -> None:
    room = Room(["a", "b"])
    room.refused(Piece(1, "a"))
    assert room.place(3) == [Piece(3, "b")]
    room.refused(Piece(1, "b"))
    assert room.place(3) == []


def test_a_zone_that_just_took_instances_back_is_the_last_choice() -> None:
    room = Room(["a", "b", "c"])
    assert room.place(1, after="b") == [Piece(1, "c")]
    assert Room(["a"]).place(1, after="a") == [Piece(1, "a")]
    assert Room([]).place(1, after=None) == [Piece(1, None)]


@given(
    count=st.integers(1, 300),
    free=st.dictionaries(st.sampled_from(["a", "b", "c"]), st.integers(0, 200), min_size=1),
)
def test_all_room_there_is_can_be_found_with_few_questions(count: int, free: dict[str, int]) -> None:
    room, left, got, asked = Room(sorted(free)), dict(free), 0, 0
    todo = [piece for each in sizes(count) for piece in room.place(each)]
    while todo:
        piece = todo.pop(0)
        if not room.may_hold(piece):
            todo += room.place(piece.count)
            continue
        assert piece.subnet is not None
        asked += 1
        if piece.count <= left[piece.subnet]:
            left[piece.subnet] -= piece.count
            got += piece.count
        else:
            room.refused(piece)
            more = room.place(piece.count)
            todo = [*more, *todo] if more else []
    assert got == min(count, sum(free.values())) or sum(free.values()) < count
    assert got <= count
    assert asked <= len(sizes(count)) + 9 * len(free) * 2 + 60
