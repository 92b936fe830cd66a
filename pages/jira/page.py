"""The screen of the activity: clients, types, time, what is not filled, flow, people, one request."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core.base.errors import NotAllowed
from core.base.i18n import _, language, show_date, show_duration, show_moment, show_number, speaking
from core.base.periods import Grain
from core.base.settings import settings
from core.facts.conditions import NO_VALUE
from core.people.rights import require
from core.show.columns import Kind
from core.show.shown import Shown
from core.store.engine import store
from core.ui import download, figure, forms, views
from core.ui.screen import Screen, screen
from core.ui.words import plain
from pages.jira import (
    MISSION,
    asked,
    asking,
    charts,
    columns,
    figures,
    flow_queries,
    pdf,
    people,
    queries,
    reminders,
    review,
    rules,
    shown,
)
from pages.jira.acts import freeze
from pages.jira.asked import Asked
from pages.jira.asking import Discretion
from pages.jira.behind import Behind
from pages.jira.rules import ASKED, COUNTING, Counting


@dataclass(frozen=True)
class View(Asked):
    """What one run of the screen works with."""

    s: Screen


Mark = Mapping[str, Any]
"""What a mark of a chart tells of itself."""


def _means(behind: Behind, **filters: list[str]) -> dict[str, Any]:
    """What the filters take where a set of requests is picked."""
    return {**filters, "behind": behind.picks}


def _narrow(behind: Behind, **filters: list[str]) -> None:
    """Filter by what was picked in a table and show the requests behind it; once more, neither."""
    figure.take(MISSION.key, _means(behind, **filters))


def _show(v: View, one: Shown, means: Callable[[Mark], dict[str, Any]]) -> None:
    """A chart; a mark that is picked filters the screen. The others together are no mark."""

    def said(mark: Mark) -> dict[str, Any]:
        return {} if mark.get("code") == figures.OTHERS else means(mark)

    v.s.show(one, on_pick=figure.filtering(MISSION.key, one.name, charts.PICK, said))


def _rows_behind(v: View) -> None:
    v.s.show(shown.requests(v), height=320)
    if v.behind.kind == "key":
        _issue(v, v.behind.value)


def _clients(v: View) -> None:
    st.caption(_(COUNTING[v.counting]))
    _show(
        v,
        shown.by_client(v),
        lambda mark: _means(Behind("created", *v.within(mark["month_code"])), clients=[mark["code"]]),
    )
    ranked = shown.ranking(v)
    ranking = ranked.frame
    picked = v.s.show(ranked, select=True)
    if picked:
        codes = [str(ranking["code"].iloc[row]) for row in picked]
        label = _("Show only {names}").format(names=", ".join(ranking["client"].iloc[row] for row in picked))
        st.button(
            plain(label),
            icon=":material/filter_alt:",
            on_click=_narrow,
            args=(Behind(),),
            kwargs={"clients": codes},
            key="jira.only",
        )
    _said_partial(v)


def _said_partial(v: View) -> None:
    if v.known.partial:
        told = ", ".join(f"{month:%m/%Y}" for month in v.known.partial)
        st.caption(_("Partial, left out of rankings and trends: {months}").format(months=told))


def _types(v: View) -> None:
    _show(
        v,
        shown.by_type(v),
        lambda mark: _means(Behind("created", *v.within(mark["month_code"])), types=[mark["code"] or NO_VALUE]),
    )
    shares = shown.client_types(v)

    def picked(row: int, _column: str) -> None:
        client, kind = (str(shares.frame[name].iloc[row]) for name in ("client_code", "type_code"))
        _narrow(Behind(), clients=[client], types=[kind])

    v.s.show(shares, height=320, on_cell=picked)
    st.caption(_(COUNTING[v.counting]))
    _said_partial(v)


def _time(v: View) -> None:
    whole = v.ask(queries.TIME).iloc[0]
    now = v.ask(queries.OPEN).iloc[0]
    with st.container(horizontal=True):
        v.s.figure(_("Median drift"), figures.percent(whole["drift"]), columns.ABOUT_TIME, detail=_measured(whole))
        above = _("Above {limit}").format(limit=figures.percent(v.told.drift_limit))
        v.s.figure(
            above, figures.percent(whole["above"]), columns.ABOUT_TIME, detail=_("share of requests with both times")
        )
        v.s.figure(_("Without estimate"), show_number(whole["without_estimate"]), columns.ABOUT_TIME)
        v.s.figure(_("Without time"), show_number(whole["without_time"]), columns.ABOUT_TIME)
        left = now["remaining_s"]
        days = show_number(float(left) / v.told.day_s, 1) if pd.notna(left) else "–"
        v.s.figure(
            _("Remaining"),
            _("{n} days").format(n=days),
            columns.ABOUT_TIME,
            detail=_("of {hours} h each; {n} open requests").format(
                hours=show_number(v.told.hours_per_day, 1), n=show_number(now["open"])
            ),
        )
    _show(v, shown.drift_by_type(v), lambda mark: _means(Behind("measured"), types=[mark["code"]]))
    _show(v, shown.drift_by_client(v), lambda mark: _means(Behind("measured"), clients=[mark["code"]]))
    st.caption(_(COUNTING[Counting.EACH]))
    _show(v, shown.drift_by_month(v), lambda mark: _means(Behind("measured", *v.within(mark["month_code"]))))
    _show(v, shown.due(v), lambda mark: _means(Behind(mark["state"], *v.within(mark["month_code"]))))
    _one_of(
        v, v.ask(queries.DRIFTS), _("Drift of each request"), columns.requests(drift=True), columns.ABOUT_TIME, "drifts"
    )
    st.caption(_(columns.ABOUT_PROGRESS.definition))
    _said_partial(v)


def _measured(whole: "pd.Series[Any]") -> str:
    return _("of {n} requests out of {all} resolved").format(
        n=show_number(whole["measured"]), all=show_number(whole["resolved"])
    )


def _one_of(v: View, frame: pd.DataFrame, title: str, shown: list[Any], about: Any, name: str) -> None:
    """A table of requests; one that is picked opens below."""
    picked = v.s.table(frame, title=title, columns=shown, about=about, name=name, select=True, height=320)
    for row in picked[:1]:
        _issue(v, str(frame["key"].iloc[row]))


def _unfilled(v: View) -> None:
    fields = v.told.mandatory
    empty = shown.unfilled(v)
    v.s.show(empty, on_cell=lambda row, _column: _narrow(Behind("lacking", value=str(empty.frame["name"].iloc[row]))))
    st.caption(_("Pick a cell to see the requests behind it."))
    by_client = figures.unfilled_by(v.ask(queries.UNFILLED_BY_CLIENT), fields, v.clients)
    by_client = by_client.sort_values("share", ascending=False)
    v.s.table(
        by_client,
        title=_("By client"),
        columns=columns.unfilled_by(_("Client"), fields),
        about=columns.ABOUT_UNFILLED,
        name="unfilled-clients",
        on_cell=lambda row, column: _narrow(_lacking(v, column), clients=[str(by_client["code"].iloc[row])]),
    )
    st.caption(_(COUNTING[Counting.EACH]))
    by_month = figures.unfilled_by(v.ask(queries.UNFILLED_BY_MONTH), fields)
    by_month = by_month.assign(partial=by_month["name"].isin(v.known.partial))
    v.s.table(
        by_month,
        title=_("By month"),
        columns=[*columns.unfilled_by(_("Month"), fields, Kind.MONTH), columns.partial()],
        about=columns.ABOUT_UNFILLED,
        name="unfilled-months",
        on_cell=lambda row, column: _narrow(_lacking(v, column, str(by_month["name"].iloc[row]))),
    )
    if v.named:
        by_person = v.ask(queries.UNFILLED_BY_PERSON)
        by_person = figures.unfilled_by(by_person, fields, {name: name for name in by_person["name"]})
        v.s.table(
            by_person,
            title=_("By assignee"),
            columns=columns.unfilled_by(_("Assignee"), fields),
            about=columns.ABOUT_PEOPLE,
            name="unfilled-people",
            on_cell=lambda row, column: _narrow(
                _lacking(v, column), assignees=[str(by_person["code"].iloc[row] or NO_VALUE)]
            ),
        )
        _reminders(v)
    lacking = figures.lacking(v.ask(queries.UNFILLED_ROWS), fields)
    _one_of(v, lacking, _("Requests to fill"), columns.requests(why=_("Missing")), columns.ABOUT_UNFILLED, "to-fill")
    ready = figures.not_ready(v.ask(queries.OPEN_ROWS), v.told.ready_needs, v.told.waiting)
    _one_of(v, ready, _("Could not start today"), columns.requests(why=_("Missing")), columns.ABOUT_READY, "not-ready")
    needs = ", ".join(_(ASKED[name]) for name in v.told.ready_needs)
    st.caption(_("A request may start once it has: {fields}.").format(fields=needs))


def _lacking(v: View, column: str, month: str = "") -> Behind:
    """The requests behind a cell: those that lack the column's field; all of them where it is no field."""
    first, last = v.within(month) if month else (None, None)
    is_field = column in v.told.mandatory
    return Behind("lacking" if is_field else "created", first, last, column if is_field else "")


