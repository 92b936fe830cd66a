"""A table with its heading: title, "i", exports made on the click.

Cells are written by the server in the person's language and time zone (the browser's own may differ), while the
values below stay what they are, so a click on a header sorts numbers as numbers and verdicts by severity.
"""

import io
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, Literal, NamedTuple, cast
from urllib.parse import urlencode
from zlib import crc32

import pandas as pd
import pyarrow as pa
import streamlit as st
from pandas.io.formats.style import Styler
from streamlit import dataframe_util
from streamlit.elements.lib.dicttools import remove_none_values
from streamlit.typing import DataframeState

from core.base import clock, status
from core.base.cache import OfFrame
from core.base.errors import NotAllowed, VigieError
from core.base.i18n import _, language, local, show_number, speaking
from core.mission.discovery import missions
from core.people.person import Scope
from core.people.rights import require
from core.records.exporting.files import SHEET
from core.records.naming import scope_of
from core.show import export, images
from core.show.about import About
from core.show.charts import AnyChart, Drawing
from core.show.columns import PLAIN, VERDICTS, Column, Kind, Width, missing, show
from core.store.engine import store
from core.ui import download, drawn, guide
from core.ui.drawn import The, block, once
from core.ui.failures import noted
from core.ui.figure import explained
from core.ui.words import plain

ROWS_SHOWN = 250
"""A table is there to be read: a thousand rows of requests were 440 kB at every click, and nobody reads that far."""
ROW = 35
"""Pixels of a row, and of the header: a table that needs less than its height takes no more."""
WHOLE = 50
"""A table of so many rows stands as high as it needs."""
WINDOW = 20 * ROW
"""Pixels that a longer one is scrolled in."""
_TEXT = pd.ArrowDtype(pa.string())
_styled: OfFrame["_Written"] = OfFrame(entries=100)
_arrow: OfFrame[bytes] = OfFrame(entries=200)
"""The frames of those, as they are sent: turning one into Arrow at every act costs as much as ten texts."""
_convert = dataframe_util.convert_pandas_df_to_arrow_bytes


def _sent(df: pd.DataFrame, *, downcast_large_types: bool = False) -> bytes:
    """A frame as it is sent, found again where it is one that is kept."""
    return _arrow.found(df, ()) or _convert(df, downcast_large_types=downcast_large_types)


dataframe_util.convert_pandas_df_to_arrow_bytes = _sent
_CONFIGURATIONS = {
    Kind.LINK: partial(st.column_config.LinkColumn, display_text=":material/open_in_new:"),
    Kind.STATUS: partial(st.column_config.NumberColumn, alignment="left"),
    Kind.MARK: partial(st.column_config.NumberColumn, alignment="center"),
    Kind.FLAG: partial(st.column_config.NumberColumn, alignment="left"),
    Kind.AVAILABILITY: partial(st.column_config.NumberColumn, alignment="left"),
}
_LEAST = {Kind.DAY: 115, Kind.MOMENT: 165}
"""Pixels that a day or a moment needs: Streamlit measures the first cells alone, and these may be empty."""
_SIGN = 7
"""Pixels of a sign of a header, or of a text's."""
_LONGEST = 400
"""Pixels that a column of texts takes at most, where it does not say otherwise."""
_WEB = r"https?://\S+"
"""What is shown as a link: nothing that a browser would run or open on its own machine."""
Form = Literal["xlsx", "csv", "png"]
FORMS: dict[Form, tuple[str, str]] = {
    "xlsx": ("Excel (.xlsx)", SHEET),
    "csv": ("CSV (.csv)", "text/csv"),
    "png": ("Image (.png)", "image/png"),
}


class ExportFailed(VigieError):
    """An export could not be made."""


