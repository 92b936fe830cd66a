"""A draft is tried on days gone by: which rows would change their outcome; nothing is written."""

from pathlib import Path

import pytest

from core.base.errors import RulesInvalid
from core.facts.lake import lake
from core.mission.discovery import warehouse
from core.rules.ruleset import written
from core.run import declare as declare_command
from pages.checks import running, trial
from pages.checks.facts import CHECK_RUNS
from pages.checks.tests.asked import at
from pages.checks.tests.test_runs import CHECK, J1, _declared, land  # noqa: F401
from tests.declaring import declare


def test_a_draft_says_which_rows_would_change_their_outcome(data: Path) -> None:
    new = trial.draft(CHECK.replace("on: left, ko", "on: left, when: contract.number <> 'B', ko"))
    found = trial.tried(new, warehouse().reader(running.scope()), J1, days=2)
    assert [(one.before, one.rows) for one in found.moves] == [("non reçu", 1)]
    assert found.moves[0].keys[0].startswith("B")
    assert lake().version(CHECK_RUNS) is None


def test_a_draft_that_is_not_right_is_refused_with_line_and_field() -> None:
    with pytest.raises(RulesInvalid, match="draft, line 5"):
        trial.draft(CHECK.replace("kind: compare", "kind: guess"))


def test_a_declared_check_is_tried_by_the_command(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    land("sold", {"number": "D", "sold_at": at(30), "holder": "M. D"})
    assert declare_command.main(["try", "mails"]) == 0
    assert "contract\u202f: 3 = 1 reçu + 2 non reçu" in capsys.readouterr().out
    declare(
        data,
        "checks",
        "wrong",
        CHECK.replace("check: mails", "check: other").replace("tables: [sold, sent]", "tables: [sold]"),
    )
    assert declare_command.main(["check"]) == 1
    assert "sent" in capsys.readouterr().err


def test_a_text_of_several_lines_is_offered_as_a_block_that_can_be_changed() -> None:
    assert written({"select": "SELECT 1\nFROM t", "title": "T"}) == "select: |-\n  SELECT 1\n  FROM t\ntitle: T\n"
