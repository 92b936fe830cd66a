"""Durations by month, what drifts, what failures say by kind, and the interval of a share."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.base.periods import Grain
from core.base.stats import wilson
from core.facts.query import Query, Reader
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from core.store.engine import store
from pages.pipelines import past
from pages.pipelines.drift import Drift, Median, Shift, drift, shift
from pages.pipelines.figures.drifts import DRIFTS, drifting
from pages.pipelines.figures.durations import DURATIONS_TABLE, YEARS_TABLE, told
from pages.pipelines.figures.kinds import by_kind
from pages.pipelines.lasted import DURATIONS, lasted, summed
from pages.pipelines.rules import RULES
from pages.pipelines.tests.landed import THREE, land_reads, land_runs, run, utc
from pages.pipelines.tests.test_desk import looked
from tests import labelled

TODAY = date(2026, 11, 20)
BEGIN = TODAY - timedelta(days=39)


def medians(*, begin: float = 600.0, slope: float = 0.0, days: int = 40) -> tuple[Median, ...]:
    """Every seventh day is wild, as a busy machine makes it; the others follow the slope, a second or two apart."""
    return tuple(
        (BEGIN + timedelta(days=n), begin + slope * n + (n % 3) + (900 if n % 7 == 0 else 0)) for n in range(days)
    )


def test_a_drift_is_found_below_wild_days_with_its_interval() -> None:
    found = drift(medians(slope=10.0))
    assert found is not None
    assert found.low <= 10.0 <= found.high
    assert found.slope == pytest.approx(10.0, abs=0.5)
    assert found.today == pytest.approx(600 + 390, abs=20)


def test_a_drift_is_that_of_scipy_also_where_days_are_alike() -> None:
    """The values are those of `scipy.stats.theilslopes(…, method="joint")` 1.17."""
    found = drift(tuple((day, 60.0 * round(seconds / 60)) for day, seconds in medians(slope=10.0)))
    assert found == Drift(9.67741935483871, 8.571428571428571, 10.344827586206897, 986.1290322580646, 40)


def test_nothing_is_said_where_the_interval_holds_zero_or_too_few_days_are_known() -> None:
    assert drift(medians(slope=0.0)) is None
    assert drift(medians(slope=10.0, days=19)) is None


def test_a_limit_is_reached_between_two_days_or_not_at_all() -> None:
    found = drift(medians(slope=10.0))
    assert found is not None
    reached = found.reaches(3000, TODAY)
    assert reached is not None
    assert reached[0] <= TODAY + timedelta(days=201) <= reached[1] + timedelta(days=2)
    assert found.reaches(5400, TODAY) is None, "more than a year ahead nothing is said"
    assert found.reaches(500, TODAY) is None
    faster = drift(medians(begin=5000, slope=-10.0))
    assert faster is not None
    assert faster.reaches(5400, TODAY) is None


def levels(*told: tuple[int, float]) -> tuple[Median, ...]:
    """So many days at a level of minutes, a second or two apart, up to TODAY; every tenth day is wild."""
    minutes = [level for days, level in told for _day in range(days)]
    begin = TODAY - timedelta(days=len(minutes) - 1)
    return tuple(
        (begin + timedelta(days=n), 60 * level + n % 3 + (3600 if n % 10 == 5 else 0))
        for n, level in enumerate(minutes)
    )


@pytest.mark.parametrize("days", [7, 12])
def test_a_step_to_another_level_is_told_with_its_day_up_and_down(days: int) -> None:
    since = TODAY - timedelta(days=days - 1)
    assert shift(levels((40, 30), (days, 45))) == Shift(since, pytest.approx(1801), pytest.approx(2701, abs=1))
    assert shift(levels((40, 45), (days, 30))) == Shift(since, pytest.approx(2701), pytest.approx(1801, abs=1))


def test_no_step_is_told_that_is_young_small_usual_by_now_or_of_too_few_days() -> None:
    assert shift(levels((40, 30), (3, 45))) is None
    assert shift(levels((40, 30), (12, 35))) is None, "a fifth is not yet unusual"
    assert shift(levels((40, 30), (23, 45))) is None, "it is the level of most of the thirty days before the last seven"
    assert shift(levels((9, 30), (7, 45))) is None


def test_what_drifts_stands_with_the_day_on_which_it_comes_to_its_limit() -> None:
    frame = drifting({"slow": medians(slope=10.0), "steady": medians()}, {"slow": 1800.0}, TODAY)
    assert frame["pipeline"].tolist() == ["slow"]
    assert frame["reaches"][0].startswith("entre le ")


def test_few_runs_have_a_median_and_no_mean_and_a_month_that_is_not_over_is_partial() -> None:
    rows = pd.DataFrame(
        {
            "pipeline": "a",
            "first": [date(2026, 11, 1), date(2026, 10, 1)],
            "runs": [4, 5],
            "mean": [10.0, 20.0],
            "median": [9.0, 19.0],
            "p95": [12.0, 22.0],
        }
    )
    frame = told(rows, Grain.MONTH, date(2026, 10, 1), TODAY)
    assert frame["partial"].tolist() == [True, False]
    assert told(rows, Grain.MONTH, date(2026, 10, 2), TODAY)["partial"].tolist() == [True, True], (
        "the data begin within October"
    )
    assert frame["median"].tolist() == [9.0, 19.0]
    assert frame["mean"].isna().tolist() == [True, False]


def test_failures_are_counted_in_one_kind_each() -> None:
    at = datetime(2026, 11, 20, 2, tzinfo=UTC)
    rows = [
        ("a", at, "2108", "Fichier '/in/a.csv' absent"),
        ("b", at - timedelta(days=1), "2108", "Fichier '/in/b.csv' absent"),
        ("a", at - timedelta(days=2), None, "Délai de 30 s dépassé, mot de passe: x"),
        ("a", at - timedelta(days=3), None, None),
    ]
    frame = by_kind(pd.DataFrame(rows, columns=["pipeline", "at", "error_code", "error_message"]))
    assert frame[["kind", "code", "failures", "pipelines"]].values.tolist() == [
        ["2108 · Fichier <…> absent", "2108", 2, 2],
        ["Délai de <n> s dépassé, mot de passe: …", "", 1, 1],
        ["–", "", 1, 1],
    ]
    assert frame["sample"].tolist()[1] == "Délai de 30 s dépassé, mot de passe: …"
    assert frame["failures"].sum() == len(rows)


@given(st.integers(0, 500), st.integers(1, 500))
def test_the_interval_of_a_share_holds_it_and_stays_a_share(good: int, of: int) -> None:
    found = wilson(min(good, of), of)
    assert found is not None
    low, high = found
    assert 0 <= low <= min(good, of) / of <= high <= 1


def test_the_interval_of_nothing_is_none_and_one_success_is_no_certainty() -> None:
    assert wilson(0, 0) is None
    assert wilson(1, 1) == (pytest.approx(0.2065, abs=1e-4), 1.0)
    assert wilson(8, 10) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))


def test_labelled_series_give_hits_and_false_calls_and_no_point_is_in_its_own_window() -> None:
    begin = datetime(2026, 11, 1)
    seconds = [600.0] * 10 + [721.0, 720.0] + [600.0] * 5 + [900.0]
    points = [(begin + timedelta(minutes=n), value) for n, value in enumerate(seconds)]
    assert list(labelled.called(points)) == [points[10][0], points[17][0]]
    told = labelled.found(points, [(points[9][0], points[10][0]), (points[12][0], points[13][0])])
    assert str(told) == "1 of 2 windows, 55.6 false calls per 1,000"


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from([BEGIN, TODAY]), st.lists(st.floats(0, 1e5), min_size=1)),
        min_size=1,
    )
)
def test_answers_of_several_months_sum_up_as_all_their_runs_do(parts: list[tuple[str, date, list[float]]]) -> None:
    """Numpy's own percentiles, of all the runs of a pipeline and period."""
    every: dict[tuple[str, date], list[float]] = {}
    for name, first, seconds in parts:
        every.setdefault((name, first), []).extend(seconds)
    names = ["pipeline", "first", "durations"]
    found = summed([pa.table([[name], [first], [sorted(its)]], names=names) for name, first, its in parts]).to_pylist()
    assert [(row["pipeline"], row["first"], row["runs"]) for row in found] == [
        (*key, len(every[key])) for key in sorted(every)
    ]
    for row in found:
        seconds = every[row["pipeline"], row["first"]]
        expected = [np.mean(seconds), *np.percentile(seconds, [50, 95])]
        assert [row["mean"], row["median"], row["p95"]] == pytest.approx(expected)


