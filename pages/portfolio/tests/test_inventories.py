"""The inventories of others: read by a mapping, their stages by the list of phases, and what no list has is shown."""

import csv
from pathlib import Path
from typing import Any

import pytest

from core.base import clock
from core.records import acts, records
from core.records.exporting.files import CSV, FLAT, JSON, File, Order, make
from core.records.importing import back, imports, plan
from core.records.importing.plan import Fate, Plan
from core.store.engine import Store
from pages.portfolio.collection import USE_CASES
from pages.portfolio.tests.conftest import People

PURPOSE = "What is the intended purpose and expected benefits of the AI?"
ROWS = (
    ("Chatbot", "Department of Veterans Affairs", "Répondre – “vite”", "Operation and Maintenance"),
    ("Chatbot", "Department of Justice", "Répondre", "Initiated"),
    ("Triage ", "Department of Veterans Affairs ", "Trier", "Acquisition and/or Development"),
    ("Triage", "Department of Energy", "", "Implementation and Assessment"),
    ("Scan", "Department of Energy", "Lire", "Retired"),
    ("Essai", "Department of Energy", "Voir", "Research or  Administrative Action Complete"),
    ("Muet", "Department of Energy", "Voir", ""),
)
"""As an inventory of 2024 is: in cp1252, with blanks at the end, names that two agencies have, a stage of its own."""


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    path = tmp_path / "inventory.csv"
    with path.open("w", encoding="cp1252", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Use Case Name", "Agency", "Agency Abbreviation", PURPOSE, "Stage of Development"])
        for name, agency, purpose, stage in ROWS:
            writer.writerow([name, agency, "X", purpose, stage])
    return path


def planned(house: Store, path: Path) -> Plan:
    with house.read() as connection:
        lists = USE_CASES.lists(connection)
        opened = imports.look(path, USE_CASES, lists)
        return plan.make(connection, USE_CASES, lists, imports.rows(opened, USE_CASES, lists))


def imported(house: Store, people: People, path: Path) -> None:
    made = planned(house, path)
    with house.write() as connection:
        plan.carry_out(connection, people["paul"], made)


def test_an_inventory_is_read_by_the_names_of_its_columns(house: Store, inventory: Path) -> None:
    with house.read() as connection:
        opened = imports.look(inventory, USE_CASES, USE_CASES.lists(connection))
    assert opened.mapping == {
        "Use Case Name": "name",
        "Agency": "department",
        "Agency Abbreviation": "notes",
        PURPOSE: "description",
        "Stage of Development": "phase",
    }


def test_stages_become_phases_departments_are_not_split_and_what_is_unmapped_is_shown(
    house: Store, people: People, inventory: Path
) -> None:
    made = planned(house, inventory)
    assert (made.count(Fate.NEW), len(made.rows)) == (7, 7)
    assert made.unknown == {("portfolio_phases", "Research or  Administrative Action Complete"): 1}
    imported(house, people, inventory)
    with house.read() as connection:
        states = records.counts(connection, USE_CASES.kind, "state")
        departments = records.counts(connection, USE_CASES.kind, "department")
        trial = records.named(connection, USE_CASES.kind, "UC-0006")
        chat = records.named(connection, USE_CASES.kind, "UC-0001")
    assert states == {
        "unplaced": 2, "exploration": 1, "incubation": 1, "industrialisation": 1, "run": 1, "stopped": 1
    }  # fmt: skip
    assert departments == {
        "Department of Energy": 4, "Department of Veterans Affairs": 2, "Department of Justice": 1
    }  # fmt: skip
    assert trial.data["notes"] == ("Phase: Research or  Administrative Action Complete\nAgency Abbreviation: X")
    assert chat.data["description"] == "Répondre – “vite”"


def test_the_next_inventory_finds_its_cases_by_name_and_department_and_moves_them(
    house: Store, people: People, inventory: Path
) -> None:
    imported(house, people, inventory)
    assert [one.fate for one in planned(house, inventory).rows] == [Fate.UNCHANGED] * 7
    text = inventory.read_text(encoding="cp1252")
    inventory.write_text(text.replace("Initiated", "In mission"), encoding="cp1252")
    [moved] = [one for one in planned(house, inventory).rows if one.fate is not Fate.UNCHANGED]
    assert [(one.path, one.before, one.after) for one in moved.differences] == [("phase", "exploration", "run")]
    imported(house, people, inventory)
    with house.read() as connection:
        history = records.history(connection, records.named(connection, USE_CASES.kind, "UC-0002").id)
    assert [(one.action, one.state) for one in history] == [("import", "run"), ("import", "exploration")]


def test_an_inventory_that_is_taken_back_gives_a_use_case_its_phase_back(
    house: Store, people: People, inventory: Path
) -> None:
    imported(house, people, inventory)
    text = inventory.read_text(encoding="cp1252")
    inventory.write_text(text.replace("Initiated", "Retired"), encoding="cp1252")
    imported(house, people, inventory)
    with house.write() as connection:
        newest = back.imports(connection, USE_CASES)[0]
        back.take_back(connection, USE_CASES, people["paul"], newest.at, newest.who)
        chat = records.named(connection, USE_CASES.kind, "UC-0002")
    assert (chat.state, chat.data["phase"]) == ("exploration", "exploration")


@pytest.mark.parametrize("file", [FLAT, CSV, JSON], ids=lambda file: file.key)
def test_an_export_comes_back_equal(house: Store, people: People, inventory: Path, tmp_path: Path, file: File) -> None:
    imported(house, people, inventory)
    card: dict[str, Any] = {"name": "Abus", "cases": 100, "gain": 8_000, "treatments": [], "jira": ["DATA-1", "DATA-2"]}
    with house.write() as connection:
        acts.add(connection, USE_CASES, people["paul"], card)
    path = tmp_path / f"portfolio.{file.suffix}"
    path.write_bytes(make(file, Order(people["ivan"], "fr", USE_CASES, clock.now(), published=False)))
    assert [one.fate for one in planned(house, path).rows] == [Fate.UNCHANGED] * 8
