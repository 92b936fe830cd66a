"""The plan as frames and a chart: burn-up with scope, and lots beside the totals that were written. Pure."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from core.base.i18n import N_, _, language, show_date
from core.show.about import About
from core.show.charts import Drawing, day_axis, drawn, legend, midnights, specification_of, spelled_out
from core.show.columns import Column, Kind
from pages.migration.collection import WAY
from pages.migration.model import Lot
from pages.migration.plan import ENOUGH, End, steps, sums

SOURCE = N_("The lots, as they are kept here")
SAID = {"scope": N_("In scope"), "expected": N_("To be treated"), "treated": N_("Treated")}
HUES = ("#da730b", "#8d99a6", "#0072b2")
BURN_UP = About(
    N_(
        "Treatments added up over the lots that were not stopped. The scope moves where a lot says that it changed; "
        "what was treated ends at the last day with a figure."
    ),
    SOURCE,
)
END = About(
    N_(
        "The last 20 worked days are drawn at random 2,000 times: 70 of 100 draws end within the range. Public "
        "holidays and days that nobody filled in are no worked days. Under 5 of them nothing is told, and no day "
        "further than a year."
    ),
    SOURCE,
)
PACE = About(N_("Minutes spent, divided by treatments, over the days whose minutes are known."), SOURCE)
BY_LOT = About(
    N_("What the days of each lot add up to, and the totals that the team's workbook wrote. Neither is corrected."),
    SOURCE,
)


def burn_up(lots: Sequence[Lot]) -> pd.DataFrame:
    """One row a day: `day`, `scope`, `expected`, `treated` (missing after the last day with a figure)."""
    rows = [vars(step) for step in steps(lots)]
    frame = pd.DataFrame(rows, columns=["day", *SAID])
    return frame.astype(dict.fromkeys(SAID, "Int64")).astype({"day": "date32[day][pyarrow]"})


def chart(frame: pd.DataFrame) -> Drawing:
    """The burn-up: scope, what was expected (dashed), what was treated."""
    return Drawing(_chart(language()), midnights(frame, "day"))


@lru_cache(maxsize=4)
def _chart(_language: str) -> dict[str, Any]:
    words = {name: _(word) for name, word in SAID.items()}
    key = legend(words, symbol="stroke")
    folded = drawn().transform_fold(list(words), as_=["what", "n"]).transform_filter("isValid(datum.n)")
    base = folded.transform_calculate(word=spelled_out(words, "datum.what")).encode(
        x=day_axis("day"),
        y=alt.Y("n:Q", title=_("Treatments")),
        color=alt.Color("what:N", title=None, scale=alt.Scale(domain=list(words), range=list(HUES)), legend=key),
        strokeDash=alt.condition("datum.what == 'expected'", alt.value([5, 4]), alt.value([1, 0])),
        tooltip=[
            alt.Tooltip("day:T", title=_("Day")),
            alt.Tooltip("word:N", title=_("What")),
            alt.Tooltip("n:Q", title=_("Treatments"), format=",.0f"),
        ],
    )
    scope = base.transform_filter("datum.what == 'scope'").mark_line(size=2, interpolate="step-after")
    lines = base.transform_filter("datum.what != 'scope'").mark_line(size=2, point={"size": 18})
    return specification_of(alt.layer(scope, lines).properties(height=300))


def burn_up_columns() -> list[Column]:
    """The columns of `burn_up`."""
    return [Column("day", _("Day"), Kind.DAY), *(Column(name, _(word), Kind.NUMBER) for name, word in SAID.items())]


def by_lot(lots: Sequence[tuple[str, str, Lot]]) -> pd.DataFrame:
    """One row a lot, what its days add up to and what is written, then all of them together."""
    rows = [(ref, lot.name, _(WAY.state(state).name), [lot]) for ref, state, lot in lots]
    rows += [("", _("All lots"), "", [lot for _ref, _state, lot in lots])] if len(lots) > 1 else []
    told = [{"ref": ref, "name": name, "state": state, **vars(sums(some))} for ref, name, state, some in rows]
    names = [column.name for column in by_lot_columns()]
    return pd.DataFrame(told, columns=names).astype(dict.fromkeys(names[3:], "Int64"))


def by_lot_columns() -> list[Column]:
    """The columns of `by_lot`."""
    return [
        Column("ref", _("Reference number")),
        Column("name", _("Lot")),
        Column("state", _("State")),
        Column("expected", _("To be treated, day by day"), Kind.NUMBER),
        Column("written_expected", _("To be treated, as written"), Kind.NUMBER),
        Column("treated", _("Treated, day by day"), Kind.NUMBER),
        Column("written_treated", _("Treated, as written"), Kind.NUMBER),
    ]


def told_end(found: End | None) -> str:
    """The end as a range, in a sentence."""
    if found is None:
        return _("No end is told under {n} worked days.").format(n=ENOUGH)
    if found.first is None:
        return _("End: not within a year.")
    if found.last == found.first:
        return _("Nothing is left to be treated.")
    first = show_date(found.first)
    if found.last is None:
        return _("End: {first} at the earliest, perhaps not within a year.").format(first=first)
    return _("End: between {first} and {last}.").format(first=first, last=show_date(found.last))
