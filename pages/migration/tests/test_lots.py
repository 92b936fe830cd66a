"""Lots: the team's workbook with its contradiction, done only once reconciled, seen by squad, exported and back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from core.base import clock
from core.base.errors import Conflict, InputInvalid, NotAllowed
from core.base.status import Verdict
from core.facts.lake import lake
from core.facts.query import Reader
from core.mission.discovery import missions, warehouse
from core.people.person import Person
from core.records import acts, records
from core.records.exporting.files import CSV, FLAT, JSON, File, Order, make
from core.records.importing import imports, plan
from core.records.importing.plan import Fate, Plan
from core.records.records import Record
from core.store.engine import Store
from pages.migration import figures
from pages.migration.collection import LOTS, kept, told
from pages.migration.headline import headline
from pages.migration.plan import Sums, sums
from pages.migration.tests.conftest import People
from tests.declaring import declare

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
WORKBOOK = """periode;semaine;jour;attendus;traites
Automne;1;lundi;4;2
Automne;1;mardi;5;6
Automne;1;mercredi;FERIE;FERIE
Automne;1;jeudi;6;
Automne;;Total;15;11
Hiver;2;lundi;7;7
Hiver;2;mardi;3;0
Hiver;;Total;11;7
"""
"""As the team keeps it: a line a day under its period, a holiday in place of a number, totals that do not add up."""


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    path = tmp_path / "pilotage.csv"
    path.write_text(WORKBOOK, encoding="utf-8")
    return path


def planned(house: Store, path: Path) -> Plan:
    with house.read() as connection:
        lists = LOTS.lists(connection)
        return plan.make(connection, LOTS, lists, imports.rows(imports.look(path, LOTS, lists), LOTS, lists))


def imported(house: Store, people: People, path: Path) -> None:
    with house.write() as connection:
        plan.carry_out(connection, people["paul"].id, planned(house, path))


def test_the_workbook_becomes_lots_by_the_names_of_its_columns(house: Store, people: People, workbook: Path) -> None:
    assert [one.fate for one in planned(house, workbook).rows] == [Fate.NEW] * 2
    imported(house, people, workbook)
    with house.read() as connection:
        autumn = records.named(connection, LOTS.kind, "Automne")
    days = autumn.data["days"]
    assert [(one["week"], one["weekday"], one["expected"], one["treated"]) for one in days] == [
        (1, "monday", 4, 2),
        (1, "tuesday", 5, 6),
        (1, "wednesday", None, None),
        (1, "thursday", 6, None),
        (None, "total", 15, 11),
    ]
    assert "FERIE" in autumn.data["notes"]


def test_its_contradiction_is_shown_and_nothing_is_corrected(house: Store, people: People, workbook: Path) -> None:
    imported(house, people, workbook)
    with house.read() as connection:
        found = kept(connection, None)
    every = sums([lot for _ref, _state, lot in found])
    assert every == Sums(25, 15, 26, 18)
    assert told(every) == (
        "⚠ Day by day: 25 expected, 15 treated. As written: 26 and 18. Both are kept; the plan counts day by day."
    )
    frame = figures.by_lot(found)
    assert frame[["name", "expected", "written_expected", "treated", "written_treated"]].to_numpy().tolist() == [
        ["Automne", 15, 15, 8, 11],
        ["Hiver", 10, 11, 7, 7],
        ["All lots", 25, 26, 15, 18],
    ]


@pytest.mark.parametrize("file", [FLAT, CSV, JSON], ids=lambda file: file.key)
def test_an_export_comes_back_equal(house: Store, people: People, workbook: Path, tmp_path: Path, file: File) -> None:
    imported(house, people, workbook)
    path = tmp_path / f"lots.{file.suffix}"
    path.write_bytes(make(file, Order(people["ivan"].id, "fr", LOTS, clock.now(), published=False)))
    assert [one.fate for one in planned(house, path).rows] == [Fate.UNCHANGED] * 2


def added(house: Store, people: People, **more: Any) -> Record:
    with house.write() as connection:
        record = acts.add(connection, LOTS, people["paul"].id, {"name": "Contrats", **more})
        return acts.step(connection, LOTS, people["paul"].id, record.id, record.version, "start")


def finish(house: Store, people: People, record: Record, who: str = "paul") -> Record:
    unmet = acts.conditions(LOTS, people[who], [record], "finish")
    with house.write() as connection:
        return acts.step(connection, LOTS, people[who].id, record.id, record.version, "finish", unmet=unmet)


CHECK = """
check: deux_magasins
title: Deux magasins
meaning: Les deux tables disent la même chose.
kind: reconcile
tables: [vieux, neuf]
left: {table: vieux, called: vieux}
right: {table: neuf, called: neuf}
key: [numero]
fields: [{name: prime, type: decimal}]
outcomes: [{outcome: differing, title: différent, ko_above: 0}]
schedule: {after: [0], hour: "06:00"}
"""
EXTRACT = """
extract: %s
title: Contrats
meaning: Un contrat par ligne.
columns:
  - {name: numero, title: Numéro}
  - {name: prime, title: Prime}
  - {name: charge_le, title: Chargé le, kind: moment}