def test_what_lasted_in_a_year_is_what_its_months_lasted_also_where_a_run_was_planned_in_another(data: Path) -> None:
    """Planned in a year and begun in the next; long over, of last year, of this month; each landing is seen."""
    store().upgrade()
    land_runs(
        run("a", "2025-01-01 01:00", "2025-01-01 01:10", scheduled_at=utc("2024-12-31 22:00")),
        run("a", "2025-06-01 01:00", "2025-06-01 01:20"),
        run("a", "2025-12-31 23:30", "2026-01-01 00:00", scheduled_at=utc("2025-12-31 22:30")),
        run("a", "2026-01-31 22:00", "2026-01-31 22:40", scheduled_at=utc("2026-02-01 00:00")),
        run("a", "2026-11-19 01:00", "2026-11-19 01:50"),
    )
    land_reads("2026-11-20 08:00")

    def lasts(grain: Grain, first: date) -> list[tuple[str, int, float]]:
        look = looked("08:30")
        return [
            (f"{row['first']:%Y-%m}", row["runs"], row["median"] / 60) for row in lasted(look, grain, first).to_pylist()
        ]

    for _again in range(2):
        assert lasts(Grain.YEAR, date(2024, 1, 1)) == [("2026-01", 3, 40.0), ("2025-01", 2, 15.0)]
        assert lasts(Grain.MONTH, date(2025, 1, 1)) == [
            ("2026-11", 1, 50.0), ("2026-01", 2, 35.0), ("2025-06", 1, 20.0), ("2025-01", 1, 10.0),
        ]  # fmt: skip
        warehouse().cache.clear()
    land_runs(run("a", "2025-06-02 01:00", "2025-06-02 01:40"))
    assert lasts(Grain.YEAR, date(2024, 1, 1)) == [("2026-01", 3, 40.0), ("2025-01", 3, 20.0)]
    assert lasts(Grain.YEAR, date(2026, 1, 1)) == [("2026-01", 3, 40.0)]


