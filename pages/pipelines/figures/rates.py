"""How many nights went well, by week and by month."""

from collections import Counter
from datetime import date

import pandas as pd

from core.base.i18n import N_
from core.base.periods import Grain
from core.base.stats import wilson
from core.base.status import LOOKS, Verdict
from core.show.about import About
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.pipelines.figures.years import EMPTY
from pages.pipelines.judged import VERDICTS
from pages.pipelines.look import NightLook
from pages.pipelines.words import SOURCE

WEEKS = 26
"""As many weeks are told, beside the months of two years."""
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


def rows(verdicts: pd.DataFrame) -> pd.DataFrame:
    """One row a month, then one a week of the last WEEKS, the newest first. `verdicts`: `at` (the night's date as
    midnight UTC), `verdict`, `families`: how many had it.

    Counted are nights of which something was expected and that are over; those of which nothing is known are counted
    apart, and a period in which nothing is known is left out.
    """
    columns = (verdicts[name] for name in ("at", "verdict", "families"))
    told = [(at.date(), Verdict(said), n) for at, said, n in zip(*columns, strict=True) if said in JUDGED]
    days = [day for day, _verdict, _n in told]
    found = []
    for grain, most in ((Grain.MONTH, None), (Grain.WEEK, WEEKS)):
        periods: dict[date, Counter[Verdict]] = {}
        for day, verdict, n in told:
            periods.setdefault(grain.first(day), Counter())[verdict] += n
        for first in sorted(periods, reverse=True)[:most]:
            counts = periods[first]
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


RATES: Figure[NightLook] = Figure(
    name="rates",
    title=N_("Nights that went well"),
    about=About(
        N_(
            "Of the nights of each family of which something was expected, the share that is OK, by month and by week, "
            "over two years up to the night shown. Nights of which nothing is known are counted apart."
        ),
        SOURCE,
    ),
    query=VERDICTS,
    shape=lambda _look, verdicts: rows(verdicts),
    columns=COLUMNS,
    empty=EMPTY,
)
