"""What the home page says of the activity."""

from datetime import datetime

from core.base.i18n import _, local, show_number
from core.base.periods import Grain
from core.facts.query import Reader
from core.mission.contract import Headline
from core.people.person import Person
from pages.jira import asking, flow_queries, queries, rules
from pages.jira.columns import ABOUT_HEADLINE
from pages.jira.facts import ISSUES


def headline(reader: Reader, _person: Person, now: datetime, _visit: datetime | None) -> Headline:
    """How many requests are open, overdue, and came or went last week. Raises QueryFailed and RulesInvalid."""
    freshness = reader.fresh(ISSUES)
    if freshness is None:
        return Headline(_("No source of requests has been read yet."))
    given = {**asking.given(reader, rules.in_force()), "now": now.replace(second=0, microsecond=0)}
    [left] = reader.run(queries.OPEN, **asking.fill(queries.OPEN, given)).table.to_pylist()
    today = local(now).date()
    last = Grain.WEEK.moved(today, -1)
    found = reader.run(flow_queries.WEEKS, **asking.fill(flow_queries.WEEKS, given))
    weeks = {row["week"]: row for row in found.table.to_pylist()}
    week = weeks.get(last, {"created": 0, "resolved": 0})
    said = _("open requests, {overdue} of them overdue. Last week: {created} created, {resolved} resolved.")
    return Headline(
        sentence=said.format(
            overdue=show_number(left["overdue"]),
            created=show_number(week["created"]),
            resolved=show_number(week["resolved"]),
        ),
        number=show_number(left["open"]),
        about=ABOUT_HEADLINE,
        freshness=freshness,
    )
