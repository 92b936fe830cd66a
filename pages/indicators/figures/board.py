"""All indicators at one glance: the newest published month of each, and what moved since. A click opens one."""

from collections.abc import Mapping

import pandas as pd

from core.base.i18n import N_, _
from core.show.about import About
from core.show.columns import Column, Kind, missing
from core.show.figure import Figure, Mark
from pages.indicators.look import IndicatorLook, sliced
from pages.indicators.words import SOURCE, signed, written

COLUMNS = (
    Column("title", N_("Indicator")),
    Column("of", N_("Slice")),
    Column("period", N_("Month"), Kind.MONTH),
    Column("published", N_("Published")),
    Column("value", N_("Up to date")),
    Column("drift", N_("Since")),
    Column("seen_on", N_("Newest look"), Kind.DAY),
    Column("version", N_("Version"), Kind.NUMBER),
)


def _shape(look: IndicatorLook) -> pd.DataFrame:
    by_name = {thing.indicator: thing for thing in look.defined.things}
    newest = look.board.sort_values("period").groupby(["indicator", "slice"], sort=False)
    rows = []
    for (name, said), months in ((tuple(map(str, key)), part) for key, part in newest):
        if name not in by_name:
            continue
        frozen = months[months["published_on"].notna()]
        row = (months if frozen.empty else frozen).iloc[-1]
        one = by_name[name]
        told = {column: row[column] for column in ("period", "seen_on", "version")}
        values = {column: written(row[column], one.shape, one.unit) for column in ("published", "value")}
        drift = "" if missing(row["drift"]) or not row["drift"] else signed(row["drift"], one)
        rows.append({"indicator": name, "title": one.title, "of": sliced(said), **told, **values, "drift": drift})
    seen = {row["indicator"] for row in rows}
    rows += [
        {"indicator": thing.indicator, "title": thing.title, "of": "", "published": "–", "value": "–", "drift": ""}
        for thing in look.defined.things
        if thing.indicator not in seen
    ]
    columns = ["indicator", *(column.name for column in COLUMNS)]
    return pd.DataFrame(rows, columns=columns).sort_values(["title", "of"], kind="stable").reset_index(drop=True)


def _means(_look: IndicatorLook, mark: Mark) -> Mapping[str, object]:
    return {"indicator": mark["indicator"]}


BOARD: Figure[IndicatorLook] = Figure(
    name="board",
    title=N_("Indicators"),
    about=About(
        N_(
            "Of each indicator the newest month that was published, as it was frozen and as the newest look says; a "
            "new version of a definition is no change. Pick one to see its months."
        ),
        SOURCE,
    ),
    shape=_shape,
    columns=COLUMNS,
    means=_means,
    detail=lambda _look, _frame: _("Choose an indicator to open it."),
    when=lambda look: look.indicator is None,
    empty=N_("No indicator is declared."),
)
