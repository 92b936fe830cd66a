"""The screen of reroutes: how they move, between which entities, how long tasks wait, what the router can learn."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial

import pandas as pd
import pyarrow as pa
import streamlit as st

from core.auth.rights import require
from core.filters import Choice, Choices, Chosen, Days
from core.i18n import _, local, ngettext, show_date, show_number, show_percent
from core.marks import Mark
from core.query import Query
from core.store.engine import store
from core.ui import figure, marks, views
from core.ui.forms import told
from core.ui.screen import Screen, screen
from core.ui.words import plain
from pages.reroutes import MISSION, charts, columns, examples, frames, queries, rules, watch
from pages.reroutes.evaluate import Judged, judge
from pages.reroutes.facts import HANDOVERS, Way
from pages.reroutes.queries import Question, Slice
from pages.reroutes.rules import Grain, Scope
from pages.reroutes.watch import Known

OUTSIDE = "outside_complaints"
"""Key of the scope that the team's extract is of."""

SHOWN = timedelta(days=182)
BARS = 12


def _ways() -> dict[str, str]:
    return {Way.MANUAL.value: _("by hand"), Way.AUTOMATIC.value: _("by a machine"), Way.UNKNOWN.value: _("not said")}


def _chosen(s: Screen, said: rules.Rules, there: Known) -> Chosen:
    """The filters: scope, days, grain, both ends, filière, who moved."""
    today = local(s.now).date()
    first, last = there.covered or (today - SHOWN, today)
    codes = {code: code for code in there.codes}
    grains = {"day": _("day"), "week": _("week"), "month": _("month")}
    words = _ways()
    return s.filters(
        scope=Choice(_("Scope"), options={scope.key: scope.title for scope in said.scopes}),
        days=Days(_("Period"), default=(max(first, last - SHOWN), last), today=today),
        grain=Choice(_("By"), default="week", options=grains),
        origin=Choices(_("Origin"), options=codes),
        target=Choices(_("Target"), options=codes),
        line=Choices(_("Filière"), options={line: line for line in there.lines}),
        way=Choices(_("Moved"), options={way: words[way] for way in there.ways}),
    )


def _slice(chosen: Chosen, scope: Scope | None, there: Known) -> Slice:
    first, last = chosen.days
    lists = {"origins": chosen.origin, "targets": chosen.target, "lines": chosen.line, "ways": chosen.way}
    return Slice(
        first, last, watch.resolved(scope, there), **{name: tuple(sorted(values)) for name, values in lists.items()}
    )


def _ask(s: Screen, question: Question, asked: Slice) -> pd.DataFrame:
    return s.load(question(asked.limits()), **asked.params()).frame()


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
            hits = sum(period.hits for period in watched.rates.periods if period.size)
            size = sum(period.size for period in watched.rates.periods)
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


def _evolution(s: Screen, shown: pd.DataFrame, watched: watch.Watched, asked: Slice) -> None:
    known = [mark for mark in marks.of(s) if asked.first <= mark.day <= asked.last]
    flags = pd.DataFrame([{"start": mark.day, "mark": mark.title} for mark in known], columns=["start", "mark"])
    if shown["handovers"].sum():
        s.chart(
            charts.trend(shown, flags),
            title=_("Reroutes over time"),
            about=columns.ABOUT_TREND,
            frame=shown,
            columns=columns.trend(),
            name="trend",
            told=_("Reroutes by period, with the same stretch of time before; the export holds the same."),
        )
    for sentence in watch.sentences(watched):
        out = bool(watched.excursions) and not watched.why_not
        st.markdown(f"{':material/warning:' if out else ':material/check_circle:'} {plain(sentence)}")
    if not watched.why_not:
        rated = frames.control(watched.rates, watched.limits, watched.grain)
        s.chart(
            charts.control(rated, flags),
            title=_("Rate and control limits"),
            about=columns.ABOUT_CONTROL,
            frame=rated,
            columns=columns.control(),
            name="control",
            told=_("Rate by period within its control limits; the sentences above say what is out of control."),
        )
    _marks(s, known, asked)


def _marks(s: Screen, known: list[Mark], asked: Slice) -> None:
    marks.panel(s, known, default=min(asked.last, local(s.now).date()))


