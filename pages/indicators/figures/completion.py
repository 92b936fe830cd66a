"""What young months are expected to come to, as a range."""

import pandas as pd

from core.base.i18n import N_, _
from core.show.columns import Column, Kind
from core.show.figure import Figure, Note
from pages.indicators.figures.numbers import NUMBERS
from pages.indicators.look import IndicatorLook
from pages.indicators.words import column

_NAMES = ["period", "age", "value", "low", "high", "steps"]


def _shape(look: IndicatorLook) -> pd.DataFrame:
    newest = look.triangle.sort_values("age").drop_duplicates("period", keep="last")
    seen = {row["period"]: row for row in newest.to_dict("records")}
    rows = [
        {
            "period": month,
            "age": seen[month]["age"],
            "value": seen[month]["value"],
            "low": one.low,
            "high": one.high,
            "steps": one.steps,
        }
        for month, one in look.completion.items()
    ]
    return pd.DataFrame(rows, columns=_NAMES).sort_values("period", ascending=False).reset_index(drop=True)


COMPLETION: Figure[IndicatorLook] = Figure(
    name="completion",
    title=N_("What young months come to"),
    about=NUMBERS.numbers[-1].about,
    shape=_shape,
    columns=lambda look: (
        Column("period", N_("Month"), Kind.MONTH),
        Column("age", N_("Age in months"), Kind.NUMBER),
        column("value", N_("Up to date"), look.indicator),
        column("low", N_("Expected at one year, from"), look.indicator),
        column("high", N_("to"), look.indicator),
        Column("steps", N_("Months it is made of"), Kind.NUMBER),
    ),
    when=lambda look: bool(look.completion),
)
TOO_FEW: Note[IndicatorLook] = Note(
    lambda _look: _("What a young month comes to is said once six looks reach back over a year."),
    when=lambda look: look.counts and not look.completion,
)
