"""Laney's p′ limits, what lies beyond them, and lasting changes: exact values, and what holds of any rates."""

from math import sqrt
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pages.reroutes.control import D2, ENOUGH, Limits, Period, Rule, Signal, chart, laney, usual_limits

sizes = st.integers(1, 50_000)
periods = st.builds(lambda size, share: Period(round(size * share), size), sizes, st.floats(0, 1))


def steady(*hits: int, size: int = 1_000) -> list[Period]:
    return [Period(number, size) for number in hits]


def signals(found: list[Period], *starts: int, minimum: int = 1) -> list[tuple[Rule, int, int, int]]:
    """Rule, first and last period, and side of each signal."""
    told = [one for stretch in chart(found, starts, minimum) for one in stretch.signals]
    return [(one.rule, one.first, one.last, one.side) for one in told]


def test_the_limits_follow_the_formula() -> None:
    found = laney(steady(100, 120, 100, 120, 100, 120, 100, 120))
    assert found is not None
    assert found.mean == pytest.approx(0.11)
    assert found.widening == pytest.approx(0.02 / sqrt(0.11 * 0.89 / 1_000) / D2)
    assert found.around(1_000) == pytest.approx((0.11 - 3 * 0.02 / D2, 0.11 + 3 * 0.02 / D2))


def test_large_counts_that_vary_as_usual_are_not_taken_for_signals() -> None:
    rates = [0.10, 0.13, 0.11, 0.14, 0.10, 0.12, 0.13, 0.11, 0.14, 0.10, 0.12, 0.13]
    assert signals([Period(round(40_000 * rate), 40_000) for rate in rates]) == []


def test_a_range_beyond_the_usual_ones_makes_no_limits() -> None:
    found = steady(92, 103, 107, 96, 83, 140, 99, 105, 99, 105)
    limits = laney(found)
    assert limits is not None
    assert limits.around(1_000)[1] == pytest.approx(0.1355, abs=5e-5)
    assert signals(found) == [("beyond", 5, 5, 1)]


def test_bad_periods_do_not_set_their_own_limits_and_neighbours_are_one_signal() -> None:
    found = steady(*[100, 104, 98, 101, 103, 99] * 3, 190, 185, 101)
    limits = usual_limits(found)
    assert limits is not None
    assert limits.periods == 19
    assert signals(found) == [("beyond", 18, 19, 1)]


def test_a_bad_fortnight_among_small_weeks_is_told() -> None:
    hits = [20, 20, 22, 24, 24, 14, 21, 17, 29, 22, 29, 34, 36, 31, 14, 20, 22, 24, 24]
    sizes = [153, 117, 142, 150, 146, 125, 138, 141, 145, 144, 152, 150, 133, 145, 115, 127, 143, 117, 113]
    found = [Period(hit, size) for hit, size in zip(hits, sizes, strict=True)]
    assert signals(found) == [("beyond", 12, 12, 1)]
    assert signals([*found[:11], Period(40, 150), Period(39, 147), *found[13:]])[0] == ("beyond", 11, 12, 1)


@pytest.mark.parametrize(
    ("found", "first", "side"),
    [
        (steady(103, 97, 103, 97, 103, 97, 153, 147, 153, 147, 153, 147), 6, 1),
        (steady(153, 147, 153, 147, 153, 147, 103, 97, 103, 97, 103, 97), 6, -1),
        (
            [
                *steady(39, 53, 35, 35, 26, 51, 40, 33, 35, 42, 50, 52, 38, size=400),
                *steady(52, 54, 55, 46, 47, 50, 50, 56, 63, 62, 61, 60, size=400),
                Period(51, 400, whole=False),
            ],
            13,
            1,
        ),
    ],
)
def test_a_lasting_change_is_told_from_its_first_period_on(found: list[Period], first: int, side: int) -> None:
    [stretch] = chart(found)
    [one] = [one for one in stretch.signals if one.rule == "shift"]
    assert abs(one.first - first) <= (1 if len(found) > 12 else 0)
    assert one.side == side
    assert one.last == max(at for at, period in enumerate(found) if period.whole)
    assert stretch.base is not None
    assert stretch.base[1] < one.first


