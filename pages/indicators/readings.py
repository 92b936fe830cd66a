"""The readings of an indicator that goes on moving. Pure: frames in, frames out.

A frame of looks holds rows of `pages.indicators.facts.INDICATOR_VALUES`. One *series* is an indicator's slice. A month
has three readings: as published (frozen), up to date (its newest look), and as seen on a day. Published and up to date
are compared within one version of the definition: a new definition is no drift.
"""

from collections.abc import Mapping
from datetime import date

import pandas as pd

from core.show.growth import months_between
from pages.indicators.facts import REBUILT

SERIES = ["indicator", "slice"]
CELL = [*SERIES, "version", "period"]


def last_takes(looks: pd.DataFrame) -> pd.DataFrame:
    """The looks that count: of one day, the last take."""
    ordered = looks.sort_values("take", kind="stable")
    return ordered.drop_duplicates([*CELL, "seen_on"], keep="last").sort_index()


def as_seen(looks: pd.DataFrame, on: date | None = None) -> pd.DataFrame:
    """The newest look at each month of each series and version, not later than a day where one is given."""
    counted = last_takes(looks)
    known = counted if on is None else counted[counted["seen_on"] <= on]
    return known.sort_values("seen_on", kind="stable").drop_duplicates(CELL, keep="last").sort_index()


def compared(published: pd.DataFrame, looks: pd.DataFrame, on: date | None = None) -> pd.DataFrame:
    """Each month of each series: as published, and as its newest look says, or its newest up to a day.

    `published`: `indicator`, `slice`, `period`, `version`, `value`, `seen_on`. Columns: `indicator`, `slice`, `period`,
    `version`, `published`, `published_on`, `value`, `seen_on`, `age` (months from the month to that look), `drift`
    (value less published), `share` (drift of published; none where that is 0). A month that was not published has the
    newest version that looked at it.
    """
    newest = as_seen(looks, on)
    frozen = published.rename(columns={"value": "published", "seen_on": "published_on"})
    known = newest.merge(frozen[[*CELL, "published", "published_on"]], on=CELL, how="left")
    told = known["published_on"].notna()
    version = known["version"].where(told).fillna(known["version"])
    chosen = known.assign(told=told, of=version).sort_values(["told", "of"], kind="stable")
    chosen = chosen.drop_duplicates([*SERIES, "period"], keep="last").sort_values([*SERIES, "period"])
    drift = chosen["value"] - chosen["published"]
    share = drift / chosen["published"].where(chosen["published"] != 0)
    ages = [months_between(*pair) for pair in zip(chosen["period"], chosen["seen_on"], strict=True)]
    columns = [*CELL, "published", "published_on", "value", "seen_on"]
    return chosen[columns].assign(age=ages, drift=drift, share=share).reset_index(drop=True)


def rebuilt(looks: pd.DataFrame) -> pd.DataFrame:
    """What the newest version would have published of each month, as it was rebuilt: `period`, `rebuilt`. Of looks of
    one series; each month at the age of one month."""
    newest = looks[(looks["version"] == looks["version"].max()) & (looks["origin"] == REBUILT)]
    seen = zip(newest["period"], newest["seen_on"], strict=True)
    young = newest.loc[[months_between(*pair) == 1 for pair in seen]]  # also where there is none
    return pd.DataFrame({"period": young["period"], "rebuilt": young["value"]})


def slice_of(dimensions: Mapping[str, object]) -> str:
    """Values of dimensions as one text, in the order of names; `=`, `;` and `%` of values are escaped."""
    return ";".join(f"{name}={_escaped(dimensions[name])}" for name in sorted(dimensions))


def dimensions_of(said: str) -> dict[str, str]:
    """The dimensions that a slice names."""
    parts = (part.partition("=") for part in said.split(";") if part)
    return {name: _plain(value) for name, _equals, value in parts}


def _escaped(value: object) -> str:
    said = "" if value is None else str(value)
    return said.replace("%", "%25").replace("=", "%3D").replace(";", "%3B")


def _plain(said: str) -> str:
    return said.replace("%3B", ";").replace("%3D", "=").replace("%25", "%")
