"""What sources tell lands as it was meant: equal, corrected, replaced and repeated rows, tables beside logs, volumes as
people write them, entities under one name."""

from datetime import UTC, date, datetime
from itertools import pairwise, permutations
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from core.base.errors import RulesInvalid, SourceFailed
from core.base.i18n import local, speaking
from core.facts.lake import lake
from core.run import registry
from core.sources import drops
from core.sources.mapping import known_names
from core.store.engine import store
from pages.reroutes import names, rules, watch
from pages.reroutes.facts import HANDOVERS
from pages.reroutes.facts import VOLUMES as VOLUME_ROWS
from pages.reroutes.figures import examples as router_examples
from pages.reroutes.figures import extract, limits
from pages.reroutes.figures.confusion import CONFUSION
from pages.reroutes.figures.evaluation import EVALUATION
from pages.reroutes.figures.extract import TEAM
from pages.reroutes.figures.waits import WAITED
from pages.reroutes.rules import Alias, Rules
from pages.reroutes.tests.reading import (
    ALWAYS,
    change,
    days,
    declare,
    log,
    look,
    moves,
    read,
    reader,
    refused,
    values,
    write,
)

pytestmark = pytest.mark.usefixtures("data")
TEAM_COLUMNS = {field: name for name, field in TEAM.items()}
DATED = {"task": "task", "origin": "from", "target": "to", "moved_at": "date"}
VOLUMES = {"entity": "entity", "start": "month", "routed": "routed"}


def dated(text: str) -> None:
    write("r.csv", f"task;from;to;date\n{text}")
    declare("dated", "reroutes", path="r.csv", columns=DATED)
    assert read("dated").error == ""


def team(text: str, first: str = "2025-03-01", last: str = "2025-03-31") -> None:
    write("team.csv", f"{';'.join(TEAM)}\n{text}")
    declare("team", "reroutes", path="team.csv", columns=TEAM_COLUMNS, period_start=first, period_end=last)
    assert read("team").error == ""


def volumes(text: str, header: str = "entity;month;routed") -> dict[str, int]:
    """What a table of volumes lands."""
    write("v.csv", f"{header}\n{text}")
    declare("volumes", "volumes", path="v.csv", columns=VOLUMES)
    return read("volumes").notes


def routed() -> list[tuple[str, int, int]]:
    """Entity, month and volume of all that landed."""
    return [(one.entity, one.first.month, one.routed) for one in watch.volumes(reader(), ALWAYS)]


# What is equal, corrected, replaced


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-02;;A\n2026-03-02;;B\n2026-03-02;;A\n2026-03-02;;C\n", ["A→B", "B→A", "A→C"]),
        ("2026-03-02;;A\n2026-03-02;;A\n2026-03-02;;B\n2026-03-02;;B\n", ["A→B"]),
        ("2026-03-02;;A\n2026-03-02;;B\n2026-03-02;;A\n2026-03-02;;B\n", ["A→B", "B→A", "A→B"]),
        ("2026-03-02;1;A\n2026-03-02;2;B\n2026-03-02;3;A\n", ["A→B", "B→A"]),
        ("2026-03-02 09:00;;A\n2026-03-02 10:00;;B\n2026-03-02 09:00;;A\n2026-03-02 10:00;;B\n", ["A→B"]),
    ],
)
def test_rows_of_one_moment_keep_the_order_of_the_file(text: str, expected: list[str]) -> None:
    log("".join(f"T2;{line}\n" for line in text.splitlines()))
    assert moves() == [f"T2 {one}" for one in expected]
    assert read("log").landed == 0


def without_counter(text: str) -> None:
    """A log that counts no changes, read for the first time or anew."""
    write("plain.csv", f"tache;date;entite\n{text}")
    once("plain", "task_log", path="plain.csv", columns={"task": "tache", "moved_at": "date", "entity": "entite"})
    assert read("plain").error == ""


