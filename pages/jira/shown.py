"""The charts and tables of the activity, as its screen and its mailed views show them.

Each is a function of what is asked; where there is nothing to draw, its frame is empty.
"""

from datetime import date, time, timedelta

import pandas as pd

from core.base.calendar import to_moment
from core.base.i18n import _, show_number
from core.base.periods import Grain
from core.base.settings import settings
from core.show.columns import Kind
from core.show.shown import Shown
from pages.jira import charts, columns, figures, flow_queries, queries
from pages.jira.asked import Asked
from pages.jira.rules import Counting

TOP = 9


def by_client(a: Asked) -> Shown:
    """Requests by client and month."""
    frame = figures.by_month(a.ask(queries.CLIENT_MONTHS), "client", a.clients, a.known, a.counting.column, TOP)
    return Shown(
        name="by-client",
        title=_("Requests by client"),
        about=columns.ABOUT_CLIENTS,
        frame=frame,
        columns=columns.months(),
        chart=charts.stacked_months(frame, {}),
        told=_("Requests by client and month; the ranking below says the same. Pick a bar to filter by its client."),
    )


def ranking(a: Asked) -> Shown:
    """Clients with their rank against as many months before."""
    earliest = min((*a.known.before, Grain.MONTH.first(a.chosen.period[0])))
    rows = a.ask(queries.CLIENT_MONTHS, start=to_moment(earliest, time(), settings().timezone))
    period = figures.by_code(a.ask(queries.CLIENT_MONTHS), "client", a.counting.column)
    return Shown(
        name="ranking",
        title=_("Ranking of clients"),
        about=columns.ABOUT_CLIENTS,
        frame=figures.rank_clients(rows, period, a.known, a.clients, a.counting),
        columns=columns.clients(0 if a.counting is Counting.EACH else 1),
    )


def by_type(a: Asked) -> Shown:
    """Requests by type and month, in the types' own colours."""
    rows = a.ask(queries.TYPE_MONTHS)
    names = {code: figures.type_name(code) for code in rows["type"].unique()}
    frame = figures.by_month(rows, "type", names, a.known, "requests", TOP)
    return Shown(
        name="by-type",
        title=_("Requests by type"),
        about=columns.ABOUT_TYPES,
        frame=frame,
        columns=columns.months(),
        chart=charts.stacked_months(frame, a.told.colours),
        told=_("Requests by type and month. Pick a bar to filter by its type."),
    )


def client_types(a: Asked) -> Shown:
    """The share of each type in each client's requests."""
    return Shown(
        name="client-types",
        title=_("Types of each client"),
        about=columns.ABOUT_TYPES,
        frame=figures.client_types(a.ask(queries.CLIENT_TYPES), a.clients, a.counting.column),
        columns=columns.shares(),
    )


def drift_by_type(a: Asked) -> Shown:
    """Estimate against time spent, by type."""
    frame = figures.drift_by_type(a.ask(queries.TIME_BY_TYPE))
    return _drift(frame, "drift-type", _("Drift by type"), _("Request type"))


def drift_by_client(a: Asked) -> Shown:
    """Estimate against time spent, by client."""
    frame = figures.drift_by_client(a.ask(queries.TIME_BY_CLIENT), a.clients)
    return _drift(frame, "drift-client", _("Drift by client"), _("Client"))


def _drift(frame: pd.DataFrame, name: str, title: str, label: str) -> Shown:
    return Shown(
        name=name,
        title=title,
        about=columns.ABOUT_TIME,
        frame=frame,
        columns=columns.times(label),
        chart=charts.drift(figures.measured(frame)),
    )


def drift_by_month(a: Asked) -> Shown:
    """Estimate against time spent, by month of resolution."""
    frame = figures.drift_by_month(a.ask(queries.TIME_BY_MONTH), a.known)
    return Shown(
        name="drift-month",
        title=_("Drift by month of resolution"),
        about=columns.ABOUT_TIME,
        frame=frame,
        columns=[*columns.times(_("Month"), Kind.MONTH), columns.partial()],
        chart=charts.drift_months(figures.measured(frame)),
        told=_("Median drift and its quartiles, by month of resolution; the export holds the same."),
    )


