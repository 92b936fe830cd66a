"""What hand-overs tell of the router: shares with intervals, and nothing where the volumes are not known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.reroutes.router.evaluate import Judged, Share, judge, wilson

MOVED = {("A", "B"): 20, ("A", "C"): 10, ("B", "A"): 5, ("A", "A"): 7}


def of(entity: str, found: list[Judged]) -> Judged:
    return next(one for one in found if one.entity == entity)


def test_precision_is_what_stayed_and_recall_what_was_placed_at_once() -> None:
    found = judge(MOVED, {"A": 100, "B": 50, "C": 10})
    assert [one.entity for one in found] == ["A", "B", "C"]
    assert of("A", found) == Judged("A", 100, 30, 5, Share(70, 100), Share(70, 75))
    assert of("C", found) == Judged("C", 10, 0, 10, Share(10, 10), Share(10, 20))


def test_a_task_that_came_back_to_where_it_was_placed_is_right() -> None:
    assert of("A", judge({("A", "A"): 7}, {"A": 10})).precision == Share(10, 10)


def test_without_volumes_there_is_neither_precision_nor_recall() -> None:
    found = judge(MOVED, {"B": 50})
    assert of("A", found) == Judged("A", None, 30, 5, None, None)
    assert of("B", found).precision == Share(45, 50)


def test_more_rerouted_than_routed_is_a_contradiction_and_no_share() -> None:
    found = of("A", judge(MOVED, {"A": 12}))
    assert found.contradicts
    assert (found.precision, found.recall) == (None, None)


def test_the_interval_is_wilsons_and_small_volumes_have_none() -> None:
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert Share(80, 100).interval == pytest.approx((0.7112, 0.8666), abs=1e-4)
    assert Share(8, 10).interval is None
    with pytest.raises(ValueError, match="no tasks"):
        wilson(0, 0)


@given(st.integers(1, 10_000).flatmap(lambda size: st.tuples(st.integers(0, size), st.just(size))))
def test_an_interval_holds_its_share_within_0_and_1(pair: tuple[int, int]) -> None:
    hits, size = pair
    low, high = wilson(hits, size)
    assert 0 <= low <= hits / size + 1e-12
    assert hits / size - 1e-12 <= high <= 1
