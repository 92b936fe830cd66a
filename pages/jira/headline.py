"""What the home page says of the activity."""

from datetime import datetime, timedelta

from core.auth.people import Person
from core.i18n import _, local, show_number
from core.mission import Headline
from core.query import Reader
from pages.jira import flow_queries, queries, rules
from pages.jira.facts import ISSUES

_NO_FILTER = dict.fromkeys(("projects", "types", "clients", "statuses", "labels", "assignees"), "")


def headline(reader: Reader, _person: Person, now: datetime, _visit: datetime | None) -> Headline:
    """How many requests are open, overdue, and came or went last week. Raises QueryFailed and RulesInvalid."""
    freshness = reader.fresh(ISSUES)
    if freshness is None:
        return Headline(_("No source of requests has been read yet."))
    given = {**_NO_FILTER, "left_out": rules.in_force().params()["left_out"]}
    minute = now.replace(second=0, microsecond=0)
    [left] = reader.run(queries.OPEN, **given, now=minute).table.to_pylist()
    today = local(now).date()
    last = today - timedelta(days=today.weekday() + 7)
    weeks = {row["week"]: row for row in reader.run(flow_queries.WEEKS, **given).table.to_pylist()}
    week = weeks.get(last, {"created": 0, "resolved": 0})
    said = _("open requests, {overdue} of them overdue. Last week: {created} created, {resolved} resolved.")
    return Headline(
        sentence=said.format(
            overdue=show_number(left["overdue"]),
            created=show_number(week["created"]),
            resolved=show_number(week["resolved"]),
        ),
        number=show_number(left["open"]),
        freshness=freshness,
    )
