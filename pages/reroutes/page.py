"""The screen of reroutes: how they move, between which entities, how long tasks wait, what the router can learn."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial

import pandas as pd
import pyarrow as pa
import streamlit as st

from core.auth.rights import require
from core.i18n import _, local, ngettext, show_date, show_number, show_percent
from core.marks import Mark
from core.query import Query
from core.store.engine import store
from core.ui import figure, marks, views
from core.ui.forms import told
from core.ui.screen import Screen, screen
from core.ui.words import plain
from pages.reroutes import MISSION, charts, columns, examples, frames, queries, rules, shown, watch
from pages.reroutes.asked import ask, offered, slice_of, ways
from pages.reroutes.evaluate import Judged, judge
from pages.reroutes.facts import HANDOVERS, Way
from pages.reroutes.queries import Question, Slice
from pages.reroutes.rules import Grain, Scope
from pages.reroutes.watch import Known

OUTSIDE = "outside_complaints"
"""Key of the scope that the team's extract is of."""


def _ask(s: Screen, question: Question, asked: Slice) -> pd.DataFrame:
    return ask(s.load, question, asked)


def _list(s: Screen, question: Question, asked: Slice) -> pd.DataFrame:
    """The first rows of a list; that it is cut is said beside it."""
    return s.reader.run(question(asked.limits()), **asked.params()).frame()


def _stream(s: Screen, question: Question, asked: Slice) -> Callable[[], Iterator[pa.RecordBatch]]:
    query: Query = question(asked.limits())
    return partial(s.reader.stream, query, **asked.params())


def _figures(s: Screen, now: pd.DataFrame, before: pd.DataFrame, asked: Slice, watched: watch.Watched) -> None:
    """What the period comes to, against the one before."""
    sums = frames.total(now, ["handovers", "tasks", "again", "pingpong"])
    then = int(before["handovers"].sum())
    without = now[now["day"].isna()]
    tasks = sums["tasks"]
    if len(without):
        tasks += int(_ask(s, queries.undated, asked)["tasks"].sum())
    change = _("{n} before").format(n=show_number(then))
    if then:
        change += f" ({'+' if sums['handovers'] >= then else ''}{show_percent(sums['handovers'] / then - 1)})"
    with st.container(horizontal=True, key="reroutes.figures"):
        s.figure(_("Reroutes"), show_number(sums["handovers"]), columns.ABOUT_REROUTES, detail=change)
        s.figure(_("Tasks rerouted"), show_number(tasks), columns.ABOUT_TASKS)
        if not watched.why_not:
            hits, size = watched.rates.measured
            of = _("of {n} routed").format(n=show_number(size))
            s.figure(_("Rate"), show_percent(hits / size, 1), columns.ABOUT_RATE, detail=of)
        share = partial(_of, tasks)
        s.figure(_("Twice or more"), show_number(sums["again"]), columns.ABOUT_AGAIN, detail=share(sums["again"]))
        s.figure(_("Ping-pong"), show_number(sums["pingpong"]), columns.ABOUT_PINGPONG, detail=share(sums["pingpong"]))


def _of(all_tasks: int, some: int) -> str:
    return _("{share} of the tasks").format(share=show_percent(some / all_tasks, 1)) if all_tasks else ""


def _notices(scope: Scope | None, there: Known, now: pd.DataFrame, whole: bool) -> None:
    """What limits the figures shown: rows without a date, without a centre, partial periods."""
    if scope and scope.centres and there.without_centre:
        st.info(
            _(
                "The log gives the rerouter's centre for {known} of {all} reroutes; the others are put in this scope "
                "by the entity that gave the task away."
            ).format(known=show_number(there.handovers - there.without_centre), all=show_number(there.handovers)),
            icon=":material/info:",
        )
    undated = int(now[now["day"].isna()]["handovers"].sum())
    if undated:
        st.info(
            ngettext(
                "{n} reroute has no date: it counts in figures and pairs, not by day, week, month, hour or waiting.",
                "{n} reroutes have no date: they count in figures and pairs, not by day, week, month, hour or waiting.",
                undated,
            ).format(n=show_number(undated)),
            icon=":material/event_busy:",
        )
    if not whole:
        st.caption(_("Pale bars and triangles are partial periods: the data or the period chosen cut them."))


