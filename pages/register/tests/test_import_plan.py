"""What an import would do, row by row, and that it is done whole or not at all."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from core.base.errors import Conflict, InputInvalid, NotAllowed
from core.base.i18n import speaking
from core.records import acts, records
from core.records.cells import Reading
from core.records.importing import mappings, plan
from core.records.importing.apply import Applied
from core.records.importing.plan import Fate, Plan
from core.records.row import Row
from core.records.row import row as row_of
from core.store.engine import Store
from pages.register.collection import TREATMENTS
from pages.register.lists import shipped
from pages.register.model import TREATMENT
from pages.register.tests import files
from pages.register.tests.conftest import People
from pages.register.tests.samples import WHOLE
from pages.register.tests.test_imports import TEAM, csv
from pages.register.workflow import Action
from tests.moments import python


def row(place: str = "f:2", whole: bool = False, **data: Any) -> Row:
    return row_of(place, data, Reading(shipped()), whole=whole)


def planned(house: Store, rows: Sequence[Row]) -> Plan:
    with house.read() as connection, speaking("en"):
        return plan.make(connection, TREATMENTS, TREATMENTS.lists(connection), rows)


def carried_out(house: Store, person: int, made: Plan) -> Applied:
    with house.write() as connection, speaking("en"):
        return plan.carry_out(connection, person, made)


def kept(house: Store, person: int, *contents: Mapping[str, Any]) -> list[records.Record]:
    with house.write() as connection:
        return [acts.add(connection, TREATMENTS, person, data) for data in contents]


def held(house: Store) -> list[records.Record]:
    with house.read() as connection:
        return list(records.contents(connection, "treatment"))


def test_each_row_is_new_changed_unchanged_or_refused(house: Store, people: People) -> None:
    kept(house, people["lea"], {"name": "Paie", "ref": "P-1", "squad": "RH"}, {"name": "Badges", "squad": "SG"})
    made = planned(
        house,
        [
            row("f:2", ref="P-1", squad="Finance"),
            row("f:3", name="  BADGÈS ", squad="SG"),
            row("f:4", name="Cantine"),
            row("f:5", name="Parking", squad="x" * 101),
            row("f:6", ref="P-1", name="Encore"),
        ],
    )
    assert [(one.place, one.fate) for one in made.rows] == [
        ("f:2", Fate.CHANGED),
        ("f:3", Fate.CHANGED),
        ("f:4", Fate.NEW),
        ("f:5", Fate.REFUSED),
        ("f:6", Fate.REFUSED),
    ]
    assert [(one.path, one.before, one.after) for one in made.rows[0].differences] == [("squad", "RH", "Finance")]
    assert [(one.path, one.after) for one in made.rows[1].differences] == [("name", "BADGÈS")]
    assert made.rows[3].why == "Squad: at most 100 characters."
    assert made.rows[4].why == "The reference P-1 stands in f:2 too: each record has its own."
    assert (made.count(Fate.REFUSED), made.writes) == (2, 3)


def test_a_file_leaves_alone_what_it_does_not_hold(house: Store, people: People) -> None:
    rows = [{"name": "Payer", "legal_bases": ["contract"]}, {"name": "Déclarer", "legal_bases": ["legal_obligation"]}]
    kept(house, people["lea"], {**WHOLE, "ref": "P-1", "purposes": rows, "notes": "Voir le service."})
    carried_out(
        house,
        people["lea"],
        planned(house, [row(ref="P-1", purposes=[{"name": "Déclarer"}, {"name": "Archiver"}], squad="RH")]),
    )
    data = held(house)[0].data
    assert (data["name"], data["squad"], data["notes"]) == (WHOLE["name"], "RH", "Voir le service.")
    assert [(one["name"], one["legal_bases"]) for one in data["purposes"]] == [
        ("Déclarer", ["legal_obligation"]),
        ("Archiver", []),
    ]


def test_a_whole_file_says_that_a_field_is_unanswered(house: Store, people: People) -> None:
    [record] = kept(house, people["lea"], {**WHOLE, "ref": "P-1"})
    made = planned(house, [row(whole=True, **{**record.data, "transfers": None})])
    assert [(one.path, one.before, one.after) for one in made.rows[0].differences] == [("transfers", [], None)]


def test_what_found_no_place_is_kept_in_the_notes_once(house: Store, people: People, tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", "Nom;Typologie;Date de création\nBadges;Salarié;courant 2020\n")
    for fate in (Fate.NEW, Fate.UNCHANGED):
        made = planned(house, files.rows(path, TREATMENT))
        assert made.rows[0].fate is fate
        carried_out(house, people["lea"], made)
    assert held(house)[0].data["notes"] == (
        "Typologie de données personnelles: Salarié\nDate de création de la fiche: courant 2020"
    )
    assert dict(made.unknown) == {("typologies", "Salarié"): 1}


def test_the_four_columns_are_imported_once(house: Store, people: People, tmp_path: Path) -> None:
    path = csv(tmp_path / "equipe.csv", TEAM)
    applied = carried_out(house, people["lea"], planned(house, files.rows(path, TREATMENT)))
    assert len(applied.added) == 4
    again = planned(house, files.rows(path, TREATMENT))
    assert [one.fate for one in again.rows] == [Fate.UNCHANGED] * 4
    assert len({record.ref for record in held(house)}) == 4


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".json"])
def test_what_is_exported_imports_as_unchanged(house: Store, people: People, tmp_path: Path, suffix: str) -> None:
    kept(house, people["lea"], {**WHOLE, "ref": "=1"}, {**WHOLE, "name": "Même nom"}, {"name": "Même nom"})
    path = files.write(tmp_path / f"r{suffix}", TREATMENT, [record.data for record in held(house)])
    assert [one.fate for one in planned(house, files.rows(path, TREATMENT)).rows] == [Fate.UNCHANGED] * 3


def test_a_whole_file_with_an_unknown_reference_is_a_new_record_whatever_its_name(house: Store, people: People) -> None:
    kept(house, people["lea"], {"name": "Paie", "ref": "P-1"})
    made = planned(
        house, [row("f:2", ref="P-2", name="Paie", whole=True), row("f:3", ref="P-1", name="Paie", whole=True)]
    )
    assert [one.fate for one in made.rows] == [Fate.NEW, Fate.UNCHANGED]


def test_names_that_several_records_have_are_not_guessed_at(house: Store, people: People) -> None:
    kept(house, people["lea"], {"name": "Paie"}, {"name": "paie"})
    [one] = planned(house, [row(name="Paie", squad="RH")]).rows
    assert one.why == "Several records have this name: give the reference of one."


def test_two_rows_about_one_record_are_not_both_taken(house: Store, people: People) -> None:
    kept(house, people["lea"], {"name": "Paie", "squad": "A"})
    made = planned(house, [row("f:2", name="Paie", squad="B"), row("f:3", name="Paie", squad="C")])
    assert [one.why for one in made.rows] == ["", "f:2 is about the same record."]


def test_an_archived_record_is_not_changed_by_a_file(house: Store, people: People) -> None:
    [record] = kept(house, people["lea"], {"name": "Paie", "ref": "P-1"})
    with house.write() as connection:
        acts.step(connection, TREATMENTS, people["lea"], record.id, 1, Action.ARCHIVE, why="fini")
    by_ref, by_name = planned(house, [row("f:2", ref="P-1", squad="RH"), row("f:3", name="Paie")]).rows
    assert by_ref.why == "A record that is archived is brought back before it is changed."
    assert by_name.fate is Fate.NEW


def test_a_published_reference_stays(house: Store, people: People) -> None:
    [record] = kept(house, people["lea"], {**WHOLE, "name": "Paie"})
    with house.write() as connection:
        acts.step(connection, TREATMENTS, people["lea"], record.id, 1, Action.SUBMIT)
        acts.step(connection, TREATMENTS, people["ines"], record.id, 2, Action.VALIDATE)
    [one] = planned(house, [row(ref="RH-9", name="Paie", squad="RH")]).rows
    assert (one.ref, [found.path for found in one.differences]) == (record.ref, ["squad"])
    assert one.told == (f"The reference stays {record.ref}: it was published.",)


def test_given_references_and_those_of_vigie_do_not_meet(house: Store, people: People) -> None:
    made = planned(house, [row("f:2", name="A"), row("f:3", name="B", ref="T-0001"), row("f:4", name="C")])
    carried_out(house, people["lea"], made)
    assert {record.data["name"]: record.ref for record in held(house)} == {"A": "T-0002", "B": "T-0001", "C": "T-0003"}


def test_an_import_is_whole_or_nothing(house: Store, people: People) -> None:
    [record] = kept(house, people["lea"], {"name": "Paie", "ref": "P-1"})
    made = planned(house, [row("f:2", name="Neuf"), row("f:3", ref="P-1", squad="RH")])
    with house.write() as connection:
        acts.save(connection, TREATMENTS, people["ines"], record.id, 1, {**record.data, "squad": "Finance"})
    with pytest.raises(Conflict) as conflict:
        carried_out(house, people["lea"], made)
    assert conflict.value.sentence.startswith("f:3: ines")
    assert [one.data["name"] for one in held(house)] == ["Paie"]


def test_a_reference_taken_since_the_preview_refuses_the_whole(house: Store, people: People) -> None:
    made = planned(house, [row("f:2", name="Neuf", ref="N-1"), row("f:3", name="Autre")])
    kept(house, people["ines"], {"name": "Entre-temps", "ref": "N-1"})
    with pytest.raises(InputInvalid) as refused:
        carried_out(house, people["lea"], made)
    assert refused.value.sentence == "f:2: The reference N-1 is taken."
    assert len(held(house)) == 1


def test_whoever_may_not_write_imports_nothing(house: Store, people: People) -> None:
    made = planned(house, [row(name="Neuf")])
    for name in ("sofia", "squad"):
        with pytest.raises(NotAllowed):
            carried_out(house, people[name], made)
    assert held(house) == []


def test_too_many_rows_are_refused(house: Store, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "MOST_ROWS", 2)
    with pytest.raises(InputInvalid) as refused:
        planned(house, [row(f"f:{n}", name=f"N{n}") for n in range(3)])
    assert refused.value.sentence == "More than 2 rows: import them in several files."


def test_a_mapping_is_remembered_by_the_names_of_columns(house: Store, people: People) -> None:
    columns = ("Colonne B", "Colonne A")
    with house.read() as connection:
        assert mappings.remembered(connection, TREATMENTS, columns) is None
    for target in ("squad", "description"):
        with house.write() as connection:
            mappings.remember(connection, TREATMENTS, people["lea"], {"Colonne A": "name", "Colonne B": target})
        with house.read() as connection:
            found = mappings.remembered(connection, TREATMENTS, ("colonne b", "COLONNE A"))
        assert found == {"colonne b": target, "COLONNE A": "name"}
    with house.write() as connection, pytest.raises(NotAllowed):
        mappings.remember(connection, TREATMENTS, people["sofia"], {"Colonne A": "name"})


KILLED = """
import sys, time
from core.store.engine import store
from core.records.importing import imports, plan
from pages.register.lists import shipped
from pages.register.collection import TREATMENTS
from pathlib import Path
lists = shipped()
opened = imports.look(Path(sys.argv[1]), TREATMENTS, lists)
with store().write() as connection:
    made = plan.make(connection, TREATMENTS, lists, imports.rows(opened, TREATMENTS, lists))
    print(len(plan.carry_out(connection, int(sys.argv[2]), made).added), flush=True)
    time.sleep(60)