def _flow(v: View) -> None:
    created = shown.weeks(v)
    if len(created.frame):
        _show(v, created, lambda mark: _means(Behind(mark["what"], *_week(mark))))
    _forecast(v, shown.every_week(v), shown.this_monday(v))
    parts: tuple[tuple[Shown, Callable[[Mark], dict[str, Any]]], ...] = (
        (
            shown.ages(v),
            lambda mark: _means(Behind("aged", value=str(mark["band"])), statuses=[mark["status"] or NO_VALUE]),
        ),
        (
            shown.cumulative(v),
            lambda mark: _means(
                Behind("stood", v.chosen.period[0] if mark["rests"] else None, _week(mark)[1], str(mark["status"]))
            ),
        ),
        (shown.cycles(v), lambda mark: _means(Behind("key", value=str(mark["key"])))),
    )
    for part, means in parts:
        if len(part.frame):
            _show(v, part, means)
    times = shown.status_times(v)
    v.s.show(times, on_cell=lambda row, _column: _narrow(Behind("stayed", value=str(times.frame["status"].iloc[row]))))


def _week(mark: Mark) -> tuple[date, date]:
    """First and last day of a mark's week."""
    monday = date.fromisoformat(mark["week_code"])
    return monday, Grain.WEEK.last(monday)


