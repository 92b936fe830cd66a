"""Laney's p′ limits and what lies beyond them: exact values, and what holds of any rates."""

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.reroutes.control import D2, ENOUGH, Excursion, Limits, Period, excursions, laney

sizes = st.integers(1, 50_000)
periods = st.builds(lambda size, share: Period(round(size * share), size), sizes, st.floats(0, 1))


def steady(*hits: int, size: int = 1_000) -> list[Period]:
    return [Period(number, size) for number in hits]


def test_the_limits_follow_the_formula() -> None:
    found = laney(steady(100, 120, 100, 120, 100, 120, 100, 120))
    assert found is not None
    assert found.mean == pytest.approx(0.11)
    assert found.widening == pytest.approx(0.02 / sqrt(0.11 * 0.89 / 1_000) / D2)
    assert found.around(1_000) == pytest.approx((0.11 - 3 * 0.02 / D2, 0.11 + 3 * 0.02 / D2))


def test_large_counts_that_vary_as_usual_are_not_taken_for_signals() -> None:
    rates = [0.10, 0.13, 0.11, 0.14, 0.10, 0.12, 0.13, 0.11, 0.14, 0.10, 0.12, 0.13]
    found = [Period(round(40_000 * rate), 40_000) for rate in rates]
    limits = laney(found)
    assert limits is not None
    assert excursions(found, limits) == []
    chance = Limits(limits.mean, 1.0, limits.periods)
    assert len(excursions(found, chance)) > 3


def test_one_bad_period_is_an_excursion_and_its_neighbours_join_it() -> None:
    found = steady(*[100, 104, 98, 101, 103, 99] * 3, 190, 185, 101)
    limits = laney(found)
    assert limits is not None
    assert excursions(found, limits) == [Excursion(18, 19, 1)]


def test_partial_and_small_periods_say_nothing() -> None:
    found = [*steady(*[100, 104, 98, 101] * 3), Period(400, 1_000, whole=False), Period(40, 100)]
    limits = laney(found)
    assert limits is not None
    assert limits.periods == 13
    assert excursions(found[:13], laney(found[:12]) or limits) == []
    assert excursions(found, laney(found[:12]) or limits, minimum=200) == []


def test_too_few_periods_make_no_limits() -> None:
    assert laney(steady(*[100] * (ENOUGH - 1))) is None
    assert laney([]) is None


def test_no_hit_and_nothing_but_hits_make_limits_without_width() -> None:
    for hits, mean in ((0, 0.0), (1_000, 1.0)):
        assert laney(steady(*[hits] * ENOUGH)) == Limits(mean, 0.0, ENOUGH)


@given(st.lists(periods, min_size=ENOUGH, max_size=40), sizes)
def test_limits_lie_around_the_mean_and_narrow_with_size(found: list[Period], size: int) -> None:
    limits = laney(found)
    assert limits is not None
    lower, upper = limits.around(size)
    assert 0 <= lower <= limits.mean <= upper <= 1
    narrower = limits.around(size * 2)
    assert lower <= narrower[0]
    assert narrower[1] <= upper


@given(st.lists(periods, min_size=ENOUGH, max_size=40), st.integers(2, 9))
def test_the_mean_does_not_change_when_all_is_multiplied(found: list[Period], times: int) -> None:
    limits, more = laney(found), laney([Period(one.hits * times, one.size * times) for one in found])
    assert limits is not None
    assert more is not None
    assert more.mean == pytest.approx(limits.mean)
    assert more.around(1_000 * times) == pytest.approx(limits.around(1_000), abs=1e-9)


@given(st.lists(periods, min_size=ENOUGH, max_size=40))
def test_excursions_are_apart_in_order_and_beyond(found: list[Period]) -> None:
    limits = laney(found)
    assert limits is not None
    last = -1
    for one in excursions(found, limits):
        assert last < one.first <= one.last
        assert {limits.side(period) for period in found[one.first : one.last + 1]} == {one.side}
        last = one.last