def _evolution(s: Screen, over_time: pd.DataFrame, watched: watch.Watched, asked: Slice) -> None:
    known = [mark for mark in marks.of(s) if asked.first <= mark.day <= asked.last]
    flags = shown.flags(known)
    if over_time["handovers"].sum():
        s.show(shown.trend(over_time, flags))
    for sentence in watch.sentences(watched):
        out = bool(watched.excursions) and not watched.why_not
        st.markdown(f"{':material/warning:' if out else ':material/check_circle:'} {plain(sentence)}")
    if not watched.why_not:
        s.show(shown.control(watched, flags))
    _marks(s, known, asked)


def _marks(s: Screen, known: list[Mark], asked: Slice) -> None:
    marks.panel(s, known, default=min(asked.last, local(s.now).date()))


def _distribution(s: Screen, asked: Slice) -> None:
    with st.grid(2, min_column_width=340, gap="medium"):
        for part in shown.distribution(_ask(s, queries.pairs, asked), _ask(s, queries.kinds, asked)):
            with st.container():
                s.show(part)


def _pick() -> None:
    """A click on a cell filters by both its ends; the same cell once more, by none."""
    for cell in figure.picked(f"{MISSION.key}.matrix", charts.CELL)[:1]:
        ends = {"origin": [cell["origin"]], "target": [cell["target"]]}
        again = all(st.session_state.get(f"{MISSION.key}.{name}") == value for name, value in ends.items())
        for name, value in ends.items():
            st.session_state[f"{MISSION.key}.{name}"] = [] if again else value


def _pairs(s: Screen, asked: Slice) -> None:
    pairs = _ask(s, queries.pairs, asked)
    if asked.origins or asked.targets:
        ends = " → ".join(", ".join(side) or _("all") for side in (asked.origins, asked.targets))
        n = show_number(int(pairs["handovers"].sum()))
        st.markdown(_("{ends}: {n} reroutes. The tab “Rows” holds as many.").format(ends=f"**{plain(ends)}**", n=n))
        st.button(_("All entities again"), icon=":material/filter_alt_off:", on_click=_unpick, key="reroutes.unpick")
    s.show(shown.matrix(pairs), on_pick=_pick)
    pareto = shown.pareto(pairs)
    s.show(pareto)
    st.caption(pareto.told)
    s.show(shown.flow(pairs))
    s.show(shown.newcomers(pairs, _ask(s, queries.pairs, asked.before())), height=280)


def _unpick() -> None:
    for name in ("origin", "target"):
        st.session_state[f"{MISSION.key}.{name}"] = []


def _delays(s: Screen, asked: Slice) -> None:
    waits = _ask(s, queries.waits, asked)
    if not waits["handovers"].sum():
        st.info(_("No reroute of this period has a date: waiting and hours cannot be shown."))
        return
    s.show(shown.waits(waits))
    s.show(shown.hours(_ask(s, queries.hours, asked)))


def _again(s: Screen, asked: Slice) -> None:
    _disagreement(s, asked)
    lists = (
        (queries.returned, _("Ping-pong"), columns.returns(), columns.ABOUT_RETURNS, "pingpong"),
        (queries.repeated, _("Tasks rerouted twice or more"), columns.repeated(), columns.ABOUT_REPEATED, "repeated"),
    )
    for question, title, listed, about, name in lists:
        found = _list(s, question, asked)
        if len(found) == queries.TASKS_SHOWN:
            st.caption(_("The first {n} are shown; the export holds them all.").format(n=queries.TASKS_SHOWN))
        rows = _stream(s, question, asked)
        s.table(found, title=title, columns=listed, about=about, name=name, rows=rows, height=320)


