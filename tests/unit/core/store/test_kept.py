"""What is read of the store is kept until it changes."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from core.base.once import drawing
from core.store import changes
from core.store.engine import store
from core.store.kept import MOST_ROWS, state, until_changed


@pytest.fixture
def looks(data: Path) -> Iterator[int]:
    store().upgrade()
    return count()


def change() -> None:
    with store().write() as connection:
        changes.record(connection, who="ana", entity="thing", key="a", action="change", after={"x": 1})


def seen(looks: Iterator[int]) -> int:
    with store().read() as connection:
        return until_changed(connection, ("looks",), lambda: next(looks))


def test_it_is_read_once_until_something_changes(looks: Iterator[int]) -> None:
    assert [seen(looks), seen(looks)] == [0, 0]
    change()
    assert [seen(looks), seen(looks)] == [1, 1]


def test_a_change_made_while_a_screen_is_drawn_is_seen_by_what_is_drawn_after_it(looks: Iterator[int]) -> None:
    with drawing():
        assert seen(looks) == 0
        change()
        assert seen(looks) == 1


def test_long_lists_give_way_to_newer_ones(looks: Iterator[int]) -> None:
    with store().read() as connection:
        for name in ("first", "second"):
            until_changed(connection, (name,), lambda: [next(looks)] * MOST_ROWS)
        assert [until_changed(connection, (name,), list) for name in ("second", "first")] == [[1] * MOST_ROWS, []]


def test_a_transaction_that_writes_reads_for_itself(looks: Iterator[int]) -> None:
    assert seen(looks) == 0
    with drawing(), store().write() as connection:
        read = lambda: until_changed(connection, ("looks",), lambda: next(looks))  # noqa: E731
        assert [read(), read()] == [1, 2]
    assert seen(looks) == 0


def test_the_store_as_it_stands_is_one_thing_until_it_changes(looks: Iterator[int]) -> None:
    with store().read() as connection:
        before = state(connection)
        assert state(connection) is before
    change()
    with store().read() as connection:
        assert state(connection) is not before