def test_a_file_that_grew_goes_on_where_it_was_left_with_the_rows_of_one_moment() -> None:
    without_counter("T1;2026-03-02;A\nT1;2026-03-02;B\n")
    without_counter("T1;2026-03-02;A\nT1;2026-03-02;B\nT1;2026-03-02;A\nT1;2026-03-02;C\n")
    assert moves() == ["T1 A→B", "T1 B→A", "T1 A→C"]


@given(st.lists(st.sampled_from("ABC"), min_size=1, max_size=8))
@examples(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_day_of_states_gives_every_change_and_no_other(states: list[str]) -> None:
    without_counter("T1;2026-01-01;Z\nT1;2026-01-01;A\n" + "".join(f"T1;2026-03-02;{entity}\n" for entity in states))
    path = ["Z", "A", *states]
    changes = [f"T1 {one}→{other}" for one, other in pairwise(path) if one != other]
    assert moves() == changes


THREE = "T1;2026-03-02 09:00;1;A\nT1;2026-03-02 10:00;2;B\nT1;2026-03-02 11:00;3;C\n"


@pytest.mark.parametrize(
    ("again", "expected", "gone"),
    [
        (THREE.replace(";B", ";X"), ["T1 A→X", "T1 X→C"], 1),
        (THREE.replace("T1;2026-03-02 10:00;2;B\n", ""), ["T1 A→C"], 1),
        (THREE.replace("T1;2026-03-02 11:00;3;C\n", ""), ["T1 A→B"], 1),
        (THREE.replace("10:00", "10:30"), ["T1 A→B", "T1 B→C"], 1),
        (THREE.replace("T1", "T9"), ["T9 A→B", "T9 B→C"], 3),
        ("T1;2026-03-02 10:00;2;B\nT1;2026-03-02 11:00;3;C\n", ["T1 A→B", "T1 B→C"], 0),
        ("T7;2026-04-02 10:00;0;A\nT7;2026-04-02 11:00;1;B\n", ["T1 A→B", "T1 B→C", "T7 A→B"], 0),
    ],
)
def test_what_a_rewritten_file_says_no_more_is_void_from_its_first_moment_on(
    again: str, expected: list[str], gone: int
) -> None:
    log(THREE)
    assert sum(log(again).notes.values()) == gone
    assert moves() == expected
    log(THREE)
    assert [move for move in moves() if move.startswith("T1")] == ["T1 A→B", "T1 B→C"]


def test_other_settings_of_a_source_leave_no_ghost() -> None:
    log("T1;02/03/2026 09:00;0;A\nT1;05/03/2026 09:00;1;B\n")
    change("log", day_first=False)
    read("log")
    found = look(days=days("2026-01-01", "2026-12-31"))
    assert (found.count, found.counted["tasks"]) == (1, 1)
    assert found.there.covered == (date(2026, 2, 3), date(2026, 5, 3))


@pytest.mark.parametrize("first", ["2026-04", "2026-02"])
def test_a_new_period_of_a_table_is_no_correction_of_the_old(first: str) -> None:
    team("T1;r1;A;B;;;;\n", "2026-03-01", "2026-03-31")
    write("team.csv", f"{';'.join(TEAM)}\nT9;r9;A;B;;;;\n")
    change("team", period_start=f"{first}-01", period_end=f"{first}-28")
    read("team")
    assert look(days=days("2026-03-01", "2026-03-31")).count == 1
    assert look(days=days(f"{first}-01", f"{first}-28")).count == 1
    assert moves() == ["T1 A→B", "T9 A→B"]


def test_the_same_rows_of_another_period_are_a_correction() -> None:
    team("T1;r1;A;B;;;;\nT2;r1;A;B;;;;\n", "2026-03-01", "2026-03-31")
    change("team", period_start="2026-04-01", period_end="2026-04-30")
    read("team")
    assert look(days=days("2026-03-01", "2026-04-30")).count == 2
    assert look(days=days("2026-04-01", "2026-04-30")).count == 2


def test_two_sources_that_tell_of_one_task_are_said() -> None:
    log("T1;2026-03-02 09:00;0;A\nT1;2026-03-02 11:00;1;B\n")
    team("T1;r1;A;B;;;;\n", "2026-03-01", "2026-03-31")
    found = look(days=days("2026-03-01", "2026-03-31"))
    assert (found.count, found.counted["tasks"]) == (2, 1)
    assert str(limits.TWICE.say(found)).startswith("Plusieurs sources parlent de 1 tâche")


# A table says what a log would say


def test_a_table_with_dates_gives_all_figures() -> None:
    dated("T1;A;B;2025-01-02 10:00\nT1;B;A;2025-01-03 10:00\nT2;A;B;2025-01-04 10:00\n")
    volumes("A;2025-01;20\n")
    found = look(days=days("2025-01-01", "2025-01-31"), grain="month")
    assert (found.count, dict(found.counted)) == (3, {"tasks": 2, "again": 1, "pingpong": 1, "later": 0})
    assert found.watched.rates.measured == (2, 20)
    assert WAITED.frame(found)["handovers"].sum() == 1
    assert list(router_examples.EXAMPLES.frame(found)["act_row_id"]) == ["T2"]
    assert values(CONFUSION.frame(found), ["origin", "target", "tasks"]) == [("A", "B", 1)]
    assert values(EVALUATION.frame(found), ["entity", "placed", "lost"])[0] == ("A", 20, 1)


@given(st.lists(st.lists(st.sampled_from("ABCD"), min_size=2, max_size=5), min_size=1, max_size=4))
@examples(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_table_says_what_a_log_of_the_same_moves_says(paths: list[list[str]]) -> None:
    states, rows = "Z;2025-01-01 08:00;0;Y\nZ;2025-01-01 09:00;1;X\n", "Z;Y;X;2025-01-01 09:00\n"
    for number, path in enumerate(paths):
        at = [f"2025-02-{1 + step:02} 09:0{number}" for step in range(len(path))]
        states += "".join(f"T{number};{at[step]};{step};{entity}\n" for step, entity in enumerate(path))
        pairs = [(step, path[step - 1], path[step]) for step in range(1, len(path)) if path[step - 1] != path[step]]
        rows += "".join(f"T{number};{one};{other};{at[step]}\n" for step, one, other in pairs)
    told = ["task", "origin", "target", "day", "nth", "total", "back", "loop", "placed", "final"]
    found = []
    log(states)
    write("r.csv", f"task;from;to;date\n{rows}")
    once("dated", "reroutes", path="r.csv", columns=DATED)
    read("dated")
    landed = lake().read(HANDOVERS, ["source", "void", *told]).to_pandas()
    for source in ("log", "dated"):
        of = landed[(landed["source"] == source) & ~landed["void"]]
        found.append(sorted(map(str, values(of, told))))
    assert found[0] == found[1]


def once(name: str, kind: str, **options: Any) -> None:
    """A source, unless it was declared before."""
    store().upgrade()
    with store().read() as connection:
        known = registry.find(connection, name)
    if known is None:
        declare(name, kind, **options)


def test_a_row_of_the_team_is_an_example_a_confusion_and_of_the_extract_and_opens_on_its_month() -> None:
    team('T1;r1;SGRS;C91D;Sinistre;Recla Sinistre;DECLARATION;"[""a@exemple.fr""]"\n')
    found = look()
    assert found.chosen.days == days("2025-03-01", "2025-03-31")
    assert values(CONFUSION.frame(found), ["origin", "target", "tasks"]) == [("SGRS", "C91D", 1)]
    columns = ["act_row_id", "ancienne_entite", "entite_cible", "type_ancienne_entite", "type_entite_cible"]
    assert values(router_examples.EXAMPLES.frame(found), columns) == [
        ("T1", "SGRS", "C91D", "Recla Sinistre", "DECLARATION")
    ]
    assert list(extract.EXTRACT.frame(found)["act_row_id"]) == ["T1"]


def test_without_dates_the_data_tell_of_the_whole_period() -> None:
    team("T1;r1;A;B;;;;\n", "2025-03-01", "2025-03-31")
    covers = read("team").covers_until
    assert covers is not None
    assert local(covers).date() == date(2025, 3, 31)


def test_a_log_covers_up_to_its_last_row_whenever_it_is_read() -> None:
    covers = log("T1;2024-05-30 09:00;0;A\nT1;2024-05-31 11:00;1;B\n").covers_until
    assert covers is not None
    assert local(covers).isoformat() == "2024-05-31T11:00:00+02:00"


def test_without_dates_the_newest_period_opens() -> None:
    team("T1;r1;A;B;;;;\n", "2025-03-01", "2025-03-31")
    write("team.csv", f"{';'.join(TEAM)}\nT9;r9;A;B;;;;\n")
    change("team", period_start="2025-05-01", period_end="2025-05-31")
    read("team")
    assert look().chosen.days == days("2025-05-01", "2025-05-31")


def test_hand_overs_of_a_table_read_before_its_rows_were_events_stay() -> None:
    declare("old", "reroutes", path="r.csv", columns=DATED)
    row: dict[str, Any] = {"source": "old", "task": "T1", "step": "2025-01-02T09:00:00.000000Z#A→B", "origin": "A"}
    row |= {"target": "B", "moved_at": datetime(2025, 1, 2, 9, tzinfo=UTC), "day": date(2025, 1, 2), "void": False}
    row |= {"way": "MANUAL"}
    nullable = pa.schema([field.with_nullable(True) for field in HANDOVERS.schema])
    lake().land(HANDOVERS, pa.Table.from_pylist([row], nullable))
    write("r.csv", "task;from;to;date\nT1;A;B;2025-01-02 10:00\nT1;B;A;2025-01-03 10:00\n")
    read("old")
    assert moves() == ["T1 A→B", "T1 B→A"]
    assert look(days=days("2025-01-01", "2025-01-31")).counted["tasks"] == 1


# Volumes as people write them


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A;2025-05;100\nA;2025-05;50\n", [("A", 5, 150)]),
        ("A;2025-05;100\nA;2025-05;100\n", [("A", 5, 100)]),
        ("A;2025-05;100\nB;2025-05;30\nTotal;2025-05;130\n", [("A", 5, 100), ("B", 5, 30)]),
        ("A;2025-05;100\nTOTAL GÉNÉRAL;2025-05;100\nTotaux;2025-05;1\n", [("A", 5, 100)]),
        ("B;2025-05;1 234\n", [("B", 5, 1_234)]),
        ("B;2025-05;1\u202f234\nC;05/2025;1 234,0\n", [("B", 5, 1_234), ("C", 5, 1_234)]),
        ("B;mars 2025;10\n", [("B", 3, 10)]),
        (
            "B;Août 2025;10\nC;août-25;3\nD;févr. 2025;4\nE;2025/12;1\n",
            [("D", 2, 4), ("B", 8, 10), ("C", 8, 3), ("E", 12, 1)],
        ),
        ("A;2025-05;100\nNULL;2025-05;4\n", [("A", 5, 100)]),
    ],
)
def test_volumes_are_read_as_people_write_them_and_add_up(text: str, expected: list[tuple[str, int, int]]) -> None:
    volumes(text)
    assert routed() == expected


