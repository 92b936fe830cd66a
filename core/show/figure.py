"""A figure is told once: its question, its shape, its columns, its chart, and what a picked mark of it means.

    DUE = Figure(
        name="due",
        title=N_("Due dates"),
        about=ABOUT,
        query=Query(…),              # one question to the lake, or several
        shape=by_month,              # (look, answer, …) → the frame shown
        columns=(Column("month", N_("Month"), Kind.MONTH), …),
        chart=stacked,               # (frame, look) → Drawing; without it, a table
        means=on_time_or_late,       # (look, mark) → the filters that a picked mark stands for
    )

Page, mail, export, picture and dictionary walk the same object. Texts are source strings (`N_`), translated when
shown. A mission lists its figures by tab in `pages/<mission>/figures/__init__.py`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, Literal, TypeVar

import pandas as pd
import pyarrow as pa

from core.base.cache import OfFrame
from core.base.i18n import _
from core.base.status import Verdict
from core.facts.query import Query
from core.show.about import About
from core.show.charts import Drawing
from core.show.columns import Column, Kind, show
from core.show.filters import Filter
from core.show.look import Look

L = TypeVar("L", bound=Look)
Mark = Mapping[str, Any]
"""What a picked mark tells of itself: the fields of a chart's selection, or a row of a table and `column`, the name
of the cell's column."""
Columns = Sequence[Column]
_frames: OfFrame[pd.DataFrame] = OfFrame(entries=600)
_drawings: OfFrame[Drawing] = OfFrame(entries=300)
_cards: "OfFrame[Sequence[Card]]" = OfFrame(entries=300)


def _first(_look: Look, frame: pd.DataFrame) -> pd.DataFrame:
    """The answer as it is."""
    return frame


