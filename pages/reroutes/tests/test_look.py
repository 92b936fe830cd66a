"""What is asked of the hand-overs: every count of every chart is that of the rows behind it."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from core.base.calendar import start_of
from core.base.periods import Grain
from core.facts.query import Query
from core.show.filters import Chosen, Picks
from pages.reroutes import frames, queries, rules, watch
from pages.reroutes.figures import confusion, distribution, examples, hours, matrix, repeated, returns, rows, waits
from pages.reroutes.look import offered, slice_of
from pages.reroutes.queries import Slice
from pages.reroutes.rules import Resolved
from pages.reroutes.tests.reading import ALWAYS, ask, declare, log, look, read, reader, values, write
from pages.reroutes.words import picked as picked_words
from tests.unit.core.facts.asking import plan

HEADER = "tache;date;n;entite;type;filiere\n"
MAPPING = {"task": "tache", "moved_at": "date", "counter": "n", "entity": "entite", "entity_type": "type"}
PLACES = ("A;Contrat;Siège", "B;Sinistre;", "C;;Sinistre", "PM1;Contrat;Siège")


@pytest.fixture
def logged(data: Path) -> None:
    """Sixty tasks that wander among four entities for two months, at many hours."""
    rows = []
    for task in range(60):
        for number in range(task % 5 + 1):
            at = f"{1 + task % 28:02}/0{3 + task % 2}/2026 {(task + 3 * number) % 24:02}:15"
            rows.append(f"T{task};{at};{number};{PLACES[(task * 7 + number * (1 + task % 3)) % 4]}\n")
    write("log.csv", HEADER + "".join(rows))
    declare("log", "task_log", path="log.csv", columns={**MAPPING, "line": "filiere"})
    read("log")


def count(one: Slice, column: str = "handovers") -> int:
    return int(ask(queries.by_day, one)[column].sum())


@pytest.mark.usefixtures("logged")
@pytest.mark.parametrize(
    ("question", "columns", "picks", "counted"),
    [
        (distribution.ends, ("origin_type",), ("origin_type",), "handovers"),
        (distribution.ends, ("target_type",), ("target_type",), "handovers"),
        (distribution.ends, ("line",), ("line",), "handovers"),
        (waits.waits, ("wait",), ("wait",), "handovers"),
        (hours.hours, ("weekday", "hour"), ("weekday", "hour"), "handovers"),
        (queries.counted, ("total",), ("total",), "tasks"),
        (confusion.confusion, ("origin", "target"), ("placed", "final"), "tasks"),
    ],
)
def test_what_a_mark_stands_for_is_what_its_click_shows(
    question: Query, columns: tuple[str, ...], picks: tuple[str, ...], counted: str
) -> None:
    marks: dict[tuple[object, ...], int] = {}
    for *key, number in values(ask(question), [*columns, counted]):
        marks[tuple(key)] = marks.get(tuple(key), 0) + number
    assert len(marks) > 1
    for key, number in marks.items():
        picked = replace(ALWAYS, only=tuple(zip(picks, key, strict=True)))  # type: ignore[arg-type]
        assert (count(picked) if counted == "handovers" else ask(queries.counted, picked)["tasks"].sum()) == number
        assert len(ask(rows.rows, picked)) == count(picked)


@pytest.mark.usefixtures("logged")
@pytest.mark.parametrize("end", ["origin", "target", "either", "both"])
def test_a_scope_counts_the_rows_whose_ends_are_of_it(end: str) -> None:
    scope = Resolved(("A", "B"), end, None)
    moves = values(ask(rows.rows), ["task", "origin", "target"])
    inside = {
        "origin": lambda origin, target: origin in "AB",
        "target": lambda origin, target: target in "AB",
        "either": lambda origin, target: origin in "AB" or target in "AB",
        "both": lambda origin, target: origin in "AB" and target in "AB",
    }[end]
    of_scope = [task for task, origin, target in moves if inside(origin, target)]
    asked_for = replace(ALWAYS, scope=scope)
    assert count(asked_for) == len(of_scope) > 0
    found = ask(queries.counted, asked_for).sum()
    assert (found["tasks"], found["again"]) == (
        len(set(of_scope)),
        sum(1 for task in set(of_scope) if of_scope.count(task) > 1),
    )


@pytest.mark.usefixtures("logged")
def test_the_newest_rows_of_a_list_lie_in_its_newest_days() -> None:
    counts = ask(queries.by_day)
    whole = ask(rows.rows)["moved_at"].tolist()
    for wanted in (1, 5, len(whole)):
        narrow = frames.newest(counts, ALWAYS, "handovers", wanted)
        assert ask(rows.rows, narrow)["moved_at"].tolist()[:wanted] == whole[:wanted]
    assert frames.newest(counts, ALWAYS, "handovers", 5).first > ALWAYS.first
    assert frames.newest(counts, ALWAYS, "handovers", len(whole) + 1) == ALWAYS


@pytest.mark.usefixtures("logged")
def test_tasks_that_were_rerouted_again_lately_are_the_first_of_all_that_were(monkeypatch: pytest.MonkeyPatch) -> None:
    for asked in (ALWAYS, replace(ALWAYS, through=("B",)), replace(ALWAYS, last=date(2026, 3, 25))):
        whole = ask(repeated.repeated, asked)
        for since in (date(2026, 3, 1) + timedelta(days=9 * step) for step in range(6)):
            lately = ask(repeated.lately, asked, since=since)
            pd.testing.assert_frame_equal(lately, whole[whole["moved_at"] >= start_of(since)])
    monkeypatch.setattr(repeated, "ROWS_SHOWN", 3)
    for searched, named in ((12, "rerouted_again_lately"), (10_000, "rerouted_again_tasks")):
        monkeypatch.setattr(repeated, "SEARCHED", searched)
        found = look(days=(ALWAYS.first, ALWAYS.last))
        shown = repeated._shape(found)
        pd.testing.assert_frame_equal(shown.head(3), ask(repeated.repeated).head(3))
        assert [name for name in found.reader.asked if name.startswith("rerouted_again")] == [named]


@pytest.mark.usefixtures("logged")
def test_where_every_row_has_a_date_the_shorter_statement_answers_alike() -> None:
    listed = (returns.returned, rows.rows, examples.examples, repeated.repeated)
    for question in (distribution.ends, matrix.pairs, waits.waits, hours.hours, queries.counted, *listed):
        for asked in (
            ALWAYS,
            replace(ALWAYS, scope=Resolved(("A", "B"), "either", None)),
            replace(ALWAYS, origins=("B",)),
        ):
            shorter, longer = (ask(question, replace(asked, undated=undated)) for undated in (False, True))
            by = list(shorter.columns)
            if question not in listed:
                shorter, longer = (found.sort_values(by, ignore_index=True) for found in (shorter, longer))
            pd.testing.assert_frame_equal(shorter, longer)


@pytest.mark.usefixtures("data")
def test_rows_without_a_date_are_asked_for_only_where_there_are_some() -> None:
    log("T1;01/03/2026 08:00;0;A\nT1;02/03/2026 08:00;1;B\n")
    said, there = rules.in_force(), watch.known(reader())
    filters = offered(said, there, date(2026, 3, 9))
    chosen = Chosen(filters, {name: one.default for name, one in filters.items()})
    found = slice_of(chosen, said, there)
    assert not found.undated
    assert "until" not in plan(reader(), matrix.pairs, **found.params(matrix.pairs))


@pytest.mark.usefixtures("logged")
def test_a_limit_that_is_not_set_costs_nothing() -> None:
    dated = replace(ALWAYS, undated=False)
    limited = {"line", "way", "centre", "origin_type", "wait", "isodow", "hour", "final"}
    assert not {word for word in limited if word in plan(reader(), matrix.pairs, **dated.params(matrix.pairs))}
    both = replace(dated, scope=Resolved(("A",), "both", ("Niort",)), only=(("wait", 3), ("line", None)))
    said = plan(reader(), matrix.pairs, **both.params(matrix.pairs))
    assert {word for word in limited if word in said} == {"centre", "wait", "line"}


@pytest.mark.parametrize(
    ("picks", "shown"),
    [
        ({"wait": 2}, "Attente\u202f: 5\u202fmin – 15\u202fmin"),
        ({"weekday": 1, "hour": 14}, "lundi, 14\u202fh"),
        ({"origin_type": None}, "Type de l’origine\u202f: non précisé"),
        ({"placed": "A", "final": "B"}, "Première entité\u202f: A, Dernière entité\u202f: B"),
        ({"total": 3}, "3 reroutages d’une même tâche"),
    ],
)
def test_what_was_picked_is_said_in_words(picks: Picks, shown: str) -> None:
    assert picked_words(picks) == shown


@pytest.mark.usefixtures("logged")
def test_what_is_picked_has_no_rate_and_says_so() -> None:
    picked = Slice(date(2026, 3, 1), date(2026, 3, 1) + timedelta(days=40), only=(("wait", 3),))
    watched = watch.watch(reader(), picked, Grain.WEEK, watch.known(reader()), 7)
    assert watched.why_not.startswith("Pas de taux")
