"""The entities that have most hand-overs, and between them bands from origins to targets."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal

import altair as alt
import pandas as pd

from core.base.i18n import N_, _, language
from core.show.about import About
from core.show.charts import Drawing, drawn, pick, specification_of
from core.show.figure import Figure
from core.show.filters import Choices
from pages.reroutes.figures.matrix import ORIGIN, PAIR_COLUMNS, TARGET, ends_of, pairs, said_share
from pages.reroutes.look import RerouteLook
from pages.reroutes.shares import most_met
from pages.reroutes.words import SOURCE

NODES = 10
"""So many entities stand on each side; the others are one more."""
STEPS = 16
"""Points of a band's edge, less one."""
SAID = 0.024
"""Share of all from which the name of an entity has room beside it."""
OTHERS = "#9aa4b0"
POINTS = ["pair", "origin", "target", "other_origin", "other_target", "handovers", "x", "high", "low", "name", "color"]


def bands(pairs: pd.DataFrame, names: Sequence[str] = ()) -> pd.DataFrame:
    """The cells of `most_met` as bands between two columns of entities: points of each band's edges.

    `x` runs from 0 to 1, `low` and `high` from 0 to 1; entities stand by their share, the largest on top, the others
    last. Each entity has a `color` by its place among all `names`, in every period the same; the others are grey.
    `name` is said at both ends of a band, with all hand-overs of that end.
    """
    cells = most_met(pairs, NODES)
    total = max(int(cells["handovers"].sum()), 1)
    cells = cells.sort_values(["origin_rank", "target_rank", "origin", "target"], ascending=[False, False, True, True])
    edges: dict[tuple[str, str], float] = {}
    for end in ("origin", "target"):
        sums = cells.groupby([f"{end}_rank", end])["handovers"].sum().sort_index(ascending=[False, True])
        edges |= {(end, name): edge for (_rank, name), edge in zip(sums.index, sums.cumsum() - sums, strict=True)}
    hues: dict[str, str] = _hues({*names, *cells.loc[~cells["other_origin"], "origin"]})
    rows = []
    for cell in cells.to_dict("records"):
        origin, target, width = cell["origin"], cell["target"], cell["handovers"]
        left, right = edges["origin", origin], edges["target", target]
        edges["origin", origin] += width
        edges["target", target] += width
        for step in range(STEPS + 1):
            x = step / STEPS
            high = 1 - (left + (right - left) * x * x * (3 - 2 * x)) / total
            name = cell["origin_name"] if step == 0 else cell["target_name"] if step == STEPS else None
            color = OTHERS if cell["other_origin"] else hues[origin]
            shown = {"pair": f"{origin} → {target}", "x": x, "high": high, "low": high - width / total}
            rows.append(dict(cell) | shown | {"name": name, "color": color})
    return pd.DataFrame(rows, columns=POINTS)


def _hues(names: set[str]) -> dict[str, str]:
    """A colour for each name, by its place among all."""
    return {
        name: f"hsl({number * 137.508 % 360:.1f},55%,{45 + 12 * (number % 3)}%)"
        for number, name in enumerate(sorted(names))
    }


def labels(points: pd.DataFrame) -> pd.DataFrame:
    """Where the names of the entities of a flow stand: `x`, `name`, `middle`."""
    ends = points[points["name"].notna()]
    blocks = ends.groupby(["x", "name"], sort=False).agg(high=("high", "max"), low=("low", "min")).reset_index()
    return blocks.assign(middle=(blocks["high"] + blocks["low"]) / 2)[blocks["high"] - blocks["low"] > SAID]


@lru_cache(maxsize=4)
def _specification(_language: str) -> dict[str, Any]:
    across = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.3, 1.3]))
    tooltips = [alt.Tooltip("pair:N", title=_("Pair")), alt.Tooltip("handovers:Q", title=_("Reroutes"), format=",d")]
    bands = (
        drawn()
        .transform_filter("isValid(datum.pair)")
        .mark_area(opacity=0.5, stroke="#8a94a2", strokeWidth=0.3, cursor="pointer")
        .encode(
            x=across,
            y=alt.Y("low:Q", axis=None),
            y2="high:Q",
            detail="pair:N",
            color=alt.Color("color:N", scale=None, legend=None),
            tooltip=tooltips,
        )
        .add_params(pick("origin", "target", "other_origin", "other_target"))
    )
    words = drawn().transform_filter("isValid(datum.middle)")
    left = (
        words.transform_filter("datum.x == 0")
        .mark_text(align="right", dx=-5)
        .encode(x="x:Q", y="middle:Q", text="name:N")
    )
    right = (
        words.transform_filter("datum.x == 1")
        .mark_text(align="left", dx=5)
        .encode(x="x:Q", y="middle:Q", text="name:N")
    )
    ends = [_end(_(ORIGIN), 0, "right", -5), _end(_(TARGET), 1, "left", 5)]
    return specification_of(alt.layer(bands, left, right, *ends).properties(height=460))


def _end(word: str, x: int, align: Literal["left", "right"], dx: int) -> alt.Chart:
    """What the names of one side are, above them."""
    marks = drawn().transform_aggregate(names="count()").mark_text(align=align, dx=dx, dy=-10, fontWeight="bold")
    head: alt.Chart = marks.encode(x=alt.XDatum(x), y=alt.value(0), text=alt.value(word))
    return head


def _chart(frame: pd.DataFrame, look: RerouteLook) -> Drawing:
    entities = look.chosen.filters["origin"]
    assert isinstance(entities, Choices)
    points = bands(frame, list(entities.options))
    joined = pd.concat([points.drop(columns="name"), labels(points)[["x", "name", "middle"]]], ignore_index=True)
    return Drawing(_specification(language()), joined)


FLOW: Figure[RerouteLook] = Figure(
    name="flow",
    title=N_("Flow"),
    about=About(
        N_(
            "Reroutes as bands from the entities that gave most away (left) to those that got most (right), with all "
            "reroutes of each beside its name."
        ),
        SOURCE,
    ),
    query=pairs,
    columns=PAIR_COLUMNS,
    chart=_chart,
    means=ends_of,
    detail=lambda _look, frame: said_share(most_met(frame, NODES)),
)