def _forecast(v: View, weeks: pd.DataFrame, monday: date) -> None:
    found, held = figures.forecasts(weeks, int(v.ask(queries.OPEN)["open"].iloc[0]), monday)
    if found is None:
        st.info(_("There is not enough history for a forecast yet."))
        return
    v.s.figure(
        _("Open requests done by"),
        show_date(found.on(found.middle)),
        columns.ABOUT_FORECAST,
        detail=_("between {low} and {high}, for {n} open requests; the range held {held} times out of {of}").format(
            low=show_date(found.on(found.low)),
            high=show_date(found.on(found.high)),
            n=show_number(found.open),
            held=held.held,
            of=held.of,
        ),
    )


def _people(v: View) -> None:
    load = v.ask(flow_queries.PEOPLE)

    def picked(row: int, column: str) -> None:
        kind = column if column in ("in_progress", "open") else "resolved"
        _narrow(Behind(kind), assignees=[str(load["code"].iloc[row] or NO_VALUE)])

    v.s.table(
        load,
        title=_("Load per person"),
        columns=columns.people(),
        about=columns.ABOUT_PEOPLE,
        name="people",
        on_cell=picked,
    )
    st.caption(_("Pick a cell to see the requests behind it."))


def _reminders(v: View) -> None:
    """The mails that would be sent, for the lead to read."""
    mails = list(reminders.reminders(v.s.reader, v.told, ""))
    with st.expander(_("Reminders that would be sent: {n}").format(n=len(mails)), icon=":material/mail:"):
        st.caption(
            _("They are sent each month.") if v.told.reminders else _("They are switched off (reminders in rules.yml).")
        )
        for mail in mails:
            st.text(f"{mail.to} · {mail.subject}")
            st.code(mail.text, language=None, wrap_lines=True)


