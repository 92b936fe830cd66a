"""Files to hand over: each kind of each register, and the inspection file with its proofs."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest

from core.base import clock
from core.base.errors import NotAllowed
from core.base.i18n import speaking
from core.records import acts, records
from core.records.exporting import files
from core.records.exporting.files import JSON, PDF, Order
from core.store import audit
from core.store.engine import Store
from pages.register.collection import TREATMENTS
from pages.register.files import inspection
from pages.register.files.inspection import CNIL, INSPECTION
from pages.register.lists import REGISTERS as SWITCH
from pages.register.tests.conftest import People
from pages.register.tests.samples import REGISTERS, WHOLE
from pages.register.workflow import Action
from tests.pdf_text import text_of

STARTS = {"xlsx": b"PK", "csv": b"\xef\xbb\xbf", "json": b'{"format"', "pdf": b"%PDF"}


def order(person: int, kind: str = "treatment", **more: object) -> Order:
    return Order(person, "fr", REGISTERS[kind], clock.now(), published=False, **more)  # type: ignore[arg-type]


@pytest.fixture
def both(house: Store, people: People) -> dict[str, int]:
    """One record of each register, by kind."""
    with house.write() as connection:
        acts.change_value(connection, TREATMENTS, people["ines"], SWITCH, "processing", version=0, retired=False)
        return {
            kind: acts.add(connection, collection, people["ines"], {"name": "Paie"}).id
            for kind, collection in REGISTERS.items()
        }


@pytest.mark.parametrize("kind", sorted(REGISTERS))
def test_every_file_of_both_registers_is_made(people: People, both: dict[str, int], kind: str) -> None:
    offered = files.offered(REGISTERS[kind])
    assert list(offered) == [*(["cnil"] if kind == "treatment" else []), "inspection", "flat", "csv", "json", "pdf"]
    for file in offered.values():
        if file is not INSPECTION:
            assert files.make(file, order(people["sofia"], kind)).startswith(STARTS[file.suffix])
        if file.one:
            asked = order(people["sofia"], kind, record_id=both[kind])
            assert files.make(file, asked).startswith(STARTS[file.suffix])


def test_whoever_may_not_see_the_register_gets_no_file(people: People, both: dict[str, int]) -> None:
    with pytest.raises(NotAllowed):
        files.make(JSON, order(people["squad"]))
    with pytest.raises(NotAllowed):
        files.make(INSPECTION, order(people["hugo"]))


@pytest.mark.parametrize("kind", sorted(REGISTERS))
def test_the_inspection_file_holds_the_register_and_its_proofs(
    house: Store, people: People, both: dict[str, int], kind: str
) -> None:
    archive = zipfile.ZipFile(io.BytesIO(files.make(INSPECTION, order(people["ines"], kind))))
    assert sorted(archive.namelist()) == [
        "audit.jsonl",
        "lisez-moi.txt",
        "registre.json",
        "registre.pdf",
        "registre.xlsx",
        "verification.txt",
        "versions.jsonl",
    ]
    with house.read() as connection:
        head = audit.head(connection)
    entries = [json.loads(line) for line in archive.read("audit.jsonl").splitlines()]
    assert (entries[-1]["id"], entries[-1]["hash"]) == (head.id, head.hash)
    assert f"{head.id} {head.hash}" in archive.read("verification.txt").decode()
    assert [one["data"]["name"] for one in map(json.loads, archive.read("versions.jsonl").splitlines())] == ["Paie"]


def test_a_file_shows_the_register_as_it_was_and_what_it_published(house: Store, people: People) -> None:
    with house.write() as connection:
        record = acts.add(connection, TREATMENTS, people["lea"], {**WHOLE, "name": "Paie"})
        record = acts.step(connection, TREATMENTS, people["lea"], record.id, record.version, Action.SUBMIT)
        record = acts.step(connection, TREATMENTS, people["ines"], record.id, record.version, Action.VALIDATE)
    between = clock.now()
    with house.write() as connection:
        acts.save(
            connection, TREATMENTS, people["lea"], record.id, record.version, {**record.data, "name": "Paie du siège"}
        )

    def names(moment: datetime, *, published: bool) -> list[str]:
        asked = Order(people["sofia"], "fr", TREATMENTS, moment, published)
        return [one["data"]["name"] for one in json.loads(files.make(JSON, asked))["records"]]

    assert names(clock.now(), published=False) == ["Paie du siège"]
    assert names(clock.now(), published=True) == ["Paie"]
    assert names(between, published=False) == ["Paie"]
    assert names(between - timedelta(days=1), published=False) == []
    with house.read() as connection, speaking("fr"):
        assert records.find(connection, "treatment").total == 1


def test_a_document_names_who_validated_and_when(house: Store, people: People) -> None:
    with house.write() as connection:
        record = acts.add(connection, TREATMENTS, people["lea"], {**WHOLE, "name": "Paie"})
        record = acts.step(connection, TREATMENTS, people["lea"], record.id, record.version, Action.SUBMIT)
        with clock.at(datetime(2026, 11, 20, 8, tzinfo=UTC)):
            record = acts.step(connection, TREATMENTS, people["ines"], record.id, record.version, Action.VALIDATE)
        data = {**record.data, "notes": "plus tard"}
        record = acts.save(connection, TREATMENTS, people["lea"], record.id, record.version, data)
    for number, published in [(record.id, False), (None, True), (None, False)]:
        asked = Order(people["sofia"], "fr", TREATMENTS, clock.now(), published, number)
        text = text_of(files.make(PDF, asked))
        assert "Version 3 : validé le 20 nov. 2026, 09:00 par ines" in text.replace("\u202f", " ").replace("\xa0", " ")


@pytest.fixture
def three(house: Store, people: People) -> None:
    with house.write() as connection:
        for n in range(3):
            acts.add(connection, TREATMENTS, people["ines"], {**WHOLE, "ref": f"T-{n}", "name": f"Paie {n}"})


def test_a_file_that_takes_few_records_is_made_in_parts(people: People, three: None) -> None:
    small = replace(CNIL, most=2)
    assert [files.parts_of(small, count) for count in (0, 2, 3)] == [1, 1, 2]
    sheets = []
    for part in (1, 2):
        asked = order(people["ines"], part=part)
        assert files.name(small, asked).endswith(f"-{part}.xlsx")
        book = openpyxl.load_workbook(io.BytesIO(files.make(small, asked)))
        sheets += [name for name in book.sheetnames if name.startswith("T-")]
    assert sheets == ["T-0 Paie 0", "T-1 Paie 1", "T-2 Paie 2"]


def test_the_inspection_file_holds_every_record_in_as_many_parts_as_it_takes(
    people: People, three: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspection, "CNIL", replace(CNIL, most=2))
    collection = replace(TREATMENTS, files=(inspection.CNIL, INSPECTION))
    asked = replace(order(people["ines"]), collection=collection)
    archive = zipfile.ZipFile(io.BytesIO(files.make(INSPECTION, asked)))
    books = [name for name in archive.namelist() if name.endswith(".xlsx")]
    assert books == ["registre-1.xlsx", "registre-2.xlsx"]
    assert "registre.pdf" in archive.namelist()


def test_actors_that_every_record_shares_head_the_list(people: People, three: None) -> None:
    book = openpyxl.load_workbook(io.BytesIO(files.make(CNIL, order(people["ines"]))))
    first = [cell.value for cell in book.worksheets[0][1]]
    assert first[2] == WHOLE["controller"][0]["name"]
