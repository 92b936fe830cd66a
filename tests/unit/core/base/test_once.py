"""What is looked at once while a screen is drawn."""

from itertools import count

import pytest

from core.base.once import drawing, once


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