@dataclass(frozen=True)
class Card:
    """One thing worth a card, e.g. an incident. Texts are already translated; they may hold data, never markup."""

    title: str
    verdict: Verdict | None = None
    lines: tuple[str, ...] = ()
    code: str = ""
    links: tuple[tuple[str, str, str], ...] = ()
    """(label, icon, address), of addresses that were checked to be ones."""
    remark: str = ""
    """Said small beside the verdict."""
    things: tuple[tuple[str, str], ...] = ()
    """What it is about, as other missions know it: they are asked what it touches (`core.mission.related`)."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Figure(Generic[L]):
    """One question and what people see of its answer. Pure: nothing of it knows a screen.

    `name` is unique in its mission: file names, keys and addresses hold it. `title` is a source string, or is made by
    the look and the frame where it counts or names something. `query` is one question, several, or one that hangs on
    the look. `shape` is given the look and the answers in their order, and gives the frame shown; its outcome is kept
    with the first answer (without a question, with the look's `source`) while the look is equal. `detail` says one line
    under the title; `told` says in words what a chart shows. `rows` gives every row for the export where the frame is
    only a part. `when` decides whether the figure stands at all; a chart without a row is left out, a table without one
    stays unless `empty` is set, the sentence that stands in its place. `kept` is False where the shape reads the store
    or hangs on who looks: looks are equal for people of one scope, and what they may see of the store is not.
    """

    name: str
    title: str | Callable[[L, pd.DataFrame], str]
    about: About
    query: Query | tuple[Query, ...] | Callable[[L], Query] = ()
    shape: Callable[..., pd.DataFrame] = _first
    columns: Columns | Callable[[L], Columns]
    chart: Callable[[pd.DataFrame, L], Drawing] | None = None
    cards: Callable[[L, pd.DataFrame], Sequence[Card]] | None = None
    means: Callable[[L, Mark], Mapping[str, object]] | None = None
    detail: Callable[[L, pd.DataFrame], str] | None = None
    told: str | Callable[[L, pd.DataFrame], str] = ""
    rows: Callable[[L], Iterable[pa.RecordBatch]] | None = None
    when: Callable[[L], bool] | None = None
    empty: str = ""
    height: int | None = None
    mailed: bool = True
    kept: bool = True

    @property
    def queries(self) -> tuple[Query, ...]:
        """Its questions, but one that hangs on the look."""
        return (self.query,) if isinstance(self.query, Query) else () if callable(self.query) else self.query

    def frame(self, look: L) -> pd.DataFrame:
        """The frame shown, kept and shared: nobody writes into it. Raises QueryFailed."""
        asked = (self.query(look),) if callable(self.query) else self.queries
        answers = [look.ask(query) for query in asked]
        kept_with = answers[0] if answers else look.source
        if kept_with is None or not self.kept:
            return self.shape(look, *answers)
        return _frames.get(kept_with, (self, look.key), lambda: self.shape(look, *answers))

    def heading(self, look: L, frame: pd.DataFrame) -> str:
        """Its title in the person's language. It may hold data."""
        return self.title(look, frame) if callable(self.title) else _(self.title)

    def drawing(self, look: L, frame: pd.DataFrame) -> Drawing:
        """Its chart of a frame, kept with it."""
        assert self.chart is not None
        chart = self.chart
        return _drawings.get(frame, (self, look.key), lambda: chart(frame, look))

    def dealt(self, look: L, frame: pd.DataFrame) -> Sequence[Card]:
        """Its cards of a frame, kept with it."""
        assert self.cards is not None
        cards = self.cards
        return _cards.get(frame, (self, look.key), lambda: tuple(cards(look, frame)))

    def listed(self, look: L) -> Columns:
        """The columns that this person sees."""
        return self.columns(look) if callable(self.columns) else self.columns

    def words(self, look: L, frame: pd.DataFrame) -> str:
        """What its chart shows, in words, for whoever does not see it."""
        if callable(self.told):
            return self.told(look, frame)
        return _(self.told) if self.told else self.heading(look, frame)


@dataclass(frozen=True, eq=False, kw_only=True)
class Number(Generic[L]):
    """One number with its "i". `value` gives None where there is none; `kind` says how it is written."""

    name: str
    label: str | Callable[[L], str]
    about: About
    value: Callable[[L], float | str | date | datetime | None]
    kind: Kind = Kind.NUMBER
    digits: int = 0
    detail: Callable[[L], str] | None = None
    verdict: Callable[[L], Verdict | None] | None = None
    when: Callable[[L], bool] | None = None
    mailed: bool = True

    def said(self, look: L) -> tuple[str, str]:
        """Its label and its value in the person's language; an en dash where there is none."""
        label = self.label(look) if callable(self.label) else _(self.label)
        return label, show(self.value(look), Column(self.name, label, self.kind, self.digits)) or "–"


@dataclass(frozen=True, eq=False, kw_only=True)
class Answer(Generic[L]):
    """The answer before everything else: a verdict and one sentence, already translated.

    `title` says it for the tab of the browser, whose icon follows the verdict. A screen that is `live` is drawn again
    when its data change, or what `follows` gives, e.g. when its rules were written."""

    about: About
    verdict: Callable[[L], Verdict]
    say: Callable[[L], str]
    title: Callable[[L], str] | None = None
    live: Callable[[L], bool] = lambda _look: False
    follows: Callable[[], object] = lambda: None
    when: Callable[[L], bool] | None = None


@dataclass(frozen=True, eq=False)
class Numbers(Generic[L]):
    """Some numbers that stand in one row."""

    numbers: tuple[Number[L], ...]
    when: Callable[[L], bool] | None = None


@dataclass(frozen=True, eq=False)
class Note(Generic[L]):
    """A sentence between figures, already translated by `say`; "" says nothing. It may hold data, never markup."""

    say: Callable[[L], str | Iterable[str]]
    tone: Literal["caption", "text", "info", "warning", "success"] = "caption"
    when: Callable[[L], bool] | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Act(Generic[L]):
    """Something that a person does: some fields, a button, and what it writes.

    `fields` are drawn as a form, each default being what stands in it. `run` is called in one transaction of a person
    whose right was checked in it (`core.ui.forms.write`): it is given the connection, the look and the values, and
    gives the sentence that says what it did. `prepare` works out of look and values what takes long, before that
    transaction; what it gives joins the values. `subject` says which thing the fields are about: those of another thing
    begin anew. `needs_right` is False where whoever may see the mission may do it.
    """

    name: str
    label: str | Callable[[L], str]
    run: Callable[[Any, L, Mapping[str, Any]], str]
    prepare: Callable[[L, Mapping[str, Any]], Mapping[str, Any]] | None = None
    fields: Callable[[L], Mapping[str, Filter[Any]]] | None = None
    subject: Callable[[L], str] | None = None
    icon: str = ""
    help: str = ""
    when: Callable[[L], bool] | None = None
    needs_right: bool = True


@dataclass(frozen=True, eq=False)
class Choose(Generic[L]):
    """Filters of the look that stand here, not in the row above everything (`Filter.aside`), by name."""

    names: tuple[str, ...]
    when: Callable[[L], bool] | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Search(Generic[L]):
    """A field to type into; `means` says which filters take what of the typed text, as a picked mark does. `hint`: what
    to type, and what comes of it."""

    name: str
    label: str
    hint: str
    means: Callable[[L, str], Mapping[str, object]]
    placeholder: str = ""
    when: Callable[[L], bool] | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Download(Generic[L]):
    """A file that is made on the click, rights read again, e.g. a PDF. `needs_right`: whether it takes the right to
    act."""

    name: str
    label: str
    make: Callable[[L], bytes]
    file_name: Callable[[L], str]
    mime: str
    icon: str = ":material/download:"
    when: Callable[[L], bool] | None = None
    needs_right: Callable[[L], bool] | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Events(Generic[L]):
    """The marked events of the mission in the time looked at, listed for all; whoever may act adds and changes them.

    `marks` are `core.notes.marks.Mark`; `default` is the day first proposed for a new one."""

    marks: Callable[[L], Sequence[Any]]
    default: Callable[[L], date]
    when: Callable[[L], bool] | None = None


Part = Answer[L] | Figure[L] | Numbers[L] | Note[L] | Choose[L] | Search[L] | Act[L] | Download[L] | Events[L]


@dataclass(frozen=True, eq=False)
class Tab(Generic[L]):
    """A tab: its name in the address, its title, and what stands in it. What is closed is not asked for.

    `title` is a source string, or is made by the look where it counts something. One that stands `alone` takes no
    filters: while it is open, neither these nor what follows the tabs is shown.
    """

    name: str
    title: str | Callable[[L], str]
    parts: tuple[Part[L], ...]
    when: Callable[[L], bool] | None = None
    alone: bool = False

    def label(self, look: L) -> str:
        """Its title in the person's language."""
        return self.title(look) if callable(self.title) else _(self.title)


def stands(part: Part[L] | Tab[L] | Number[L], look: L) -> bool:
    """Whether something stands at all for this look."""
    return part.when is None or part.when(look)


def walk(tabs: Iterable[Tab[L] | Part[L]]) -> list[Figure[L]]:
    """Every figure of some tabs and parts, in the order of the screen."""
    figures: list[Figure[L]] = []
    for tab in tabs:
        figures += walk(tab.parts) if isinstance(tab, Tab) else [tab] if isinstance(tab, Figure) else []
    return figures
