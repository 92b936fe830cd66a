"""Checks run at the end of a sync, once each; a day is seen as it was known; what errs is unknown and never green."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from core.base.errors import InputInvalid
from core.base.i18n import N_, Own, speaking
from core.base.status import Verdict
from core.facts.lake import lake
from core.facts.reads import READS
from core.mission.discovery import missions, warehouse
from core.people.person import EVERYTHING, Person, Role, Scope
from core.run import sync
from core.show import filters
from core.show.columns import Column, show
from core.store.engine import store
from pages.checks import running, told
from pages.checks.acts import keep as kept
from pages.checks.acts.keep import keep, with_file
from pages.checks.acts.scheduled import erase, run_due
from pages.checks.board import Seen, board, seen
from pages.checks.compiled import _compiled
from pages.checks.facts import CHECK_ROWS, CHECK_RUNS
from pages.checks.figures.outcomes import OUTCOMES
from pages.checks.figures.rows import ROWS as FIGURE
from pages.checks.figures.trying import AGAIN
from pages.checks.look import CheckLook, opening
from pages.checks.queries import OF_CHECK, ROWS
from pages.checks.standing import standing
from pages.checks.tests.asked import DAY, at
from tests.declaring import declare

EXTRACTS = {
    "sold": """
extract: sold
title: Contrats
meaning: Un contrat par ligne.
treatment: T-001
columns:
  - {name: number, title: Numéro}
  - {name: sold_at, title: Vendu le, kind: moment}
  - {name: squad, title: Squad}
  - {name: holder, title: Titulaire, personal: %s}
key: [number]
time: sold_at
""",
    "sent": """
extract: sent
title: Mails
meaning: Un mail par ligne.
columns:
  - {name: mail, title: Mail}
  - {name: number, title: Contrat}
  - {name: sent_at, title: Envoyé le, kind: moment}
  - {name: known_at, title: Connu le, kind: moment}
key: [mail]
time: sent_at
""",
}
CHECK = """
check: mails
title: Mails du jour
meaning: Chaque contrat a reçu son mail.
kind: compare
tables: [sold, sent]
left: {table: sold, where: sold_at >= $start AND sold_at < $end, called: contract}
right: {table: sent, where: known_at < $until, called: mail}
key: [number]
outcomes:
  - {outcome: received, title: reçu, on: both}
  - {outcome: missing, title: non reçu, on: left, ko_above: 0}
  - {outcome: alone, title: mail sans contrat, on: right}
