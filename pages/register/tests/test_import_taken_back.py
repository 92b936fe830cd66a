"""An import taken back: what nobody touched since is as it was before, the rest is told by name."""

from pathlib import Path

import pytest
from sqlalchemy import Connection

from core.base.errors import NotAllowed
from core.base.i18n import speaking
from core.records import acts, bulk, records
from core.records.importing import back
from core.records.importing.back import Import
from core.store import audit
from core.store.engine import Store
from pages.register.collection import TREATMENTS
from pages.register.model import TREATMENT
from pages.register.processors import PROCESSORS
from pages.register.tests import files
from pages.register.tests.conftest import People
from pages.register.tests.test_import_plan import carried_out, held, kept, planned
from pages.register.tests.test_imports import csv

HEAD = "Référence;Nom;Squad"


def brought(house: Store, people: People, path: Path, *lines: str) -> Import:
    """A file that Léa imports, and the import as it is listed then."""
    carried_out(house, people["lea"], planned(house, files.rows(csv(path, "\n".join((HEAD, *lines))), TREATMENT)))
    with house.read() as connection:
        return back.imports(connection, TREATMENTS)[0]


def taken_back(house: Store, person: int, one: Import) -> back.Back:
    with house.write() as connection, speaking("en"):
        return back.take_back(connection, TREATMENTS, person, one.at, one.who)


def shown(house: Store) -> list[tuple[str, str, str, str]]:
    return [(one.ref, one.title, one.squad or "", one.state) for one in held(house)]


def test_what_an_import_added_is_withdrawn_and_what_it_changed_stands_as_before(
    house: Store, people: People, tmp_path: Path
) -> None:
    kept(house, people["ines"], {"name": "Paie", "ref": "P-1", "squad": "RH"}, {"name": "Badges", "ref": "B-1"})
    one = brought(house, people, tmp_path / "a.csv", "P-1;Paie;Finance", "B-1;Badges;", "C-1;Cantine;SG")
    assert (one.who, one.added, one.changed, one.untouched) == ("lea", 1, 1, 2)
    done = taken_back(house, people["lea"], one)
    assert (len(done.withdrawn), len(done.restored), done.kept) == (1, 1, ())
    assert shown(house) == [
        ("B-1", "Badges", "", "draft"),
        ("C-1 withdrawn", "Cantine", "SG", "archived"),
        ("P-1", "Paie", "RH", "draft"),
    ]
    with house.read() as connection:
        assert back.imports(connection, TREATMENTS) == []
        assert records.history(connection, held(house)[1].id)[0].action == "take_back"
        assert audit.verify(connection).whole


def test_the_file_put_right_may_be_imported_anew_and_taken_back_again(
    house: Store, people: People, tmp_path: Path
) -> None:
    for name in ("Cantine", "Cantines"):
        taken_back(house, people["lea"], brought(house, people, tmp_path / f"{name}.csv", f"C-1;{name};SG"))
    brought(house, people, tmp_path / "c.csv", "C-1;Restaurant;SG")
    assert [(ref, state) for ref, _title, _squad, state in shown(house)] == [
        ("C-1", "draft"),
        ("C-1 withdrawn", "archived"),
        ("C-1 withdrawn 2", "archived"),
    ]


def test_what_somebody_changed_since_stays_and_is_named(house: Store, people: People, tmp_path: Path) -> None:
    one = brought(house, people, tmp_path / "a.csv", "P-1;Paie;RH", "C-1;Cantine;SG")
    with house.write() as connection:
        pay = records.named(connection, "treatment", "P-1")
        acts.save(connection, TREATMENTS, people["ines"], pay.id, pay.version, {**pay.data, "squad": "Finance"})
    done = taken_back(house, people["lea"], one)
    assert [(line.ref, why) for line, why in done.kept] == [("P-1", "changed since")]
    assert [(ref, squad) for ref, _title, squad, state in shown(house) if state == "draft"] == [("P-1", "Finance")]


def test_a_record_that_another_names_is_not_withdrawn(house: Store, people: People) -> None:
    def added(connection: Connection) -> str:
        [number] = acts.ship(connection, PROCESSORS, [{"name": "Nimbus", "ref": "N-1"}], action="import")
        return records.get(connection, PROCESSORS.kind, number).ref

    with house.write() as connection:
        ref = added(connection)
        acts.add(connection, TREATMENTS, people["lea"], {"name": "Paie", "ref": "P-1", "processors": [ref]})
    with house.read() as connection, speaking("en"):
        [one] = back.imports(connection, PROCESSORS)
        found = back.look(connection, PROCESSORS, one.at, one.who)
    assert (found.withdrawn, [(line.ref, why) for line, why in found.kept]) == ((), [("N-1", "named by P-1")])


def test_what_cannot_stand_as_before_stays_and_is_named(house: Store, people: People, tmp_path: Path) -> None:
    kept(house, people["ines"], {"name": "Badges", "ref": "B-1"}, {"name": "Paie", "ref": "P-1"})
    with house.read() as connection:
        badges = records.named(connection, "treatment", "B-1")
    one = brought(house, people, tmp_path / "a.csv", "P-1;Paie;RH")
    with house.write() as connection:
        now = records.get(connection, "treatment", badges.id)
        moved = TREATMENT.model.model_validate({**now.data, "ref": "B-2"})
        ready = acts.to_change(TREATMENTS, now, TREATMENTS.entry(now), moved, ())
        bulk.change(connection, "treatment", [ready], who="lea", action="import", at=one.at)
    kept(house, people["ines"], {"name": "Autre", "ref": "B-1"})
    done = taken_back(house, people["lea"], one)
    assert [(line.ref, why) for line, why in done.kept] == [("B-2", "B-1 is another record now")]
    assert [(ref, squad) for ref, _title, squad, _state in shown(house)] == [("B-1", ""), ("B-2", ""), ("P-1", "")]


def test_who_may_not_import_takes_nothing_back(house: Store, people: People, tmp_path: Path) -> None:
    one = brought(house, people, tmp_path / "a.csv", "C-1;Cantine;SG")
    with pytest.raises(NotAllowed):
        taken_back(house, people["sofia"], one)
    assert [state for _ref, _title, _squad, state in shown(house)] == ["draft"]
