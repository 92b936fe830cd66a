"""The inspection file in a process of its own: followed to its end, handed to who may have it, nothing of it left."""

import io
import tempfile
import zipfile
from pathlib import Path

import pytest

from core.base import clock
from core.base.errors import InputInvalid, NotAllowed
from core.people import accounts
from core.people.person import Role
from core.records import acts, apart
from core.records.exporting import making
from core.records.exporting.files import Order
from core.store.engine import Store
from pages.register.collection import TREATMENTS
from pages.register.files.inspection import INSPECTION
from pages.register.tests.conftest import People

PATIENCE = 120


def order(person: int) -> Order:
    return Order(person, "en", TREATMENTS, clock.now(), published=False)


pytestmark = pytest.mark.usefixtures("english")


def test_it_is_whole_at_its_end_and_handed_while_its_person_may_have_it(
    house: Store, people: People, data: Path
) -> None:
    with house.write() as connection:
        acts.add(connection, TREATMENTS, people["ines"], {"name": "Paie"})
    before = sorted(data.rglob("*"))
    made = making.begin(INSPECTION, order(people["ines"]))
    with pytest.raises(InputInvalid, match="still being made"):
        made.take()
    made.wait(PATIENCE)
    assert (made.running, made.error) == (False, "")
    made.look()
    assert (made.step, made.share) == ("read-me.txt", pytest.approx(6 / 7))
    archive = zipfile.ZipFile(io.BytesIO(made.take()))
    assert archive.testzip() is None
    assert archive.namelist() == [
        "register.pdf",
        "register.xlsx",
        "register.json",
        "versions.jsonl",
        "audit.jsonl",
        "verification.txt",
        "read-me.txt",
    ]
    assert [path for path in sorted(data.rglob("*")) if path not in before and "store" not in path.name] == []
    with house.write() as connection:
        version = accounts.existing(connection, "ines").version
        accounts.change(connection, who="t", name="ines", version=version, role=Role.ADMIN)
    with pytest.raises(NotAllowed):
        made.take()


def test_killed_midway_or_stopped_it_leaves_nothing_to_take(house: Store, people: People) -> None:
    killed, stopped = (making.begin(INSPECTION, order(people["ines"])) for _n in range(2))
    with pytest.raises(InputInvalid, match="Other files are being made"):
        making.begin(INSPECTION, order(people["ines"]))
    killed._process.kill()
    stopped.stop()
    for one in (killed, stopped):
        one.wait(PATIENCE)
        assert one.error.startswith("The file was not made")
        with pytest.raises(InputInvalid, match="The file was not made"):
            one.take()


def test_forgotten_it_ends_and_what_it_put_aside_is_gone(
    house: Store, people: People, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    aside = tmp_path_factory.mktemp("aside")
    monkeypatch.setattr(tempfile, "tempdir", str(aside))
    made = making.begin(INSPECTION, order(people["ines"]))
    [folder] = aside.iterdir()
    (folder / "openpyxl.sheet").write_text("Paie", encoding="utf-8")
    process = made._process
    del made
    assert process.wait(PATIENCE) != 0
    assert list(aside.iterdir()) == []
    assert list(apart._all) == []


def test_who_may_not_have_it_is_told_so(house: Store, people: People) -> None:
    made = making.begin(INSPECTION, order(people["hugo"]))
    made.wait(PATIENCE)
    assert made.error == "Your role does not allow this."
