"""A large file brought in by processes of their own: what is compared, what is written, nothing of it when killed."""

from pathlib import Path

import pytest

from core.base.errors import InputInvalid
from core.records import records
from core.records.importing import bringing, mappings, preview
from core.records.importing.bringing import Brought
from core.store.engine import Store
from pages.register.collection import TREATMENTS
from pages.register.tests.conftest import People
from pages.register.tests.test_imports import csv

PATIENCE = 120
COLUMNS = ("Nom", "Remarque")
MAPPING = {"Nom": "name", "Remarque": "notes"}


pytestmark = pytest.mark.usefixtures("english")


def brought(folder: Path) -> Brought:
    path = csv(folder / "a.csv", "Nom;Remarque\n" + "".join(f"Traitement {n};Cour {n}\n" for n in range(600)))
    return Brought(path, mapping=MAPPING)


def held(house: Store) -> int:
    with house.read() as connection:
        return len(records.refs(connection, TREATMENTS.kind))


def test_it_is_compared_as_at_once_then_written_and_its_columns_remembered(
    house: Store, people: People, tmp_path: Path
) -> None:
    file = brought(tmp_path)
    compared = bringing.compare(TREATMENTS, file)
    with pytest.raises(InputInvalid, match="still being made"):
        compared.preview()
    compared.wait(PATIENCE)
    compared.look()
    assert (compared.error, compared.step, compared.share) == ("", "600 of 600 rows compared", 1.0)
    with house.read() as connection:
        lists = TREATMENTS.lists(connection)
        opened = preview.look(file.path, TREATMENTS, lists)
        at_once = preview.make(connection, TREATMENTS, lists, opened, MAPPING)
    found = compared.preview()
    assert found.frame.to_dict("records") == at_once.frame.to_dict("records")
    assert (found.plan.unknown, found.remarks) == (at_once.plan.unknown, at_once.remarks)
    assert held(house) == 0

    killed = bringing.write(compared, people["lea"])
    killed._process.kill()
    killed.wait(PATIENCE)
    assert killed.error.startswith("It was stopped, or failed: nothing was changed")
    assert held(house) == 0

    refused = bringing.write(compared, people["sofia"])
    refused.wait(PATIENCE)
    assert refused.error == "Your role does not allow this."
    assert held(house) == 0

    written = bringing.write(compared, people["lea"])
    written.wait(PATIENCE)
    assert (written.error, written.counts()) == ("", (600, 0))
    assert held(house) == 600
    with house.read() as connection:
        assert mappings.remembered(connection, TREATMENTS, COLUMNS) == MAPPING


def test_a_file_that_cannot_be_read_is_said(house: Store, people: People, tmp_path: Path) -> None:
    compared = bringing.compare(TREATMENTS, Brought(csv(tmp_path / "a.json", "no JSON")))
    compared.wait(PATIENCE)
    assert "a.json" in compared.error
    with pytest.raises(InputInvalid):
        bringing.write(compared, people["lea"])