def due(a: Asked) -> Shown:
    """Due dates held and missed, by month of resolution."""
    frame = figures.due(a.ask(queries.DUE), a.known)
    return Shown(
        name="due",
        title=_("Due dates"),
        about=columns.ABOUT_DUE,
        frame=frame,
        columns=columns.due(),
        chart=charts.due(frame),
        told=_("Resolved requests by month: on time, late, without due date; the export holds the same."),
    )


def unfilled(a: Asked) -> Shown:
    """Mandatory fields that are empty."""
    return Shown(
        name="unfilled",
        title=_("Empty mandatory fields"),
        about=columns.ABOUT_UNFILLED,
        frame=figures.unfilled(a.ask(queries.UNFILLED), a.told.mandatory),
        columns=columns.unfilled(),
    )


def this_monday(a: Asked) -> date:
    """The Monday of the week that is not over."""
    return Grain.WEEK.at(a.now).first


def every_week(a: Asked) -> pd.DataFrame:
    """Created and resolved of every whole week, whatever the period."""
    return figures.every_week(a.ask(flow_queries.WEEKS), this_monday(a))


def weeks(a: Asked) -> Shown:
    """Created against resolved, by week."""
    frame = figures.weeks_within(every_week(a), *a.chosen.period)
    return Shown(
        name="weeks",
        title=_("Created against resolved"),
        about=columns.ABOUT_FLOW,
        frame=frame,
        columns=columns.weeks(),
        chart=charts.weeks(frame),
    )


def ages(a: Asked) -> Shown:
    """Open requests by age."""
    bands = figures.ages(a.ask(flow_queries.OPEN_AGES))
    return Shown(
        name="ages",
        title=_("Open requests by age"),
        about=columns.ABOUT_AGES,
        frame=bands,
        columns=columns.ages(),
        chart=charts.ages(bands),
    )


def cumulative(a: Asked) -> Shown:
    """The cumulative flow."""
    start, end = a.chosen.period
    over = min(this_monday(a), end + timedelta(days=1))
    stood = figures.cumulative(a.ask(flow_queries.FLOW_WEEKS), start, over)
    return Shown(
        name="cumulative",
        title=_("Cumulative flow"),
        about=columns.ABOUT_CUMULATIVE,
        frame=stood,
        columns=columns.cumulative(),
        chart=charts.cumulative(stood),
    )


def cycles(a: Asked) -> Shown:
    """Cycle times with their percentiles."""
    found = a.ask(flow_queries.CYCLES)
    drawn = figures.cycles(found)
    told = " · ".join(f"{n} % ≤ {show_number(float(drawn[f'p{n}'].iloc[0]), 1)}" for n in (50, 85, 95) if len(drawn))
    return Shown(
        name="cycles",
        title=_("Cycle time (days): {percentiles}").format(percentiles=told),
        about=columns.ABOUT_CYCLE,
        frame=found,
        columns=columns.requests(cycle=True),
        chart=charts.cycles(drawn),
    )


def status_times(a: Asked) -> Shown:
    """How long requests stood in each status."""
    return Shown(
        name="status-times",
        title=_("Time in each status"),
        about=columns.ABOUT_STATUS_TIMES,
        frame=a.ask(flow_queries.STATUS_TIMES),
        columns=columns.status_times(),
    )


def requests(a: Asked) -> Shown:
    """The requests behind what was picked, or all that were created in the period; with names where they may be."""
    rows, more = a.behind.rows, a.behind.params()
    query = rows.named if a.named else rows.plain
    frame = a.ask(query, **more)
    there = int(a.ask(rows.count, **more)["n"].iloc[0]) if len(frame) == query.cap else len(frame)
    return Shown(
        name="requests",
        title=_("Requests behind the figures: {n}").format(n=show_number(there)),
        about=columns.ABOUT_REQUESTS,
        frame=frame,
        columns=columns.requests(named=a.named),
        rows=lambda: a.stream(query, **more),
    )