def test_what_was_added_up_or_left_out_is_said_truly() -> None:
    told = volumes(
        "A;2025-05;100;mail\nA;2025-05;50;tel\nA;2025-05;50;tel\nTotal;2025-05;200;\n", "entity;month;routed;canal"
    )
    assert routed() == [("A", 5, 150)]
    assert list(told.values()) == [1, 1, 1]


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=5, unique=True))
@examples(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_the_parts_of_a_volume_add_up(parts: list[int]) -> None:
    write("v.csv", "entity;month;routed\n" + "".join(f"A;2025-05;{part}\n" for part in parts))
    once("volumes", "volumes", path="v.csv", columns=VOLUMES)
    read("volumes")
    assert sum(volume for _entity, _month, volume in routed()) == sum(parts)


def test_moments_are_read_as_the_team_writes_them() -> None:
    log("T1;2026-03-02 9h30;0;A\nT2;3 mars 2026;;A\nT1;2026-03-02 10h;1;B\nT2;4 mars 2026 à 8h05;;B\n")
    assert refused("log") == []
    assert moves() == ["T1 A→B", "T2 A→B"]


# One name for each entity


ALIASES = (
    Alias(was="A0", now="B1", since=date(2025, 3, 1)),
    Alias(was="B1", now="B2", since=date(2025, 6, 1)),
    Alias(was="B2", now="B3", since=date(2025, 9, 1)),
)


@pytest.mark.parametrize("order", list(permutations(ALIASES)))
def test_renames_chain_in_whatever_order_they_stand(order: tuple[Alias, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "in_force", lambda: Rules(aliases=order))
    log(
        "T1;2025-02-01 09:00;1;A0\nT1;2025-07-01 09:00;3;B2\nT1;2025-10-01 09:00;4;B3\n"
        "T2;2025-04-01 09:00;1;B1\nT2;2025-04-01 10:00;2;A0\n"
    )
    assert moves() == ["T2 B3→A0"]


def test_two_entities_may_swap_their_codes_on_one_day() -> None:
    day = date(2025, 3, 1)
    found = names.names_of(
        Rules(aliases=(Alias(was="A", now="B", since=day), Alias(was="B", now="A", since=day))), "AB"
    )
    before, after = datetime(2025, 2, 1, tzinfo=UTC), datetime(2025, 4, 1, tzinfo=UTC)
    assert [found.today(code, moment) for code in "AB" for moment in (before, after)] == ["B", "A", "A", "B"]


def test_a_rename_reaches_log_table_and_volumes_that_were_read_before(monkeypatch: pytest.MonkeyPatch) -> None:
    log("T1;2025-02-01 09:00;0;A0\nT1;2025-02-01 10:00;1;B\n")
    dated("R1;A0;B;2025-02-03 10:00\n")
    volumes("A0;2025-02;10\n")
    said = Rules(aliases=(Alias(was="A0", now="A1", since=date(2025, 6, 1)),))
    monkeypatch.setattr(rules, "in_force", lambda: said)
    for source in ("log", "dated", "volumes"):
        read(source)
    assert moves() == ["R1 A1→B", "T1 A1→B"]
    assert routed() == [("A1", 2, 10)]
    assert look(days=days("2025-02-01", "2025-02-28"), grain="month").watched.rates.measured == (2, 10)


def test_capitals_make_no_other_entity_unless_the_rules_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = ("T7;{} 09:00;0;SGRS", "T7;{} 10:00;1;sgrs", "T7;{} 11:00;2;SGRS", "T8;{} 09:00;0;sgrs", "T8;{} 10:00;1;b")
    log("".join(f"{row}\n" for row in rows).format(*["2026-03-02"] * 5))
    volumes("Sgrs;2026-03;10\n")
    assert moves() == ["T8 SGRS→b"]
    assert routed() == [("SGRS", 3, 10)]
    monkeypatch.setattr(rules, "in_force", lambda: Rules(case_counts=True))
    read("log")
    assert moves() == ["T7 SGRS→sgrs", "T7 sgrs→SGRS", "T8 sgrs→b"]


@pytest.mark.parametrize("word", ["NULL", "null", "None", "N/A", "(null)", "?", "-", "NaN"])
def test_usual_words_for_nothing_are_no_entity(word: str) -> None:
    log(f"T8;2026-03-02 9:00;;{word}\nT8;2026-03-02 11:00;;A\n")
    assert moves() == []


def test_a_rename_without_a_date_is_refused_with_its_place(data: Path) -> None:
    (data / "reroutes_rules.yml").write_text("aliases:\n  - {was: A0, now: B1, since: demain}\n", encoding="utf-8")
    with pytest.raises(RulesInvalid) as told:
        rules.in_force()
    said = told.value.sentence.replace("\u00a0", " ").replace("\u202f", " ")
    assert "reroutes_rules.yml" in said
    assert "« demain » n’est pas une date" in said
    assert "2" in said


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Request Number;Modified On;Support Team;Changed By", "Request Number;Modified On;Support Team;Changed By"),
        ("Demande;Modifié le;Équipe;Modifié par", "Demande;Modifié le;Équipe;Modifié par"),
        ("Vorgang;Wann;Wohin;Wer", "Vorgang;Wann;Wohin;"),
    ],
)
def test_the_columns_of_a_dropped_log_are_guessed_by_name_or_by_their_cells(header: str, expected: str) -> None:
    rows = "RQ-1;2026-03-02 09:00;Niort;ann\nRQ-1;2026-03-02 10:00;Paris;bob\nRQ-2;2026-03-03 09:00;Niort;eva\n"
    file = write("dropped.csv", f"{header}\n{rows}")
    of = registry.connector("reroutes", "task_log")
    cells = drops.look(file, known_names(of.fields))  # type: ignore[attr-defined]
    found = of.propose(cells)["columns"]  # type: ignore[attr-defined]
    assert [found.get(field, "") for field in ("task", "moved_at", "entity", "actor")] == expected.split(";")