def _disagreement(s: Screen, asked: Slice) -> None:
    """Whether the hand-overs derived are as many as the application itself counted."""
    days = {name: value for name, value in asked.params().items() if name in ("start", "end")}
    found = s.load(queries.DISAGREEING, **days).table.to_pylist()[0]
    if found["disagreeing"]:
        st.info(
            _(
                "For {n} of {all} tasks of the period ({share}) the application counted another number of hand-overs "
                "than was derived; for {more} of them more, mostly where the log does not name the entity."
            ).format(
                n=show_number(found["disagreeing"]),
                all=show_number(found["tasks"]),
                share=show_percent(found["disagreeing"] / found["tasks"], 1),
                more=show_number(found["more"]),
            ),
            icon=":material/difference:",
        )


def _rows(s: Screen, asked: Slice, count: int) -> None:
    found = _list(s, queries.rows, asked)
    st.caption(
        _("{n} reroutes, the newest {shown} shown; the export holds them all.").format(
            n=show_number(count), shown=show_number(len(found))
        )
    )
    rows = _stream(s, queries.rows, asked)
    about = columns.ABOUT_ROWS
    found = found.assign(way=found["way"].map(ways()), recipients=found["recipients"].map(frames.recipients))
    s.table(found, title=_("Reroutes"), columns=columns.rows(), about=about, name="rows", rows=rows)


def _router(s: Screen, asked: Slice, said: rules.Rules, there: Known) -> None:
    """What the router gets wrong, the team's extract, and the examples to learn from."""
    moved = _ask(s, queries.confusion, asked)
    versions = sorted({version for version in moved["router"] if version})
    version = None
    if versions:
        version = st.selectbox(_("Version of the router"), versions, index=None, placeholder=_("All"), width=240)
        moved = moved[moved["router"] == version] if version else moved
    days = {name: value for name, value in asked.params().items() if name in ("start", "end")}
    routed = s.load(queries.ROUTED, **days).frame()
    routed = routed[routed["router"] == version] if version else routed
    if asked.targets or asked.lines or (asked.scope and asked.scope.centres is not None):
        routed = routed.head(0)
    placed = frames.summed(routed, ["entity"], "routed")
    counted = frames.summed(moved, ["placed", "final"], "tasks")
    judged = judge({(one, two): count for one, two, count in counted}, dict(placed))
    if asked.origins or asked.scope:
        judged = [one for one in judged if one.lost or one.gained]
    if not placed:
        st.info(
            _(
                "The routed volumes are not known for what is asked: how many tasks were placed right cannot be said, "
                "and neither precision nor recall. What was rerouted is shown."
            ),
            icon=":material/info:",
        )
    if any(one.contradicts for one in judged):
        st.warning(_("For some entities more tasks were rerouted than routed: the sources disagree, no share is made."))
    s.table(
        _judged(judged),
        title=_("Evaluation of the router"),
        columns=columns.router(),
        about=columns.ABOUT_ROUTER,
        name="evaluation",
        height=420,
    )
    wrong = moved[moved["placed"] != moved["final"]].groupby(["placed", "final"], sort=False)["tasks"].sum()
    confused = wrong.reset_index().sort_values("tasks", ascending=False) if len(wrong) else pd.DataFrame()
    if len(confused):
        confused = confused.rename(columns={"placed": "origin", "final": "target", "tasks": "handovers"})
        confused["tasks"] = confused["handovers"]
        s.chart(
            charts.matrix(frames.matrix(confused)),
            title=_("Chosen by the router → right in the end"),
            about=columns.ABOUT_CONFUSION,
            frame=confused,
            columns=columns.pairs()[:3],
            name="confusion",
        )
    _extract(s, asked, said, there)
    _examples(s, asked)


def _judged(judged: list[Judged]) -> pd.DataFrame:
    rows = []
    for one in judged:
        row: dict[str, object] = {
            "entity": one.entity,
            "placed": one.placed,
            "lost": one.lost,
            "gained": one.gained,
        }
        for name, share in (("precision", one.precision), ("recall", one.recall)):
            low, high = share.interval if share and share.interval else (None, None)
            row |= {name: share.value if share else None, f"{name}_low": low, f"{name}_high": high}
        rows.append(row)
    return pd.DataFrame(rows, columns=[column.name for column in columns.router()]).astype(
        {"placed": "Int64", "lost": "Int64", "gained": "Int64"}
    )


