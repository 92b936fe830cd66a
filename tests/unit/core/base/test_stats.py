"""Robust statistics."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.base import stats


def test_nothing_is_slow_without_enough_history() -> None:
    assert stats.slow_above(100.0, 0.0, stats.ENOUGH - 1) is None


@pytest.mark.parametrize(
    ("middle", "deviation", "threshold"),
    [(30.0, 0.0, 90.0), (1000.0, 0.0, 1200.0), (1000.0, 100.0, 1518.91)],
    ids=["a minute at least", "a fifth at least", "three and a half deviations"],
)
def test_the_threshold_is_the_largest_of_three(middle: float, deviation: float, threshold: float) -> None:
    assert stats.slow_above(middle, deviation, stats.ENOUGH) == pytest.approx(threshold)


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.integers(stats.ENOUGH, 30))
def test_a_usual_duration_is_never_slow(middle: float, deviation: float, count: int) -> None:
    threshold = stats.slow_above(middle, deviation, count)
    assert threshold is not None
    assert threshold > middle