show: [contract.holder]
schedule: {after: [1, 2], hour: "08:00"}
tell: {to: [lead@vigie.example]}
robot: {outcomes: [missing], columns: [key, contract_holder]}
"""
J1, J2 = at(24 + 9), at(48 + 9)


def land(name: str, *rows: dict[str, Any]) -> None:
    table = next(one for one in missions()["extracts"].tables if one.name == name)
    lake().land(table, pa.Table.from_pylist([{"source": "mine", **row} for row in rows], table.schema))


def read(outcome: str, moment: datetime) -> None:
    row = {"source": "mine", "mission": "extracts", "read_at": moment, "ended_at": moment, "outcome": outcome}
    lake().land(READS, pa.Table.from_pylist([{**row, "landed": 1, "refused": 0}], READS.schema))


def runs(scope: Scope = EVERYTHING) -> list[Seen]:
    ask = partial(warehouse().reader(scope).run, check="mails")
    found = seen(standing().things, OF_CHECK, ask, judging=not scope.everything)
    return [one for one in found.get("mails", []) if one.day == DAY]


def outcomes(run: Seen) -> dict[str, int]:
    return {one.outcome: one.rows for one in run.counts}


def rows(run: Seen, scope: Scope = EVERYTHING) -> list[dict[str, Any]]:
    found = warehouse().reader(scope).run(ROWS, check="mails", day=run.day, seen_at=run.at)
    told_rows: list[dict[str, Any]] = found.table.to_pylist()
    return told_rows


def looked() -> CheckLook:
    person = Person(1, "lead", "Lead", Role.LEAD, frozenset())
    opened = opening(warehouse().reader(EVERYTHING), person, J2)
    assert opened is not None
    return opened.look(filters.read(opened.filters, {"check": "mails", "day": DAY.isoformat()}))


@pytest.fixture(autouse=True)
def _declared(data: Path) -> Iterator[None]:
    with speaking("en"):
        store().upgrade()
        for name, text in EXTRACTS.items():
            declare(data, "extracts", name, text % "false" if "%s" in text else text)
        declare(data, "checks", "mails", CHECK)
        contracts = [
            {"number": one, "sold_at": at(9), "squad": squad, "holder": f"M. {one}"}
            for one, squad in ("AS", "BS", "CT")
        ]
        land("sold", *contracts)
        land("sent", {"mail": "1", "number": "a", "sent_at": at(10), "known_at": at(11)})
        land("sent", {"mail": "2", "number": "B", "sent_at": at(10), "known_at": at(40)})
        yield


def test_a_due_run_is_made_once_however_often_a_sync_ends() -> None:
    run_due(J1)
    run_due(J1 + timedelta(hours=1))
    (first,) = runs()
    assert (first.after, first.verdict, outcomes(first)) == (1, Verdict.KO, {"received": 1, "missing": 2})


def test_nothing_is_run_before_its_hour() -> None:
    run_due(at(24 + 7))
    assert runs() == []


def test_a_later_run_stands_beside_the_first_which_stays_as_it_was_known() -> None:
    run_due(J1)
    run_due(J2)
    first, second = runs()
    assert (outcomes(first), outcomes(second)) == ({"received": 1, "missing": 2}, {"received": 2, "missing": 1})
    before = {row["key"]: row["outcome"] for row in rows(first)}
    after = {row["key"]: row["outcome"] for row in rows(second)}
    assert {key: (before[key], after[key]) for key in before if before[key] != after[key]} == {
        "B": ("missing", "received")
    }


def test_a_run_that_was_killed_before_it_was_told_counts_for_nothing_and_is_made_again() -> None:
    check = standing().things[0]
    slot = next(one for one in check.slots(J1 - timedelta(days=1), J1) if one.day == DAY)
    run = running.run(check, warehouse().reader(running.scope()), slot, J1)
    lake().land(CHECK_ROWS, running.landed([run], CHECK_ROWS))
    assert runs() == []
    run_due(J1 + timedelta(minutes=10))
    (one,) = runs()
    assert sum(outcomes(one).values()) == len(rows(one)) == 3


def test_after_a_reading_that_failed_half_way_a_check_is_unknown_and_made_again_once_it_went_well() -> None:
    read("failed", J1)
    run_due(J1)
    (one,) = runs()
    assert (one.verdict, one.error) == (
        Verdict.UNKNOWN,
        "The last reading of mine failed: rows of sold may be missing.",
    )
    read("ok", J1 + timedelta(minutes=5))
    run_due(J1 + timedelta(minutes=6))
    (one,) = runs()
    assert one.verdict is Verdict.KO


def test_a_table_that_nothing_landed_in_makes_a_check_unknown(data: Path) -> None:
    declare(data, "extracts", "empty", EXTRACTS["sent"].replace("extract: sent", "extract: empty"))
    declare(
        data,
        "checks",
        "mails",
        CHECK.replace("sent,", "empty,").replace("sent]", "empty]").replace("table: sent", "table: empty"),
    )
    run_due(J1)
    assert [(one.verdict, one.counts) for one in runs()] == [(Verdict.UNKNOWN, ())]


def test_a_key_that_is_empty_everywhere_is_unknown(data: Path) -> None:
    declare(data, "checks", "mails", CHECK.replace("key: [number]", 'key: ["nullif(number, number)"]'))
    run_due(J1)
    (line,) = board(standing().things, {"mails": runs()}, DAY, J1).lines
    assert (line.verdict, line.sentence[:16]) == (Verdict.UNKNOWN, "the key is empty")


def test_a_column_that_vanished_is_told_and_the_check_does_not_stand(data: Path) -> None:
    declare(data, "extracts", "sent", EXTRACTS["sent"].replace("name: known_at", "name: heard_at"))
    assert standing().things == ()
    assert "known_at" in standing().problems[0]


def test_the_board_asks_no_check_again_whether_it_can_be_asked_once_it_ran() -> None:
    run_due(J1)
    _compiled.cache_clear()
    assert [one.seen.at for one in looked().board.lines if one.seen] == [J1]
    assert _compiled.cache_info().misses == 0


def test_a_column_that_vanished_since_the_last_run_is_told_on_the_board(data: Path) -> None:
    run_due(J1)
    declare(data, "extracts", "sent", EXTRACTS["sent"].replace("name: known_at", "name: heard_at"))
    look = looked()
    assert (look.board.lines, "known_at" in look.standing.problems[0]) == ((), True)


def test_a_check_that_should_have_run_and_did_not_is_unknown() -> None:
    run_due(J1)
    found = {"mails": runs()}
    assert board(standing().things, found, DAY + timedelta(days=9), J1).lines[0].verdict is Verdict.KO
    late = board(standing().things, found, DAY + timedelta(days=9), J1 + timedelta(days=2))
    assert (late.verdict, late.lines[0].sentence[:10]) == (Verdict.UNKNOWN, "the run of")


def test_a_squad_sees_its_rows_and_is_told_the_verdict_of_them_alone() -> None:
    run_due(J1)
    squad = Scope(frozenset({"T"}))
    (one,) = runs(squad)
    assert (outcomes(one), [row["key"] for row in rows(one, squad)]) == ({"missing": 1}, ["C"])


def test_rows_of_tables_that_name_people_are_told_to_whoever_may_know_them(data: Path) -> None:
    declare(data, "extracts", "sold", EXTRACTS["sold"] % "true")
    run_due(J1)
    (one,) = runs()
    (told_to, hidden) = (rows(one, EVERYTHING)[0], rows(one, Scope(None))[0])
    assert json.loads(told_to["people"])["contract_holder"] == "M. B"
    assert (hidden["people"], hidden["key"], hidden["decided"]) == (None, None, None)


def test_the_robot_s_file_is_written_once_and_is_the_same_on_a_second_run() -> None:
    run_due(J1)
    (one,) = runs()
    content = (kept.folder() / one.file).read_bytes()
    assert (content, one.checksum) == (b"key;contract_holder\nB;M. B\nC;M. C\n", sha256(content).hexdigest())
    land("sent", {"mail": "3", "number": "C", "sent_at": at(10), "known_at": at(11)})
    check, reader = standing().things[0], warehouse().reader(running.scope())
    slot = next(each for each in check.slots(J1 - timedelta(days=1), J1) if each.day == DAY)
    again = with_file(check, reader, slot, running.run(check, reader, slot, J1, take=2))
    assert again.told["checksum"] == one.checksum
    keep([again], J1 + timedelta(minutes=1))
    assert (kept.folder() / one.file).read_bytes() == content


def test_the_robot_s_file_goes_once_the_people_of_its_tables_do() -> None:
    run_due(J1)
    (one,) = runs()
    erase({"sold": at(0)})
    assert [day for day, _file in kept.files_of(standing().things[0])] == [DAY]
    assert (erase({"sold": J1}), erase({"sold": J1})) == (1, 0)
    assert not (kept.folder() / one.file).exists()


def test_the_morning_s_message_holds_every_count_that_was_asked_for() -> None:
    run_due(J1)
    with store().read() as connection:
        (notice,) = told.notices(connection, J1 + timedelta(minutes=5))
    assert (notice.to, notice.step) == ("lead@vigie.example", "2026-11-19+1")
    assert notice.text.splitlines()[1:4] == [
        "reçu\u202f: 1 (33.3% of 3)",
        "non reçu\u202f: 2 (66.7% of 3)",
        "mail sans contrat\u202f: 0 (0.0% of 3)",
    ]


def test_a_sync_runs_what_is_due() -> None:
    sync.run([])
    assert lake().version(CHECK_RUNS) is not None


def test_the_calendar_counts_working_days_where_it_is_said(data: Path) -> None:
    declare(data, "checks", "mails", CHECK.replace("schedule: {", "schedule: {days: working, "))
    check = standing().things[0]
    friday = date(2026, 11, 13)
    assert [check.schedule.at(friday, after) for after in (1, 2)] == [
        datetime(2026, 11, 16, 7, tzinfo=UTC),
        datetime(2026, 11, 17, 7, tzinfo=UTC),
    ]


def test_a_check_that_changed_without_a_new_version_is_refused_and_with_one_runs(data: Path) -> None:
    run_due(J1)
    stricter = CHECK.replace("known_at < $until", "known_at < $until AND mail > '1'")
    declare(data, "checks", "mails", stricter)
    run_due(J2)
    refused = runs()[-1]
    assert (refused.verdict, refused.error) == (
        Verdict.UNKNOWN,
        "what it decides by changed, and its version is still 1: write version: 2, and why.",
    )
    declare(data, "checks", "mails", stricter + "version: 2\n")
    run_due(J2)
    assert (runs()[-1].version, runs()[-1].error) == (2, "")
    declare(data, "checks", "mails", CHECK)
    assert running.run(
        standing().things[0], warehouse().reader(running.scope()), standing().things[0].slots(J1, J2)[0], J2
    ).told["error"] == ("its version is 1, and 2 was run before: versions go up.")


def test_words_and_hours_of_a_check_change_without_a_new_version(data: Path) -> None:
    run_due(J1)
    declare(data, "checks", "mails", CHECK.replace("title: non reçu", "title: pas reçu").replace("08:00", "07:00"))
    run_due(J2)
    assert [one.error for one in runs()] == ["", ""]


def test_a_day_is_checked_again_before_the_transaction_that_keeps_it_and_only_with_a_reason() -> None:
    run_due(J1)
    look = looked()
    assert AGAIN.prepare is not None
    with pytest.raises(InputInvalid):
        AGAIN.prepare(look, {"reason": " "})
    made = AGAIN.prepare(look, {"reason": "late mails"})
    assert len(runs()) == 1
    with store().write() as connection:
        AGAIN.run(connection, look, made)
    assert [(one.take, outcomes(one)["received"]) for one in runs()] == [(1, 1), (2, 2)]


def test_numbers_behind_a_run_are_written_as_numbers_and_columns_that_nobody_titled_by_their_own_words(
    data: Path,
) -> None:
    amount = "  - {name: amount, title: Title, kind: amount}\n  - {name: holder"
    declare(data, "extracts", "sold", (EXTRACTS["sold"] % "false").replace("  - {name: holder", amount))
    worked = "called: contract, columns: [{name: half_paid, value: amount / 2}, {name: large, value: amount > 1}]"
    shown = "[contract.amount, contract.half_paid, contract.large]"
    told_check = (
        CHECK.replace("called: contract", worked)
        .replace("[contract.holder]", shown)
        .replace("key, contract_holder", "key")
    )
    declare(data, "checks", "mails", told_check)
    land("sold", {"number": "B", "sold_at": at(9), "squad": "S", "amount": 7653.0})
    run_due(J1)
    look = looked()
    columns = [one for one in FIGURE.listed(look) if one.name.startswith("contract_")]
    row = FIGURE.frame(look).set_index("key").loc["B"]
    with speaking("fr"):
        assert [(one.header, show(row[one.name], one)) for one in columns] == [
            ("Title (contract)", "7\u202f653"),
            ("Half paid (contract)", "3\u202f826,5"),
            ("Large (contract)", "oui"),
        ]


def test_what_stands_behind_a_run_is_written_by_the_kind_that_its_table_declares(data: Path) -> None:
    columns = """
  - {name: file, title: Dossier, kind: count}
  - {name: folder, title: Code}
  - {name: rate, title: Taux, kind: share}
  - {name: paid, title: Payé, kind: amount, unit: €}
  - {name: seen_at, title: Vu le, kind: moment}
  - {name: on_day, title: Le, kind: day}
