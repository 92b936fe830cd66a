"""Heat maps: a cell for each pair of a row and a column, the more the darker, in proportion, its number in it where it
fits."""

from typing import Any

import altair as alt

from core.base.i18n import _
from core.show.charts import drawn, pick, specification_of

DARKEST = 0.42
"""Opacity of the cell that holds most: the number in it is read in both themes."""
SIZE = alt.ExprRef("width < 500 ? 7 : 10")
"""Of the numbers, in pixels: small on a phone, where cells are narrow."""
STEP = 24
"""Height of a row, in pixels."""


def heat(
    x: alt.X,
    y: alt.Y,
    value: str,
    tooltip: list[alt.Tooltip],
    *,
    picks: tuple[str, ...] = (),
    number: str = ",.0f",
    most: float | None = None,
    totals: bool = False,
    step: int = STEP,
) -> dict[str, Any]:
    """A specification of the frame that `Drawing` brings along. `value` is the column of the cells, written as `number`
    (d3); `most` is what the darkest cell would hold, where that is not the greatest value; a click tells `picks`. With
    `totals`, the sums of rows stand behind them, those of columns above, and that of all at the corner."""
    scale = alt.Scale(type="linear", domainMin=0, range=[0, DARKEST], clamp=True)
    if most is not None:
        scale.domainMax = most
    base = drawn().encode(x=x, y=y, tooltip=tooltip)
    cells = base.mark_rect(cornerRadius=2, cursor="pointer" if picks else "default")
    cells = cells.encode(color=alt.value("blue"), opacity=alt.Opacity(f"{value}:Q", scale=scale, legend=None))
    wide = f"length(format(datum[{value!r}], {number!r})) * (width < 500 ? 4.2 : 6) <= bandwidth('x')"
    texts = base.mark_text(fontSize=SIZE, clip=True, aria=False, opacity=alt.ExprRef(f"{wide} ? 1 : 0"))
    numbers = texts.encode(text=alt.Text(f"{value}:Q", format=number))
    layers = [cells.add_params(pick(*picks)) if picks else cells, numbers]
    return specification_of(
        alt.layer(*layers, *(_totals(x, y, value, number) if totals else ())).properties(height=alt.Step(step))
    )


def _totals(x: alt.X, y: alt.Y, value: str, number: str) -> list[alt.Chart]:
    above, behind = {"y": alt.value(0)}, {"x": alt.value("width")}

    def sums(*by: str, **looks: Any) -> alt.Chart:
        summed = drawn().transform_aggregate(total=f"sum({value})", groupby=list(by))
        marks: alt.Chart = summed.mark_text(fontSize=SIZE, fontWeight="bold", aria=False, **looks)
        return marks

    text = alt.Text("total:Q", format=number)
    column, row = (str(channel.shorthand).split(":")[0] for channel in (x, y))
    return [
        sums(column, baseline="bottom", dy=-5).encode(x=x, text=text, **above),
        sums(row, align="left", dx=6).encode(y=y, text=text, **behind),
        sums(align="left", baseline="bottom", dx=6, dy=-5).encode(text=text, **behind, **above),
        sums(align="right", baseline="bottom", dx=-8, dy=-5).encode(
            x=alt.value(0), text=alt.value(_("Total")), **above
        ),
    ]
