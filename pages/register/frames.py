"""What the register's screens show, as frames. Texts are in the person's language; moments are UTC."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_, _
from core.records import diff
from core.records.diff import Difference
from core.records.fields import Form
from core.records.lists import Lists
from core.records.records import Line, Version
from core.show.columns import Column, Kind
from core.store import schema
from pages.register import check, treatments
from pages.register.completeness import judge
from pages.register.model import FORMS
from pages.register.retention import RunOut
from pages.register.words import tell
from pages.register.workflow import ACTION_NAMES, STATE_NAMES, Action, State

BANDS = {
    N_("100%"): range(100, 101),
    N_("75 to 99%"): range(75, 100),
    N_("50 to 74%"): range(50, 75),
    N_("25 to 49%"): range(25, 50),
    N_("under 25%"): range(25),
}
TITLE = 320
"""Width of a name in pixels: days and states beside it are read whole."""


def lines(found: Iterable[Line], people: Mapping[str, str]) -> pd.DataFrame:
    """One row a record. `people`: what they are called, by account."""
    return pd.DataFrame(
        [
            {
                "ref": line.ref,
                "title": line.title,
                "state": _(STATE_NAMES[State(line.state)]),
                "completeness": line.completeness / 100,
                "squad": line.squad,
                "review_on": line.review_on,
                "published": line.published is not None,
                "author": people.get(line.author, line.author),
                "changed_at": line.changed_at,
            }
            for line in found
        ],
        columns=[column.name for column in line_columns()],
    )


def line_columns() -> list[Column]:
    """The columns of `lines`."""
    return [
        Column("ref", _("Reference number")),
        Column("title", _("Name of the treatment"), width=TITLE),
        Column("state", _("State")),
        Column("completeness", _("Completeness"), Kind.PERCENT),
        Column("squad", _("Squad")),
        Column("review_on", _("To be reviewed on"), Kind.DAY, width=110),
        Column("published", _("Published"), Kind.FLAG, help=_("A version was validated, and counts.")),
        Column("author", _("Author")),
        Column("changed_at", _("Changed"), Kind.MOMENT),
    ]


def versions(found: Iterable[Version], people: Mapping[str, str]) -> pd.DataFrame:
    """One row a version. `people`: what they are called, by account."""
    return pd.DataFrame(
        {
            "version": one.version,
            "at": one.at,
            "who": people.get(one.who, one.who),
            "action": _(ACTION_NAMES[Action(one.action)]),
            "why": one.why,
            "state": _(STATE_NAMES[State(one.state)]),
            "frozen": one.frozen,
        }
        for one in found
    )


def version_columns() -> list[Column]:
    """The columns of `versions`."""
    return [
        Column("version", _("Version"), Kind.NUMBER),
        Column("at", _("When"), Kind.MOMENT),
        Column("who", _("Who")),
        Column("action", _("What")),
        Column("state", _("State")),
        Column("frozen", _("Frozen"), Kind.FLAG, help=_("Validated: this version is what the register publishes.")),
        Column("why", _("Why"), width="large"),
    ]


def differences(found: Iterable[Difference], form: Form, lists: Lists) -> pd.DataFrame:
    """One row a value that differs."""
    told = [tell(form, one, lists) for one in found]
    return pd.DataFrame([vars(one) for one in told], columns=["where", "before", "after"])


def difference_columns() -> list[Column]:
    """The columns of `differences`."""
    return [
        Column("where", _("Field"), width="medium"),
        Column("before", _("Before"), width="large"),
        Column("after", _("After"), width="large"),
    ]


def audit(connection: sa.Connection, kind: str, record_id: int) -> pd.DataFrame:
    """One row an entry of the audit about a record, the newest first."""
    table = schema.audit
    about = sa.and_(table.c.entity == kind, table.c.key == str(record_id))
    entries = connection.execute(sa.select(table).where(about).order_by(table.c.id.desc())).mappings()
    people = treatments.people(connection)
    return pd.DataFrame(
        {
            "id": entry["id"],
            "at": entry["at"],
            "who": people.get(entry["who"], entry["who"]),
            "action": _(ACTION_NAMES[Action(entry["action"])]),
            "why": entry["why"],
            "before": _json(entry["before"]),
            "after": _json(entry["after"]),
            "hash": entry["hash"],
        }
        for entry in entries
    )


def audit_columns() -> list[Column]:
    """The columns of `audit`."""
    return [
        Column("id", _("Entry"), Kind.NUMBER),
        Column("at", _("When"), Kind.MOMENT),
        Column("who", _("Who")),
        Column("action", _("What")),
        Column("why", _("Why")),
        Column("before", _("Before"), width="medium"),
        Column("after", _("After"), width="medium"),
        Column("hash", _("Hash"), width="medium", help=_("Holds the hash before it: a change would break the chain.")),
    ]


def _json(value: Mapping[str, Any] | None) -> str:
    return json.dumps(value, ensure_ascii=False) if value else ""


def values(lists: Lists, name: str) -> pd.DataFrame:
    """One row a value of a list."""
    return pd.DataFrame(
        {
            "code": value.code,
            "fr": value.labels.get("fr", ""),
            "en": value.labels.get("en", ""),
            "note": value.note,
            "retired": value.retired,
        }
        for value in lists.values[name].values()
    )


def value_columns() -> list[Column]:
    """The columns of `values`."""
    return [
        Column("fr", _("In French"), width="large"),
        Column("en", _("In English"), width="medium"),
        Column("retired", _("Retired"), Kind.FLAG),
        Column("note", _("Note")),
        Column("code", _("Code")),
    ]


def run_out(found: Iterable[tuple[Line, RunOut]], lists: Lists) -> pd.DataFrame:
    """One row a category of data whose retention is over."""
    return pd.DataFrame(
        {
            "ref": line.ref,
            "title": line.title,
            "category": _category(one.category, lists),
            "until": one.until,
        }
        for line, one in found
    )


def _category(code: str, lists: Lists) -> str:
    names = [name for name in ("data_categories", "sensitive_data") if code in lists.values[name]]
    return lists.label(names[0], code) if names else _("Social security number (NIR)")


def run_out_columns() -> list[Column]:
    """The columns of `run_out`."""
    return [
        Column("ref", _("Reference number")),
        Column("title", _("Name of the treatment"), width=TITLE),
        Column("category", _("Category")),
        Column("until", _("To be erased since"), Kind.DAY),
    ]


def counted(found: Mapping[str, int], words: Mapping[str, str]) -> pd.DataFrame:
    """One row a value: `value` in words, `n` treatments."""
    return pd.DataFrame([{"value": words.get(code, code), "n": n} for code, n in found.items()], columns=["value", "n"])


def completeness(found: Mapping[int, int]) -> pd.DataFrame:
    """One row a band of completeness, complete first: `value` in words, `n` treatments.

    `found`: how many have each percentage.
    """
    rows = [(_(words), sum(n for percent, n in found.items() if percent in band)) for words, band in BANDS.items()]
    return pd.DataFrame(rows, columns=["value", "n"])


def counted_columns(label: str) -> list[Column]:
    """The columns of `counted`."""
    return [Column("value", label), Column("n", _("Treatments"), Kind.NUMBER)]


def past(found: Iterable[Version], kind: str, people: Mapping[str, str]) -> pd.DataFrame:
    """One row a record as it was. `people`: what they are called, by account."""
    return pd.DataFrame(
        {
            "ref": one.data["ref"],
            "title": one.data["name"],
            "version": one.version,
            "state": _(STATE_NAMES[State(one.state)]),
            "completeness": judge(FORMS[kind], check.stored(FORMS[kind], one.data)).percent / 100,
            "who": people.get(one.who, one.who),
            "at": one.at,
        }
        for one in found
    )


def past_columns() -> list[Column]:
    """The columns of `past`."""
    return [
        Column("ref", _("Reference number")),
        Column("title", _("Name of the treatment"), width=TITLE),
        Column("version", _("Version"), Kind.NUMBER),
        Column("state", _("State")),
        Column("completeness", _("Completeness"), Kind.PERCENT),
        Column("who", _("Who")),
        Column("at", _("When"), Kind.MOMENT),
    ]


def side(form: Form, lists: Lists, path: str, base: Any, theirs: Any, mine: Any) -> tuple[str, str, str, str]:
    """A clash in words: where, the value that both had read, theirs, mine."""
    other, own = tell(form, Difference(path, base, theirs), lists), tell(form, Difference(path, base, mine), lists)
    return other.where, other.before, other.after, own.after


def both_sides(
    base: Mapping[str, Any], theirs: Mapping[str, Any], mine: Mapping[str, Any], form: Form, lists: Lists
) -> pd.DataFrame:
    """What two people made of one base: one row a value that either changed."""
    other = {one.path: tell(form, one, lists) for one in diff.differences(base, theirs, form.keys)}
    own = {one.path: tell(form, one, lists) for one in diff.differences(base, mine, form.keys)}
    return pd.DataFrame(
        {
            "where": (other.get(path) or own[path]).where,
            "base": (other.get(path) or own[path]).before,
            "theirs": other[path].after if path in other else "",
            "mine": own[path].after if path in own else "",
        }
        for path in dict.fromkeys([*other, *own])
    )


def both_columns(who: str) -> list[Column]:
    """The columns of `both_sides`."""
    return [
        Column("where", _("Field"), width="medium"),
        Column("base", _("Before"), width="medium"),
        Column("theirs", _("{who} wrote").format(who=who), width="medium"),
        Column("mine", _("I wrote"), width="medium"),
    ]
