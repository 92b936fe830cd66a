"""The most frequent pairs as bands from origins to targets."""

from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from core.base.i18n import N_, _, language, show_number, show_percent
from core.show.about import About
from core.show.charts import Drawing, drawn, pick, specification_of
from core.show.figure import Figure
from pages.reroutes.figures.matrix import PAIR_COLUMNS, ends_of, pairs
from pages.reroutes.look import RerouteLook
from pages.reroutes.shares import shares
from pages.reroutes.words import SOURCE

LINKS = 40


def bands(pairs: pd.DataFrame, steps: int = 24) -> pd.DataFrame:
    """The most frequent pairs as bands between two columns of entities, the others together as one more: points of each
    band's edges.

    `x` runs from 0 to 1, `low` and `high` from 0 to 1; entities stand by their share, the largest on top. Each entity
    has a `color` of its own. `other` is true of the band of the others.
    """
    top = pairs[["origin", "target", "handovers"]].head(LINKS)
    if rest := int(pairs["handovers"].sum() - top["handovers"].sum()):
        others = pd.DataFrame({"origin": [_("others")], "target": [_("others")], "handovers": [rest]})
        top = pd.concat([top, others], ignore_index=True)
    total = max(int(top["handovers"].sum()), 1)
    tops: dict[tuple[str, str], float] = {}
    for side in ("origin", "target"):
        ordered = shares(top, side)
        edges = [0.0, *ordered["share"].cumsum()]
        tops |= {(side, value): edge for value, edge in zip(ordered["value"], edges, strict=False)}
    colors = {
        name: f"hsl({number * 137.5 % 360:.0f},55%,{45 + 12 * (number % 3)}%)"
        for number, name in enumerate(sorted(set(top["origin"])))
    }
    rows = []
    ordered_pairs = top.assign(at=range(len(top))).sort_values(["origin", "handovers"], ascending=[True, False])
    for origin, target, count, at in ordered_pairs[["origin", "target", "handovers", "at"]].values.tolist():
        width = count / total
        left, right = tops["origin", origin], tops["target", target]
        tops["origin", origin] += width
        tops["target", target] += width
        for step in range(steps + 1):
            x = step / steps
            ease = x * x * (3 - 2 * x)
            high = 1 - (left + (right - left) * ease)
            rows.append(
                {
                    "pair": f"{origin} → {target}",
                    "origin": origin,
                    "target": target,
                    "handovers": count,
                    "x": x,
                    "high": high,
                    "low": high - width,
                    "name": origin if step == 0 else target if step == steps else None,
                    "color": colors[origin],
                    "other": at >= LINKS,
                }
            )
    return pd.DataFrame(rows, columns=POINTS)


POINTS = ["pair", "origin", "target", "handovers", "x", "high", "low", "name", "color", "other"]


def labels(points: pd.DataFrame) -> pd.DataFrame:
    """Where the names of the entities of a flow stand: `x`, `name`, `middle`."""
    ends = points[points["name"].notna()]
    found = ends.groupby(["x", "name"], sort=False).agg(high=("high", "max"), low=("low", "min")).reset_index()
    return found.assign(middle=(found["high"] + found["low"]) / 2)[found["high"] - found["low"] > 0.024]


@lru_cache(maxsize=4)
def _specification(_language: str) -> dict[str, Any]:
    across = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.25, 1.25]))
    told = [alt.Tooltip("pair:N", title=_("Pair")), alt.Tooltip("handovers:Q", title=_("Reroutes"), format=",d")]
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
            tooltip=told,
        )
        .add_params(pick("origin", "target", "other"))
    )
    words = drawn().transform_filter("isValid(datum.middle)")
    left = (
        words.transform_filter("datum.x == 0")
        .mark_text(align="right", dx=-5)
        .encode(x="x:Q", y="middle:Q", text="name:N", color=alt.value("gray"))
    )
    right = (
        words.transform_filter("datum.x == 1")
        .mark_text(align="left", dx=5)
        .encode(x="x:Q", y="middle:Q", text="name:N", color=alt.value("gray"))
    )
    return specification_of(alt.layer(bands, left, right).properties(height=460))


def _chart(frame: pd.DataFrame, _look: RerouteLook) -> Drawing:
    points = bands(frame)
    joined = pd.concat([points.drop(columns="name"), labels(points)[["x", "name", "middle"]]], ignore_index=True)
    return Drawing(_specification(language()), joined)


def _shown(_look: RerouteLook, frame: pd.DataFrame) -> str:
    shown, every = int(frame["handovers"].head(LINKS).sum()), int(frame["handovers"].sum())
    if shown == every:
        return ""
    return _(
        "The {n} most frequent pairs have a band each, {shown} of {all} ({share}); the rest is one of “others”."
    ).format(n=LINKS, shown=show_number(shown), all=show_number(every), share=show_percent(shown / every))


FLOW: Figure[RerouteLook] = Figure(
    name="flow",
    title=N_("Flow"),
    about=About(N_("The most frequent pairs as bands, from the origins (left) to the targets (right)."), SOURCE),
    query=pairs,
    columns=PAIR_COLUMNS,
    chart=_chart,
    means=lambda look, mark: {} if mark.get("other") else ends_of(look, mark),
    detail=_shown,
)