key: [numero]
time: charge_le
"""


@pytest.fixture
def stores(data: Path, house: Store) -> None:
    """Two tables that a check of the team reconciles every morning."""
    for name in ("vieux", "neuf"):
        declare(data, "extracts", name, EXTRACT % name)
    declare(data, "checks", "deux_magasins", CHECK)


def checked(now: datetime, old: str, new: str) -> None:
    """What the two tables say lands, and the check runs."""
    there = {one.name: one for one in missions()["extracts"].tables}
    for name, premium in (("vieux", old), ("neuf", new)):
        row = {"source": "mine", "numero": "1", "prime": premium, "charge_le": NOW - timedelta(days=9)}
        lake().land(there[name], pa.Table.from_pylist([row], there[name].schema))
    landed = missions()["checks"].landed
    assert landed is not None
    landed(now)


def refused(house: Store, people: People, record: Record) -> str:
    with pytest.raises(NotAllowed) as said:
        finish(house, people, record)
    return said.value.sentence


def test_a_lot_is_not_done_until_its_check_of_two_stores_is_ok(house: Store, people: People, stores: None) -> None:
    with clock.at(NOW):
        bare, wrong = added(house, people), added(house, people, check="absent")
        record = added(house, people, check="deux_magasins")
        assert refused(house, people, bare).endswith("name the check that does so.")
        assert refused(house, people, wrong).endswith("no check of two stores called absent can be asked.")
        checked(NOW, "10", "11")
        assert refused(house, people, record) == (
            "A lot is done once it is reconciled, and deux_magasins is not: 1 row checked\u202f; différent\u202f: 1."
        )
    with clock.at(NOW + timedelta(days=1)):
        checked(NOW + timedelta(days=1), "10", "10")
        done = finish(house, people, record)
    assert done.state == "done"


def test_what_the_check_said_of_another_version_finishes_nothing(house: Store, people: People, stores: None) -> None:
    with clock.at(NOW):
        checked(NOW, "10", "10")
        record = added(house, people, check="deux_magasins")
        unmet = acts.conditions(LOTS, people["paul"], [record], "finish")
        with house.write() as connection:
            changed = {**record.data, "check": "absent"}
            acts.save(connection, LOTS, people["paul"].id, record.id, record.version, changed)
        with house.write() as connection, pytest.raises(Conflict):
            acts.step(connection, LOTS, people["paul"].id, record.id, record.version, "finish", unmet=unmet)


def test_a_step_whose_condition_was_not_asked_is_not_taken(house: Store, people: People) -> None:
    record = added(house, people)
    with house.write() as connection, pytest.raises(KeyError):
        acts.step(connection, LOTS, people["paul"].id, record.id, record.version, "finish")


def test_home_tells_whoever_acts_of_a_lot_that_is_no_longer_reconciled(
    house: Store, people: People, stores: None, workbook: Path
) -> None:
    imported(house, people, workbook)
    with clock.at(NOW):
        record = added(house, people, check="deux_magasins")
        checked(NOW, "10", "10")
        finish(house, people, record)
    later = NOW + timedelta(days=1)
    with clock.at(later):
        checked(later, "10", "12")
        lead, duty = (headline(_reader(people[who]), people[who], later, None) for who in ("paul", "ivan"))
    assert [(one.verdict, one.text.split(":")[0]) for one in lead.tasks] == [
        (Verdict.KO, "Contrats was said to be done"),
        (Verdict.WARNING, "the written totals of 2 lots are not what their days add up to"),
    ]
    assert (lead.number, duty.number, duty.tasks) == ("15", "15", ())


def _reader(person: Person) -> Reader:
    return warehouse().reader(person.scope)


def test_only_the_lead_and_administrators_write(house: Store, people: People) -> None:
    record = added(house, people)
    with pytest.raises(NotAllowed):
        finish(house, people, record, who="ivan")
    with house.write() as connection, pytest.raises(NotAllowed):
        acts.add(connection, LOTS, people["cam"].id, {"name": "Autre", "squad": "Auto"})


def test_a_squad_sees_its_own_lots_alone(house: Store, people: People) -> None:
    own, other = added(house, people, squad="Auto"), added(house, people)
    with house.read() as connection:
        assert [ref for ref, _state, _lot in kept(connection, people["cam"].scope.squads)] == [own.ref]
        with pytest.raises(InputInvalid):
            acts.require_seen(people["cam"], other)