key: [mail, file]"""
    declare(data, "extracts", "sent", EXTRACTS["sent"].replace("\nkey: [mail]", columns).replace("sent", "kinds"))
    names = ("file", "folder", "rate", "paid", "seen_at", "on_day", "odd", "lasted")
    worked = "columns: [{name: odd, value: '[file, 1]'}, {name: lasted, value: kinds_at - seen_at}]"
    declare(
        data,
        "checks",
        "mails",
        f"""
check: mails
title: Mails
meaning: Les mails.
kind: sql
tables: [kinds]
of: {{table: kinds, {worked}}}
key: [mail]
outcomes: [{{outcome: seen, title: vu}}]
show: [{", ".join(names)}]
""",
    )
    midnight = at(0)
    row = {"mail": "007", "number": "A", "kinds_at": at(1), "known_at": midnight, "file": 9007199254740993}
    row |= {"folder": "2026-11-19", "rate": 0.125, "paid": 1234.5, "seen_at": midnight, "on_day": DAY}
    land("kinds", row)
    run_due(J1)
    look = looked()
    shown = FIGURE.listed(look)
    said = FIGURE.frame(look).iloc[0]
    with speaking("fr"):
        told_as = {one.header: show(said[one.name], one) for one in shown}
    assert told_as == {
        "Issue": "vu",
        "Clé": "007",
        "Dossier": "9007199254740993",
        "Code": "2026-11-19",
        "Taux": "12,5\u202f%",
        "Payé (€)": "1\u202f234,5",
        "Vu le": "19 nov. 2026",
        "Le": "19 nov. 2026",
        "Odd": "[9007199254740993, 1]",
        "Lasted": "1:00:00",
    }


def test_the_names_that_a_check_gives_its_lists_are_shown_as_written_whatever_the_interface_calls_so(
    data: Path,
) -> None:
    declare(data, "checks", "mails", CHECK.replace("called: mail", "called: source").replace("mail.", "source."))
    run_due(J1)
    with speaking("fr"):
        assert [one.header for one in OUTCOMES.listed(looked())][3:5] == ["Contract", "Source"]
        assert (Column("x", Own("Status")).header, Column("x", N_("Status")).header) == ("Status", "Statut")


def test_what_is_wrong_with_a_select_is_told_at_its_line(data: Path) -> None:
    select = "left: {select: 'SELECT number, squad FROM soldes', called: contract}"
    declare(
        data, "checks", "mails", CHECK.replace(CHECK[CHECK.index("left: ") : CHECK.index("right: ")], select + "\n")
    )
    assert standing().problems == (
        "mails.yml, line 7, left.select: it reads soldes, which is not among its tables (sent, sold).",
    )
