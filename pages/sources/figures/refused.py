"""The rows that a source could not land: exported, corrected and dropped again, they land."""

import pandas as pd

from core.base.i18n import N_
from core.show import refused
from core.show.about import About
from core.show.columns import Column
from core.show.figure import Figure
from pages.sources.look import SourcesLook

ABOUT = About(
    N_("Rows that could not land, each with its reason. Export them, correct them, drop the file here: they land."),
    N_("The store of Vigie"),
)


def _columns(look: SourcesLook) -> list[Column]:
    return refused.columns(look.refused_rows)


def _shape(look: SourcesLook) -> pd.DataFrame:
    return refused.frame(look.refused_rows)


REFUSED = Figure(
    name="refused",
    title=N_("Refused rows"),
    about=ABOUT,
    shape=_shape,
    columns=_columns,
    when=lambda look: bool(look.refused_rows),
)
