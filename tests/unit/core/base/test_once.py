"""What is looked at once while a screen is drawn."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import pytest

from core.base.once import drawing, forget, once, opened


def test_it_is_looked_at_once_within_the_block_and_anew_outside() -> None:
    looks = count()
    look = lambda: next(looks)  # noqa: E731
    assert [once("files", look), once("files", look)] == [0, 1]
    with drawing():
        with drawing():
            assert [once("files", look), once("store", look)] == [2, 3]
        assert once("files", look) == 2
    assert once("files", look) == 4


def test_a_block_that_fails_ends_all_the_same() -> None:
    with pytest.raises(ZeroDivisionError), drawing():
        once("files", lambda: 1 // 0)
    assert once("files", lambda: 1) == 1


def test_what_is_open_is_opened_once_and_closed_at_the_end_of_the_outermost_block() -> None:
    told: list[str] = []

    @contextmanager
    def door() -> Iterator[int]:
        told.append("opened")
        yield len(told)
        told.append("closed")

    assert opened("door", door) is None
    with drawing():
        with drawing():
            assert [opened("door", door), opened("door", door)] == [1, 1]
        assert told == ["opened"]
        forget("door")
        assert opened("door", door) == 2
    assert told == ["opened", "opened", "closed", "closed"]
    forget("door")
