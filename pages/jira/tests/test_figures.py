"""Figures: pure functions on small frames."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.base.i18n import speaking
from core.show.columns import show
from pages.jira.choices import client_names
from pages.jira.draws import HORIZON, backtest, confidence, forecast
from pages.jira.figures.burn_up import BURN_UP
from pages.jira.figures.client_types import TYPES_OF_CLIENTS
from pages.jira.figures.hours import in_hours
from pages.jira.figures.net_flow import NET_FLOW
from pages.jira.figures.quality import DEFECTS, QUALITY
from pages.jira.figures.ranking import RANKING, rank
from pages.jira.figures.throughput import THROUGHPUT
from pages.jira.figures.times import days_of_work
from pages.jira.look import moment
from pages.jira.months import Months, months
from pages.jira.rules import HERE, Counting, doubts, load

JAN, FEB, MAR, APR = (date(2026, month, 1) for month in (1, 2, 3, 4))


def counted(*rows: tuple[str, date, int, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["client", "month", "requests", "shares"])


def test_a_month_that_is_not_over_or_not_wholly_in_the_period_is_partial() -> None:
    known = months(date(2026, 1, 10), date(2026, 4, 15), first=date(2025, 6, 3), today=date(2026, 4, 15))
    assert known == Months((JAN, FEB, MAR, APR), (FEB, MAR), (date(2025, 12, 1), JAN))
    assert known.partial == (JAN, APR)


def test_months_before_what_is_known_are_no_months_before() -> None:
    assert months(FEB, APR, first=JAN, today=date(2026, 4, 15)).before == ()
    assert months(MAR, APR, first=FEB, today=date(2026, 4, 15)).before == (FEB,)
    assert months(MAR, APR, first=date(2026, 2, 2), today=date(2026, 4, 15)).before == ()


def test_nobody_is_new_or_moves_against_months_that_are_not_known() -> None:
    rows = counted(("P/A", FEB, 3, 3.0), ("P/B", FEB, 5, 5.0))
    ranking = rank(rows, {"P/A": 3, "P/B": 5}, Months((FEB,), (FEB,), ()), {}, Counting.EACH)
    assert ranking["state"].tolist() == ["", ""]
    assert ranking[["before", "moved"]].isna().all(axis=None)


def test_a_ranking_without_months_before_has_no_empty_columns_for_them() -> None:
    def names(before: tuple[date, ...]) -> list[str]:
        look = SimpleNamespace(counting=Counting.EACH, months=Months((FEB,), (FEB,), before))
        return [column.name for column in RANKING.listed(look)]  # type: ignore[arg-type]

    assert names(()) == ["rank", "client", "period", "requests", "share"]
    assert names((JAN,)) == ["rank", "client", "period", "requests", "share", "before", "moved", "state"]


def test_types_of_clients_are_whole_numbers_unless_requests_are_split_and_nobodys_come_last() -> None:
    rows = pd.DataFrame({"client": ["P/", "P/A"], "type": ["", "x"], "requests": [9, 3], "shares": [9.0, 1.5]})
    for counting, written in ((Counting.EACH, ["3", "9"]), (Counting.SPLIT, ["1.5", "9.0"])):
        look: Any = SimpleNamespace(counting=counting, clients={"P/A": "A", "P/": "(none)"})
        frame, columns = TYPES_OF_CLIENTS.shape(look, rows), TYPES_OF_CLIENTS.listed(look)
        with speaking("en"):
            assert [show(value, columns[2]) for value in frame["n"]] == written
        assert frame["client"].tolist() == ["A", "(none)"]


def test_what_is_most_wrong_with_the_data_stands_first() -> None:
    counts = pd.DataFrame([{"all": 10, **dict.fromkeys(DEFECTS, 0), "timeless": 4, "zero": 1}])
    frame = QUALITY.shape(SimpleNamespace(), counts)  # type: ignore[arg-type]
    assert frame.head(3)["requests"].tolist() == [4, 1, 0]


def test_a_middle_of_whole_requests_has_no_decimals() -> None:
    look: Any = SimpleNamespace()
    with speaking("fr"):
        for middle, said in ((33.0, "médiane 33"), (32.5, "médiane 32,5")):
            assert THROUGHPUT.heading(look, pd.DataFrame({"middle": [middle]})).endswith(said)


def test_whole_days_of_work_have_no_decimals() -> None:
    with speaking("fr"):
        said = [days_of_work(days * 7 * 3600, 7 * 3600) for days in (21.0, 21.04, 21.5)] + [days_of_work(None, 1)]
    assert said == ["21 jours", "21 jours", "21,5 jours", "– jours"]


def test_the_month_in_which_what_is_known_begins_is_partial() -> None:
    assert months(JAN, MAR, first=date(2026, 1, 5), today=date(2026, 5, 1)).whole == (FEB,)


@given(st.dates(date(2020, 1, 1), date(2026, 1, 1)), st.integers(0, 900), st.dates(date(2020, 1, 1), date(2026, 1, 1)))
def test_whole_months_lie_within_the_period_and_before_today(start: date, length: int, today: date) -> None:
    end = date.fromordinal(start.toordinal() + length)
    known = months(start, end, first=date(2019, 1, 1), today=today)
    assert set(known.whole) <= set(known.all)
    assert len(known.before) in (0, len(known.whole))
    assert all(month >= date(2019, 1, 1) for month in known.before)
    assert all(month >= start and month < today for month in known.whole)


def test_clients_are_ranked_by_whole_months_with_movement_and_the_new_and_the_lost_are_named() -> None:
    rows = counted(
        ("P/A", JAN, 9, 9.0), ("P/B", JAN, 4, 4.0), ("P/L", JAN, 1, 1.0),
        ("P/A", FEB, 3, 2.5), ("P/B", FEB, 5, 5.0), ("P/N", FEB, 2, 2.0), ("P/A", MAR, 99, 99.0),
    )  # fmt: skip
    with speaking("en"):
        period = {"P/A": 102, "P/B": 5, "P/N": 2}
        ranking = rank(rows, period, Months((FEB, MAR), (FEB,), (JAN,)), {"P/A": "A"}, Counting.EACH)
    assert ranking["client"].tolist() == ["P/B", "A", "P/N", "P/L"]
    assert ranking["requests"].tolist() == [5, 3, 2, 0]
    assert ranking["period"].tolist() == [5, 102, 2, 0]
    assert ranking["before"].tolist() == [4, 9, 0, 1]
    assert ranking["share"].tolist() == [0.5, 0.3, 0.2, 0.0]
    assert ranking["moved"].tolist()[:2] == [1, -1]
    assert ranking["state"].tolist() == ["", "", "new", "lost"]


def test_split_requests_sum_to_their_number() -> None:
    rows = counted(("P/A", FEB, 3, 2.5), ("P/B", FEB, 5, 4.5))
    ranking = rank(rows, {"P/A": 2.5, "P/B": 4.5}, Months((FEB,), (FEB,), (JAN,)), {}, Counting.SPLIT)
    assert ranking["requests"].sum() == 7


def test_a_month_before_counts_whole_though_the_period_begins_within_it() -> None:
    rows = counted(("P/A", JAN, 8, 8.0), ("P/A", FEB, 3, 3.0))
    known = months(date(2026, 1, 20), date(2026, 2, 28), first=date(2025, 1, 1), today=date(2026, 4, 1))
    ranking = rank(rows, {"P/A": 5}, known, {}, Counting.EACH)
    assert (known.whole, known.before) == ((FEB,), (JAN,))
    assert ranking[["period", "requests", "before"]].iloc[0].tolist() == [5, 3, 8]


def test_two_components_of_one_name_are_told_apart_by_their_project() -> None:
    with speaking("en"):
        named = client_names(["A/Web", "B/Web", "A/Mail", "A/"])
    assert named == {"A/Web": "Web · A", "B/Web": "Web · B", "A/Mail": "Mail", "A/": "(none)"}


def test_a_month_is_frozen_on_the_third_working_day_of_the_next() -> None:
    told = load(HERE / "rules.yml")
    assert told.review.on(date(2026, 4, 1)) == date(2026, 5, 6)  # 1 May is a holiday, 2 and 3 a weekend
    assert told.review.on(date(2025, 12, 1)) == date(2026, 1, 6)


@pytest.mark.parametrize(
    ("history", "left", "weeks"),
    [
        ([5] * 12, 20, (4, 4, 4)),
        ([5] * 12, 0, (0, 0, 0)),
        ([5] * 7, 20, None),
        ([0] * 12, 20, (None, None, None)),
        ([0] * 25 + [1], 200, (None, None, None)),
        ([1] * 26, 52, (52, 52, 52)),
        ([1] * 26, 53, (None, None, None)),
        ([-2, 1] * 13, 5, (None, None, None)),
    ],
    ids=["steady", "nothing left", "no history", "nothing done", "hardly anything", "a year", "more", "stock grows"],
)
def test_a_forecast_tells_weeks_within_a_year_and_never_the_end_of_the_simulation(
    history: list[int], left: int, weeks: tuple[int | None, ...] | None
) -> None:
    found = forecast(history, left)
    assert (found and (found.low, found.middle, found.high)) == weeks


def test_the_confidence_of_a_deadline_is_the_share_of_draws_that_end_by_then() -> None:
    assert [confidence([5] * 12, 20, weeks) for weeks in (0, 3, 4, 53)] == [0.0, 0.0, 1.0, None]
    assert confidence([5] * 7, 20, 4) is None
    assert 0.2 < (confidence([0, 10] * 6, 20, 3) or 0) < 0.8


def test_the_backtest_of_a_steady_team_always_holds_and_ends_unknown_are_not_counted() -> None:
    held = backtest([15] + [5] * 19, [5] * 20)
    assert (held.held, held.of) == (11, 11)


def test_requests_that_nobody_touches_are_apart_in_the_backtest_too() -> None:
    assert backtest([115] + [5] * 19, [5] * 20, dead=100) == backtest([15] + [5] * 19, [5] * 20)


@settings(deadline=None)  # the first draw of a process takes long
@given(st.lists(st.integers(0, 9), min_size=8, max_size=40), st.integers(0, 200))
def test_the_range_is_in_order(history: list[int], left: int) -> None:
    found = forecast(history, left)
    weeks = [HORIZON + 1 if one is None else one for one in (found.low, found.middle, found.high)] if found else []
    assert weeks == sorted(weeks)


def test_hours_of_all_together_run_over_though_the_median_drift_is_none() -> None:
    rows = pd.DataFrame(
        {"name": ["a", "b"], "measured": [3, 0], "estimate_s": [36_000, None], "spent_s": [40_320, None]}
    )
    found = in_hours(rows)
    assert found[["name", "estimated", "spent", "measured"]].values.tolist() == [["a", 10.0, 11.2, 3]]
    assert found["over"].round(3).tolist() == [0.12]


def test_net_flow_and_burn_up_start_from_what_is_open_today_undated_ends_left_out() -> None:
    weeks = [date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 16)]
    rows = pd.DataFrame({"week": weeks, "created": [7, 2, 1], "resolved": [1, 3, 0]})
    stock = pd.DataFrame({"live": [4], "dead": [1]})  # of six by the weeks, one is done and nothing tells since when
    period = SimpleNamespace(period=(weeks[0], date(2026, 3, 31)))
    look: Any = SimpleNamespace(monday=weeks[2], chosen=period)
    assert NET_FLOW.shape(look, rows, stock)[["net", "open"]].values.tolist() == [[6, 5], [-1, 4]]
    frame = BURN_UP.shape(look, rows, stock)
    assert frame[["scope", "done"]].values.tolist() == [[6.0, 1.0], [8.0, 4.0]]


def test_the_fan_begins_with_what_is_done_and_ends_where_todays_requests_are() -> None:
    weeks = [date(2026, 1, 5) + timedelta(weeks=n) for n in range(12)]
    rows = pd.DataFrame({"week": weeks, "created": 6, "resolved": 5})
    stock = pd.DataFrame({"live": [10], "dead": [2]})
    look: Any = SimpleNamespace(monday=weeks[-1] + timedelta(weeks=1))
    fan = BURN_UP.shape(look, rows, stock)[["low", "middle", "high", "target"]].dropna()
    assert fan.values.tolist() == [[60, 60, 60, 70], [65, 65, 65, 70], [70, 70, 70, 70]]


def test_words_of_the_own_rules_that_no_source_has_are_named() -> None:
    told = load(HERE / "rules.yml")
    there = [
        {"kind": "type", "word": "Tâche", "new": False, "known": False, "past": False},
        {"kind": "status", "word": "À faire", "new": True, "known": True, "past": True},
        {"kind": "status", "word": "En cours", "new": False, "known": True, "past": True},
    ]
    said = {"waiting": ["à faire", "Blocked"], "types_left_out": ["tâche"], "colours": {"Récit": "#ffffff"}}
    with speaking("en"):
        assert doubts(said, told, there) == [
            "jira_rules.yml, colours: no source has Récit.",
            "jira_rules.yml, waiting: no source has Blocked.",
        ]
        assert doubts({}, told, there) == []


def test_a_status_before_work_that_the_rules_do_not_name_is_told() -> None:
    there = [{"kind": "status", "word": "Triage", "new": True, "known": True, "past": False}]
    with speaking("en"):
        [said] = doubts({}, load(HERE / "rules.yml"), there)
    assert "Triage" in said


def test_questions_of_the_same_five_minutes_are_asked_as_of_one_moment() -> None:
    asked = {moment(datetime(2026, 3, 1, 10, minute, 59, 7, UTC)) for minute in range(5, 11)}
    assert asked == {datetime(2026, 3, 1, 10, 5, tzinfo=UTC), datetime(2026, 3, 1, 10, 10, tzinfo=UTC)}