def _review(v: View) -> None:
    scope = v.s.person.scope
    forms.told()
    with store().read() as connection:
        months = review.months(connection, scope)
    due = review.due(v.told, v.s.now)
    if due and due not in months:
        _to_freeze(v, due)
    if not months:
        day = rules.freeze_on(Grain.MONTH.at(v.s.now).first, v.told)
        said = _("No month is frozen yet; the next one will be on {day}.")
        if not scope.everything:
            said = _("No month of your squad is frozen yet; the next one will be on {day}.")
        st.info(said.format(day=show_date(day)))
        return
    with st.container(horizontal=True):
        month = st.selectbox(_("Month"), list(months), key="jira.month", format_func=_month, width=220)
        whose = months[month]
        squad = whose[0]
        if len(whose) > 1:
            squad = st.selectbox(
                _("Squad"), whose, key="jira.squad", format_func=lambda one: one or _("All squads"), width=220
            )
    with store().read() as connection:
        record = review.get(connection, month, squad, scope)
        earlier = review.get(connection, Grain.MONTH.moved(month, -1), squad, scope)
    if record is None:
        return
    published = record.data["figures"]
    today = review.measure(review.of_squad(v.s.reader, squad), v.told, month)
    compared = review.lines(published, earlier.data["figures"] if earlier else None, today)
    words = figures.review(compared)
    v.s.table(words, title=_("Monthly review"), columns=columns.review(), about=columns.ABOUT_REVIEW, name="review")
    st.caption(_("Frozen on {moment}").format(moment=show_moment(datetime.fromisoformat(record.data["frozen_at"]))))
    comment = str(record.data["comment"])
    if v.s.can_act:
        with st.form("jira.comment", border=False):
            said = st.text_area(
                _("Comment"), comment, key=f"jira.comment.{record.id}.{record.version}", max_chars=4_000
            )
            if st.form_submit_button(_("Keep the comment")):
                with forms.write(v.s) as connection:
                    freeze.comment(connection, record, said, who=v.s.person.name)
                    forms.done(_("The comment is kept."))
    elif comment:
        st.text(comment)
    clients = {v.clients.get(code, code): n for code, n in published["clients"].items()}
    download.button(
        _("Review as PDF"),
        partial(_pdf, v.s, month, squad, compared, clients, comment, language()),
        file_name=f"vigie-jira-{month:%Y-%m}.pdf",
        mime="application/pdf",
        icon=":material/picture_as_pdf:",
        key="jira.review.pdf",
    )


def _to_freeze(v: View, month: date) -> None:
    """Whoever may act freezes the month that is due, by a button that says so; the others wait for the calendar."""
    if not v.s.can_act:
        return
    if st.button(_("Freeze {month}").format(month=_month(month)), icon=":material/ac_unit:", key="jira.freeze"):
        measured = freeze.due(v.s.reader, v.told, v.s.now)
        with forms.write(v.s) as connection:
            freeze.keep(connection, measured, who=v.s.person.name)
            forms.done(_("The month is frozen: its figures stay."))


def _month(month: date) -> str:
    return f"{month:%m/%Y}"


