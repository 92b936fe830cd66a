"""How many nights went well, by week and by month."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

import pandas as pd

from core.base.i18n import N_
from core.base.periods import Grain
from core.base.stats import wilson
from core.base.status import LOOKS, Verdict
from core.show.about import About
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.pipelines.look import NightLook
from pages.pipelines.words import SOURCE

NIGHTS = 91
TITLE = N_("Nights that went well")
JUDGED = (Verdict.OK, Verdict.WARNING, Verdict.KO, Verdict.UNKNOWN)
COLUMNS = (
    Column("period", N_("Period")),
    Column("share", N_("Share OK"), Kind.PERCENT),
    Column("low", N_("at least (95 %)"), Kind.PERCENT, help=N_("Wilson's interval: where the share lies, by chance.")),
    Column("high", N_("at most (95 %)"), Kind.PERCENT),
    Column("nights", N_("Nights"), Kind.NUMBER),
    Column("partial", N_("Partial"), Kind.FLAG, help=N_("The period began before what is shown, or is not over.")),
    *(Column(verdict.value, LOOKS[verdict].word, Kind.NUMBER) for verdict in JUDGED),
)


def rows(verdicts: Iterable[tuple[date, Verdict]]) -> pd.DataFrame:
    """One row a month, then one a week, the newest first, of the verdicts on families in nights.

    Counted are nights of which something was expected and that are over; those of which nothing is known are counted
    apart, and a period in which nothing is known is left out.
    """
    told = [(day, verdict) for day, verdict in verdicts if verdict in JUDGED]
    days = [day for day, _verdict in told]
    found = []
    for grain in (Grain.MONTH, Grain.WEEK):
        for first in sorted({grain.first(day) for day, _verdict in told}, reverse=True):
            counts = Counter(verdict for day, verdict in told if grain.first(day) == first)
            known = counts.total() - counts[Verdict.UNKNOWN]
            if not known:
                continue
            low, high = wilson(counts[Verdict.OK], known) or (0.0, 1.0)
            found.append(
                {
                    "period": grain.label(first),
                    "share": counts[Verdict.OK] / known,
                    "low": low,
                    "high": high,
                    "partial": first < min(days) or grain.last(first) > max(days),
                    "nights": known,
                    **{verdict.value: counts[verdict] for verdict in JUDGED},
                }
            )
    return pd.DataFrame(found, columns=[column.name for column in COLUMNS])


def _shape(look: NightLook) -> pd.DataFrame:
    wanted = look.chosen.family
    boards = map(look.board_before, range(NIGHTS))
    return rows(
        (board.night.day, family.verdict)
        for board in boards
        for family in board.families
        if not wanted or family.family.key in wanted
    )


RATES: Figure[NightLook] = Figure(
    name="rates",
    title=TITLE,
    about=About(
        N_(
            "Of the nights of each family of which something was expected, the share that is OK, by month and by week, "
            "over the thirteen weeks up to the night shown. Nights of which nothing is known are counted apart."
        ),
        SOURCE,
    ),
    shape=_shape,
    columns=COLUMNS,
    empty=N_("Nothing was expected in these nights."),
)