@dataclass(frozen=True)
class Exports:
    """What an export is made of when somebody clicks: by then the session's state is out of reach."""

    name: str
    columns: tuple[Column, ...]
    note: export.Note
    rows: Callable[[], Iterable[pa.RecordBatch]]
    person: int
    mission: str
    language: str
    scope: Scope | None = None
    chart: Callable[[], AnyChart | Drawing] | None = None

    @property
    def forms(self) -> tuple[Form, ...]:
        """What it can be made as: a picture where there is a chart."""
        return tuple(form for form in FORMS if form != "png" or self.chart is not None)

    def make(self, form: Form) -> bytes:
        """The file, or ExportFailed with one sentence: Streamlit shows an error's text as it is."""
        with speaking(self.language):
            try:
                return self._made(form)
            except Exception as error:
                sentence, reference = noted(error)
                raise ExportFailed(f"{sentence} {reference}") from None

    def _made(self, form: Form) -> bytes:
        """Rights and scope are read again: between the drawing and the click they may have gone."""
        with store().read() as conn:
            mission = missions()[self.mission]
            person = require(conn, self.person, mission, act=False)
            if self.scope is not None and scope_of(conn, person, mission) != self.scope:
                raise NotAllowed(_("What you may see has changed: load the page again."))
        if form == "png":
            assert self.chart is not None
            return images.png(self.chart(), title=self.note.title, notes=self.note.lines)
        file = io.BytesIO()
        if form == "xlsx":
            export.write_excel(file, self.rows(), self.columns, self.note)
        else:
            export.write_csv(file, self.rows(), self.columns)
        return file.getvalue()

    def file_name(self, form: Form) -> str:
        """E.g. `vigie-pipelines-runs-2026-11-20-0802.csv`, in local time."""
        return f"vigie-{self.name}-{local(clock.now()):%Y-%m-%d-%H%M}.{form}"


class Headed(NamedTuple):
    """A heading as it was drawn: whether the table is asked for in place of the chart, and the line it stands in."""

    as_table: bool
    line: AbstractContextManager[Any]


def heading(title: str, about: About, exports: Exports, freshness: datetime | None, picked: int = 0) -> Headed:
    """Title and its "i", and the export menu beside them, whose buttons are drawn once it is opened; where rows are
    `picked`, it says that it takes these alone."""
    label = _("Export the selection ({n})").format(n=show_number(picked)) if picked else _("Export")
    line = block(st.container, horizontal=True, vertical_alignment="center", gap="small")
    with line:
        once(
            st.header,
            plain(title),
            anchor=exports.name,
            width="content",
            help=explained(about, freshness, guide.link(exports.mission, title)),
        )
        menu = drawn.menu(label, ":material/download:", f"{exports.name}.export")
    as_table = bool(exports.chart and st.session_state.get(f"{exports.name}.as_table"))
    if menu.open:
        with menu:
            if exports.chart:
                label, icon = (
                    (_("Show the chart"), ":material/bar_chart:")
                    if as_table
                    else (_("Show as a table"), ":material/table:")
                )
                st.button(
                    label, icon=icon, type="tertiary", key=f"{exports.name}.turn", on_click=_turn, args=(exports.name,)
                )
            for form in exports.forms:
                label, mime = FORMS[form]
                download.button(
                    label,
                    partial(exports.make, form),
                    file_name=exports.file_name(form),
                    mime=mime,
                    key=f"{exports.name}.{form}",
                    type="tertiary",
                )
            st.caption(_("Link to this figure, under the filters in use"))
            st.code(_address(exports.name), language=None, wrap_lines=True)
    return Headed(as_table, line)


def _turn(name: str) -> None:
    """A table in place of the chart, or the chart again. For a callback."""
    st.session_state[f"{name}.as_table"] = not st.session_state.get(f"{name}.as_table")


def _address(name: str) -> str:
    """Where this browser finds a figure of the screen as it stands."""
    return f"{st.context.url}?{urlencode(st.query_params.to_dict())}#{name}"


def mark(frame: pd.DataFrame, columns: Sequence[Column]) -> str:
    """What tells the rows that are shown of a frame from others: the names that stand in its first column."""
    return f"{crc32(repr(list(frame[columns[0].name].head(ROWS_SHOWN))).encode()):x}"


