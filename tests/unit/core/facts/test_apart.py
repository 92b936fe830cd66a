"""Questions that others wrote, in a process of its own."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from core.base.errors import QueryFailed
from core.declared.select import tried
from core.facts import apart
from core.facts.lake import Lake
from core.facts.query import Query, Warehouse
from core.people.person import EVERYTHING


def test_a_process_that_was_killed_between_two_questions_is_replaced() -> None:
    assert apart.answer(None, {}, "SELECT 1 AS n", [], 60).to_pylist() == [{"n": 1}]
    for idle in apart._idle:
        idle._popen.kill()
        idle._popen.wait()
    assert apart.answer(None, {}, "SELECT 2 AS n", [], 60).to_pylist() == [{"n": 2}]


def test_who_waits_for_others_as_long_as_a_question_may_take_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = Query("declared", sa.select(sa.literal(1).label("n")), (), {}, seconds=0.01)
    said = "Vigie répond à d’autres questions déclarées"
    with apart._free, apart._free, monkeypatch.context() as patch:
        patch.setattr("core.declared.select._TRIED_SECONDS", 0.01)
        with pytest.raises(QueryFailed, match=said):
            Warehouse(Lake(tmp_path), {}).reader(EVERYTHING).run(query)
        with pytest.raises(QueryFailed, match=said):
            tried([query], [], {})
    assert tried([query], [], {}) == [{"n": "INTEGER"}], "afterwards it is answered"
