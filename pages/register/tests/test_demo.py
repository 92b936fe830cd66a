"""The demo's register: about 180 treatments in every state, once, with a story behind them."""

import shutil
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.base import clock
from core.base.i18n import speaking
from core.mission.discovery import warehouse
from core.people import accounts
from core.records import acts, records
from core.records.exporting import files
from core.records.exporting.files import CSV, FLAT, JSON, File
from core.records.importing import imports, plan
from core.records.importing.plan import Fate
from core.store import audit
from core.store.engine import Store, store
from pages.register.acts.ship import ship
from pages.register.collection import TREATMENTS
from pages.register.demo import demo
from pages.register.files.inspection import CNIL
from pages.register.headline import headline
from pages.register.workflow import VALIDATION
from tests import people
from tests.conftest import housed

UNTIL = datetime(2026, 11, 20, 7, tzinfo=UTC)


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the story was told."""
    with housed(tmp_path_factory.mktemp("told")) as folder:
        store().upgrade()
        with store().write() as connection:
            people.ensure(connection)
        ship()
        demo(1, UNTIL)
        store().close()
    return folder


@pytest.fixture
def told(data: Path, once: Path) -> Store:
    shutil.copytree(once, data, dirs_exist_ok=True)
    return store()


def test_the_story_of_the_register(told: Store) -> None:
    with told.read() as connection:
        states = records.counts(connection, "treatment", "state")
        assert sum(states.values()) == 186
        assert set(states) == {"draft", "in_review", "validated", "to_review", "archived"}
        assert min(states.values()) > 2
        assert records.having(connection, "treatment", "pipeline", ["telephonie_master"]) != {}
        past = [len(list(acts.as_of(connection, TREATMENTS, UNTIL - timedelta(days=days)))) for days in (730, 300, 0)]
        assert past[0] == 0 < past[1] < past[2]
        held = records.refs(connection, "treatment")
        kpis = records.get(connection, "treatment", held["VIGIE-KPI"])
        assert (kpis.state, kpis.completeness) == ("validated", 100)
        assert acts.problem(connection, TREATMENTS, VALIDATION) is None
        assert audit.verify(connection).whole
        officer = accounts.existing(connection, "compliance").person
    with speaking("fr"):
        card = headline(warehouse().reader(officer.scope), officer, UNTIL, None)
    assert card.number == str(186 - states["archived"])
    assert card.tasks

    demo(1, UNTIL)
    with told.read() as connection:
        assert records.find(connection, "treatment").total == 186


@pytest.mark.parametrize("file", [CNIL, FLAT, CSV, JSON], ids=lambda file: file.key)
def test_the_whole_register_reads_back_unchanged_from_a_file(told: Store, tmp_path: Path, file: File) -> None:
    with told.read() as connection:
        officer = accounts.existing(connection, "compliance").person.id
        lists = TREATMENTS.lists(connection)
    for written in ("en",) if file is CNIL else ("en", "fr"):  # the CNIL's layout is in French whoever asks for it
        order = files.Order(officer, written, TREATMENTS, clock.now(), published=False)
        path = tmp_path / f"registre-{written}.{file.suffix}"
        path.write_bytes(files.make(file, order))
        with speaking("fr"), told.read() as connection:
            rows = imports.rows(imports.look(path, TREATMENTS, lists), TREATMENTS, lists)
            made = plan.make(connection, TREATMENTS, lists, rows)
        assert Counter(row.fate for row in made.rows) == {Fate.UNCHANGED: 186}
        assert [row for row in made.rows if row.told or row.why] == []
