"""The rows behind a run, with what decided them; and the shapes of texts that no pattern matches."""

from datetime import date, datetime

import pandas as pd

from core.base.i18n import N_, _, ngettext, show_number
from core.show.about import About
from core.show.columns import Column, Kind, missing
from core.show.figure import Figure, Note
from pages.checks.compiled import ROWS_KEPT
from pages.checks.coverage import coverage
from pages.checks.definitions import Check
from pages.checks.facts import TABLE_USES
from pages.checks.figures.board import SOURCE
from pages.checks.look import CheckLook
from pages.checks.standing import title

MOST_DIGITS = 6
FIRST = (Column("title", N_("Outcome")), Column("key", N_("Key")), Column("reason", N_("Decided by")))


def _rows(look: CheckLook) -> list[dict[str, object]]:
    if look.seen is None or look.check is None:
        return []
    words = look.check.words
    return [
        {"title": words.get(row["outcome"], row["outcome"]), "key": row["key"], "reason": row["reason"], **row["told"]}
        for row in look.rows(look.seen)
        if look.chosen.outcome in (None, row["outcome"])
    ]


def _shape(look: CheckLook) -> pd.DataFrame:
    rows = _rows(look)
    names = dict.fromkeys([*(column.name for column in FIRST), *(name for row in rows for name in row)])
    frame = pd.DataFrame(rows, columns=list(names), dtype=object)
    numbers = [name for name in frame.columns if _kind(frame[name]) is Kind.NUMBER]
    return frame.assign(**{name: pd.to_numeric(frame[name]) for name in numbers})


def _columns(look: CheckLook) -> tuple[Column, ...]:
    named = [one.name for one in FIRST]
    reasons = look.check is not None and look.check.kind in ("match", "expect", "reconcile")
    first = tuple(one for one in FIRST if reasons or one.name != "reason")
    frame = ROWS.frame(look)
    more = [name for name in frame.columns if name not in named]
    return first + tuple(_column(look.check, frame[name]) for name in more if look.check)


def _column(check: Check, values: pd.Series) -> Column:
    name, kind = str(values.name), _kind(values)
    return Column(name, title(check, name), kind, _digits(values) if kind is Kind.NUMBER else 0, raw=True)


def _kind(column: pd.Series) -> Kind:
    """What a column holds, as far as its values say it."""
    told = {type(value) for value in column if not missing(value)}
    if told and told <= {int, float}:
        return Kind.NUMBER
    kinds = {datetime: Kind.MOMENT, date: Kind.DAY, bool: Kind.FLAG}
    return kinds.get(told.pop(), Kind.TEXT) if len(told) == 1 else Kind.TEXT


def _digits(numbers: pd.Series) -> int:
    """As many decimals as the numbers have."""
    filled = numbers.dropna()
    return next((n for n in range(MOST_DIGITS) if (filled.round(n) == filled).all()), MOST_DIGITS)


def _cut(look: CheckLook) -> str:
    if look.seen is None or all(one.rows <= ROWS_KEPT for one in look.seen.counts if one.outcome != "ok"):
        return ""
    return _("Of each outcome the first {n} rows are kept, by key; all are counted.").format(n=show_number(ROWS_KEPT))


def _hidden(look: CheckLook) -> str:
    rows = _rows(look)
    blank = sum(row["key"] is None for row in rows)
    said = ngettext(
        "{n} row names people and is not told to you.", "{n} rows name people and are not told to you.", blank
    )
    return said.format(n=show_number(blank)) if blank and len(rows) == blank else ""


def _shapes(look: CheckLook) -> pd.DataFrame:
    rows = look.rows(look.seen) if look.seen and look.check else []
    counts = pd.Series([row["reason"] for row in rows if row["outcome"] == "unmatched" and row["reason"]], dtype=object)
    found = counts.value_counts()
    return pd.DataFrame({"shape": found.index, "rows": found.to_numpy()}, columns=["shape", "rows"])


def _unmatched(look: CheckLook) -> bool:
    return look.seen is not None and any(one.outcome == "unmatched" for one in look.seen.counts)


CUT: Note[CheckLook] = Note(_cut)
HIDDEN: Note[CheckLook] = Note(_hidden, tone="info")
COVERED: Note[CheckLook] = Note(
    lambda look: coverage(look.reader) if look.check and TABLE_USES.name in look.check.tables else ""
)
ROWS: Figure[CheckLook] = Figure(
    name="rows",
    title=N_("Rows"),
    about=About(
        N_(
            "The rows behind the run, as they were then, with the columns that decided; those as expected are only "
            "counted."
        ),
        SOURCE,
    ),
    shape=_shape,
    columns=_columns,
    empty=N_("No row of this outcome."),
)
SHAPES: Figure[CheckLook] = Figure(
    name="shapes",
    title=N_("Texts that no pattern matches"),
    about=About(N_("The texts by their shape: letters as A, digits as 9."), SOURCE),
    shape=_shapes,
    columns=(Column("shape", N_("Shape"), width="large"), Column("rows", N_("Rows"), Kind.NUMBER)),
    when=_unmatched,
)
