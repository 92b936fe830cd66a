"""Hand-overs by the values of a column."""

from typing import Any

import pandas as pd

from core.base.i18n import _, show_number

MATRIX_SIDE = 24


def shares(pairs: pd.DataFrame, side: str) -> pd.DataFrame:
    """Hand-overs by the values of a column, the most frequent first, with their `share`. `said` is false of the row
    of those without a value, which says so in words."""
    sums = pairs.groupby(side, sort=False, dropna=False)["handovers"].sum().sort_values(ascending=False, kind="stable")
    named = [bool(pd.notna(value)) for value in sums.index]
    return pd.DataFrame(
        {
            "value": [value if known else _("not said") for value, known in zip(sums.index, named, strict=True)],
            "handovers": sums.astype(int).values,
            "share": (sums / max(int(sums.sum()), 1)).values,
            "said": named,
        }
    )


def most_met(pairs: pd.DataFrame, side: int = MATRIX_SIDE) -> pd.DataFrame:
    """The pairs as cells: those between the origins and targets that have most hand-overs, each other end as one of the
    others, so that the cells hold every hand-over. `other_origin` and `other_target` are true of these;
    `origin_name` and `target_name` say the end with all its hand-overs, `origin_rank` and `target_rank` its order."""
    cells = pairs[["origin", "target", "handovers"]].copy()
    for end in ("origin", "target"):
        ordered = shares(pairs, end)
        named = list(ordered["value"][:side])
        cells[f"other_{end}"] = ~cells[end].isin(named)
        cells[end] = cells[end].where(~cells[f"other_{end}"], _("others"))
    by = ["origin", "target", "other_origin", "other_target"]
    cells = cells.groupby(by, sort=False)["handovers"].sum().reset_index()
    for end in ("origin", "target"):
        total = cells.groupby(end)["handovers"].transform("sum")
        cells[f"{end}_name"] = [f"{name} · {show_number(n)}" for name, n in zip(cells[end], total, strict=True)]
        cells[f"{end}_rank"] = total.where(~cells[f"other_{end}"], 0)
    return cells.sort_values("handovers", ascending=False, kind="stable").reset_index(drop=True)


def named_share(cells: pd.DataFrame) -> tuple[int, int]:
    """Of the hand-overs of `most_met`, those between two ends that are named, and all."""
    named = ~(cells["other_origin"] | cells["other_target"])
    return int(cells.loc[named, "handovers"].sum()), int(cells["handovers"].sum())


def summed(frame: pd.DataFrame, by: list[str], what: str) -> list[tuple[Any, ...]]:
    """The values of some columns, each with the sum of another, the greatest first."""
    if frame.empty:
        return []
    sums = frame.groupby(by, sort=False)[what].sum().reset_index().sort_values(what, ascending=False, kind="stable")
    return list(sums[[*by, what]].itertuples(index=False, name=None))
