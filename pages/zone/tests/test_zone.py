"""Tables of the zone: proposed by the check, put aside with a date, told when they are used again; never deleted."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from core.base import clock
from core.base.errors import InputInvalid, NotAllowed
from core.base.i18n import speaking
from core.base.status import Verdict
from core.facts.check import Refused
from core.facts.lake import lake
from core.mission.discovery import missions, warehouse
from core.people import accounts
from core.people.person import Person, Role
from core.records import acts, records
from core.records.collection import Taken
from core.records.exporting.files import CSV, Order, make
from core.records.records import Record
from core.run import declare as command
from core.sources import refusals
from core.store.engine import Store, store
from pages.zone.acts.notices import notices
from pages.zone.collection import TABLES, take
from pages.zone.evidence import evidence
from pages.zone.headline import headline
from tests.declaring import declare

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
SINCE = datetime(2000, 1, 1, tzinfo=UTC)
SHIPPED = Path(__file__).parents[2] / "checks" / "declarations"
People = dict[str, Person]


@pytest.fixture
def house(data: Path) -> Iterator[Store]:
    """The inventory of the zone and its check, as Vigie ships them."""
    store().upgrade()
    for kind, name in (("extracts", "inventaire_zm"), ("checks", "tables_zm")):
        declare(data, kind, name, (SHIPPED / kind / f"{name}.yml").read_text(encoding="utf-8"))
    with speaking("en"):
        yield store()


@pytest.fixture
def people(house: Store) -> People:
    with house.write() as connection:
        return {
            name: accounts.add(
                connection, who="t", name=name, role=role, squads=squads, email=f"{name}@vigie.example"
            ).person
            for name, role, squads in (("paul", Role.LEAD, ()), ("ivan", Role.DUTY, ()), ("cam", Role.SQUAD, ("Auto",)))
        }  # fmt: skip


def land(mission: str, table: str, *rows: dict[str, Any]) -> None:
    there = next(one for one in missions()[mission].tables if one.name == table)
    lake().remove(there, source="mine")
    lake().land(there, pa.Table.from_pylist([{"source": "mine", **row} for row in rows], there.schema))


def checked(now: datetime, *used: tuple[str, str]) -> None:
    """Three tables are in the zone, workflows are read to use some (table, evidence), and the check runs."""
    zone = [{"table_zm": name, "vue_le": SINCE, "proprietaire": "Squad Auto", "taille_mo": 12.4}
            for name in ("zm.contrats", "zm.vieille", "zm.tmp")]  # fmt: skip
    land("extracts", "inventaire_zm", *zone)
    own = {"workflow": "suivi.yxmd", "since": SINCE, "changed_at": SINCE, "enabled": True}
    read = {**own, "tool": "", "used_table": "", "direction": "", "evidence": "read"}
    uses = [{**own, "tool": "1", "used_table": name, "direction": "in", "evidence": said} for name, said in used]
    land("checks", "table_uses", read, *uses)
    landed = missions()["checks"].landed
    assert landed is not None
    with clock.at(now):
        landed(now)


def states(house: Store) -> dict[str, str]:
    with house.read() as connection:
        return {line.title: line.state for line in records.find(connection, TABLES.kind).lines}


def table(house: Store, name: str) -> Record:
    with house.read() as connection:
        return next(one for one in records.contents(connection, TABLES.kind) if one.title == name)


def step(house: Store, person: Person, name: str, action: str, why: str = "Vu avec l’équipe.", **content: Any) -> None:
    record = table(house, name)
    with house.write() as connection:
        if content:
            record = acts.save(connection, TABLES, person.id, record.id, record.version, {**record.data, **content})
        unmet = acts.conditions(TABLES, person, [record], action)
        acts.step(connection, TABLES, person.id, record.id, record.version, action, unmet=unmet, why=why)


def aside(house: Store, people: People) -> None:
    """zm.vieille is put into quarantine for a week."""
    checked(NOW, ("zm.contrats", "sql"))
    with clock.at(NOW):
        step(house, people["paul"], "zm.vieille", "ask")
        step(house, people["paul"], "zm.vieille", "isolate", quarantine_until=date(2026, 11, 27))


def test_what_the_check_does_not_see_used_is_proposed_once_with_its_evidence(house: Store, people: People) -> None:
    assert command.main(["check"]) == 0
    checked(NOW, ("zm.contrats", "sql"), ("zm.tmp", "dynamic"))
    assert states(house) == {"zm.vieille": "proposed", "zm.tmp": "proposed"}
    doubtful = table(house, "zm.tmp")
    assert {name: doubtful.data[name] for name in ("evidence", "named_by", "owner", "size", "evidence_on")} == {
        "evidence": "vue dans un outil désactivé ou sous un nom variable",
        "named_by": "suivi.yxmd",
        "owner": "Squad Auto",
        "size": 12,
        "evidence_on": "2026-11-18",
    }
    checked(NOW + timedelta(days=3), ("zm.contrats", "sql"))
    assert states(house) == {"zm.vieille": "proposed", "zm.tmp": "proposed"}
    assert (table(house, "zm.tmp").data["named_by"], table(house, "zm.tmp").version) == ("", 2)
    assert table(house, "zm.vieille").version == 1


def test_a_quarantine_has_a_day_to_come_and_nothing_is_archived_before_it(house: Store, people: People) -> None:
    checked(NOW, ("zm.contrats", "sql"))
    with clock.at(NOW):
        step(house, people["paul"], "zm.vieille", "ask")
        with pytest.raises(NotAllowed, match="say until which day to come"):
            step(house, people["paul"], "zm.vieille", "isolate", quarantine_until=date(2026, 11, 20))
        step(house, people["paul"], "zm.vieille", "isolate", quarantine_until=date(2026, 11, 27))
        with pytest.raises(NotAllowed, match="lasts until Nov 27, 2026"):
            step(house, people["paul"], "zm.vieille", "archive")
    with clock.at(NOW + timedelta(days=7)):
        step(house, people["paul"], "zm.vieille", "archive")
    assert states(house)["zm.vieille"] == "archived"


def test_every_step_says_who_when_and_why_and_is_undone_by_another(house: Store, people: People) -> None:
    aside(house, people)
    with clock.at(NOW + timedelta(days=1)):
        with pytest.raises(NotAllowed, match="Say why"):
            step(house, people["paul"], "zm.vieille", "lift", why=" ")
        for action in ("lift", "withdraw", "give_back", "again"):
            step(house, people["paul"], "zm.vieille", action, why=f"{action} !")
    with house.read() as connection:
        history = records.history(connection, table(house, "zm.vieille").id)
    assert [(one.action, one.who, one.why) for one in history][:3] == [
        ("again", "paul", "again !"),
        ("give_back", "paul", "give_back !"),
        ("withdraw", "paul", "withdraw !"),
    ]
    assert states(house)["zm.vieille"] == "proposed"


def test_a_table_used_again_in_quarantine_is_told_and_goes_back_to_a_person(house: Store, people: People) -> None:
    aside(house, people)
    later = NOW + timedelta(days=3)
    checked(later, ("zm.contrats", "sql"), ("zm.vieille", "table"))
    assert states(house)["zm.vieille"] == "reused"
    with house.read() as connection:
        newest = records.history(connection, table(house, "zm.vieille").id)[0]
    assert (newest.who, newest.why) == ("vigie", "utilisée par un workflow actif – suivi.yxmd")
    lead, duty = (headline(_reader(people[who]), people[who], later, None) for who in ("paul", "ivan"))
    assert [(one.text, one.verdict) for one in lead.tasks] == [
        ("zm.vieille is used again, to be decided", Verdict.KO),
        ("1 table to ask its owner about", None),
    ]
    assert duty.tasks == ()
    with house.write() as connection:
        told = list(notices(connection, later))
    assert [(one.to, one.what, one.subject) for one in told] == [
        ("paul@vigie.example", "zone.reused:Z-0001", "Sert de nouveau\u202f: zm.vieille")
    ]
    checked(later + timedelta(days=1), ("zm.contrats", "sql"), ("zm.vieille", "table"))
    told_again = table(house, "zm.vieille")
    assert (told_again.version, told_again.data["evidence"]) == (6, "utilisée par un workflow actif")


def test_a_quarantine_that_is_over_waits_at_home(house: Store, people: People) -> None:
    aside(house, people)
    found = headline(_reader(people["paul"]), people["paul"], NOW + timedelta(days=8), None)
    assert found.tasks[0].text == "the quarantine of zm.vieille is over since Nov 27, 2026"
    assert found.sentence.startswith("tables that nobody seems to use. 1 is in quarantine. ")


def test_what_is_longer_than_its_field_keeps_no_other_row_from_being_taken(house: Store, people: People) -> None:
    told = {"owner": "é" * 101, "named_by": "w.yxmd, " * 2_000, "size": None}
    rows = [Taken(f"zm.{name}", True, "jamais vue", NOW.date(), None, told) for name in ("une", "deux")]
    with house.write() as connection:
        take(connection, rows)
        take(connection, rows)
    one = table(house, "zm.deux")
    assert (len(one.data["owner"]), len(one.data["named_by"]), one.version) == (100, 8_000, 1)


def test_a_run_that_could_not_be_made_moves_nothing(house: Store, people: People) -> None:
    aside(house, people)
    there = next(one for one in missions()["checks"].tables if one.name == "table_uses")
    lake().remove(there, source="mine")
    landed, later = missions()["checks"].landed, NOW + timedelta(days=3)
    assert landed is not None
    with clock.at(later):
        landed(later)
    assert states(house) == {"zm.vieille": "quarantine", "zm.tmp": "proposed"}


def test_above_the_list_stands_how_much_was_read_of_what_is_known(house: Store, people: People) -> None:
    with clock.at(NOW):
        assert evidence(_reader(people["paul"]), people["paul"], NOW)[-1] == (
            "No workflow was read: nothing tells which tables are used."
        )
        checked(NOW, ("zm.contrats", "sql"), ("zm.tmp", "dynamic"))
        with house.write() as connection:
            refusals.keep(connection, "mine", [Refused("vieux.yxmd", {"file": "vieux.yxmd"}, "Pas du XML.")])
        told = evidence(_reader(people["paul"]), people["paul"], NOW)
    assert told[-1] == (
        "1 of 2 known workflows were read. Could not be read: vieux.yxmd since Nov 20, 2026. "
        "In 1 of them a name or a statement could not be read: a table may be used there."
    )


def test_only_the_lead_and_administrators_decide(house: Store, people: People) -> None:
    checked(NOW, ("zm.contrats", "sql"))
    with pytest.raises(NotAllowed):
        step(house, people["ivan"], "zm.vieille", "ask")
    with pytest.raises(NotAllowed):
        step(house, people["cam"], "zm.vieille", "ask")


def test_a_squad_sees_its_own_tables_and_an_export_holds_them_all(house: Store, people: People) -> None:
    checked(NOW, ("zm.contrats", "sql"))
    record = table(house, "zm.tmp")
    with house.write() as connection:
        acts.save(connection, TABLES, people["paul"].id, record.id, record.version, {**record.data, "squad": "Auto"})
    acts.require_seen(people["cam"], table(house, "zm.tmp"))
    with pytest.raises(InputInvalid):
        acts.require_seen(people["cam"], table(house, "zm.vieille"))
    home = headline(_reader(people["cam"]), people["cam"], NOW, None)
    assert (home.number, home.sentence.partition(".")[0]) == ("1", "table that nobody seems to use")
    assert "quarantine" not in home.sentence
    made = make(CSV, Order(people["ivan"].id, "en", TABLES, NOW, published=False)).decode("utf-8-sig")
    assert "zm.tmp" in made
    assert "zm.vieille" in made


@pytest.mark.parametrize(
    ("there", "wrong", "said"),
    [
        ("collection: zone_table", "collection: treatment", "no collection that takes rows is called treatment"),
        ("found: [candidate, doute]", "found: [candidat]", "feeds names outcomes that there are not"),
    ],
)
def test_a_check_that_feeds_what_is_not_there_is_refused(
    house: Store, data: Path, capsys: pytest.CaptureFixture[str], there: str, wrong: str, said: str
) -> None:
    text = (SHIPPED / "checks" / "tables_zm.yml").read_text(encoding="utf-8")
    declare(data, "checks", "tables_zm", text.replace(there, wrong))
    assert command.main(["check"]) == 1
    assert said in capsys.readouterr().err


def _reader(person: Person) -> Any:
    return warehouse().reader(person.scope)
