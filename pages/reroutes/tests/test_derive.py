"""The one rule that makes hand-overs of a log, read by real syncs: order, ties, late rows, renamed entities, kills."""

from datetime import date
from itertools import permutations
from pathlib import Path

import pytest

from core.facts.lake import lake
from pages.reroutes import queries, rules
from pages.reroutes.facts import HANDOVERS, TASKS
from pages.reroutes.figures import rows
from pages.reroutes.rules import Alias, Rules
from pages.reroutes.tests.reading import (
    HEADER,
    LOG,
    ask,
    change,
    declare,
    log,
    moves,
    read,
    refused,
    values,
    write,
)

pytestmark = pytest.mark.usefixtures("data")


def test_consecutive_different_known_entities_make_hand_overs() -> None:
    log("T1;01/03/2026 08:00;0;A\nT1;01/03/2026 09:00;1;A\nT1;01/03/2026 10:00;2;B\nT2;01/03/2026 08:00;0;A\n")
    assert moves() == ["T1 A→B"]
    row = ask(rows.rows).iloc[0]
    assert (row.nth, row.total, row.waited_s, row.placed, row.final) == (1, 1, 7200.0, "A", "B")


def test_states_without_an_entity_are_passed_over() -> None:
    done = log("T1;01/03/2026 08:00;0;A\nT1;01/03/2026 09:00;1;?\nT1;01/03/2026 10:00;2;A\nT1;01/03/2026 11:00;3;\n")
    assert moves() == []
    assert done.notes == {"Des lignes ne nomment pas d’entité\u202f: elles sont gardées, et sautées.": 2}


def test_of_one_moment_the_counter_decides_and_then_the_line_of_the_file() -> None:
    log("T1;01/03/2026 08:00;2;C\nT1;01/03/2026 08:00;1;B\nT1;01/03/2026 08:00;0;A\n")
    assert moves() == ["T1 A→B", "T1 B→C"]
    write("log.csv", HEADER + "T2;01/03/2026 08:00;;A\nT2;01/03/2026 08:00;;B\nT2;01/03/2026 08:00;;C\n")
    read("log")
    assert [move for move in moves() if move.startswith("T2")] == ["T2 A→B", "T2 B→C"]


@pytest.mark.parametrize("order", list(permutations(range(4)))[::5])
def test_the_order_of_the_rows_does_not_matter(order: tuple[int, ...]) -> None:
    rows = [f"T1;0{1 + n}/03/2026 08:00;{n};{entity}\n" for n, entity in enumerate("ABAC")]
    log("".join(rows[n] for n in order))
    assert moves() == ["T1 A→B", "T1 B→A", "T1 A→C"]


def test_a_return_is_ping_pong_once_a_task() -> None:
    log("".join(f"T1;01/03/2026 {8 + n:02}:00;{n};{entity}\n" for n, entity in enumerate("ABABC")))
    assert [row.back for row in ask(rows.rows).sort_values("nth").itertuples()][1:3] == [1, 2]
    counts = ask(queries.by_day).iloc[0]
    tasks = ask(queries.counted).iloc[0]
    assert (counts.handovers, tasks.tasks, tasks.again, tasks.pingpong) == (4, 1, 1, 1)


def test_duplicate_rows_count_once() -> None:
    done = log("T1;01/03/2026 08:00;0;A\nT1;01/03/2026 09:00;1;B\nT1;01/03/2026 09:00;1;B\n")
    assert moves() == ["T1 A→B"]
    assert list(done.notes.values()) == [1]


def test_the_rows_of_a_source_are_counted_and_not_what_follows_from_them() -> None:
    assert log("T1;01/03/2026 08:00;0;A\nT1;01/03/2026 09:00;1;B\nT1;01/03/2026 10:00;2;C\n").landed == 3


def test_reading_again_changes_nothing() -> None:
    log("T1;01/03/2026 08:00;0;A\nT1;01/03/2026 09:00;1;B\n")
    before = [lake().version(table) for table in (HANDOVERS, TASKS)]
    assert read("log").landed == 0
    assert [lake().version(table) for table in (HANDOVERS, TASKS)] == before


def test_a_late_row_in_the_middle_parts_a_hand_over_in_two() -> None:
    log("T1;01/03/2026 08:00;0;A\nT1;01/03/2026 12:00;2;C\n")
    assert moves() == ["T1 A→C"]
    log("T1;01/03/2026 08:00;0;A\nT1;01/03/2026 12:00;2;C\nT1;01/03/2026 10:00;1;B\n")
    assert moves() == ["T1 A→B", "T1 B→C"]


def test_a_late_row_that_unmakes_a_hand_over_leaves_a_void_one() -> None:
    log("T1;01/03/2026 08:00;0;A\nT1;05/03/2026 12:00;2;B\n")
    log("T1;01/03/2026 08:00;0;A\nT1;05/03/2026 12:00;2;B\nT1;03/03/2026 10:00;1;B\n")
    assert moves() == ["T1 A→B"]
    assert [day.isoformat() for day in ask(rows.rows)["moved_at"].dt.date] == ["2026-03-03"]