"""


def test_an_import_killed_before_its_end_leaves_nothing(house: Store, people: People, tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", "Nom\n" + "".join(f"Traitement {n}\n" for n in range(300)))
    process = subprocess.Popen(python("-c", KILLED, str(path), str(people["lea"])), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "300\n"
    process.kill()
    process.wait()
    assert held(house) == []
    carried_out(house, people["lea"], planned(house, files.rows(path, TREATMENT)))
    assert len(held(house)) == 300


def test_a_file_that_says_nothing_new_of_an_archived_record_is_not_refused(house: Store, people: People) -> None:
    [record] = kept(house, people["lea"], {"name": "Paie", "ref": "P-1", "squad": "RH"})
    with house.write() as connection:
        acts.step(connection, TREATMENTS, people["lea"], record.id, 1, Action.ARCHIVE, why="fini")
    same, other = (planned(house, [row(ref="P-1", squad=squad)]).rows[0] for squad in ("RH", "Finance"))
    assert (same.fate, same.why) == (Fate.UNCHANGED, "")
    assert (other.fate, other.why) == (Fate.REFUSED, "A record that is archived is brought back before it is changed.")


def test_a_value_that_the_list_no_longer_offers_goes_to_the_notes(house: Store, people: People) -> None:
    transfer = {"recipient": "Nuage", "country": "US", "guarantee": "privacy_shield"}
    data = {"name": "Paie", "ref": "P-1", "transfers": [transfer], "typologies": ["inconnue"], "notes": "Avant"}
    made = planned(house, [row(whole=True, **data)])
    assert made.rows[0].told == (
        "Guarantee: the list does not offer “Privacy Shield”; it stands in the notes.",
        "Typology of personal data: the list does not offer “inconnue”; it stands in the notes.",
    )
    carried_out(house, people["lea"], made)
    [record] = held(house)
    assert record.data["transfers"] == [{**transfer, "guarantee": "", "document": ""}]
    assert record.data["typologies"] is None
    assert record.data["notes"] == "Avant\nGuarantee: Privacy Shield\nTypology of personal data: inconnue"
