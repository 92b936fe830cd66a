"""The hand-overs behind every count."""

from collections.abc import Iterator

import pandas as pd
import pyarrow as pa
import sqlalchemy as sa

from core.base.i18n import N_, _, show_number
from core.show.about import About
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.reroutes.facts import HANDOVERS
from pages.reroutes.look import RerouteLook
from pages.reroutes.queries import ROWS_SHOWN, Columns, Select, question
from pages.reroutes.words import SOURCE, recipients, ways


@question("rows", cap=ROWS_SHOWN)
def rows(h: Columns) -> Select:
    """The hand-overs themselves, the newest first."""
    kept = (h[name] for name in HANDOVERS.schema.names if name not in ("void", "step", "day", "hour", "wait"))
    return sa.select(*kept).order_by(h.moved_at.desc(), h.task, h.step)


def _shape(look: RerouteLook) -> pd.DataFrame:
    first = look.first_rows(rows)
    return first.assign(way=first["way"].map(ways()), recipients=first["recipients"].map(recipients, "ignore"))


def _all(look: RerouteLook) -> Iterator[pa.RecordBatch]:
    """Every row, in the words of the screen."""
    for batch in look.stream(rows):
        written = {"way": pa.array([ways().get(word, word) for word in batch.column("way").to_pylist()], pa.string())}
        texts = [None if text is None else recipients(text) for text in batch.column("recipients").to_pylist()]
        written["recipients"] = pa.array(texts, pa.string())
        names = batch.schema.names
        yield pa.RecordBatch.from_arrays([written.get(name, batch.column(name)) for name in names], names)


def _count(look: RerouteLook, frame: pd.DataFrame) -> str:
    return _("The newest {shown} of {n}; the export holds them all.").format(
        n=show_number(look.count), shown=show_number(len(frame))
    )


ROWS: Figure[RerouteLook] = Figure(
    name="rows",
    title=N_("Reroutes"),
    about=About(N_("The hand-overs behind every count of this screen; the export holds them all."), SOURCE),
    shape=_shape,
    columns=(
        Column("task", N_("Task")),
        Column("moved_at", N_("Moment"), Kind.MOMENT),
        Column("origin", N_("Origin")),
        Column("target", N_("Target")),
        Column("line", N_("Filière")),
        Column("origin_type", N_("Type of the origin")),
        Column("target_type", N_("Type of the target")),
        Column("nth", N_("Which reroute"), Kind.NUMBER),
        Column("total", N_("Of"), Kind.NUMBER),
        Column("waited_s", N_("Waited"), Kind.DURATION),
        Column("actor", N_("Made by")),
        Column("centre", N_("Centre")),
        Column("way", N_("Manual or automatic")),
        Column("reference", N_("Reference")),
        Column("recipients", N_("Recipients")),
        Column("router", N_("Version of the router")),
        Column("until", N_("End of the period, where there is no date"), Kind.MOMENT),
        Column("source", N_("Source")),
    ),
    detail=_count,
    rows=_all,
    mailed=False,
)