def _distribution(s: Screen, asked: Slice) -> None:
    pairs, kinds = _ask(s, queries.pairs, asked), _ask(s, queries.kinds, asked)
    wanted = [
        (pairs, "origin", _("Origin")),
        (pairs, "target", _("Target")),
        (kinds, "origin_type", _("Type of the origin")),
        (kinds, "target_type", _("Type of the target")),
        (kinds, "line", _("Filière")),
    ]
    with st.grid(2, min_column_width=340, gap="medium"):
        for frame, side, label in wanted:
            found = frames.shares(frame, side)
            with st.container():
                s.chart(
                    charts.bars(found.head(BARS)),
                    title=label,
                    about=columns.ABOUT_SHARES,
                    frame=found,
                    columns=columns.shares(label),
                    name=f"by-{side}",
                )


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
    s.chart(
        charts.matrix(frames.matrix(pairs)),
        title=_("From where to where"),
        about=columns.ABOUT_MATRIX,
        frame=pairs,
        columns=columns.pairs(),
        name="matrix",
        told=_("Reroutes between the entities that have most; a click on a cell filters both ends."),
        on_pick=_pick,
    )
    ranked = frames.pareto(pairs)
    share = _("{n} of {all} pairs make up {share}.").format(
        n=len(ranked), all=show_number(len(pairs)), share=show_percent(float(ranked["together"].iloc[-1]))
    )
    s.chart(
        charts.pareto(ranked),
        title=_("Most frequent pairs"),
        about=columns.ABOUT_PARETO,
        frame=ranked,
        columns=columns.pareto(),
        name="pareto",
        told=share,
    )
    st.caption(share)
    points = frames.flow(pairs)
    s.chart(
        charts.flow(points, frames.labels(points)),
        title=_("Flow"),
        about=columns.ABOUT_FLOW,
        frame=pairs.head(frames.FLOW_LINKS),
        columns=columns.pairs(),
        name="flow",
    )
    new = frames.newcomers(pairs, _ask(s, queries.pairs, asked.before()))
    s.table(new, title=_("New pairs"), columns=columns.pairs(), about=columns.ABOUT_NEW, name="newcomers", height=280)


def _unpick() -> None:
    for name in ("origin", "target"):
        st.session_state[f"{MISSION.key}.{name}"] = []


def _delays(s: Screen, asked: Slice) -> None:
    waited = frames.waits(_ask(s, queries.waits, asked))
    if not waited["handovers"].sum():
        st.info(_("No reroute of this period has a date: waiting and hours cannot be shown."))
        return
    s.chart(
        charts.waits(waited),
        title=_("Time to reroute"),
        about=columns.ABOUT_WAITS,
        frame=waited,
        columns=columns.waits(),
        name="waits",
    )
    hours = frames.hours(_ask(s, queries.hours, asked))
    s.chart(
        charts.hours(hours),
        title=_("Weekday and hour"),
        about=columns.ABOUT_HOURS,
        frame=hours,
        columns=columns.hours(),
        name="hours",
    )


def _again(s: Screen, asked: Slice) -> None:
    _disagreement(s, asked)
    lists = (
        (queries.returned, _("Ping-pong"), columns.returns(), columns.ABOUT_RETURNS, "pingpong"),
        (queries.repeated, _("Tasks rerouted twice or more"), columns.repeated(), columns.ABOUT_REPEATED, "repeated"),
    )
    for question, title, shown, about, name in lists:
        found = _list(s, question, asked)
        if len(found) == queries.TASKS_SHOWN:
            st.caption(_("The first {n} are shown; the export holds them all.").format(n=queries.TASKS_SHOWN))
        rows = _stream(s, question, asked)
        s.table(found, title=title, columns=shown, about=about, name=name, rows=rows, height=320)


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
    found = found.assign(way=found["way"].map(_ways()), recipients=found["recipients"].map(frames.recipients))
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
    chosen = _chosen(s, said, there)
    views.menu(s)
    scope = said.scope(chosen.scope)
    asked = _slice(chosen, scope, there)
    grain: Grain = chosen.grain or "week"
    now, before = _ask(s, queries.by_day, asked), _ask(s, queries.by_day, asked.before())
    count = int(now["handovers"].sum())
    watched = watch.watch(s.reader, asked, grain, there.covered)
    shown = frames.trend(now, before, asked, grain, there.covered)
    _figures(s, now, before, asked, watched)
    _notices(scope, there, now, whole=not shown["partial"].any())
    if not count:
        st.info(_("No reroute passes these filters."), icon=":material/filter_alt_off:")
    parts: dict[str, Callable[[], None]] = {
        _("Over time"): lambda: _evolution(s, shown, watched, asked),
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
