"""What the screen of the night shows, in its order."""

from typing import Any

from core.base.i18n import N_
from core.people.rights import may_act
from core.show.figure import Part, Tab
from pages.pipelines import MISSION
from pages.pipelines.figures import (
    desk,
    history,
    incidents,
    kinds,
    morning,
    rates,
    rules_assign,
    rules_book,
    rules_form,
    shifts,
    told,
    unassigned,
)
from pages.pipelines.figures.answer import ANSWER, AS_KNOWN, NOTHING
from pages.pipelines.figures.data_sets import DATA_SETS
from pages.pipelines.figures.drifts import DRIFTS
from pages.pipelines.figures.durations import DURATIONS_TABLE, PICKED, YEARS_TABLE
from pages.pipelines.figures.families import FAMILIES
from pages.pipelines.figures.incident_months import BY_MONTH, OF_FLOWS
from pages.pipelines.figures.incidents import INCIDENTS, MORE
from pages.pipelines.figures.pipelines import PIPELINES
from pages.pipelines.figures.recurring import WHAT_COMES_BACK
from pages.pipelines.figures.runs import ERRORS, NO_RUN, RUNS
from pages.pipelines.figures.timeline import TIMELINE
from pages.pipelines.figures.years import CALENDAR, YEARS
from pages.pipelines.look import NightLook


def _judged(look: NightLook) -> bool:
    """Whether there is a family: before, the screen opens at the pipelines that wait for one."""
    return not rules_assign.unjudged(look)


SCREEN: tuple[Part[Any] | Tab[Any], ...] = (
    ANSWER,
    AS_KNOWN,
    rules_assign.LEAD,
    FAMILIES,
    NOTHING,
    Tab("incidents", incidents.title, (INCIDENTS, MORE), when=incidents.some),
    Tab("pipelines", N_("Pipelines"), (TIMELINE, RUNS, NO_RUN, ERRORS, PIPELINES), when=_judged),
    Tab("duty", N_("Duty desk"), desk.PARTS, when=_judged),
    Tab(
        "morning",
        N_("Morning message"),
        morning.PARTS,
        when=lambda look: _judged(look) and may_act(look.person, MISSION),
    ),
    Tab("data", N_("Data sets"), (DATA_SETS,), when=_judged),
    Tab("alone", unassigned.title, (unassigned.UNASSIGNED, *rules_assign.PARTS)),
    Tab("history", history.title, (history.HISTORY, YEARS, CALENDAR, WHAT_COMES_BACK, rates.BY_MONTH, rates.BY_WEEK)),
    Tab("time", N_("Over time"), (BY_MONTH, OF_FLOWS, *kinds.PARTS)),
    Tab("durations", N_("Durations"), (PICKED, DRIFTS, *shifts.PARTS, DURATIONS_TABLE, YEARS_TABLE)),
    Tab("told", N_("Messages"), told.PARTS),
    Tab("rules", N_("Rules"), rules_book.PARTS, alone=True),
    Tab("change", N_("Change a rule"), rules_form.PARTS, when=lambda look: look.book.may_act, alone=True),
)


def screen() -> tuple[Part[Any] | Tab[Any], ...]:
    """For the mission's declaration."""
    return SCREEN
