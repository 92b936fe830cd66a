"""Examples for the router, one row a task, and the cases for the tests of Melusine."""

from collections.abc import Iterator
from datetime import date

import pandas as pd
import pyarrow as pa
import sqlalchemy as sa

from core.base.i18n import N_, _
from core.show.about import About
from core.show.columns import Column, Kind
from core.show.figure import Download, Figure, Note
from pages.reroutes.facts import MAILS
from pages.reroutes.look import BARE, RerouteLook
from pages.reroutes.queries import ROWS_SHOWN, Columns, Select, question
from pages.reroutes.router import examples as made
from pages.reroutes.router.examples import FIELDS
from pages.reroutes.words import SOURCE


@question("examples", MAILS, cap=ROWS_SHOWN)
def examples(h: Columns) -> Select:
    """One row a rerouted task that ended elsewhere than where the router put it, the newest first, as an example for
    the router; with its mail where one is known."""
    told = ("task", "reference", "placed", "final", "placed_at", "moved_at", "total", "line", "origin_type")
    m = MAILS.sql.c
    return (
        sa.select(
            *(h[name] for name in (*told, "target_type", "router")),
            m.received_at,
            m.sender,
            sa.func.coalesce(m.recipients, h.recipients).label("recipients"),
            m.header,
            m.body,
            m.attachments,
        )
        .outerjoin(MAILS.sql, m.task == h.task)
        .where(h.nth == 1, h.placed != h.final)
        .order_by(h.moved_at.desc(), h.task)
    )


def _rows(look: RerouteLook) -> Iterator[pa.RecordBatch]:
    return _made(look, look.stream(examples))


def _made(look: RerouteLook, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    border: date = look.chosen.split
    return made.rows(batches, border, mask=look.chosen.people != BARE)


def _shape(look: RerouteLook) -> pd.DataFrame:
    first = look.first_rows(examples, "tasks")
    if not len(first):
        return pd.DataFrame(columns=[column.name for column in COLUMNS])
    batches = pa.Table.from_pandas(first, preserve_index=False).to_batches()
    frame: pd.DataFrame = pa.Table.from_batches(_made(look, iter(batches))).to_pandas()
    return frame


def _cases(look: RerouteLook) -> bytes:
    return made.as_json(list(made.cases(_rows(look))))


def _without_mail(look: RerouteLook) -> str:
    shown = EXAMPLES.frame(look)
    if not len(shown) or shown["body"].any() or shown["header"].any():
        return ""
    return _("No mail is joined to these tasks: connect a source of mails to get cases.")


_KINDS = {"date_routage": Kind.MOMENT, "date_reroute": Kind.MOMENT, "date": Kind.MOMENT, "n_reroutes": Kind.NUMBER}
COLUMNS = tuple(Column(name, name, _KINDS.get(name, Kind.TEXT)) for name in [*FIELDS, "jeu"])
EXAMPLES: Figure[RerouteLook] = Figure(
    name="examples",
    title=N_("Examples for the router"),
    about=About(
        N_("Rerouted tasks, one row each, with what the router chose, what was right, and the mail where it is known."),
        SOURCE,
    ),
    shape=_shape,
    columns=COLUMNS,
    rows=_rows,
    empty=N_("No task that ended elsewhere than where the router put it: there is no example to learn from."),
    height=280,
    mailed=False,
)
CASES: Download[RerouteLook] = Download(
    name="cases",
    label=N_("Cases for melusine.testing (JSON)"),
    make=_cases,
    file_name=lambda _look: "melusine-cases.json",
    mime="application/json",
    icon=":material/data_object:",
    when=lambda look: bool(len(EXAMPLES.frame(look))),
    needs_right=lambda look: look.chosen.people == BARE,
)
WITHOUT_MAIL: Note[RerouteLook] = Note(_without_mail)
