"""What the screen of the hand-overs shows, in its order."""

from typing import Any

from core.base.i18n import N_
from core.show.figure import Part, Tab
from pages.reroutes.figures import limits
from pages.reroutes.figures.confusion import CONFUSION
from pages.reroutes.figures.distribution import DISTRIBUTION
from pages.reroutes.figures.evaluation import DOUBTS, EVALUATION
from pages.reroutes.figures.examples import CASES, EXAMPLES, LEFT_OUT
from pages.reroutes.figures.extract import EXTRACT
from pages.reroutes.figures.flow import FLOW
from pages.reroutes.figures.hours import HOURS
from pages.reroutes.figures.marked import EVENTS
from pages.reroutes.figures.matrix import ASKED, MATRIX
from pages.reroutes.figures.newcomers import NEWCOMERS
from pages.reroutes.figures.numbers import NUMBERS
from pages.reroutes.figures.pareto import PARETO
from pages.reroutes.figures.path import FIND, THE_PATH
from pages.reroutes.figures.rate import OUT, RATE, REST
from pages.reroutes.figures.repeated import REPEATED
from pages.reroutes.figures.returns import RETURNS
from pages.reroutes.figures.rows import ROWS
from pages.reroutes.figures.totals import MOVES, TOTALS
from pages.reroutes.figures.trend import TREND
from pages.reroutes.figures.waits import WAITED
from pages.reroutes.look import RerouteLook


def _any(look: RerouteLook) -> bool:
    return bool(look.count)


SCREEN: tuple[Part[Any] | Tab[Any], ...] = (
    NUMBERS,
    limits.CENTRES,
    limits.UNDATED,
    limits.TWICE,
    limits.BY_THEIR_END,
    limits.NOTHING,
    Tab("time", N_("Over time"), (TREND, limits.PARTIAL, OUT, REST, RATE, EVENTS), when=_any),
    Tab("entities", N_("Entities"), DISTRIBUTION, when=_any),
    Tab("pairs", N_("Pairs"), (ASKED, MATRIX, PARETO, FLOW, NEWCOMERS), when=_any),
    Tab("waiting", N_("Waiting and hours"), (limits.NO_DATES, WAITED, HOURS), when=_any),
    Tab("again", N_("Several times"), (limits.DISAGREEMENT, TOTALS, MOVES, RETURNS, REPEATED), when=_any),
    Tab("rows", N_("Rows"), (ROWS,), when=_any),
    Tab("task", N_("One task"), (FIND, THE_PATH)),
    Tab("router", N_("Router"), (DOUBTS, EVALUATION, CONFUSION, EXTRACT, EXAMPLES, CASES, LEFT_OUT), when=_any),
)


def screen() -> tuple[Part[Any] | Tab[Any], ...]:
    """For the mission's declaration."""
    return SCREEN
