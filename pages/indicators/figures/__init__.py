"""What the screen of the indicators shows, in its order."""

from typing import Any

from core.base.i18n import N_
from core.show import growth
from core.show.figure import Part, Tab
from pages.indicators.figures.board import BOARD
from pages.indicators.figures.definition import DEFINITION, SEEN_SQL
from pages.indicators.figures.evolution import EVOLUTION
from pages.indicators.figures.months import MONTHS
from pages.indicators.figures.notes import HELD, LOOKED_AGAIN, PROBLEMS, WAITING
from pages.indicators.figures.numbers import NUMBERS
from pages.indicators.figures.published import AGAIN, PUBLISH, REBUILD, SAID, SLIDES, SLIDES_PDF, TEMPLATE, WORDS
from pages.indicators.look import IndicatorLook
from pages.indicators.words import SOURCE, column


def _one(look: IndicatorLook) -> bool:
    return look.indicator is not None


GROWTH: tuple[Part[IndicatorLook], ...] = growth.parts(
    lambda look: look.triangle,
    lambda look: look.completion,
    lambda name, label, look: column(name, label, look.indicator, whole=look.whole),
    SOURCE,
    grows=lambda look: look.counts,
)
SCREEN: tuple[Part[Any] | Tab[Any], ...] = (
    NUMBERS,
    PROBLEMS,
    WAITING,
    HELD,
    BOARD,
    Tab("months", N_("Months"), (EVOLUTION, MONTHS, LOOKED_AGAIN), when=_one),
    Tab("drift", N_("Drift"), GROWTH, when=_one),
    Tab("words", N_("Words and slides"), (SAID, WORDS, SLIDES, SLIDES_PDF, TEMPLATE, PUBLISH, AGAIN), when=_one),
    Tab("definition", N_("Definition"), (DEFINITION, SEEN_SQL, REBUILD), when=_one),
)


def screen() -> tuple[Part[Any] | Tab[Any], ...]:
    """For the mission's declaration."""
    return SCREEN
