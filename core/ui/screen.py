"""The screen of a mission: who may be here, what the data are and how fresh, and one place for failures.

A page is written so:

    with screen(MISSION) as s:
        look = s.look(nothing=N_("No run has been read yet."), hint=N_("Add a source of runs."))
        views.menu(s)
        draw(s, look, *SCREEN)  # core.ui.parts: what the mission declares

A screen of what the store holds draws its tables with `s.table` instead.

`screen` stops the run with a sentence where the person may not be here. Inside the block a VigieError becomes one
sentence, any other error a sentence with a reference that the log repeats; what was drawn before stays.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, NoReturn, Self

import pandas as pd
import pyarrow as pa
import streamlit as st

from core.base import clock
from core.base.errors import NotAllowed, VigieError
from core.base.i18n import _, language, show_number
from core.base.settings import settings
from core.base.status import Verdict
from core.facts.query import Reader
from core.mission.contract import Mission
from core.mission.discovery import missions, warehouse
from core.people.person import Person
from core.people.rights import may_act, permitted
from core.records.naming import scope_of
from core.show import export
from core.show.about import About
from core.show.charts import AnyChart, Drawing
from core.show.columns import Column
from core.show.figure import Part, Tab
from core.show.filters import Chosen, Filter
from core.show.look import Look
from core.store.engine import store
from core.ui import columns as columns_of
from core.ui import figure as figures
from core.ui import freshness, guide, tabs
from core.ui import table as tables
from core.ui.drawn import block, once
from core.ui.failures import tell
from core.ui.filters import choose, lost
from core.ui.links import link
from core.ui.session import current_person
from core.ui.words import plain


class Screen:
    """What a page works with. `now` is UTC; every read of one run sees the same snapshot."""

    def __init__(self, mission: Mission, each: bool) -> None:
        self.mission = mission
        self._each = each
        self.now = clock.now()
        self.person: Person
        self.reader: Reader
        self.chosen = Chosen({}, {})
        self.alone = False  # whether the open tab stands alone, under no filter
        self.seen: Look | None = None  # what it shows, once the filters were drawn
        self.head: Any  # the line of the title
        self.bar: Any = None  # the line of the filters, in which views and the like stand too
        self.freshness: datetime | None = self.now  # what the store holds is read as it stands
        self.read_at: datetime | None = self.now

    @property
    def can_act(self) -> bool:
        """Whether the person may write here. Decides what is drawn; every write checks again with `require`."""
        return may_act(self.person, self.mission)

    def __enter__(self) -> Self:
        self.person = _person_allowed(self.mission)
        self.head = block(st.container, horizontal=True, vertical_alignment="bottom", gap="small")
        with self.head:
            once(st.title, _(self.mission.title), anchor=False, width="content")
            guide.beside(self.person, self.mission.key)
        try:
            with store().read() as connection:
                scope = scope_of(connection, self.person, self.mission)
            self.reader = warehouse().reader(scope)
            if self.mission.tables and not self._each:
                self.freshness = self.reader.fresh(*self.mission.tables)
                self.read_at = self.reader.read_at(*self.mission.tables)
                fresh = freshness.sentence(self.freshness, self.now, self.read_at)
                self._aside(fresh)
            if self.mission.tables:
                freshness.failing(self.reader, self.mission)
        except VigieError as error:
            tell(error)
            st.stop()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, Exception):
            return False  # a normal end, or Streamlit ending the run
        tell(error)
        return True

    def say(self, sentence: str) -> None:
        """A sentence beside the title: what the screen holds."""
        self._aside(plain(sentence))

    def _aside(self, sentence: str) -> None:
        with self.head:
            once(st.caption, sentence, width="content")

    def filters(self, **asked: Filter[Any]) -> Chosen:
        """Draw some filters (`core.show.filters`) in one row; their names are the address's parameters.

        Where a screen draws some here and some there, all that were drawn so far are given.
        """
        return self._filters(asked, shown=True)

    def _filters(self, asked: Mapping[str, Filter[Any]], *, shown: bool) -> Chosen:
        """Those that are not `shown` hold all the same."""
        key = f"bar.{self.mission.key}.{next(iter(asked), '')}"
        self.bar = block(st.container, horizontal=True, vertical_alignment="center", gap="xsmall", key=key)
        with self.bar:
            self.chosen = self.chosen.also(choose(self.mission.key, asked, shown=shown))
        return self.chosen

    def look(self, *parts: Tab[Any] | Part[Any], nothing: str = "", hint: str = "") -> Look:
        """The mission's look through the filters, which are drawn unless the open one of `parts` stands alone; where
        there is nothing yet, `nothing` and `hint` (source strings) say so and what to do, and the run ends."""
        assert self.mission.opening is not None
        opening = self.mission.opening(self.reader, self.person, self.now)
        if opening is None or self.freshness is None:
            self.empty(_(nothing), hint=_(hint))
        asked = {name: value for name, value in st.query_params.to_dict().items() if name != tabs.TAB}
        alone = (part for part in parts if isinstance(part, Tab) and part.alone)
        self.alone = any(tabs.is_open(self.mission.key, tab.name, _(str(tab.title))) for tab in alone)
        look = opening.look(self._filters(opening.filters, shown=not self.alone))
        lost(self.mission.key, look.chosen, asked)
        self.seen = look
        return look

    @property
    def params(self) -> dict[str, str]:
        """The filters in use, as parameters of the address."""
        return {name: value for name, value in st.query_params.to_dict().items() if name in self.chosen.values}

    def figure(
        self,
        label: str,
        value: str,
        about: About,
        *,
        verdict: Verdict | None = None,
        detail: str = "",
    ) -> None:
        """A figure with its "i". `value` is already in the person's language; `detail` stands small below it."""
        more = guide.link(self.mission.key, label)
        figures.draw(label, value, about, self.freshness, verdict=verdict, detail=detail, more=more)

    def chart(
        self,
        chart: AnyChart | Drawing,
        *,
        title: str,
        about: About,
        frame: pd.DataFrame,
        columns: Sequence[Column],
        name: str,
        told: str = "",
        on_pick: Callable[[], None] | None = None,
    ) -> None:
        """A chart with its title, its "i" and the export of `frame`, the data behind it.

        `name` is the file's name and the widget's key, unique on the screen. `told` says in a sentence what the
        chart shows, to whoever does not see it; the title where it is missing. `on_pick` is called when somebody
        picks marks of the chart; `core.ui.figure.picked` then says which.
        """
        exports = self.exports(name, title, columns, lambda: export.batches(frame), lambda: chart)
        key = f"{self.mission.key}.{name}"
        if tables.heading(title, about, exports, self.freshness).as_table:
            tables.draw(frame, columns, key=f"{key}.table", alt=title)
        else:
            figures.chart(chart, key=key, told=told or title, on_pick=on_pick)

    def table(
        self,
        frame: pd.DataFrame,
        *,
        title: str,
        columns: Sequence[Column],
        about: About,
        name: str,
        select: bool = False,
        rows: Callable[[], Iterable[pa.RecordBatch]] | None = None,
        height: int | None = None,
        on_open: Callable[[str], None] | None = None,
        on_cell: Callable[[int, str], None] | None = None,
    ) -> list[int]:
        """A table with its title, its "i" and its exports. Only `columns` are sent to the browser, in their order.

        The exports hold every row of `frame`, or of `rows` where the frame is only a part (a `Reader.stream`
        behind a lambda; it is called on the click). With `select`, rows can be picked: their positions in `frame`
        are returned, and the exports hold these alone. With `on_open` the first column's cells are buttons; it is
        given the pressed one's text. With `on_cell` a cell can be picked; it is given the row's position in `frame`
        and the column's name.
        """
        key = place = f"{self.mission.key}.{name}"
        picked: list[int] = []
        source = rows or (lambda: export.batches(frame))
        if select:  # picks are places: they end where other rows stand there
            place = f"{key}.{tables.mark(frame, columns)}"
            picked = tables.picked(place, len(frame))
        if picked:
            source = lambda: export.batches(frame.iloc[picked])  # noqa: E731
        exports = self.exports(name, title, columns, source, picked=len(picked))
        with tables.heading(title, about, exports, self.freshness, len(picked)).line:
            shown = columns_of.chosen(self.person, self.mission, key, columns)
        return tables.draw(
            frame,
            shown,
            key=place,
            alt=title,
            select=select,
            height=height,
            on_open=on_open,
            on_cell=on_cell,
        )

    def empty(self, sentence: str, *, hint: str = "") -> NoReturn:
        """Nothing to show yet: one sentence, and what to do about it; where sources bring the data, who may add one is
        led there. Ends the run."""
        st.info(f"{sentence}\n\n{hint}" if hint else sentence, icon=":material/inbox:")
        sources = missions().get("sources")
        if self.mission.connectors and sources and may_act(self.person, sources):
            link(sources, _("Add a source"))
        st.stop()

    def exports(
        self,
        name: str,
        title: str,
        columns: Sequence[Column],
        rows: Callable[[], Iterable[pa.RecordBatch]],
        chart: Callable[[], AnyChart | Drawing] | None = None,
        picked: int = 0,
    ) -> tables.Exports:
        """What the export of a figure is made of: its columns, its rows and its chart once somebody asks for them;
        where rows were `picked`, the file says so."""
        picks = [(_("Rows picked"), show_number(picked))] if picked else []
        note = export.Note(
            title=title,
            mission=_(self.mission.title),
            queries=tuple(self.reader.asked),
            filters=(*self.chosen.told(), *picks),
            freshness=self.freshness,
            read_at=self.read_at,
            who=self.person.display_name,
            demo=settings().demo,
        )
        return tables.Exports(
            name=f"{self.mission.key}-{name}",
            columns=tuple(columns),
            note=note,
            rows=rows,
            person=self.person.id,
            mission=self.mission.key,
            language=language(),
            scope=self.reader.scope,
            chart=chart,
        )


def screen(mission: Mission, *, each: bool = False) -> Screen:
    """The screen of a mission, to be used in a `with` block. `each`: it shows things that each say up to when they are
    complete; the mission as a whole says nothing of it, and shows them before any was read."""
    return Screen(mission, each)


def _person_allowed(mission: Mission) -> Person:
    person = current_person()
    if person is None:
        st.stop()  # the shell shows the sign-in form instead of a page
    try:
        return permitted(person, mission, act=False)
    except NotAllowed as error:
        not_allowed(error.sentence)
        st.stop()


def not_allowed(sentence: str) -> None:
    """The screen of whoever may not see a mission: what to do, and nothing of the mission."""
    st.title(_("This page is not open to you"))
    ask = _("Ask {contact} for access.").format(contact=plain(figures.whom_to_ask()))
    st.info(f"{sentence} {ask}", icon=":material/lock:")
