"""The months of an indicator: as published, as the newest look says, and what moved since."""

import pandas as pd

from core.base.i18n import N_, _
from core.show.about import About
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.indicators.look import IndicatorLook
from pages.indicators.words import SOURCE, column

ABOUT = About(
    N_(
        "Each month as it was published (frozen for good), as the newest look says (up to the chosen day), "
        "and the difference. Published and up to date are of one version of the definition. Rebuilt is what the newest "
        "version would have published, worked out later; it was never published. The tab of drift compares "
        "months with months of their own age: a young month is not yet whole."
    ),
    SOURCE,
)


def told(look: IndicatorLook) -> pd.DataFrame:
    """The months with their words, the newest first."""
    months = look.months.sort_values("period", ascending=False)
    origins = {one.month: one.data["origin"] for one in look.own}
    said = {"late": _("late"), "again": _("again")}
    return months.assign(origin=[said.get(origins.get(month, ""), "") for month in months["period"]])


def columns(look: IndicatorLook) -> tuple[Column, ...]:
    """The columns, in the unit of the indicator."""

    def value(name: str, label: str) -> Column:
        return column(name, label, look.indicator, whole=look.whole)

    return (
        Column("period", N_("Month"), Kind.MONTH),
        value("published", N_("Published")),
        Column("published_on", N_("Frozen on"), Kind.DAY),
        *([value("rebuilt", N_("Rebuilt"))] if look.months["rebuilt"].notna().any() else []),
        value("value", N_("Up to date")),
        Column("seen_on", N_("Looked at on"), Kind.DAY),
        Column("age", N_("Age in months"), Kind.NUMBER),
        value("drift", N_("Difference")),
        Column("share", N_("Difference (share)"), Kind.PERCENT, digits=1),
        Column("version", N_("Version"), Kind.NUMBER),
        Column("origin", N_("Taken")),
    )


MONTHS: Figure[IndicatorLook] = Figure(
    name="months", title=N_("Months"), about=ABOUT, shape=told, columns=columns, empty=N_("No look was taken yet.")
)