def test_the_teams_columns_are_recognised_and_the_period_is_asked_for() -> None:
    file = write("team.csv", f"{';'.join(TEAM)}\nT1;r1;A;B;;;;\n")
    of = registry.connector("reroutes", "reroutes")
    found = of.propose(drops.look(file, known_names(of.fields)))["columns"]  # type: ignore[attr-defined]
    assert found == TEAM_COLUMNS
    with pytest.raises(registry.SourceInvalid, match="période"):
        registry.check(of, {"path": "team.csv", "columns": found})


def dropped(kind: str, text: str) -> str:
    """A file that is dropped becomes a source of a kind as it is proposed, and is read; the error of the reading."""
    file = write("dropped.csv", text)
    of = registry.connector("reroutes", kind)
    proposed = of.propose(drops.look(file, known_names(of.fields)))  # type: ignore[attr-defined]
    declare("dropped", kind, path="dropped.csv", **proposed)
    return read("dropped").error


def test_a_history_of_every_field_tells_of_hand_overs_where_the_group_changed() -> None:
    said = dropped(
        "task_log",
        "Issue,Field,Old value,New value,Date,User\n"
        "T1,Group,A,B,2026-03-02 09:00,ann\n"
        "T1,Assignee,Bob,Zoe,2026-03-02 09:05,ann\n"
        "T1,Assignment group,B,C,2026-03-03 09:00,ann\n",
    )
    assert (said, moves()) == ("", ["T1 A→B", "T1 B→C"])


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(
            "Issue key,Author,Created at,Field,From,To\n"
            "T1,Ann,02/Mar/26 9:00 AM,Équipe,,A\n"
            "T1,Ann,03/Mar/26 9:00 AM,Équipe,A,B\n"
            "T1,Ann,03/Mar/26 9:05 AM,status,Open,Done\n",
            id="Jira",
        ),
        pytest.param(
            "Number,Metric definition,Value,Start\n"
            "T1,Assignment group,A,2026-03-02 09:00\n"
            "T1,Assignment group,B,2026-03-02 10:00\n"
            "T1,Incident State,New,2026-03-02 09:30\n",
            id="ServiceNow, metrics",
        ),
        pytest.param(
            "pyID,pyMessageKey,pxTimeCreated,pyAssignedWorkBasket\n"
            "T1,Assigned,20260302T090000.000 GMT,A\n"
            "T1,Transferred,20260302T100000.000 GMT,B\n",
            id="Pega",
        ),
        pytest.param("Dossier;Date;De;Vers\nT1;02/03/2026 09:00;A;B\n", id="from and to"),
        pytest.param(
            "Ticket ID,Update - Timestamp,Changes - Field name,Changes - Previous value,Changes - New value\n"
            "T1,2026-03-02 08:00,group_id,,A\n"
            "T1,2026-03-02 09:00,group_id,A,B\n"
            "T1,2026-03-02 10:00,status,open,pending\n",
            id="Zendesk",
        ),
        pytest.param("Case,Time,From Queue,To Queue\nT1,2026-03-02 09:00,A,B\n", id="queues"),
        pytest.param("tache;date_mvt;service cédant;service preneur\nT1;02/03/2026;A;B\n", id="who gives and takes"),
        pytest.param(
            "tache;date;entite\nT1;02/03/2026 09:00;A\nT1;02/03/2026 10:00;#N/A\nT1;02/03/2026 11:00;B\n",
            id="a formula that found nothing",
        ),
    ],
)
def test_histories_of_other_tools_tell_of_their_hand_overs(lines: str) -> None:
    assert (dropped("task_log", lines), moves()) == ("", ["T1 A→B"])


