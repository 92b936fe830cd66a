"""What the screen of the checks shows, in its order."""

from typing import Any

from core.base.i18n import N_
from core.show.figure import Part, Tab
from pages.checks.figures.board import ANSWER, BOARD, PROBLEMS
from pages.checks.figures.changes import ALONE, CHANGES
from pages.checks.figures.levels import FIELDS, LEVELS, MONTHS
from pages.checks.figures.message import MESSAGE
from pages.checks.figures.outcomes import EQUATION, FILE, MEANT, OUTCOMES, WHICH
from pages.checks.figures.over_time import OVER_TIME
from pages.checks.figures.quality import QUALITY
from pages.checks.figures.rows import COVERED, CUT, HIDDEN, ROWS, SHAPES
from pages.checks.figures.trying import AGAIN, SAYS, TRY
from pages.checks.look import CheckLook


def _one(look: CheckLook) -> bool:
    return look.check is not None


def _reconciles(look: CheckLook) -> bool:
    """Levels count the rows of all squads too."""
    return look.person.scope.everything and look.check is not None and look.check.kind == "reconcile"


def _measures(look: CheckLook) -> bool:
    """Scores count the rows of all squads: whoever sees all rows sees them."""
    return look.person.scope.everything and (look.check is None or look.check.kind == "expect")


_ROWS = (COVERED, WHICH, OUTCOMES, EQUATION, FILE, HIDDEN, CUT, SHAPES, ROWS)
SCREEN: tuple[Part[Any] | Tab[Any], ...] = (
    ANSWER,
    PROBLEMS,
    MEANT,
    BOARD,
    Tab("levels", N_("Levels"), (LEVELS, FIELDS, MONTHS), when=_reconciles),
    Tab("rows", N_("Outcomes and rows"), _ROWS, when=_one),
    Tab("time", N_("Over time"), (OVER_TIME,), when=_one),
    Tab("changes", N_("What changed since"), (ALONE, CHANGES), when=_one),
    Tab("quality", N_("Quality"), (QUALITY,), when=_measures),
    Tab("message", N_("Message of the morning"), (MESSAGE,), when=_one),
    Tab("definition", N_("Definition"), (SAYS, TRY, AGAIN), when=_one),
)


def screen() -> tuple[Part[Any] | Tab[Any], ...]:
    """For the mission's declaration."""
    return SCREEN
