"""When a request is done, when it was resolved, how long work on it took, and whose the time is: many small stories.

All of them lie in one saved answer, read by one sync.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from core.base.i18n import speaking
from core.facts.query import Query
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING, Person, Role
from core.run import registry, sync
from core.show.figure import Figure, stands
from core.show.filters import Chosen
from core.sources.base import Source
from core.store.engine import store
from pages.jira import choices
from pages.jira.behind import SETS
from pages.jira.conditions import QUERIES
from pages.jira.figures.ages import OPEN_AGES
from pages.jira.figures.contradictions import CONTRADICTIONS, HISTORIES
from pages.jira.figures.cumulative import CUMULATIVE
from pages.jira.figures.cycles import CYCLE_TIMES, CYCLES, _left_out
from pages.jira.figures.doubts import WORDS
from pages.jira.figures.people import HOURS, NOT_YET, PEOPLE
from pages.jira.figures.times import OPEN, TIME
from pages.jira.look import JiraLook, opening
from pages.jira.rules import HERE, doubts, load
from pages.jira.sources.saved import SavedOptions
from tests.conftest import housed

TOLD = load(HERE / "rules.yml")
NOW = datetime(2026, 11, 27, 10, tzinfo=UTC)
DAY = 86_400
TODO, DOING, DONE = ("To Do", "new"), ("In Progress", "indeterminate"), ("Closed", "done")


def day(number: float) -> str:
    """10:00 of a day of November, and parts of a second after it."""
    whole = int(number)
    return f"2026-11-{whole:02d}T10:00:{(number - whole) * 60:06.3f}+0100"


def story(
    key: str,
    *moves: tuple[float, str, str],
    status: tuple[str, str] = DONE,
    resolved: float | None = 20,
    told: bool = True,
    **fields: Any,
) -> dict[str, Any]:
    """An issue created on the 2nd that moved, each move a day, from and to; not `told`: no history."""
    name, category = status
    said = {
        "summary": key, "issuetype": {"name": "Task", "subtask": False}, "project": {"key": key.split("-")[0]},
        "status": {"name": name, "statusCategory": {"key": category}}, "created": day(2), "updated": day(21),
        "resolutiondate": None if resolved is None else day(resolved), "components": [{"name": "Sinistres"}],
        "assignee": {"key": "annb", "displayName": "Ann Bell"}, "reporter": {"displayName": "Rob Cole"},
    }  # fmt: skip
    histories = [
        {"id": f"{n}", "created": day(at), "author": {"displayName": "Zoe Quint"},
         "items": [{"field": "status", "fromString": before, "toString": after}]}
        for n, (at, before, after) in enumerate(moves, start=1)
    ]  # fmt: skip
    issue = {"id": key, "key": key, "fields": said | fields}
    return issue | ({"changelog": {"histories": histories}} if told else {})


def log(number: int, name: str, at: float, hours: float) -> dict[str, Any]:
    """An entry of time."""
    return {
        "id": f"{number}", "started": day(at), "timeSpentSeconds": hours * 3600,
        "author": {"key": name[:3].lower(), "displayName": name},
    }  # fmt: skip


STORIES = (
    # when it is done
    story("DATE-1", (3, "To Do", "In Progress"), (9, "In Progress", "Closed"), resolved=None),
    story("DATE-2", (3, "To Do", "In Progress"), (9, "In Progress", "Done"), (12, "Done", "Closed"), resolved=None),
    story("DATE-3", (9, "In Progress", "Closed"), (10, "Closed", "To Do"), (15, "To Do", "Closed"), resolved=None),
    story("DATE-4", resolved=None),
    story("DATE-5", resolved=None, statuscategorychangedate=day(8)),
    story("DATE-6", (9, "In Progress", "Closed"), resolved=7),
    story("DATE-7", (9, "In Progress", "Done"), status=("Done", "done"), resolved=None),
    story("DATE-8", resolved=None, told=False),
    story("DATE-9", (10, "In Progress", "Closed"), (12, "Closed", "In Progress"), status=DOING, resolved=10),
    story("DATE-10", status=DOING, resolved=None, told=False),
    # how long work took
    story("CYC-1", (20, "Open", "Closed")),
    story("CYC-2", (20.0138, "Open", "Closed")),
    story("CYC-3", (20, "In Progress", "Closed")),
    story("CYC-4", (3, "To Do", "In Progress"), (4, "In Progress", "To Do"), (19, "To Do", "In Progress"),
          (20, "In Progress", "Closed")),
    story("CYC-5", (3, "To Do", "En attente métier"), (18, "En attente métier", "In Progress"),
          (20, "In Progress", "Closed")),
    story("CYC-6", (3, "To Do", "In Progress"), (6, "In Progress", "Closed"), (9, "Closed", "In Progress"),
          (10, "In Progress", "Closed"), resolved=10),
    story("CYC-7", (6, "To Do", "In Progress"), (9, "In Progress", "Closed"), resolved=9),
    story("CYC-8", told=False),
    story("CYC-9", (3, "To Do", "In Progress"), (18, "Resolved", "Closed"), (15, "In Progress", "Resolved"),
          resolved=15),
    # whose the time is
    story("TIME-1", (3, "To Do", "In Progress"), (20, "In Progress", "Closed"), timespent=36_000,
          worklog={"total": 1, "worklogs": [log(9, "Bob Worker", 5, 10)]}),
    story("TIME-2", timespent=7_200, told=False),
    story("TIME-3", timeoriginalestimate=14_400, timespent=None, aggregatetimespent=36_000, told=False),
    story("TIME-4", issuetype={"name": "Sub-task", "subtask": True}, timespent=36_000, told=False,
          parent={"key": "TIME-3"}, worklog={"total": 1, "worklogs": [log(10, "Cid Helper", 6, 10)]}),
    story("TIME-5", assignee=None, status=TODO, resolved=None, told=False),
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with housed(tmp_path_factory.mktemp("ends")) as folder:
        store().upgrade()
        (folder / "incoming").mkdir()
        (folder / "incoming" / "answers.json").write_text(json.dumps({"issues": STORIES}))
        options = SavedOptions.model_validate({"path": "incoming/answers.json"})
        with store().write() as connection:
            registry.add(connection, Source("saved", "jira", "jira_saved", options), who="test")
        [outcome] = sync.run()
        assert (outcome.error, outcome.refused) == ("", 0)
        yield


def ask(query: Query, project: str = "", **more: Any) -> list[dict[str, Any]]:
    reader = warehouse().reader(EVERYTHING)
    given = {
        **choices.standing(reader, TOLD), "now": NOW, "projects": [project] if project else [],
        "start": datetime(2026, 10, 31, 23, tzinfo=UTC), "end": datetime(2026, 11, 30, 23, tzinfo=UTC), **more,
    }  # fmt: skip
    return choices.rows(reader, query, given)


def look(project: str) -> JiraLook:
    """The screen of a project, as the lead opens it."""
    reader = warehouse().reader(EVERYTHING)
    opened = opening(reader, Person(1, "lead", "Lead", Role.LEAD, frozenset()), NOW)
    assert opened is not None
    filters = opened.filters
    values = {name: one.default for name, one in filters.items()}
    period = (date(2026, 11, 1), date(2026, 11, 27))
    return opened.look(Chosen(filters, {**values, "projects": [project], "period": period}))


def shown(figure: Figure[JiraLook], project: str) -> list[dict[str, Any]]:
    return figure.frame(look(project)).to_dict("records")


@pytest.mark.parametrize(
    ("key", "resolved"),
    [
        ("DATE-1", 9),  # no day of resolution: the day of the move
        ("DATE-2", 9),  # from one end to another is no new end
        ("DATE-3", 15),  # opened again: the last end
        ("DATE-4", 2),  # done from the beginning, as its whole history tells
        ("DATE-5", 8),  # the day on which Jira saw the category change
        ("DATE-6", 7),  # Jira's own day of resolution
        ("DATE-7", 9),
        ("DATE-8", None),  # done, and nothing tells since when
    ],
)
def test_a_done_request_is_resolved_on_the_best_day_that_is_known(key: str, resolved: int | None) -> None:
    [row] = [row for row in ask(SETS["created"].all, "DATE") if row["key"] == key]
    assert row["resolved_at"] == (None if resolved is None else datetime(2026, 11, resolved, 9, tzinfo=UTC))
    assert row["category"] == "done"


def test_open_are_the_requests_whose_status_is_not_done_whatever_their_day_of_resolution() -> None:
    assert {row["key"] for row in ask(SETS["open"].all, "DATE")} == {"DATE-9", "DATE-10"}
    assert {row["status"] for row in ask(OPEN_AGES, "DATE")} == {"In Progress"}
    assert ask(OPEN, "DATE")[0]["open"] == 2
    assert ask(TIME, "DATE")[0]["resolved"] == 7  # DATE-8 in no period


def test_every_request_is_open_resolved_on_a_day_or_done_on_an_unknown_one() -> None:
    sets = [{row["key"] for row in ask(SETS[name].all)} for name in ("created", "open", "resolved")]
    every, still_open, resolved = sets
    undated = {row["key"] for row in ask(QUERIES["jira_wrong_ends"]) if row["undated"]}
    assert len(still_open) + len(resolved) + len(undated) == len(every)
    assert still_open | resolved | undated == every


def test_an_end_that_contradicts_its_status_is_flagged() -> None:
    with speaking("en"):
        said = {row["key"]: row["why"] for row in shown(CONTRADICTIONS, "DATE")}
    assert said == {
        "DATE-8": "Done, but nothing tells since when: counted as resolved in no period.",
        "DATE-9": "It has a day of resolution, but its status is not done: counted as open.",
    }


@pytest.mark.parametrize(
    ("key", "worked", "elapsed", "working"),
    [
        ("CYC-3", 18, 18, 13),  # in progress from its creation; 11 November is a holiday
        ("CYC-4", 2, 17, 2),  # the time back in waiting is no work
        ("CYC-5", 17, 17, 12),  # a status that nobody knows counts as work, and is named
        ("CYC-6", 4, 7, 4),  # what was done, and opened again: time in the end is no work
        ("CYC-7", 3, 3, 1),  # from Friday to Monday
        ("CYC-9", 12, 12, 7.583333),  # to a Sunday
    ],
)
def test_a_cycle_counts_the_time_of_work(key: str, worked: float, elapsed: float, working: float) -> None:
    [row] = [row for row in shown(CYCLES, "CYC") if row["key"] == key]
    assert (row["cycle_s"], row["elapsed_s"], round(row["cycle_days"], 6)) == (worked * DAY, elapsed * DAY, working)


@pytest.mark.parametrize("key", ["CYC-1", "CYC-2"])
def test_what_was_never_worked_on_has_no_cycle_to_the_part_of_a_second(key: str) -> None:
    [row] = [row for row in ask(CYCLE_TIMES, "CYC") if row["key"] == key]
    assert (row["begun_at"], row["cycle_s"], row["told"]) == (None, None, True)


def test_the_title_says_of_how_many_it_speaks_and_the_others_are_counted_by_reason() -> None:
    with speaking("en"):
        of = look("CYC")
        assert CYCLES.heading(of, CYCLES.frame(of)).endswith("· 6 of 9 resolved requests")
        assert _left_out(of) == (
            "Resolved without a cycle time: 2 never worked on, as far as Jira tells, 1 without history."
        )


def test_a_status_of_histories_alone_that_neither_jira_nor_the_rules_know_is_named() -> None:
    with speaking("en"):
        [said] = doubts({}, TOLD, ask(WORDS))
    assert "En attente métier" in said
    assert not any(known in said for known in ("Resolved", "In Progress", "To Do"))


def test_nothing_is_drawn_of_requests_without_history_and_their_number_is_told() -> None:
    assert shown(CUMULATIVE, "TIME") == [] or {row["requests"] for row in shown(CUMULATIVE, "TIME")} <= {0.0, 1.0}
    [counted] = ask(HISTORIES, "TIME")
    assert (counted["all"], counted["told"]) == (4, 1)


def test_time_is_whose_who_logged_it_and_the_assignees_where_no_entry_is_told() -> None:
    found = {(row["code"], row["logged"]): row["spent_s"] / 3600 for row in ask(HOURS, "TIME")}
    assert found == {("bob", True): 10, ("cid", True): 10, ("annb", False): 2}


def test_the_time_of_sub_tasks_counts_for_their_request_where_the_rules_want_it() -> None:
    [row] = [row for row in ask(SETS["measured"].all, "TIME") if row["key"] == "TIME-3"]
    assert (row["estimate_s"] / 3600, row["spent_s"] / 3600) == (4, 10)
    assert ask(TIME, "TIME")[0]["without_time"] == 0
    assert ask(TIME, "TIME", subtasks=False)[0]["without_time"] == 1


def test_people_are_those_who_are_assigned_or_logged_time_and_nobody_is_called_so() -> None:
    reader, of = warehouse().reader(EVERYTHING), look("TIME")
    given = {**of.params, "start": datetime(2026, 11, 1, tzinfo=UTC)}
    answers = [reader.run(one, **{name: given[name] for name in one.params}).frame() for one in PEOPLE.queries]
    with speaking("en"):
        rows = PEOPLE.shape(of, *answers).to_dict("records")
    assert [(row["assignee"], row["handled"], row["open"], row["spent_s"]) for row in rows] == [
        ("Ann Bell", 3, 0, 7_200),
        ("Bob Worker", 0, 0, 36_000),
        ("Cid Helper", 0, 0, 36_000),
        ("Unassigned", 0, 1, None),
    ]


def test_the_lead_is_told_which_treatment_is_missing_and_who_can_validate_it_and_nobody_else_is() -> None:
    of = look("TIME")
    with speaking("en"):
        assert NOT_YET.say(of) == (
            "Figures per person, the filter by assignee and names are shown once the register holds the validated "
            "treatment VIGIE-KPI: whoever may validate treatments there (the compliance officer) can do so."
        )
    roles = {role: stands(NOT_YET, replace(of, person=replace(of.person, role=role))) for role in Role}
    assert [role for role, told in roles.items() if told] == [Role.LEAD]
