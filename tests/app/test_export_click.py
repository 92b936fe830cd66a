"""The click on an export happens after the screen was drawn: rights are read again, and failures stay in words."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO

import altair as alt
import pandas as pd
import pyarrow as pa
import pytest
from PIL import Image

from core.people import accounts
from core.people.person import Role
from core.show.charts import Drawing
from core.show.columns import Column
from core.show.export import Note
from core.store.engine import store
from core.ui.table import ExportFailed, Exports

SignIn = Callable[[Role], None]
NOTE = Note("Exécutions", "Nuit", ("runs",), (), None, "Nadia Benali", demo=False)


def _rows() -> Iterator[pa.RecordBatch]:
    yield pa.record_batch({"t": ["a"]})


def _broken() -> Iterator[pa.RecordBatch]:
    yield pa.record_batch({"t": ["a"]})
    raise OSError("secret/path")


def _exports(rows: Callable[[], Iterator[pa.RecordBatch]], mission: str = "home") -> Exports:
    with store().read() as connection:
        person = accounts.existing(connection, "squad").person.id
    return Exports("home-runs", (Column("t", "Texte"),), NOTE, rows, person, mission, "fr")


def test_an_export_is_made_in_the_language_of_whoever_drew_the_screen(sign_in: SignIn) -> None:
    assert _exports(_rows).make("csv") == b'\xef\xbb\xbf"Texte"\n"a"\n'


def test_a_closed_account_exports_nothing_more(sign_in: SignIn) -> None:
    exports = _exports(_rows)
    with store().write() as connection:
        accounts.close(connection, who="admin", name="squad")
    with pytest.raises(ExportFailed):
        exports.make("csv")


def test_a_mission_one_may_not_see_exports_nothing(sign_in: SignIn) -> None:
    with pytest.raises(ExportFailed):
        _exports(_rows, mission="accounts").make("xlsx")


def test_a_failing_export_tells_no_details(sign_in: SignIn) -> None:
    with pytest.raises(ExportFailed) as told:
        _exports(_broken).make("csv")
    assert "secret" not in str(told.value)
    assert str(told.value).startswith("Un problème est survenu sur cet écran.")


def test_a_chart_is_exported_as_a_picture_that_says_what_it_shows(sign_in: SignIn) -> None:
    frame = pd.DataFrame({"t": ["a", "b"], "n": [1, 2]})
    spec = alt.Chart(alt.NamedData("drawn")).mark_bar().encode(x="t:N", y="n:Q").to_dict()
    drawn = replace(_exports(_rows), chart=lambda: Drawing(spec, frame))
    assert _exports(_rows).forms == ("xlsx", "csv")
    assert drawn.forms == ("xlsx", "csv", "png")
    assert Image.open(BytesIO(drawn.make("png"))).width == 1_230
    assert drawn.note.lines[0].startswith(NOTE.mission)
