"""How many have each value, as bars: a pure function, frame → drawing."""

from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from core.base.i18n import _, language
from core.show.charts import BESIDE, Drawing, drawn, numbers, specification_of

SHOWN = 12
"""Bars of one chart; the export holds every value."""
BAR = 24


def bars(frame: pd.DataFrame) -> Drawing:
    """How many have each value, as bars. `frame` has `value` and `n`, the most frequent first."""
    return Drawing(_bars(language()), frame.head(SHOWN))


@lru_cache(maxsize=4)
def _bars(_language: str) -> dict[str, Any]:
    axis = alt.Axis(labelLimit=220, ticks=False, domain=False)
    base = drawn().encode(
        x=alt.X("n:Q", axis=None, scale=BESIDE),
        y=alt.Y("value:N", sort=None, title=None, axis=axis),
        tooltip=[alt.Tooltip("value:N", title=_("Value")), alt.Tooltip("n:Q", title=_("Records"), format=",.0f")],
    )
    marks = base.mark_bar(height=12, cornerRadius=2)
    return specification_of(alt.layer(marks, numbers(base, "n:Q", ",.0f")).properties(height=alt.Step(BAR)))
