"""The rows behind a run, with what decided them; and the shapes of texts that no pattern matches."""

from dataclasses import replace
from datetime import date, datetime, time

import pandas as pd

from core.base.i18n import N_, _, local, ngettext, show_number
from core.show.about import About
from core.show.columns import Column, Kind, missing
from core.show.figure import Figure, Note
from pages.checks.compiled import ROWS_KEPT
from pages.checks.coverage import coverage
from pages.checks.facts import TABLE_USES
from pages.checks.figures.board import SOURCE
from pages.checks.look import CheckLook
from pages.checks.standing import columns

MOST_DIGITS = 6
FIRST = (Column("title", N_("Outcome")), Column("key", N_("Key")), Column("reason", N_("Decided by")))


def _rows(look: CheckLook) -> list[dict[str, object]]:
    """The rows, in the order of the outcomes as the check says them."""
    if look.seen is None or look.check is None:
        return []
    words = look.check.words
    place = {name: number for number, name in enumerate(words)}
    return [
        {"title": words.get(row["outcome"], row["outcome"]), "key": row["key"], "reason": row["reason"], **row["told"]}
        for row in sorted(look.rows(look.seen), key=lambda row: place.get(row["outcome"], len(place)))
        if look.chosen.outcome in (None, row["outcome"])
    ]


def _shape(look: CheckLook) -> pd.DataFrame:
    rows = _rows(look)
    names = dict.fromkeys([*(column.name for column in FIRST), *(name for row in rows for name in row)])
    frame = pd.DataFrame(rows, columns=list(names), dtype=object)
    return frame.assign(**{column.name: _read(frame[column.name], column.kind) for column in _declared(look, frame)})


def _columns(look: CheckLook) -> tuple[Column, ...]:
    reasons = look.check is not None and look.check.kind in ("match", "expect", "reconcile")
    first = tuple(column for column in FIRST if reasons or column.name != "reason")
    frame = ROWS.frame(look)
    return first + tuple(_shown(column, frame[column.name]) for column in _declared(look, frame))


def _declared(look: CheckLook, frame: pd.DataFrame) -> list[Column]:
    """The columns that decided, as they are declared."""
    named = {column.name for column in FIRST}
    return columns(look.check, [str(column) for column in frame.columns if column not in named]) if look.check else []


def _read(kept: pd.Series, kind: Kind) -> pd.Series:
    """Values as they were kept, as a kind; as texts where they are of another: the check was another then. Moments that
    are all midnight are days: their source knows no hour."""
    filled = kept.map(lambda value: value is not None)
    try:
        match kind:
            case Kind.NUMBER | Kind.PERCENT | Kind.DURATION:
                return pd.to_numeric(kept)
            case Kind.DAY:
                return kept.where(~filled, kept[filled].map(date.fromisoformat))
            case Kind.MOMENT:
                moments = kept[filled].map(datetime.fromisoformat)
                days = all(local(moment).time() == time() for moment in moments)
                return kept.where(~filled, moments.map(lambda moment: local(moment).date()) if days else moments)
            case Kind.FLAG if {*map(type, kept[filled])} <= {bool}:
                return kept
    except (TypeError, ValueError):
        pass
    return kept.where(~filled, kept[filled].map(str))


def _shown(declared: Column, values: pd.Series) -> Column:
    """A column as what stands in it is shown."""
    kinds = {date: Kind.DAY, bool: Kind.FLAG, str: Kind.TEXT}
    types = {type(value) for value in values if not missing(value)}
    kind = kinds.get(types.pop(), declared.kind) if len(types) == 1 else declared.kind
    counted = {Kind.NUMBER: 1, Kind.PERCENT: 100}.get(kind)
    return replace(declared, kind=kind, digits=_digits(values * counted) if counted else 0)


def _digits(numbers: pd.Series) -> int:
    """As many decimals as the numbers have."""
    filled = numbers.dropna()
    return next((n for n in range(MOST_DIGITS) if (filled.round(n) == filled).all()), MOST_DIGITS)


def _cut(look: CheckLook) -> str:
    if look.seen is None or all(count.rows <= ROWS_KEPT for count in look.seen.counts if count.outcome != "ok"):
        return ""
    return _("Of each outcome the first {n} rows are kept, by key; all are counted.").format(n=show_number(ROWS_KEPT))


def _hidden(look: CheckLook) -> str:
    rows = _rows(look)
    blank = sum(row["key"] is None for row in rows)
    template = ngettext(
        "{n} row names people and is not told to you.", "{n} rows name people and are not told to you.", blank
    )
    return template.format(n=show_number(blank)) if blank and len(rows) == blank else ""


def _shapes(look: CheckLook) -> pd.DataFrame:
    rows = look.rows(look.seen) if look.seen and look.check else []
    counts = pd.Series([row["reason"] for row in rows if row["outcome"] == "unmatched" and row["reason"]], dtype=object)
    shapes = counts.value_counts()
    return pd.DataFrame({"shape": shapes.index, "rows": shapes.to_numpy()}, columns=["shape", "rows"])


def _unmatched(look: CheckLook) -> bool:
    return look.seen is not None and any(count.outcome == "unmatched" for count in look.seen.counts)


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