def test_of_a_row_for_all_entities_of_a_task_it_is_said_what_to_do() -> None:
    with pytest.raises(SourceFailed, match=r"Entité 1.* à .*Entité 2"):
        dropped("task_log", "Tâche;Date;Entité 1;Entité 2\nT1;02/03/2026 09:00;A;B\n")


def test_an_event_that_a_file_tells_twice_is_one_and_said_to_be() -> None:
    twice = "T1;2026-03-02 09:00;0;A\n" * 2 + "T1;2026-03-02 10:00;1;B\n" * 2
    with speaking("en"):
        assert log(twice).notes == {"Rows are there more than once: each was kept once.": 2}
    assert moves() == ["T1 A→B"]


@pytest.mark.parametrize(("days", "grain"), [(("02", "09"), "week"), (("02", "03"), "day"), (("01", "01"), "")])
def test_the_length_of_periods_is_told_by_their_days(days: tuple[str, str], grain: str) -> None:
    file = write("volumes.csv", "Date;Entité;Nb tâches\n" + "".join(f"{day}/03/2026;A;10\n" for day in days))
    of = registry.connector("reroutes", "volumes")
    assert of.propose(drops.look(file, known_names(of.fields))).get("grain", "") == grain  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("head", "first"),
    [("Type d'événement", "Routage initial"), ("Action", "Affectation initiale"), ("Event", "Initial routing")],
)
def test_what_placed_a_task_first_is_no_reroute(head: str, first: str) -> None:
    dropped(
        "task_log",
        f"N° tâche;Date et heure;Émetteur;Destinataire;{head}\n"
        f"T1;02/03/2026 09:00;Routeur;A;{first}\n"
        "T1;02/03/2026 10:00;A;B;Reroutage\n"
        f"T2;02/03/2026 09:00;Routeur;A;{first}\n",
    )
    assert moves() == ["T1 A→B"]