def picked(key: str, shown: int) -> list[int]:
    """The positions of the rows that are picked in a table of so many rows, as the browser told them last."""
    state = cast(DataframeState | None, st.session_state.get(key))
    rows = state.selection.rows if state else []
    return [row for row in rows if row < min(shown, ROWS_SHOWN)]  # a selection outlives rows that a filter took away


def draw(
    frame: pd.DataFrame,
    columns: Sequence[Column],
    *,
    key: str,
    alt: str,
    select: bool = False,
    height: int | None = None,
    on_open: Callable[[str], None] | None = None,
    on_cell: Callable[[int, str], None] | None = None,
) -> list[int]:
    """Draw the first rows of a frame, as high as they need, and give the positions of those picked.

    `height`: at most so many pixels; many rows are scrolled. With `on_open` the cells of the
    first column are buttons and stay in sight; it is given the text of the one that was pressed. With `on_cell` a cell
    can be picked; it is given the row's position and the column's name.
    """
    shown = min(len(frame), ROWS_SHOWN)
    if shown < len(frame):
        once(
            st.caption,
            _("The first {shown} of {all} rows; the export holds them all.").format(
                shown=show_number(shown), all=show_number(len(frame))
            ),
        )
    written, again = _cells(frame, columns, st.context.theme.type or "light")
    configured = {column.name: _configuration(column, written.widths.get(column.name)) for column in columns}
    fits = (shown + 1) * ROW <= (height or (WHOLE + 1) * ROW)
    if on_open:
        configured[columns[0].name] = _opening(columns[0], f"{key}.open", on_open)

    def celled() -> None:
        for row, name in cast(DataframeState, st.session_state[key]).selection.cells:
            if on_cell and row < shown:
                on_cell(row, name)

    high = "content" if fits else height or WINDOW
    shows = The(written.cells), tuple((name, The(config)) for name, config in configured.items()), key, high, alt
    if on_open or select or not again:  # the rows picked are asked for, or the frame is made anew at each run
        _dataframe(*shows, on_select=celled if on_cell else "rerun" if select else "ignore", one_cell=bool(on_cell))
    elif on_cell:
        drawn.picked(_dataframe, celled, *shows, one_cell=True)
    else:
        once(_dataframe, *shows)
    return picked(key, shown) if select else []


def _dataframe(
    cells: The,
    columns: Sequence[tuple[str, The]],
    key: str,
    height: Any,
    alt: str,
    *,
    one_cell: bool = False,
    on_select: Any = "ignore",
) -> None:
    st.dataframe(
        cells.thing,
        hide_index=True,
        column_config={name: config.thing for name, config in columns},
        key=key,
        on_select=on_select,
        selection_mode="single-cell" if one_cell else "multi-row",
        width="content",
        height=height,
        placeholder="–",
        alt=alt,
    )


def _opening(column: Column, key: str, on_open: Callable[[str], None]) -> Any:
    def pressed() -> None:
        on_open(str(st.session_state[key].label))

    return st.column_config.ButtonColumn(
        column.header, type="tertiary", alignment="left", key=key, on_click=pressed, pinned=True
    )


class _Written(NamedTuple):
    """The cells of a table, and the pixels that its columns of texts need: Streamlit measures the first rows alone, and
    cut the last column short."""

    cells: Styler
    widths: dict[str, int]


def _cells(frame: pd.DataFrame, columns: Sequence[Column], theme: str) -> tuple[_Written, bool]:
    """The cells of the first rows of a frame, and whether they were found again: they are while the frame is kept."""
    key = tuple(columns), theme, language()
    kept = _styled.found(frame, key)
    written = kept or _styled.get(frame, key, lambda: _written(frame.head(ROWS_SHOWN), columns, theme))
    return written, kept is not None


