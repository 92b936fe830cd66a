"""How long work takes, what holds it up, and what of the data cannot be true: small stories in one saved answer."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.base.i18n import speaking
from core.run import registry, sync
from core.sources.base import Source
from core.store.engine import store
from pages.jira.figures.ageing import AGEING
from pages.jira.figures.blocked import BLOCKED
from pages.jira.figures.cycle_histogram import CYCLE_HISTOGRAM, spread
from pages.jira.figures.flow_efficiency import FLOW_EFFICIENCY
from pages.jira.figures.forecast import FORECASTS, RANGES
from pages.jira.figures.lead_times import LEAD_TIMES_BY_MONTH
from pages.jira.figures.quality import DOUBTFUL_REQUESTS, QUALITY
from pages.jira.sources.saved import SavedOptions
from pages.jira.tests.test_ends_and_cycles import DOING, TODO, day, look, shown, story
from tests.conftest import housed


def flag(issue: dict[str, Any], *days: tuple[float, str]) -> dict[str, Any]:
    """An issue that was flagged on some days, or with "" let go."""
    issue["changelog"]["histories"] += [
        {"id": f"f{n}", "created": day(at), "items": [{"field": "Flagged", "fromString": "", "toString": said}]}
        for n, (at, said) in enumerate(days)
    ]
    return issue


def day_of(day: date) -> str:
    """10:00 of a day."""
    return f"{day}T10:00:00.000+0100"


WEEKS = [date(2026, 9, 29) + timedelta(weeks=n) for n in range(8)]
"""A day of each of the last eight weeks that are over."""
FIRST = day_of(date(2026, 9, 28))
REVIEW = ("Review", "indeterminate")
BEGUN, ENDED = (3, "To Do", "In Progress"), (20, "In Progress", "Closed")
STORIES = (
    story("DONE-1", BEGUN, ENDED),
    story("DONE-2", BEGUN, (5, "In Progress", "Blocked"), (15, "Blocked", "In Progress"), ENDED),
    flag(story("DONE-3", BEGUN, ENDED), (4, "Impediment"), (8, "")),
    flag(story("DONE-4", BEGUN, ENDED), (16, "Impediment")),
    story("DONE-5", BEGUN, (4, "In Progress", "To Do"), (19, "To Do", "In Progress"), ENDED),
    story("DONE-6", (20, "To Do", "Closed")),
    flag(story("OPEN-1", BEGUN, status=DOING, resolved=None), (10, "Impediment")),
    story("OPEN-2", BEGUN, (25, "In Progress", "Review"), status=REVIEW, resolved=None),
    story("OPEN-3", (25, "To Do", "In Progress"), (26, "In Progress", "On Hold"), status=("On Hold", "indeterminate"),
          resolved=None),
    story("OPEN-4", BEGUN, status=DOING, resolved=None),
    story("OPEN-5", status=TODO, resolved=None),
    story("OPEN-6", (26, "To Do", "In Progress"), status=DOING, resolved=None, told=False),
    story("GOOD-1", BEGUN, ENDED, duedate="2026-11-20", timespent=60),
    story("DOUBT-1", BEGUN, (5, "Review", "Closed"), resolved=5, timespent=60),
    story("DOUBT-2", BEGUN, resolved=20, timespent=60),
    story("DOUBT-3", (1, "To Do", "In Progress"), ENDED, timespent=60),
    story("DOUBT-4", BEGUN, ENDED, resolved=1, timespent=60),
    story("DOUBT-5", BEGUN, ENDED, duedate="2026-11-01", timeoriginalestimate=0, timeestimate=600),
    story("DOUBT-6", BEGUN, status=DOING, resolved=None, updated="2027-05-01T10:00:00.000+0100"),
    *(story(f"WEEK-{n}", told=False, created=FIRST, resolutiondate=day_of(WEEKS[n])) for n in range(8)),
    story("WEEK-8", status=TODO, resolved=None, told=False, created=FIRST),
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _landed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with housed(tmp_path_factory.mktemp("durations")) as folder:
        store().upgrade()
        (folder / "incoming").mkdir()
        (folder / "incoming" / "answers.json").write_text(json.dumps({"issues": STORIES}))
        with store().write() as connection:
            options = SavedOptions.model_validate({"path": "incoming/answers.json"})
            registry.add(connection, Source("saved", "jira", "jira_saved", options), who="test")
        [outcome] = sync.run()
        assert (outcome.error, outcome.refused) == ("", 0)
        yield


def test_flow_efficiency_is_the_part_of_the_time_since_work_began_that_was_work() -> None:
    [november] = shown(FLOW_EFFICIENCY, "DONE")
    assert november["requests"] == 5  # DONE-6 was never worked on
    assert november["worked"] == 17 + 7 + 17 + 17 + 2
    assert november["elapsed"] == 5 * 17
    assert november["efficiency"] == pytest.approx(60 / 85)
    assert november["blocked"] == 10 + 4 + 4  # in a status, flagged and let go, flagged to the end


def test_a_lead_time_runs_from_creation_to_resolution() -> None:
    [november] = shown(LEAD_TIMES_BY_MONTH, "DONE")
    assert (november["requests"], november["middle"], november["high"]) == (6, 18.0, 18.0)


def test_cycle_times_are_counted_in_bars() -> None:
    bars = {row["low"]: row["requests"] for row in shown(CYCLE_HISTOGRAM, "DONE") if row["requests"]}
    assert bars == {2.0: 1, 7.0: 1, 17.0: 3}


@given(st.lists(st.floats(0, 5_000), max_size=60))
def test_no_duration_is_lost_between_bars(days: list[float]) -> None:
    bars = spread(pd.Series(days, dtype=float))
    assert bars["requests"].sum() == len(days)
    assert all(low == high for high, low in zip(bars["high"], bars["low"].iloc[1:], strict=False))


def test_work_in_progress_ages_by_the_time_in_work_and_stands_by_its_status() -> None:
    found = {row["key"]: row for row in shown(AGEING, "OPEN")}
    assert {key: (row["status"], round(row["worked"]), round(row["stayed"])) for key, row in found.items()} == {
        "OPEN-1": ("In Progress", 24, 24),
        "OPEN-2": ("Review", 24, 2),
        "OPEN-3": ("On Hold", 1, 1),
        "OPEN-4": ("In Progress", 24, 24),
    }


def test_held_up_is_what_is_flagged_blocked_or_does_not_change() -> None:
    with speaking("en"):
        found = {row["key"]: (row["why"], round(row["blocked"]), round(row["still"])) for row in shown(BLOCKED, "OPEN")}
    assert found == {
        "OPEN-1": ("flagged, nothing changed for long", 17, 17),
        "OPEN-3": ("in a status that blocks", 1, 1),
        "OPEN-4": ("nothing changed for long", 0, 24),
    }


def test_the_report_names_what_cannot_be_true_and_counts_it() -> None:
    with speaking("en"):
        said = {row["key"]: row["why"] for row in shown(DOUBTFUL_REQUESTS, "DOUBT")}
        counts = {row["wrong"]: row["requests"] for row in shown(QUALITY, "DOUBT")}
        assert shown(DOUBTFUL_REQUESTS, "GOOD") == []
        assert sum(row["requests"] for row in shown(QUALITY, "GOOD")) == 0
    assert said == {
        "DOUBT-1": "A move does not begin where the one before ended",
        "DOUBT-2": "The history ends in another status than the present one",
        "DOUBT-3": "Moved before it was created",
        "DOUBT-4": "Resolved before it was created",
        "DOUBT-5": "Due before it was created · An estimate of zero · Done, and yet with time remaining · "
        "Done without any time logged",
        "DOUBT-6": "A day that has not come yet",
    }
    assert counts["Done without any time logged"] == 1
    assert sum(counts.values()) == 9


def test_every_chart_of_durations_is_drawn() -> None:
    for figure in (FLOW_EFFICIENCY, LEAD_TIMES_BY_MONTH, CYCLE_HISTOGRAM, AGEING):
        seen = look("OPEN" if figure is AGEING else "DONE")
        assert figure.drawing(seen, figure.frame(seen)).spec["$schema"]


def test_a_forecast_that_no_week_could_check_says_nothing_of_how_often_it_held() -> None:
    seen = look("WEEK")
    assert [(row["held"], row["of"]) for row in FORECASTS.frame(seen).to_dict("records")] == [(0, 0), (0, 0)]
    with speaking("en"):
        said = [str(sentence).split(" · ")[-1] for sentence in RANGES.say(seen)]
    assert said == ["new arrivals not counted", "new arrivals counted"]
