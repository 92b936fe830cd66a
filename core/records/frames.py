"""What the screens of a collection show, as frames. Texts are in the person's language; moments are UTC."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_, _, show_number
from core.records import acts, diff, listing
from core.records.collection import Collection
from core.records.completeness import judge
from core.records.diff import Difference
from core.records.fields import Form
from core.records.lists import Lists
from core.records.records import Line, Version
from core.records.words import entry_told, tell
from core.show.columns import Column, Kind, framed
from core.store import schema

BANDS = {
    N_("100%"): range(100, 101),
    N_("75 to 99%"): range(75, 100),
    N_("50 to 74%"): range(50, 75),
    N_("25 to 49%"): range(25, 50),
    N_("under 25%"): range(25),
}
TITLE = 320
"""Width of a name in pixels: days and states beside it are read whole."""


Shown = Mapping[str, Mapping[int, Sequence[str]]]
"""What records say of the facets that are columns of their list: facet → record → values in words."""


def lines(
    collection: Collection, listed: Iterable[Line], people: Mapping[str, str], shown: Shown | None = None
) -> pd.DataFrame:
    """One row a record. `people`: what they are called, by account."""
    names = collection.workflow.names
    rows = [
        {
            "ref": line.ref,
            "title": line.title,
            "state": _(names.get(line.state, line.state)),
            "completeness": line.completeness / 100,
            "squad": line.squad,
            "review_on": line.review_on,
            "published": line.published is not None,
            "author": people.get(line.author, line.author),
            "changed_at": line.changed_at,
            **{facet: ", ".join(words.get(line.id, ())) for facet, words in (shown or {}).items()},
        }
        for line in listed
    ]
    return framed(rows, line_columns(collection))


def line_columns(collection: Collection) -> list[Column]:
    """The columns of `lines`."""
    columns = [
        *_naming(collection),
        Column("state", _("State")),
        *(Column(facet, listing.label(collection, facet)) for facet in collection.columns),
        Column("completeness", _("Completeness"), Kind.PERCENT),
        Column("squad", _("Squad")),
        Column("review_on", _("To be reviewed on"), Kind.DAY, width=110),
        Column("published", _("Published"), Kind.FLAG, help=_("A version was validated, and counts.")),
        Column("author", _("Author")),
        Column("changed_at", _("Changed"), Kind.MOMENT),
    ]
    absent = {name for name in ("squad", "review_on") if not collection.has(name)}
    return [
        column
        for column in columns
        if column.name not in absent and (column.name != "published" or collection.workflow.publishes)
    ]


def _naming(collection: Collection) -> list[Column]:
    """What a record is told by."""
    form = collection.form
    return [Column("ref", _(form.field("ref").label)), Column("title", _(form.field("name").label), width=TITLE)]


def versions(collection: Collection, history: Iterable[Version], people: Mapping[str, str]) -> pd.DataFrame:
    """One row a version. `people`: what they are called, by account."""
    done, names = collection.workflow.done, collection.workflow.names
    return pd.DataFrame(
        {
            "version": version.version,
            "at": version.at,
            "who": people.get(version.who, version.who),
            "action": _(done.get(version.action, version.action)),
            "why": version.why,
            "state": _(names.get(version.state, version.state)),
            "frozen": version.frozen,
        }
        for version in history
    )


def version_columns(collection: Collection) -> list[Column]:
    """The columns of `versions`."""
    frozen = Column("frozen", _("Frozen"), Kind.FLAG, help=_("A version was validated, and counts."))
    return [
        Column("version", _("Version"), Kind.NUMBER),
        Column("at", _("When"), Kind.MOMENT),
        Column("who", _("Who")),
        Column("action", _("What")),
        Column("state", _("State")),
        *([frozen] if collection.workflow.publishes else []),
        Column("why", _("Why"), width="large"),
    ]


def differences(changes: Iterable[Difference], form: Form, lists: Lists) -> pd.DataFrame:
    """One row a value that differs."""
    cells = [tell(form, change, lists) for change in changes]
    return pd.DataFrame([vars(cell) for cell in cells], columns=["where", "before", "after"])


def difference_columns() -> list[Column]:
    """The columns of `differences`."""
    return [
        Column("where", _("Field"), width="medium"),
        Column("before", _("Before"), width="large"),
        Column("after", _("After"), width="large"),
    ]


def audit(connection: sa.Connection, collection: Collection, record_id: int) -> pd.DataFrame:
    """One row an entry of the audit about a record, the newest first: as sentences."""
    table = schema.audit
    about = sa.and_(table.c.entity == collection.kind, table.c.key == str(record_id))
    entries = connection.execute(sa.select(table).where(about).order_by(table.c.id.desc())).mappings()
    people, done, lists = acts.people(connection), collection.workflow.done, collection.lists(connection)
    return pd.DataFrame(
        {
            "id": entry["id"],
            "at": entry["at"],
            "who": people.get(entry["who"], entry["who"]),
            "action": _(done.get(entry["action"], entry["action"])),
            "told": entry_told(collection.form, collection.workflow, lists, entry),
            "why": entry["why"],
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
        Column("told", _("What changed"), width="large"),
        Column("why", _("Why")),
        Column("hash", _("Hash"), width="medium", help=_("Holds the hash before it: a change would break the chain.")),
    ]


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


def counted(counts: Mapping[str, int], words: Mapping[str, str]) -> pd.DataFrame:
    """One row a value: `value` in words, `n` records."""
    return pd.DataFrame(
        [{"value": words.get(code, code), "n": n} for code, n in counts.items()], columns=["value", "n"]
    )


def spellings(groups: Iterable[tuple[str, Sequence[str], Mapping[str, int]]]) -> pd.DataFrame:
    """One row a group of values that look alike: `value` (what they are, and the most frequent), `said` (each with its
    number of records). `groups`: what they are in words, values, value → records."""
    rows = [
        {
            "value": spelled(facet, values),
            "said": ", ".join(f"{value} ({show_number(counts[value])})" for value in values),
        }
        for facet, values, counts in groups
    ]
    return pd.DataFrame(rows, columns=["value", "said"])


def spelled(facet: str, values: Sequence[str]) -> str:
    """What a group of values that look alike is called."""
    return f"{facet}\u202f: {values[0]}"


def spelling_columns() -> list[Column]:
    """The columns of `spellings`."""
    return [Column("value", _("Value")), Column("said", _("Spellings"), width=TITLE)]


def completeness(counts: Mapping[int, int]) -> pd.DataFrame:
    """One row a band of completeness, complete first: `value` in words, `n` records.

    `counts`: how many have each percentage.
    """
    rows = [(_(words), sum(n for percent, n in counts.items() if percent in band)) for words, band in BANDS.items()]
    return pd.DataFrame(rows, columns=["value", "n"])


def counted_columns(label: str) -> list[Column]:
    """The columns of `counted`."""
    return [Column("value", label), Column("n", _("Records"), Kind.NUMBER)]


def past(collection: Collection, versions_then: Iterable[Version], people: Mapping[str, str]) -> pd.DataFrame:
    """One row a record as it was. `people`: what they are called, by account."""
    names = collection.workflow.names
    return pd.DataFrame(
        {
            "ref": version.data["ref"],
            "title": version.data["name"],
            "version": version.version,
            "state": _(names.get(version.state, version.state)),
            "completeness": judge(collection.form, collection.entry(version)).percent / 100,
            "who": people.get(version.who, version.who),
            "at": version.at,
        }
        for version in versions_then
    )


def past_columns(collection: Collection) -> list[Column]:
    """The columns of `past`."""
    return [
        *_naming(collection),
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
    other = {difference.path: tell(form, difference, lists) for difference in diff.differences(base, theirs, form.keys)}
    own = {difference.path: tell(form, difference, lists) for difference in diff.differences(base, mine, form.keys)}
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