def test_a_sync_works_out_how_long_runs_lasted_and_what_the_board_is_made_of_before_somebody_asks(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store().upgrade()
    RULES.keep(RULES.text(THREE))
    for month in ("2024-02", "2025-03", "2026-08", "2026-10"):
        land_runs(run("a", f"{month}-01 01:00", f"{month}-01 01:10"))
    land_runs(run("a", "01:00", "01:50"))
    land_reads("08:00")
    past.landed(utc("08:00"))
    warehouse().cache.clear()
    asked, compute = list[tuple[str, datetime]](), Reader._compute

    def computed(reader: Reader, query: Query, values: Any) -> Any:
        asked.append((query.name, dict(values).get("since")))
        return compute(reader, query, values)

    monkeypatch.setattr(Reader, "_compute", computed)
    for figure in (DURATIONS_TABLE, YEARS_TABLE, DRIFTS):
        figure.frame(looked("08:30"))
    assert {since for name, since in asked if name == "durations"} == {utc("2026-11-01 00:00")}
    assert {"habits", "runs_of_night"}.isdisjoint(name for name, _since in asked)


def test_runs_are_of_the_period_in_which_they_began_by_the_wall_clock_also_where_it_changes(data: Path) -> None:
    began = ("2026-03-31 21:59", "2026-03-31 22:00", "2026-10-31 22:59", "2026-10-31 23:00", "2026-12-31 23:00")
    land_runs(*(run("a", start, start) for start in began))
    firsts = [f"2026-{month:02}-01" for month in range(1, 13)] + ["2027-01-01"]
    params = {"since": utc("2026-01-01 00:00"), "until": utc("2027-02-01 00:00"), "firsts": firsts, "renamed": []}
    told = warehouse().reader(EVERYTHING).run(DURATIONS, **params, zone="Europe/Paris").table
    counted = {row["first"]: row["runs"] for row in summed([told]).to_pylist()}
    assert counted == {date(2026, month, 1): 1 for month in (3, 4, 10, 11)}, "2027 only ends what is asked for"