def _pdf(
    s: Screen, month: date, squad: str | None, lines: list[Any], clients: dict[str, Any], comment: str, code: str
) -> bytes:
    """The file; rights and scope are read again: between the drawing and the click they may have gone."""
    with store().read() as connection:
        person = require(connection, s.person.id, s.mission, act=False)
        if review.get(connection, month, squad, person.scope) is None:
            raise NotAllowed(_("Your role does not allow this."))
    with speaking(code):
        return pdf.make(month, lines, clients, comment, demo=settings().demo)


def _search(v: View) -> None:
    key = st.text_input(_("Key of a request"), key="jira.key", placeholder="DEX-12", max_chars=60, width=260)
    if key.strip():
        _issue(v, key.strip().upper())


def _issue(v: View, key: str) -> None:
    query = flow_queries.ONE_NAMED if v.named else flow_queries.ONE
    rows = v.answer(query, key=key).table.to_pylist()
    if not rows:
        st.info(_("No request has the key {key}.").format(key=plain(key)))
        return
    frame = figures.one(rows[0], named=v.named)
    title = f"{rows[0]['key']} · {rows[0]['summary'] or ''}"
    v.s.table(frame, title=plain(title), columns=columns.issue(), about=columns.ABOUT_ISSUE, name=f"issue-{key}")
    v.s.table(
        v.ask(flow_queries.ONE_CHANGES_NAMED if v.named else flow_queries.ONE_CHANGES, key=key),
        title=_("History"),
        columns=columns.changes(named=v.named),
        about=columns.ABOUT_ISSUE,
        name=f"history-{key}",
    )
    logs = v.ask(flow_queries.ONE_WORKLOGS_NAMED if v.named else flow_queries.ONE_WORKLOGS, key=key)
    if len(logs):
        total = show_duration(float(logs["spent_s"].sum()))
        v.s.table(
            logs,
            title=_("Time logged: {total}").format(total=total),
            columns=columns.worklogs(named=v.named),
            about=columns.ABOUT_ISSUE,
            name=f"worklogs-{key}",
        )


def _tabs(v: View) -> None:
    parts: dict[str, Callable[[View], None]] = {
        _("Clients"): _clients,
        _("Types"): _types,
        _("Time"): _time,
        _("Not filled"): _unfilled,
        _("Flow"): _flow,
    }
    if v.named:
        parts[_("People")] = _people
    parts[_("Monthly review")] = _review
    parts[_("One request")] = _search
    for tab, draw in zip(st.tabs(list(parts), on_change="rerun", key="jira.part"), parts.values(), strict=True):
        if tab.open:
            with tab:
                draw(v)


def _still_named(s: Screen, treatment: str) -> bool:
    """Whether the person may be told names, read again."""
    with store().read() as connection:
        person = require(connection, s.person.id, MISSION, act=False)
        return people.may_name(connection, person, treatment)


with screen(MISSION) as s:
    told = rules.in_force()
    span = s.load(queries.SPAN).table.to_pylist()[0]
    if s.freshness is None or not span["n"]:
        s.empty(
            _("No source of requests has been read yet."),
            hint=_("Once a Jira or an export of it is added and read, this screen says what the team is asked."),
        )
    with store().read() as connection:
        named = people.may_name(connection, s.person, told.people_treatment)
    given = {**asking.given(s.reader, told), "now": asked.moment(s.now)}
    filters, clients = asked.offered(s.load, span, given, s.now, named=named)
    chosen = s.filters(**filters)
    views.menu(s)
    v = View(
        load=s.load,
        reader=s.reader,
        told=told,
        chosen=chosen,
        known=asked.known(span, chosen, s.now),
        params={**given, **asked.params(chosen)},
        clients=clients,
        named=named,
        still_named=partial(_still_named, s, told.people_treatment),
        discretion=Discretion(s.reader, named=named),
        now=s.now,
        s=s,
    )
    if s.can_act:
        for doubt in rules.doubts(rules.RULES.said(), told, v.answer(queries.WORDS).table.to_pylist()):
            st.warning(plain(doubt), icon=":material/rule:")
    _tabs(v)
    _rows_behind(v)
