"""Two stores reconciled, level by level: types that could fail, rows, keys, columns, sums by month."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from core.base.i18n import N_, _, ngettext, show_number
from core.base.status import Verdict
from core.show.about import About
from core.show.columns import Column, Kind, framed
from core.show.figure import Figure
from pages.checks import judged
from pages.checks.figures.board import SOURCE
from pages.checks.look import CheckLook

LEVELS_COLUMNS = (
    Column("verdict", N_("Status"), Kind.STATUS, width=120),
    Column("level", N_("Level"), width=200),
    Column("sentence", N_("What it says"), width=620),
)
FIELDS_COLUMNS = (
    Column("field", N_("Column")),
    Column("type", N_("Type chosen")),
    Column("checked", N_("Values"), Kind.NUMBER),
    Column("integer", N_("Fail as integer"), Kind.NUMBER),
    Column("decimal", N_("Fail as decimal"), Kind.NUMBER),
    Column("date", N_("Fail as date"), Kind.NUMBER),
    Column("timestamp", N_("Fail as timestamp"), Kind.NUMBER),
    Column("pairs", N_("Pairs"), Kind.NUMBER),
    Column("value", N_("Pairs that differ"), Kind.NUMBER),
    Column("empty", N_("Filled on one side alone"), Kind.NUMBER),
)
MONTHS_COLUMNS = (
    Column("verdict", N_("Status"), Kind.STATUS, width=120),
    Column("month", N_("Month")),
    Column("field", N_("Column")),
    Column("left", N_("Sum"), Kind.NUMBER, digits=2),
    Column("right", N_("Sum"), Kind.NUMBER, digits=2),
    Column("difference", N_("Difference"), Kind.NUMBER, digits=2),
)


def _named(columns: Sequence[Column]) -> Callable[[CheckLook], tuple[Column, ...]]:
    """The columns of one list with its name beside them."""

    def told(look: CheckLook) -> tuple[Column, ...]:
        lists = {side: name for name, side in look.check.called.items()} if look.check else {}
        lists["checked"] = lists.get("left", "")
        return tuple(replace(column, unit=lists.get(column.name, "")) for column in columns)

    return told


def _of(look: CheckLook, level: str) -> list[dict[str, Any]]:
    return [row for row in look.levels if row["level"] == level]


def _fields(look: CheckLook) -> pd.DataFrame:
    by_field: dict[str, dict[str, Any]] = {}
    if look.check is not None:
        by_field = {field.name: {"field": field.name, "type": field.type} for field in look.check.fields}
    for row in _of(look, "schema"):
        by_field.setdefault(row["field"], {"field": row["field"]}).update(
            {row["how"]: row["failed"], "checked": row["checked"]}
        )
    for row in _of(look, "columns"):
        by_field.setdefault(row["field"], {"field": row["field"]}).update(
            {row["how"]: row["failed"], "pairs": row["checked"]}
        )
    rows = list(by_field.values()) if look.levels else ()
    return framed(rows, FIELDS_COLUMNS)


def _months(look: CheckLook) -> pd.DataFrame:
    rows = [
        {
            "verdict": (Verdict.KO if row["failed"] else Verdict.OK).value,
            "month": row["how"] or _("no month"),
            "field": row["field"],
            "left": row["left"],
            "right": row["right"],
            "difference": row["right"] - row["left"],
        }
        for row in _of(look, "months")
    ]
    return framed(rows, MONTHS_COLUMNS)


def _shape(look: CheckLook) -> pd.DataFrame:
    rows = []
    if look.seen is not None and look.levels:
        counts = {count.outcome: count.rows for count in look.seen.counts}
        left, right = judged.checked(look.seen.counts)
        called = look.check.called if look.check else ("", "")
        chosen = {field.name: field.type for field in look.check.fields} if look.check else {}
        unread = {row["field"]: row["failed"] for row in _of(look, "schema") if row["how"] == chosen.get(row["field"])}
        keys = sum(count for outcome, count in counts.items() if outcome not in ("ok", "differing"))
        unlike = {row["field"]: row["failed"] for row in _of(look, "columns") if row["how"] == "value"}
        months = {f"{row['field']} {row['how'] or _('no month')}" for row in _of(look, "months") if row["failed"]}
        rows = [
            _level(_("Schema"), _counted(unread), _("every value is of its type"), _("values not of their type")),
            {
                "verdict": (Verdict.OK if left == right else Verdict.KO).value,
                "level": _("Row counts"),
                "sentence": ", ".join(
                    f"{name}\u202f: {show_number(rows)}" for name, rows in zip(called, (left, right), strict=True)
                ),
            },
            {
                "verdict": (Verdict.KO if keys else Verdict.OK).value,
                "level": _("Keys"),
                "sentence": ngettext(
                    "{n} row that no row of the other list answers",
                    "{n} rows that no row of the other list answers",
                    keys,
                ).format(n=show_number(keys)),
            },
            _level(_("Columns"), _counted(unlike), _("every pair agrees"), _("pairs that differ")),
            _level(_("Sums by month"), sorted(months), _("every sum agrees"), _("months whose sums differ")),
        ]
    return framed(rows, LEVELS_COLUMNS)


def _counted(failed: Mapping[str, int]) -> list[str]:
    return [f"{name} {show_number(count)}" for name, count in failed.items() if count]


def _level(level: str, bad: Sequence[str], well: str, badly: str) -> dict[str, str]:
    verdict = Verdict.KO if bad else Verdict.OK
    return {"verdict": verdict.value, "level": level, "sentence": f"{badly}\u202f: {', '.join(bad)}" if bad else well}


LEVELS: Figure[CheckLook] = Figure(
    name="levels",
    title=N_("Levels"),
    about=About(
        N_(
            "From the coarsest to the finest: types, rows, keys, columns within their tolerance, sums by month. The "
            "verdict of the check is that of its outcomes and their limits."
        ),
        SOURCE,
    ),
    shape=_shape,
    columns=LEVELS_COLUMNS,
    empty=N_("This day was not checked."),
)
FIELDS: Figure[CheckLook] = Figure(
    name="fields",
    title=N_("Types and columns"),
    about=About(
        N_(
            "How many values of the left list each type would refuse or spoil (a leading zero, a decimal comma, a "
            "day/month/year), before one is chosen; then how many pairs differ."
        ),
        SOURCE,
    ),
    shape=_fields,
    columns=_named(FIELDS_COLUMNS),
)
MONTHS: Figure[CheckLook] = Figure(
    name="sums",
    title=N_("Sums by month"),
    about=About(N_("Sums of each number by month; they may differ by the tolerance of each pair."), SOURCE),
    shape=_months,
    columns=_named(MONTHS_COLUMNS),
)
