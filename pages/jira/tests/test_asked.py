"""Which fields are asked for is a setting: any field of Jira, of some day on, with words that fill nothing."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from core.base.i18n import speaking
from core.run import registry, sync
from core.sources.base import Options, Source
from core.store.engine import store
from pages.jira.asked import told
from pages.jira.behind import Behind
from pages.jira.figures.not_ready import NOT_READY
from pages.jira.figures.requests import REQUESTS
from pages.jira.figures.to_fill import TO_FILL
from pages.jira.figures.unfilled import UNFILLED, UNTOLD_FIELDS
from pages.jira.figures.unfilled_by_client import UNFILLED_BY_CLIENT
from pages.jira.figures.unfilled_by_month import UNFILLED_BY_MONTH
from pages.jira.figures.unfilled_trend import UNFILLED_TREND
from pages.jira.sources.exports import ExportOptions
from pages.jira.sources.saved import SavedOptions
from pages.jira.tests.test_ends_and_cycles import TODO, look, shown, story
from tests.conftest import housed

RULES = """
mandatory:
  - summary
  - {field: customfield_10042, label: Channel}
  - description
  - {field: due, since: 2026-11-10}
  - {field: Canal}
  - customfield_99
ready_needs: [summary, description]
nothing: [Aucun, N/A]
"""
NEW = {"status": TODO, "resolved": None, "told": False}
DOCUMENT = {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Tout"}]}]}
STORIES = (
    story("ASK-1", **NEW, customfield_10042={"value": "Web"}, description="Voir la pièce", duedate="2026-12-01"),
    story("ASK-2", **NEW, customfield_10042=None, description=" aucun. "),
    story("ASK-3", **NEW, customfield_10042=[], description=DOCUMENT),
    story("ASK-4", **NEW, description={"type": "doc", "content": []}, created="2026-11-12T10:00:00.000+0100"),
    story("ASK-5", **NEW, customfield_10042=0, description="x", created="2026-11-12T10:00:00.000+0100"),
)  # fmt: skip
OWN = story("OWN-1", **NEW, customfield_1=1.5, customfield_2="2026-11-20T23:30:00.000+0000", timeoriginalestimate=60)
EXPORT = """Issue key,Summary,Issue Type,Status,Custom field (Canal),Description,Created
CSV-1,One,Task,To Do,Web,Long,2026-11-02 10:00
CSV-2,Two,Task,To Do,,N/A,2026-11-02 10:00
"""


@pytest.fixture(scope="module", autouse=True)
def _landed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with housed(tmp_path_factory.mktemp("asked")) as folder:
        store().upgrade()
        (folder / "incoming").mkdir()
        (folder / "jira_rules.yml").write_text(RULES)
        (folder / "incoming" / "asked.json").write_text(json.dumps({"issues": STORIES}))
        (folder / "incoming" / "own.json").write_text(json.dumps({"issues": [OWN]}))
        (folder / "incoming" / "export.csv").write_text(EXPORT)
        columns = {"key": "Issue key", "summary": "Summary", "issue_type": "Issue Type", "status": "Status",
                   "created_at": "Created"}  # fmt: skip
        own = {"estimate": "customfield_1", "estimate_unit": "hour", "due": "customfield_2"}
        sources: dict[str, tuple[str, Options]] = {
            "saved": ("jira_saved", SavedOptions.model_validate({"path": "incoming/asked.json"})),
            "own": ("jira_saved", SavedOptions.model_validate({"path": "incoming/own.json", **own})),
            "export": (
                "jira_export",
                ExportOptions.model_validate({"path": "incoming/export.csv", "columns": columns}),
            ),
        }
        with store().write() as connection:
            for name, (kind, options) in sources.items():
                registry.add(connection, Source(name, "jira", kind, options), who="test")
        assert [(one.error, one.refused) for one in sync.run()] == [("", 0)] * 3
        yield


def said(project: str) -> dict[str, tuple[int, int]]:
    """Of each field, how many requests lack it, of how many that are asked for it."""
    return {row["field"]: (row["empty"], row["requests"]) for row in shown(UNFILLED, project)}


def test_any_field_is_asked_for_by_id_or_name_from_its_day_on() -> None:
    with speaking("en"):
        assert said("ASK") == {
            "Name": (0, 5),
            "Channel": (2, 4),  # one request does not tell of it
            "description": (2, 5),
            "Due date": (2, 2),  # asked of the two that were created since
            "Canal": (0, 0),
            "customfield_99": (0, 0),
        }
        assert said("CSV") == {
            "Name": (0, 2), "Channel": (0, 0), "description": (1, 2), "Due date": (0, 0), "Canal": (1, 2),
            "customfield_99": (0, 0),
        }  # fmt: skip


def test_each_count_leads_to_as_many_requests() -> None:
    seen = look("ASK")
    assert UNFILLED.means is not None
    for row in shown(UNFILLED, "ASK"):
        if row["empty"]:
            behind = Behind.of(UNFILLED.means(seen, row)["behind"])  # type: ignore[arg-type]
            assert behind is not None
            assert int(seen.ask(behind.rows.count, **behind.params())["n"].iloc[0]) == row["empty"], row["field"]


def test_the_same_stands_by_month_and_client_and_over_time() -> None:
    [month] = shown(UNFILLED_BY_MONTH, "ASK")
    [client] = shown(UNFILLED_BY_CLIENT, "ASK")
    for row in (month, client):
        assert (row["field:customfield_10042"], row["field:description"], row["due"]) == (2, 2, 2)
        assert row["share"] == pytest.approx(6 / 16)
    trend = {row["field"]: row["share"] for row in shown(UNFILLED_TREND, "ASK")}
    assert trend == {"summary": 0.0, "field:customfield_10042": 0.5, "field:description": 0.4, "due": 1.0}


def test_what_each_request_lacks_is_named() -> None:
    with speaking("en"):
        assert {row["key"]: row["why"] for row in shown(TO_FILL, "ASK")} == {
            "ASK-2": "Channel, description", "ASK-3": "Channel", "ASK-4": "description, Due date", "ASK-5": "Due date",
        }  # fmt: skip
        assert {row["key"]: row["why"] for row in shown(NOT_READY, "ASK")} == {
            "ASK-2": "description", "ASK-4": "description",
        }  # fmt: skip


def test_a_field_that_no_source_tells_of_is_said() -> None:
    with speaking("en"):
        sentence = UNTOLD_FIELDS.say(look("ASK"))
    assert isinstance(sentence, str)
    assert sentence.startswith("No source tells of Canal, customfield_99:")


@pytest.mark.parametrize(
    ("value", "filled"),
    [
        (None, False), ("", False), (" - ", False), ("aucun", False), ("AUCUN.", False), ("Aucun contrat", True),
        (0, True), (False, True), ([], False), ([None], False), ([{"value": "a"}], True),
        ({"displayName": "Ann"}, True),
        ({"type": "doc", "content": [{"type": "paragraph"}]}, False), (DOCUMENT, True),
        ({"value": "A", "child": {"value": "B"}}, True),
    ],
)  # fmt: skip
def test_what_fills_a_field(value: Any, filled: bool) -> None:
    found = told({"f": value}, ("Aucun",))
    assert (found["filled"], found["blank"]) == (("f", None) if filled else (None, "f"))


def test_the_estimate_and_the_due_date_may_be_fields_of_ones_own() -> None:
    [row] = REQUESTS.frame(look("OWN")).to_dict("records")
    assert (row["estimate_s"], row["due_on"]) == (5_400.0, date(2026, 11, 21))  # half past midnight in Paris


@pytest.mark.parametrize("key", ["field:password", "password", "field:"])
def test_an_address_cannot_ask_for_a_field_that_the_rules_do_not(key: str) -> None:
    assert Behind.of({"kind": "lacking", "value": key}) is None
