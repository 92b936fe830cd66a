"""What tables show of each frame, and what stands behind it. Labels are in the person's language."""

from core.base.i18n import N_, _
from core.show.about import About
from core.show.columns import Column, Kind
from pages.jira.rules import ASKED, Asked

SOURCE = N_("Jira, by the rules of pages/jira/rules.yml")
ABOUT_CLIENTS = About(
    N_(
        "Requests by client (Jira component), by month of creation. Ranks and movements compare whole months with as "
        "many whole months before; a month that is not over, or only partly in the period, is pale and left out."
    ),
    SOURCE,
)
ABOUT_TYPES = About(
    N_("Requests by type and month of creation, in the colours that the types have in Jira. Pale months are partial."),
    SOURCE,
)
ABOUT_TIME = About(
    N_(
        "Time spent against the original estimate, of the requests resolved in the period that have both. Drift is "
        "time spent divided by the estimate, minus one: +20 % is a fifth more than estimated."
    ),
    SOURCE,
)
ABOUT_PROGRESS = About(
    N_(
        "Jira's own progress: time spent as a part of time spent plus remaining. It says nothing of the original "
        "estimate, so it is no drift: a request that took three times its estimate shows 100 %."
    ),
    SOURCE,
)
ABOUT_DUE = About(N_("Requests resolved in the period: by their due date, after it, or without one."), SOURCE)
ABOUT_UNFILLED = About(
    N_("Requests created in the period in which a mandatory field is empty. A time estimate of zero is an estimate."),
    SOURCE,
)
ABOUT_READY = About(
    N_("Open requests on which work has not begun and that could not start today, and what they lack."), SOURCE
)
ABOUT_REQUESTS = About(N_("The requests behind the figures: created in the period, under the same filters."), SOURCE)
ABOUT_FLOW = About(N_("Requests created and resolved, by week. Weeks that are not over are left out."), SOURCE)
ABOUT_CUMULATIVE = About(
    N_("How many requests stood in each status at the end of each week, from Jira's history."), SOURCE
)
ABOUT_CYCLE = About(
    N_(
        "Cycle time: from the first move to a status that is not a waiting one, to the resolution. Elapsed time, "
        "nights and weekends included."
    ),
    SOURCE,
)
ABOUT_AGES = About(N_("Open requests by the days since their creation."), SOURCE)
ABOUT_STATUS_TIMES = About(
    N_("How long requests stayed in each status, each stay counted; one that lasts counts up to now."), SOURCE
)
ABOUT_FORECAST = About(
    N_(
        "The throughput of the last 26 whole weeks is drawn at random 4,000 times until the open requests are done. "
        "70 of 100 draws end within the range. The backtest says how often past forecasts held."
    ),
    SOURCE,
)
ABOUT_PEOPLE = About(
    N_("Per assignee, for the team lead alone, under the register's treatment. Not meant to judge anybody."), SOURCE
)
ABOUT_ISSUE = About(N_("Everything that is known of one request."), SOURCE)
ABOUT_REVIEW = About(
    N_(
        "The figures of a month as they were frozen on the set working day, as they are today, and the difference: "
        "requests that were moved, deleted, corrected or reclassified since."
    ),
    SOURCE,
)


ABOUT_HEADLINE = About(
    N_(
        "Requests that are not resolved, without epics and sub-tasks. Overdue: their due date is over. Last week: from "
        "Monday to Sunday."
    ),
    SOURCE,
)


def clients(digits: int) -> list[Column]:
    return [
        Column("rank", _("Rank"), Kind.NUMBER, width="small"),
        Column("client", _("Client")),
        Column("period", _("Requests"), Kind.NUMBER, digits=digits, help=_("In the period, partial months included.")),
        Column("requests", _("In whole months"), Kind.NUMBER, digits=digits),
        Column("before", _("In the months before"), Kind.NUMBER, digits=digits),
        Column("share", _("Share"), Kind.PERCENT),
        Column("moved", _("Places gained"), Kind.NUMBER),
        Column("state", _("New or lost")),
    ]


def months() -> list[Column]:
    return [
        Column("month", _("Month"), Kind.MONTH),
        Column("name", _("Name")),
        Column("n", _("Requests"), Kind.NUMBER, digits=1),
        partial(),
    ]


def shares() -> list[Column]:
    return [
        Column("client", _("Client")),
        Column("type", _("Request type")),
        Column("n", _("Requests"), Kind.NUMBER, digits=1),
        Column("share", _("Share"), Kind.PERCENT),
    ]


def times(label: str, kind: Kind = Kind.TEXT) -> list[Column]:
    return [
        Column("name", label, kind),
        Column("resolved", _("Resolved"), Kind.NUMBER),
        Column("measured", _("With both times"), Kind.NUMBER),
        Column("drift_q1", _("Drift, 1st quartile"), Kind.PERCENT),
        Column("drift", _("Median drift"), Kind.PERCENT),
        Column("drift_q3", _("Drift, 3rd quartile"), Kind.PERCENT),
        Column("above", _("Share above the limit"), Kind.PERCENT),
        Column("estimate_s", _("Estimated"), Kind.DURATION),
        Column("spent_s", _("Spent"), Kind.DURATION),
        Column("without_estimate", _("Without estimate"), Kind.NUMBER),
        Column("zero_estimate", _("Estimate of zero"), Kind.NUMBER),
        Column("without_time", _("Without time"), Kind.NUMBER),
    ]


