"""Examples for the router, one row a task, and the cases for the tests of Melusine."""

from collections.abc import Iterator
from datetime import date

import pandas as pd
import pyarrow as pa
import sqlalchemy as sa

from core.base.calendar import start_of
from core.base.i18n import N_, _, show_date, show_number
from core.show.about import About
from core.show.columns import Column, Kind, framed
from core.show.figure import Download, Figure, Note
from pages.reroutes.facts import MAILS
from pages.reroutes.look import BARE, QUOTED, RerouteLook
from pages.reroutes.queries import ROWS_SHOWN, Columns, Select, question
from pages.reroutes.router import examples as made
from pages.reroutes.router.examples import FIELDS
from pages.reroutes.words import SOURCE


def _wrong(h: Columns) -> sa.ColumnElement[bool]:
    """The hand-overs of tasks that ended elsewhere than where the router put them."""
    return sa.and_(h.placed != h.final, sa.not_(sa.func.coalesce(h.midway, sa.false())))


_A_TASK = 4
"""Hand-overs that are asked for of each task shown, so that as many tasks are found: a task rarely moves as often."""


@question("examples", MAILS, cap=_A_TASK * ROWS_SHOWN)
def examples(h: Columns) -> Select:
    """Tasks that ended elsewhere than where the router put them, the newest first, as examples for the router; with
    their mail where one is known. A task is told by the first of its rows here; the others repeat it, which costs less
    than to look through all for the last of each."""
    m = MAILS.sql.c
    columns = ("task", "reference", "placed", "final", "placed_at", "total", "line", "router")
    return (
        sa.select(
            *(h[name] for name in columns),
            *(sa.case((h.total == 1, h[name])).label(name) for name in ("origin_type", "target_type")),
            sa.func.coalesce(h.first_at, h.moved_at).label("moved_at"),
            m.received_at,
            m.sender,
            sa.func.coalesce(m.recipients, h.recipients).label("recipients"),
            m.header,
            m.body,
            m.attachments,
        )
        .outerjoin(MAILS.sql, m.task == h.task)
        .where(_wrong(h))
        .order_by(h.moved_at.desc(), h.task, h.nth.desc(), h.source)
    )


@question("examples_counted", MAILS)
def examples_counted(h: Columns) -> Select:
    """How many examples there are; of those whose task was first rerouted from a moment on, how many there are and how
    many have a mail with a subject or a text."""
    first = sa.func.min(sa.func.coalesce(h.first_at, h.moved_at)).label("first")
    split = sa.bindparam("split", type_=sa.TIMESTAMP(timezone=True))
    w = sa.select(h.task, first).where(_wrong(h)).group_by(h.task).subquery("wrong").c
    m = MAILS.sql.c
    text = sa.or_(*(sa.func.trim(sa.func.coalesce(part, "")) != "" for part in (m.header, m.body)))
    with_text = sa.select(m.task).where(text).distinct().subquery("told").c
    of_test = w.first >= split
    return sa.select(
        sa.func.count().label("examples"),
        sa.func.count().filter(of_test).label("tasks"),
        sa.func.count(with_text.task).filter(of_test).label("cases"),
    ).select_from(w.task.table.outerjoin(with_text.task.table, with_text.task == w.task))


def _counted(look: RerouteLook) -> "pd.Series[int]":
    split: date = look.chosen.split
    return look.ask(examples_counted, split=start_of(split)).iloc[0]


def _rows(look: RerouteLook) -> Iterator[pa.RecordBatch]:
    return _made(look, look.stream(examples))


def _made(look: RerouteLook, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    kinds = {code: kind for code, kind in look.there.entities if kind}
    how = {"mask": look.chosen.people != BARE, "quoted": look.chosen.quoted != QUOTED}
    return made.rows(batches, look.chosen.split, kinds, **how)


def _shape(look: RerouteLook) -> pd.DataFrame:
    first = look.first_rows(examples, "first").drop_duplicates("task").head(ROWS_SHOWN)
    if not len(first):
        return framed((), COLUMNS)
    batches = pa.Table.from_pandas(first, preserve_index=False).to_batches()
    frame: pd.DataFrame = pa.Table.from_batches(_made(look, iter(batches))).to_pandas()
    return frame


def _cases(look: RerouteLook) -> bytes:
    return made.as_json(list(made.cases(_rows(look))))


def _detail(look: RerouteLook, frame: pd.DataFrame) -> str:
    """Says how many examples there are where the newest of them are shown alone."""
    if not len(frame) or len(frame) >= (examples := _counted(look)["examples"]):
        return ""
    return _("The newest {shown} of {n}; the export holds them all.").format(
        n=show_number(examples), shown=show_number(len(frame))
    )


def _left_out(look: RerouteLook) -> str:
    if not len(EXAMPLES.frame(look)):
        return ""
    numbers = _counted(look)
    sentence = _("The cases are of the test part alone: {n} of tasks first rerouted from {day} on.").format(
        n=show_number(numbers["cases"]), day=show_date(look.chosen.split)
    )
    if left := numbers["tasks"] - numbers["cases"]:
        sentence += " " + _("{n} of {all} left out: no subject, no text.").format(
            n=show_number(left), all=show_number(numbers["tasks"])
        )
    return sentence


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
    detail=_detail,
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
LEFT_OUT: Note[RerouteLook] = Note(_left_out)