@given(st.integers(6, 14), st.integers(6, 14), st.integers(300, 5_000), st.integers())
def test_over_a_rise_of_a_half_something_is_always_said(before: int, after: int, size: int, seed: int) -> None:
    random = Random(seed)

    def drawn(rate: float) -> Period:
        return Period(round(random.gauss(rate * size, sqrt(rate * (1 - rate) * size))), size)

    low, high = [drawn(0.10) for _n in range(before)], [drawn(0.15) for _n in range(after)]
    assume(sum(one.hits for one in high) * before >= 1.5 * sum(one.hits for one in low) * after)  # what was drawn rose
    [stretch] = chart([*low, *high])
    assert stretch.signals or stretch.perhaps


def test_noise_alone_is_seldom_told() -> None:
    random = Random(5)
    told = 0
    for _turn in range(200):
        found = [Period(sum(random.random() < 0.1 for _n in range(200)), 200) for _period in range(20)]
        told += any(one.rule == "shift" for stretch in chart(found) for one in stretch.signals)
    assert told <= 8


def test_eight_periods_on_one_side_and_two_of_three_near_a_limit_are_told() -> None:
    assert ("run", 3, 11, 1) in signals(steady(90, 108, 92, 106, *[101, 102, 103, 101, 102, 103, 101, 102], 92, 108))
    near = steady(*[100, 110, 90, 100, 105, 95] * 3, 125, 100, 125)
    assert ("two_of_three", 18, 20, 1) in signals(near)


def test_limits_start_anew_where_something_is_known_to_have_changed() -> None:
    found = steady(*[100, 104, 98, 101] * 3, *[150, 154, 148, 151] * 3)
    assert [one[0] for one in signals(found)] == ["shift"]
    first, second = chart(found, (12,))
    assert first.limits is not None
    assert second.limits is not None
    assert (first.limits.mean, second.limits.mean) == (pytest.approx(0.10075), pytest.approx(0.15075))
    assert first.signals == second.signals == ()
    short = chart(found, (18,))[1]
    assert (short.limits, short.signals) == (None, ())


def test_a_chosen_baseline_judges_the_first_stretch() -> None:
    [stretch] = chart(steady(*[150, 154, 148] * 3), baseline=laney(steady(*[100, 104, 98, 101] * 3)))
    assert stretch.limits is not None
    assert stretch.limits.mean == pytest.approx(0.10075)
    assert stretch.signals[0] == Signal(0, 8, 1)


def test_partial_small_and_recent_periods_say_nothing_below_and_set_no_limits() -> None:
    usual = steady(*[100, 104, 98, 101] * 3)
    assert signals([*usual, Period(400, 1_000, whole=False), Period(40, 100)], minimum=200) == []
    assert signals([*usual, Period(10, 1_000, settled=False)]) == []
    assert signals([*usual, Period(200, 1_000, settled=False)]) == [("beyond", 12, 12, 1)]
    assert laney([*usual, Period(10, 1_000, settled=False)]) == laney(usual)


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


@given(st.lists(periods, max_size=30), st.lists(st.integers(0, 30), max_size=3))
def test_every_period_is_of_one_stretch_and_signals_lie_in_theirs(found: list[Period], starts: list[int]) -> None:
    stretches = chart(found, starts)
    assert [at for one in stretches for at in range(one.first, one.last + 1)] == list(range(len(found)))
    for stretch in stretches:
        for one in stretch.signals:
            assert stretch.first <= one.first <= one.last <= stretch.last
            if one.rule == "beyond" and stretch.limits:
                assert {stretch.limits.side(found[at]) for at in range(one.first, one.last + 1)} == {one.side}