def _extract(s: Screen, asked: Slice, said: rules.Rules, there: Known) -> None:
    scope = said.scope(OUTSIDE)
    of = Slice(asked.first, asked.last, watch.resolved(scope, there), ways=(Way.MANUAL.value, Way.UNKNOWN.value))
    found = _list(s, queries.extract, of)
    first, last = show_date(asked.first), show_date(asked.last)
    st.divider()
    st.caption(
        _("Reroutes made by hand from {first} to {last}; the first rows are shown, the export holds them all.").format(
            first=first, last=last
        )
    )
    s.table(
        found,
        title=_("Extract outside complaints"),
        columns=columns.team(),
        about=columns.ABOUT_EXTRACT,
        name="outside-complaints",
        rows=_stream(s, queries.extract, of),
        height=280,
    )


def _examples(s: Screen, asked: Slice) -> None:
    """The data set of examples, and the cases for Melusine's own tests."""
    split = st.date_input(
        _("Test from"),
        asked.last - timedelta(days=asked.days // 5),
        help=_("Tasks rerouted from this day on are for testing, earlier ones for learning."),
        width=220,
        key="reroutes.split",
    )
    border: date = split or asked.last
    bare = s.can_act and st.checkbox(_("With personal data"), help=_("Masked otherwise."), key="reroutes.unmasked")
    stream = _stream(s, queries.examples, asked)
    first = s.reader.run(queries.examples(asked.limits()), **asked.params()).table
    if not len(first):
        st.info(_("No task that ended elsewhere than where the router put it: there is no example to learn from."))
        return
    shown = pa.Table.from_batches(examples.rows(first.to_batches(), border, mask=not bare)).to_pandas()
    s.table(
        shown,
        title=_("Examples for the router"),
        columns=columns.examples(),
        about=columns.ABOUT_EXAMPLES,
        name="examples",
        rows=lambda: examples.rows(stream(), border, mask=not bare),
        height=280,
    )

    def cases() -> bytes:
        with store().read() as connection:
            require(connection, s.person.id, MISSION.key, act=bare)
        return examples.as_json(list(examples.cases(examples.rows(stream(), border, mask=not bare))))

    st.download_button(
        _("Cases for melusine.testing (JSON)"),
        cases,
        file_name="melusine-cases.json",
        mime="application/json",
        icon=":material/data_object:",
        on_click="ignore",
        key="reroutes.cases",
    )
    if not shown["body"].any() and not shown["header"].any():
        st.caption(_("No mail is joined to these tasks: connect a source of mails to get cases."))


with screen(MISSION) as s:
    said = rules.in_force()
    there = watch.known(s.reader)
    if s.reader.fresh(HANDOVERS) is None or not there.handovers:
        s.empty(
            _("No task log and no table of reroutes has been read yet."),
            hint=_("Once one is added and read on the page Sources, this screen shows how reroutes move."),
        )
    told()
    chosen = s.filters(**offered(said, there, local(s.now).date()))
    views.menu(s)
    scope = said.scope(chosen.scope)
    asked = slice_of(chosen, scope, there)
    grain: Grain = chosen.grain or "week"
    now, before = _ask(s, queries.by_day, asked), _ask(s, queries.by_day, asked.before())
    count = int(now["handovers"].sum())
    watched = watch.watch(s.reader, asked, grain, there.covered)
    over_time = frames.trend(now, before, asked, grain, there.covered)
    _figures(s, now, before, asked, watched)
    _notices(scope, there, now, whole=not over_time["partial"].any())
    if not count:
        st.info(_("No reroute passes these filters."), icon=":material/filter_alt_off:")
    parts: dict[str, Callable[[], None]] = {
        _("Over time"): lambda: _evolution(s, over_time, watched, asked),
        _("Entities"): lambda: _distribution(s, asked),
        _("Pairs"): lambda: _pairs(s, asked),
        _("Waiting and hours"): lambda: _delays(s, asked),
        _("Again"): lambda: _again(s, asked),
        _("Rows"): lambda: _rows(s, asked, count),
        _("Router"): lambda: _router(s, asked, said, there),
    }
    for tab, draw in zip(st.tabs(list(parts), on_change="rerun", key="reroutes.part"), parts.values(), strict=True):
        with tab:
            if tab.open and count:
                draw()