def test_a_kill_between_events_and_hand_overs_is_made_good(monkeypatch: pytest.MonkeyPatch) -> None:
    from pages.reroutes.sources import events

    def killed(*_arguments: object, **_named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(events, "derive", killed)
        with pytest.raises(KeyboardInterrupt):
            log("T1;01/03/2026 08:00;0;A\nT1;01/03/2026 09:00;1;B\n")
    assert moves() == []
    read("log")
    assert moves() == ["T1 A→B"]


def test_an_entity_renamed_on_a_day_is_one_entity(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "T1;27/02/2026 08:00;0;OLD\nT1;02/03/2026 08:00;1;NEW\nT1;03/03/2026 08:00;2;OLD\n"
    log(text)
    assert moves() == ["T1 OLD→NEW", "T1 NEW→OLD"]
    named = Rules(aliases=(Alias(was="OLD", now="NEW", since=date(2026, 3, 1)),))
    monkeypatch.setattr(rules, "in_force", lambda: named)
    read("log")
    assert moves() == ["T1 NEW→OLD"]


def test_a_log_of_changes_tells_both_states() -> None:
    write("changes.csv", "tache;date;avant;apres\nT1;01/03/2026 08:00;A;B\nT1;02/03/2026 08:00;C;D\n")
    columns = {"task": "tache", "moved_at": "date", "previous": "avant", "entity": "apres"}
    declare("changes", "task_log", path="changes.csv", columns=columns)
    read("changes")
    assert moves() == ["T1 A→B", "T1 B→C", "T1 C→D"]


def test_a_task_that_begins_in_the_middle_is_known_and_counts_are_compared() -> None:
    write("log.csv", "tache;date;n;entite;reroutages\nT1;01/03/2026 08:00;4;A;2\nT1;01/03/2026 09:00;5;B;3\n")
    declare("log", "task_log", path="log.csv", columns={**LOG, "recorded": "reroutages"}, whole_log=True)
    read("log")
    day = queries.Slice(date(2026, 3, 1), date(2026, 3, 1))
    assert ask(queries.DISAGREEING, day).to_dict("records") == [{"tasks": 1, "disagreeing": 1, "more": 1}]
    assert values(ask(queries.COHORT, day), ["routed", "midway"]) == [(0, 1)]


def test_who_moved_a_task_is_told_by_hand_or_machine() -> None:
    write("log.csv", "tache;date;n;entite;qui\nT1;01/03/2026 08:00;0;A;melusine\nT1;01/03/2026 09:00;1;B;batch_7\n")
    declare("log", "task_log", path="log.csv", columns={**LOG, "actor": "qui"}, automatic=["melusine", "batch_*"])
    read("log")
    assert list(ask(rows.rows)["way"]) == ["AUTOMATIC"]
    change("log", automatic=["melusine"])
    read("log")
    assert list(ask(rows.rows)["way"]) == ["MANUAL"]


def test_a_whole_log_tells_what_was_routed_by_entity_and_local_day() -> None:
    log(
        "T1;01/03/2026 23:30;0;A\nT1;02/03/2026 09:00;1;B\nT2;02/03/2026 00:30;0;A\nT3;02/03/2026 08:00;0;B\n",
        whole_log=True,
    )
    for day, entity, expected in ((1, "A", (1, 1)), (2, "A", (1, 0)), (2, "B", (1, 0))):
        asked = queries.Slice(date(2026, 3, day), date(2026, 3, day), origins=(entity,))
        assert values(ask(queries.COHORT, asked), ["routed", "rerouted"]) == [expected]


def test_three_forms_of_dates_land_and_a_bad_one_is_kept_with_its_sentence() -> None:
    log(
        "T1;2026-03-01 08:00;0;A\nT1;01/03/2026 09:00;1;B\nT1;1772359200;2;C\n"
        "T1;32/03/2026;3;D\nT2;;0;A\n;01/03/2026;0;A\n"
    )
    assert moves() == ["T1 A→B", "T1 B→C"]
    assert refused("log") == [
        "date\u202f: «\u202f32/03/2026\u202f» n’est pas une date.",
        "La ligne n’a pas de date.",
        "La ligne ne nomme pas de tâche.",
    ]


def test_a_file_of_another_shape_is_a_sentence_and_what_landed_stays() -> None:
    log("T1;01/03/2026 08:00;0;A\nT1;01/03/2026 09:00;1;B\n")
    write("log.csv", "nom;valeur\nx;1\n")
    done = read("log")
    assert "tache" in done.error
    assert moves() == ["T1 A→B"]


def test_a_table_of_a_database_is_read_by_a_mapping(data: Path) -> None:
    import sqlite3

    with sqlite3.connect(data / "taches.db") as made:
        made.execute("CREATE TABLE journal (tache, date, n, entite)")
        made.executemany(
            "INSERT INTO journal VALUES (?, ?, ?, ?)",
            [("T1", "2026-03-01 08:00", 0, "A"), ("T1", "2026-03-01 09:00", 1, "B")],
        )
    declare("base", "task_log_sql", url=f"sqlite:///{data / 'taches.db'}", table="journal", columns=LOG)
    assert read("base").error == ""
    assert moves() == ["T1 A→B"]


@pytest.mark.parametrize("counted", [True, False])
def test_in_the_hour_that_comes_twice_events_follow_their_counter_or_their_file(counted: bool) -> None:
    lines = ("T1;25/10/2026 02:50;{};A", "T1;25/10/2026 02:10;{};B", "T1;25/10/2026 03:05;{};C")
    log("\n".join(line.format(n if counted else "") for n, line in enumerate(lines)) + "\n")
    assert moves() == ["T1 A→B", "T1 B→C"]
    assert sorted(ask(rows.rows)["waited_s"]) == [1_200.0, 3_300.0]


def test_a_file_whose_newest_event_stands_first_is_left_as_it_reads() -> None:
    log("T2;25/10/2026 03:05;;C\nT1;25/10/2026 02:50;;B\nT2;25/10/2026 01:10;;A\nT1;25/10/2026 02:10;;A\n")
    assert moves() == ["T1 A→B", "T2 A→C"]
