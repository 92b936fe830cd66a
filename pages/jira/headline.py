"""What the home page says of the activity."""

from datetime import datetime

from core.base.i18n import N_, _, local, show_number
from core.base.periods import Grain
from core.facts.query import Reader
from core.mission.contract import Headline
from core.people.person import Person
from core.show.about import About
from pages.jira import choices, rules
from pages.jira.facts import ISSUES
from pages.jira.figures.notes import SOURCE
from pages.jira.figures.times import OPEN
from pages.jira.figures.weeks import CREATED_RESOLVED

ABOUT = About(
    N_(
        "Requests that are not resolved, without epics and sub-tasks. Overdue: their due date is over. Last week: from "
        "Monday to Sunday."
    ),
    SOURCE,
)


WEEKS = 12


def headline(reader: Reader, _person: Person, now: datetime, _visit: datetime | None) -> Headline:
    """How many requests are open, overdue, and came or went last week. Raises QueryFailed and RulesInvalid."""
    freshness = reader.fresh(ISSUES)
    if freshness is None:
        return Headline(_("No source of requests has been read yet."))
    given = {**choices.standing(reader, rules.in_force()), "now": now.replace(second=0, microsecond=0)}
    [left] = choices.rows(reader, OPEN, given)
    today = local(now).date()
    last = Grain.WEEK.moved(today, -1)
    weeks = {row["week"]: row for row in choices.rows(reader, CREATED_RESOLVED, given)}
    week = weeks.get(last, {"created": 0, "resolved": 0})
    trend = [weeks.get(Grain.WEEK.moved(today, -age), {"created": 0})["created"] for age in range(WEEKS, 0, -1)]
    sentence = _("open requests, {overdue} of them overdue. Last week: {created} created, {resolved} resolved.")
    return Headline(
        sentence=sentence.format(
            overdue=show_number(left["overdue"]),
            created=show_number(week["created"]),
            resolved=show_number(week["resolved"]),
        ),
        number=show_number(left["open"]),
        about=ABOUT,
        trend=tuple(map(float, trend)),
        freshness=freshness,
    )
