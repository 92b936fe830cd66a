"""What screens show of data, without a screen: the same charts and tables serve a page, an export and a mail."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from core.show.about import About
from core.show.charts import AnyChart, Drawing
from core.show.columns import Column
from core.show.filters import Chosen


@dataclass(frozen=True)
class Shown:
    """A chart with the data behind it, or a table where there is no `chart`. Texts are already translated.

    `name` names files and widgets, unique on a screen. `told` says in a sentence what a chart shows, to whoever does
    not see it. `rows` gives every row where `frame` is only a part of them.
    """

    name: str
    title: str
    about: About
    frame: pd.DataFrame
    columns: Sequence[Column]
    chart: AnyChart | Drawing | None = None
    told: str = ""
    rows: Callable[[], Iterable[pa.RecordBatch]] | None = None


@dataclass(frozen=True)
class Picture:
    """What a view shows to one person at one moment: the filters as they hold for this person, figures as (label,
    value), then charts and tables in the order of the screen. Those without a row are left out. `left_out` says which
    of the view's filters do not hold for this person."""

    chosen: Chosen
    figures: tuple[tuple[str, str], ...]
    shown: tuple[Shown, ...]
    left_out: str = ""
