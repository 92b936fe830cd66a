"""The most frequent pairs, and what they make up together."""

from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from core.base.i18n import N_, _, language, show_number, show_percent
from core.show.about import About
from core.show.charts import BESIDE, Drawing, drawn, keyed, pick, specification_of
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.reroutes.figures.matrix import ends_of, pairs
from pages.reroutes.look import RerouteLook
from pages.reroutes.words import SOURCE

BARS = 20


def shape(_look: RerouteLook, pairs: pd.DataFrame) -> pd.DataFrame:
    """The most frequent pairs with the share they make up together: `pair`, `handovers`, `share`, `together`."""
    total = max(int(pairs["handovers"].sum()), 1)
    top = pairs.head(BARS)
    return pd.DataFrame(
        {
            "pair": [f"{origin} → {two}" for origin, two in zip(top["origin"], top["target"], strict=True)],
            "origin": list(top["origin"]),
            "target": list(top["target"]),
            "handovers": list(top["handovers"]),
            "share": [count / total for count in top["handovers"]],
            "together": [count / total for count in top["handovers"].cumsum()],
        }
    )


@lru_cache(maxsize=4)
def _specification(_language: str) -> dict[str, Any]:
    tooltips = [
        alt.Tooltip("pair:N", title=_("Pair")),
        alt.Tooltip("handovers:Q", title=_("Reroutes"), format=",d"),
        alt.Tooltip("share:Q", title=_("Share"), format=".1%"),
        alt.Tooltip("together:Q", title=_("Together"), format=".1%"),
    ]
    order = alt.Y("pair:N", sort=None, title=None, axis=alt.Axis(labelLimit=190, ticks=False, domain=False))
    own, together_said = _("Share"), _("Together with those above")
    hues = {own: "blue", together_said: "orange"}
    columns = (
        drawn()
        .mark_bar(cornerRadiusEnd=2, cursor="pointer")
        .encode(y=order, x=alt.X("share:Q", title=None, axis=alt.Axis(format=".0%"), scale=BESIDE), tooltip=tooltips)
        .add_params(pick("origin", "target"))
    )
    line = drawn().mark_line(point={"filled": True, "size": 30}, strokeWidth=1.5)
    together = line.encode(y=order, x="together:Q", tooltip=tooltips)
    # At the edge, where the line never comes: beside the bars it would run over the first of them.
    values = drawn().mark_text(fontSize=10, align="right", aria=False)
    values = values.encode(y=order, x=alt.value("width"), text=alt.Text("handovers:Q", format=",d"))
    return specification_of(
        alt.layer(keyed(columns, own, hues), keyed(together, together_said, hues), values).properties(
            height=alt.Step(20)
        )
    )


def _words(look: RerouteLook, frame: pd.DataFrame) -> str:
    return _("{n} of {all} pairs make up {share}.").format(
        n=len(frame),
        all=show_number(len(look.ask(pairs))),
        share=show_percent(float(frame["together"].iloc[-1])),
    )


PARETO: Figure[RerouteLook] = Figure(
    name="pareto",
    title=N_("Most frequent pairs"),
    about=About(N_("The most frequent pairs, and the share that they make up together (line)."), SOURCE),
    query=pairs,
    shape=shape,
    columns=(
        Column("pair", N_("Pair")),
        Column("handovers", N_("Reroutes"), Kind.NUMBER),
        Column("share", N_("Share"), Kind.PERCENT, digits=1),
        Column("together", N_("Together"), Kind.PERCENT, digits=1),
    ),
    chart=lambda frame, _look: Drawing(_specification(language()), frame),
    means=ends_of,
    detail=_words,
    told=_words,
)