def test_a_day_and_its_hour_are_one_moment_of_a_log() -> None:
    dropped("task_log", "Tâche;Jour;Heure;Entité\nT1;02/03/2026;10:30;B\nT1;02/03/2026;09:00;A\n")
    assert moves() == ["T1 A→B"]


@pytest.mark.parametrize("head", ["Task ID;From;To;When", "Dossier;De;Vers;Le", "Demande;Origine;Destinataire;Date"])
def test_a_table_may_say_from_and_to_alone(head: str) -> None:
    dropped("reroutes", f"{head}\nT1;A;B;2 mars 2026 09:00\nT1;B;C;3 mars 2026 09:00\n")
    assert moves() == ["T1 A→B", "T1 B→C"]


@pytest.mark.parametrize("week", ["2025-W06", "S06 2025", "Semaine 6 2025", "sem. 6/2025", "2025S6", "03/02/2025"])
def test_volumes_by_week_are_of_its_monday_however_the_week_is_written(week: str) -> None:
    dropped("volumes", f"Groupe;Semaine;Nombre de tâches\nA;{week};12\n")
    found = lake().read(VOLUME_ROWS, ("start", "until", "routed")).to_pylist()
    assert [(local(row["start"]).date(), local(row["until"]).date(), row["routed"]) for row in found] == [
        (date(2025, 2, 3), date(2025, 2, 10), 12)
    ]