def due() -> list[Column]:
    return [
        Column("month", _("Month"), Kind.MONTH),
        Column("said", _("Due date")),
        Column("requests", _("Requests"), Kind.NUMBER),
        partial(),
    ]


def partial() -> Column:
    return Column("partial", _("Partial"), Kind.FLAG)


def requests(*, drift: bool = False, why: str = "", named: bool = False, cycle: bool = False) -> list[Column]:
    columns = [
        Column("key", _("Key")),
        Column("url", _("Jira"), Kind.LINK, width="small"),
        Column("summary", _("Name"), width="large"),
        Column("request_type", _("Request type")),
        Column("components", _("Client")),
        Column("status", _("Status")),
        Column("created_at", _("Created"), Kind.MOMENT),
        Column("resolved_at", _("Resolved"), Kind.MOMENT),
        Column("due_on", _("Due date"), Kind.DAY),
        Column("estimate_s", _("Estimated"), Kind.DURATION),
        Column("spent_s", _("Spent"), Kind.DURATION),
        Column("remaining_s", _("Remaining"), Kind.DURATION),
    ]
    first = [Column("why", why, width="medium")] if why else []
    first += [Column("drift", _("Drift"), Kind.PERCENT)] if drift else []
    first += [Column("cycle_s", _("Cycle time"), Kind.DURATION)] if cycle else []
    last = [Column("progress_percent", _("Jira's progress"), Kind.NUMBER, unit="%", help=_(ABOUT_PROGRESS.definition))]
    people = [Column("assignee", _("Assignee")), Column("reporter", _("Reporter"))] if named else []
    return [*columns[:3], *first, *columns[3:], *last, *people]


def unfilled() -> list[Column]:
    return [
        Column("field", _("Field")),
        Column("empty", _("Empty"), Kind.NUMBER),
        Column("requests", _("Requests"), Kind.NUMBER),
        Column("share", _("Share"), Kind.PERCENT),
    ]


def unfilled_by(label: str, fields: tuple[Asked, ...], kind: Kind = Kind.TEXT) -> list[Column]:
    return [
        Column("name", label, kind),
        Column("requests", _("Requests"), Kind.NUMBER),
        Column("share", _("Empty cells"), Kind.PERCENT),
        *(Column(name, _(ASKED[name]), Kind.NUMBER) for name in fields),
    ]


def weeks() -> list[Column]:
    return [
        Column("week", _("Week"), Kind.DAY),
        Column("created", _("Created"), Kind.NUMBER),
        Column("resolved", _("Resolved"), Kind.NUMBER),
    ]


def ages() -> list[Column]:
    return [
        Column("age", _("Age")),
        Column("status", _("Status")),
        Column("requests", _("Requests"), Kind.NUMBER),
    ]


def cumulative() -> list[Column]:
    return [
        Column("week", _("Week"), Kind.DAY),
        Column("status", _("Status")),
        Column("requests", _("Requests"), Kind.NUMBER),
    ]


def status_times() -> list[Column]:
    return [
        Column("status", _("Status")),
        Column("requests", _("Requests"), Kind.NUMBER),
        Column("median_s", _("Median stay"), Kind.DURATION),
        Column("p85_s", _("85 of 100 stays below"), Kind.DURATION),
    ]


def people() -> list[Column]:
    return [
        Column("assignee", _("Assignee")),
        Column("handled", _("Handled"), Kind.NUMBER),
        Column("in_progress", _("In progress"), Kind.NUMBER),
        Column("open", _("Open"), Kind.NUMBER),
        Column("cycle_s", _("Median cycle time"), Kind.DURATION),
        Column("spent_s", _("Spent"), Kind.DURATION),
    ]


def changes(*, named: bool) -> list[Column]:
    columns = [
        Column("at", _("When"), Kind.MOMENT),
        Column("field", _("Field")),
        Column("before", _("Before")),
        Column("after", _("After")),
    ]
    return [*columns, Column("author", _("Who"))] if named else columns


def worklogs(*, named: bool) -> list[Column]:
    columns = [Column("started_at", _("When"), Kind.MOMENT), Column("spent_s", _("Spent"), Kind.DURATION)]
    return [*columns, Column("author", _("Who"))] if named else columns


def issue() -> list[Column]:
    return [Column("field", _("Field")), Column("value", _("Value"), width="large")]


def review() -> list[Column]:
    return [
        Column("figure", _("Figure")),
        Column("before", _("Month before")),
        Column("published", _("Published")),
        Column("today", _("Today")),
        Column("drift", _("Difference")),
    ]