def _written(frame: pd.DataFrame, columns: Sequence[Column], theme: str) -> _Written:
    """Values to sort by below the words to read; verdicts in their colours of the theme in force.

    Streamlit asks a Styler for the style of each cell and puts its words into a copy of the values made with `astype`.
    Working that out cell by cell takes longer than the rest of a screen, so both are given what they would find.
    """
    links = [column.name for column in columns if column.kind is Kind.LINK]
    frame = frame.assign(**{name: _web(frame[name]) for name in links})
    values = pd.DataFrame({column.name: _sortable(frame[column.name], column) for column in columns})
    words = pd.DataFrame({column.name: _words(frame[column.name], column) for column in columns})
    coloured: dict[str, list[str]] = {}
    for position, column in enumerate(columns):
        for row, value in enumerate(frame[column.name] if column.kind in VERDICTS else ()):
            if not missing(value):
                look = status.LOOKS[status.Verdict(value)]
                coloured.setdefault(look.dark if theme == "dark" else look.light, []).append(f"row{row}_col{position}")
    styles = [{"props": [("color", colour)], "selectors": cells} for colour, cells in coloured.items()]
    object.__setattr__(values, "astype", lambda _type: words)
    for each in (values, words):
        _arrow.get(each, (), partial(_convert, each))
    styler = values.style
    styler._compute = lambda: styler  # type: ignore[attr-defined]
    styler._translate = lambda *_sparse: {"cellstyle": styles}  # type: ignore[attr-defined]
    texts = [column for column in columns if column.kind is Kind.TEXT and column.width is None]
    return _Written(styler, {column.name: _wide(words[column.name]) for column in texts})


def _wide(words: "pd.Series[Any]") -> int:
    """Pixels that the longest of some texts needs."""
    signs = words.str.len().max()
    return min(_LONGEST, _SIGN * (3 + int(signs))) if len(words) else 0


def _web(values: "pd.Series[Any]") -> "pd.Series[Any]":
    """Links without what is none."""
    texts = values.astype(_TEXT)
    return texts.where(texts.str.fullmatch(_WEB).fillna(False))


def _words(values: "pd.Series[Any]", column: Column) -> "pd.Series[Any]":
    """What the cells of a column say, as `show` writes them; a value that stands in many cells is written once.

    They are Arrow's own texts, since the table is sent as Arrow: turning Python's into them, at every rerun, is slow.
    """
    kind = values.dtype
    if column.kind in PLAIN and (kind == _TEXT or isinstance(kind, pd.StringDtype)):
        return values.astype(_TEXT).fillna("").reset_index(drop=True)
    if pd.api.types.is_object_dtype(kind) or (
        isinstance(kind, pd.ArrowDtype) and pa.types.is_nested(kind.pyarrow_dtype)
    ):
        return pd.Series([show(value, column) for value in values.astype(object)], dtype=_TEXT)
    places, distinct = pd.factorize(values)  # a missing value's place is -1
    texts = pa.array([*(show(value, column) for value in distinct.astype(object)), ""], pa.string())
    return pd.Series(texts.take(pa.array(places % len(texts))), dtype=_TEXT)


def _sortable(values: "pd.Series[Any]", column: Column) -> "pd.Series[Any]":
    """What a click on the header sorts by: a verdict's severity, else the value itself; a flag as a number, since
    Streamlit draws a truth value as a box that looks as if it could be ticked."""
    if column.kind is Kind.FLAG:
        return values.astype("Int8")
    if column.kind in VERDICTS:
        return values.map({verdict.value: look.severity for verdict, look in status.LOOKS.items()})
    return values


def _configuration(column: Column, needed: int | None) -> Any:
    return _configured(column.kind, column.header, column.width, needed, _(column.help) or None)


@lru_cache(maxsize=2_000)
def _configured(kind: Kind, header: str, width: Width, needed: int | None, help_: str | None) -> dict[str, Any]:
    """Kept and without what is not said: Streamlit copies each whole at every run, and sends nothing that is None."""
    needed = _LEAST.get(kind, needed)
    least = None if needed is None else max(needed, _SIGN * (len(header) + 4))
    built = _CONFIGURATIONS.get(kind, st.column_config.Column)(header, width=width or least, help=help_)
    return remove_none_values(built)
