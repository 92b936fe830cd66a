"""What comes back and how often flows failed, out of nights that were judged."""

from datetime import date, timedelta

import pandas as pd
import pytest

from core.facts.lake import lake
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from pages.pipelines import judged
from pages.pipelines.facts import JUDGED_NIGHTS, WHOLE
from pages.pipelines.figures.incident_months import by_flow, by_month

pytestmark = pytest.mark.usefixtures("data")
LAST = date(2026, 11, 19)
SIGNS = {"K": ("KO", True, 0), "O": ("OK", False, 0), "w": ("WARNING", True, 1), "-": ("NOT DUE", False, 0)}
"""KO; OK; failed and run again; nothing expected."""


def nights(pipeline: str, told: str, family: str = "a") -> list[dict[str, object]]:
    """A sign a night, up to LAST."""
    days = [LAST - timedelta(days=back) for back in range(len(told) - 1, -1, -1)]
    return [
        {
            "family": family,
            "pipeline": pipeline,
            "at": pd.Timestamp(day, tz="UTC"),
            "verdict": SIGNS[sign][0],
            "expected": sign != "-",
            "failed": SIGNS[sign][1],
            "runs": 1,
            "reruns": SIGNS[sign][2],
            "basis": "x",
        }
        for day, sign in zip(days, told, strict=True)
    ]


def land(*rows: list[dict[str, object]]) -> None:
    lake().land(JUDGED_NIGHTS, judged.table([row for some in rows for row in some]))


def asked(query: judged.Query) -> pd.DataFrame:
    return warehouse().reader(EVERYTHING).run(query, **judged.params(LAST, ())).shared()


def recurring() -> list[list[object]]:
    frame = asked(judged.RECURRING)
    days = [None if pd.isna(at) else at.day for at in frame["since"]]
    return frame.assign(since=days)[["pipeline", "running", "since", "changes", "reruns"]].values.tolist()


def test_a_row_of_failed_nights_counts_expected_ones_alone() -> None:
    land(nights("weekly", "OK--Kw--K"), nights("broken", "KKO"), nights("well", "KKKKO"), nights(WHOLE, "KKKKK"))
    assert recurring() == [["weekly", 4, 12, 3, 1]]


def test_a_verdict_that_keeps_changing_comes_back_and_so_do_many_reruns() -> None:
    steady = "O" * 20
    land(nights("flaps", "OKO" * 5 + "OOOOOOO"), nights("again", steady + "wwwO"), nights("once", "KOKOK" + steady))
    assert recurring() == [["flaps", 0, None, 5, 0], ["again", 0, None, 2, 3]]


def test_incidents_are_failed_expected_nights_by_flow_and_month() -> None:
    land(nights("p", "KK" + "O" * 17 + "w"), nights("q", "-K" + "O" * 39))
    frame = by_flow(asked(judged.INCIDENTS), {"a": "Alpha"}, LAST)
    columns = ["pipeline", "family", "month", "incidents", "nights", "partial"]
    assert frame[columns].values.tolist() == [
        ["p", "Alpha", date(2026, 11, 1), 1, 19, True],
        ["p", "Alpha", date(2026, 10, 1), 1, 1, True],
        ["q", "Alpha", date(2026, 10, 1), 1, 21, True],
    ]
    every = by_month(asked(judged.INCIDENTS), LAST)
    assert every[["month", "incidents", "nights", "partial"]].values.tolist() == [
        [date(2026, 11, 1), 1, 38, True],
        [date(2026, 10, 1), 2, 22, True],
    ]
