"""Hand-overs by the values of a column."""

from typing import Any

import pandas as pd

from core.base.i18n import _

MATRIX_SIDE = 24


def shares(pairs: pd.DataFrame, side: str) -> pd.DataFrame:
    """Hand-overs by the values of a column, the most frequent first, with their `share`. `said` is false of the row
    of those without a value, which says so in words."""
    found = pairs.groupby(side, sort=False, dropna=False)["handovers"].sum().sort_values(ascending=False, kind="stable")
    said = [bool(pd.notna(value)) for value in found.index]
    return pd.DataFrame(
        {
            "value": [value if known else _("not said") for value, known in zip(found.index, said, strict=True)],
            "handovers": found.astype(int).values,
            "share": (found / max(int(found.sum()), 1)).values,
            "said": said,
        }
    )


def most_met(pairs: pd.DataFrame, side: int = MATRIX_SIDE) -> pd.DataFrame:
    """The pairs between the origins and targets that have most hand-overs, as cells."""
    origins = list(shares(pairs, "origin")["value"][:side])
    targets = list(shares(pairs, "target")["value"][:side])
    return pairs[pairs["origin"].isin(origins) & pairs["target"].isin(targets)].reset_index(drop=True)


def summed(frame: pd.DataFrame, by: list[str], what: str) -> list[tuple[Any, ...]]:
    """The values of some columns, each with the sum of another, the greatest first."""
    if frame.empty:
        return []
    found = frame.groupby(by, sort=False)[what].sum().reset_index().sort_values(what, ascending=False, kind="stable")
    return list(found[[*by, what]].itertuples(index=False, name=None))
