"""The screen of reroutes: how they move, between which entities, how long tasks wait, what the router can learn."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import streamlit as st

from core.base.i18n import _, local, ngettext, show_number, show_percent
from core.ui import figure, marks, views
from core.ui.forms import told
from core.ui.screen import Screen, screen
from core.ui.words import plain
from pages.reroutes import MISSION, charts, columns, frames, queries, rules, shown, watch
from pages.reroutes.asked import Look, look, offered, ways
from pages.reroutes.facts import HANDOVERS
from pages.reroutes.router import page as router


def _figures(s: Screen, v: Look) -> None:
    """What the period comes to, against the one before."""
    tasks, again, back = v.total("tasks") + v.undated[1], v.total("again"), v.total("pingpong")
    change = _("{n} before").format(n=show_number(v.before))
    if v.before:
        change += f" ({'+' if v.count >= v.before else ''}{show_percent(v.count / v.before - 1)})"
    with st.container(horizontal=True, key="reroutes.figures"):
        s.figure(_("Reroutes"), show_number(v.count), columns.ABOUT_REROUTES, detail=change)
        s.figure(_("Tasks rerouted"), show_number(tasks), columns.ABOUT_TASKS)
        if not v.watched.why_not:
            hits, size = v.watched.rates.measured
            of = _("of {n} routed").format(n=show_number(size))
            s.figure(_("Rate"), show_percent(hits / size, 1), columns.ABOUT_RATE, detail=of)
        s.figure(_("Twice or more"), show_number(again), columns.ABOUT_AGAIN, detail=_of(tasks, again))
        s.figure(_("Ping-pong"), show_number(back), columns.ABOUT_PINGPONG, detail=_of(tasks, back))


def _of(all_tasks: int, some: int) -> str:
    return _("{share} of the tasks").format(share=show_percent(some / all_tasks, 1)) if all_tasks else ""


def _notices(v: Look, whole: bool) -> None:
    """What limits the figures shown: rows without a date, without a centre, partial periods."""
    if v.scope and v.scope.centres and v.there.without_centre:
        known, every = v.there.handovers - v.there.without_centre, v.there.handovers
        st.info(
            _(
                "The log gives the rerouter's centre for {known} of {all} reroutes; the others are put in this scope "
                "by the entity that gave the task away."
            ).format(known=show_number(known), all=show_number(every)),
            icon=":material/info:",
        )
    undated = v.undated[0]
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


def _on_pick(chart: str, means: Callable[[dict[str, Any]], Mapping[str, object]]) -> Callable[[], None]:
    return figure.filtering(MISSION.key, chart, charts.PICK, means)


def _pair(mark: dict[str, Any]) -> dict[str, object]:
    return {"origin": [mark["origin"]], "target": [mark["target"]]}


def _evolution(s: Screen, v: Look, over_time: pd.DataFrame) -> None:
    asked, watched = v.asked, v.watched
    known = [mark for mark in marks.of(s) if asked.first <= mark.day <= asked.last]
    flags = shown.flags(known)

    def period(mark: dict[str, Any]) -> dict[str, object]:
        begin = datetime.fromtimestamp(mark["start"] / 1000, UTC).date()
        end = v.grain.last(begin)
        return {"days": (max(begin, asked.first), min(end, asked.last))}

    if over_time["handovers"].sum():
        s.show(shown.trend(over_time, flags), on_pick=_on_pick("trend", period))
    for number, sentence in enumerate(watch.sentences(watched)):
        calm = not (watched.why_not or watched.excursions or watched.limits is None)
        icon = "warning" if number < len(watched.excursions) else "check_circle" if calm and not number else "info"
        st.markdown(f":material/{icon}: {plain(sentence)}")
    if not watched.why_not:
        s.show(shown.control(watched, flags), on_pick=_on_pick("control", period))
    marks.panel(s, known, default=min(asked.last, local(s.now).date()))


def _distribution(s: Screen, v: Look) -> None:
    with st.grid(2, min_column_width=340, gap="medium"):
        for part in shown.distribution(v.ask(queries.ends)):
            with st.container():
                s.show(part, on_pick=_on_pick(part.name, _value_of(part.name.removeprefix("by-"))))


def _value_of(side: str) -> Callable[[dict[str, Any]], dict[str, object]]:
    """A bar of entities filters by them, a bar of another column by its value, also by none."""

    def means(mark: dict[str, Any]) -> dict[str, object]:
        value = mark["value"]
        return {side: [value]} if side in ("origin", "target") else {"only": {side: value if mark["said"] else None}}

    return means


def _pairs(s: Screen, v: Look) -> None:
    asked, pairs = v.asked, v.ask(queries.pairs)
    if asked.origins or asked.targets:
        ends = " → ".join(", ".join(side) or _("all") for side in (asked.origins, asked.targets))
        n = show_number(int(pairs["handovers"].sum()))
        st.markdown(_("{ends}: {n} reroutes. The tab “Rows” holds as many.").format(ends=f"**{plain(ends)}**", n=n))
        st.button(_("All entities again"), icon=":material/filter_alt_off:", on_click=_unpick, key="reroutes.unpick")
    s.show(shown.matrix(pairs), on_pick=_on_pick("matrix", _pair))
    pareto = shown.pareto(pairs)
    s.show(pareto, on_pick=_on_pick("pareto", _pair))
    st.caption(plain(pareto.told))
    s.show(shown.flow(pairs), on_pick=_on_pick("flow", _pair))
    s.show(shown.newcomers(pairs, v.ask(queries.pairs_met, asked.before())), height=280)


def _unpick() -> None:
    for name in ("origin", "target"):
        st.session_state[f"{MISSION.key}.{name}"] = []


def _delays(s: Screen, v: Look) -> None:
    waits = v.ask(queries.waits)
    if not waits["handovers"].sum():
        st.info(_("No reroute of this period has a date: waiting and hours cannot be shown."))
        return
    s.show(shown.waits(waits), on_pick=_on_pick("waits", lambda mark: {"only": {"wait": mark["wait"]}}))
    hour = _on_pick("hours", lambda mark: {"only": {"weekday": mark["weekday"], "hour": mark["hour"]}})
    s.show(shown.hours(v.ask(queries.hours)), on_pick=hour)


def _again(s: Screen, v: Look) -> None:
    _disagreement(v)
    totals = v.ask(queries.totals)
    if len(totals):
        s.show(shown.totals(totals), on_pick=_on_pick("totals", lambda mark: {"only": {"total": mark["total"]}}))
    lists = (
        (queries.returned, "pingpong", _("Ping-pong"), columns.returns(), columns.ABOUT_RETURNS, "pingpong"),
        (
            queries.repeated,
            "again",
            _("Tasks rerouted twice or more"),
            columns.repeated(),
            columns.ABOUT_REPEATED,
            "repeated",
        ),
    )
    for question, counted, title, listed, about, name in lists:
        found = v.first_rows(question, counted)
        s.table(found, title=title, columns=listed, about=about, name=name, rows=v.rows(question), height=320)
        if len(found) == queries.ROWS_SHOWN:
            st.caption(_("The first {n} are shown; the export holds them all.").format(n=queries.ROWS_SHOWN))


def _disagreement(v: Look) -> None:
    """Whether the hand-overs derived are as many as the application itself counted."""
    found = v.ask(queries.DISAGREEING).iloc[0]
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


def _rows(s: Screen, v: Look) -> None:
    found = v.first_rows(queries.rows)
    st.caption(
        _("{n} reroutes, the newest {shown} shown; the export holds them all.").format(
            n=show_number(v.count), shown=show_number(len(found))
        )
    )
    found = found.assign(way=found["way"].map(ways()), recipients=found["recipients"].map(frames.recipients, "ignore"))
    about, rows = columns.ABOUT_ROWS, v.rows(queries.rows)
    s.table(found, title=_("Reroutes"), columns=columns.rows(), about=about, name="rows", rows=rows)


def _parts(s: Screen, v: Look) -> None:
    """The tabs; what lies in one is asked for when it is open."""
    over_time = frames.trend(v.counts, v.asked, v.grain, v.there.covered)
    _notices(v, whole=not over_time["partial"].any())
    if not v.count:
        st.info(_("No reroute passes these filters."), icon=":material/filter_alt_off:")
    parts: dict[str, Callable[[], None]] = {
        _("Over time"): lambda: _evolution(s, v, over_time),
        _("Entities"): lambda: _distribution(s, v),
        _("Pairs"): lambda: _pairs(s, v),
        _("Waiting and hours"): lambda: _delays(s, v),
        _("Several times"): lambda: _again(s, v),
        _("Rows"): lambda: _rows(s, v),
        _("Router"): lambda: router.draw(s, v),
    }
    for tab, draw in zip(st.tabs(list(parts), on_change="rerun", key="reroutes.part"), parts.values(), strict=True):
        with tab:
            if tab.open and v.count:
                draw()


with screen(MISSION) as s:
    said, there = rules.in_force(), watch.known(s.reader)
    if s.reader.fresh(HANDOVERS) is None or not there.handovers:
        s.empty(
            _("No task log and no table of reroutes has been read yet."),
            hint=_("Once one is added and read on the page Sources, this screen shows how reroutes move."),
        )
    told()
    today: date = local(s.now).date()
    v = look(s.reader, s.load, said, there, s.filters(**offered(said, there, today)))
    views.menu(s)
    _figures(s, v)
    _parts(s, v)
