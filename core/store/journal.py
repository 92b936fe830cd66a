"""What the audit's chain saw of records and lists of values, compared row by row with what lies in the tables.

An entry of a record's version holds the digest of its content, the state that it left and, as its seal, what lists
show of the record (`shown`), whether the version was published and whether its writer became the author. Entries from
before seals hold less: what they do not tell is not compared, until `core.records.renew` has sealed the record.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from core.base.i18n import N_, _, ngettext
from core.store.encoded import digest
from core.store.schema import list_values, record_facets, record_versions, records

VALUES = "list"
"""The entity of a value of a list, whose key is `list/code`."""
SHOWN = ("ref", "title", "squad", "review_on", "completeness")
"""Columns of `records` that a seal holds as they are; of the text to search and the facets it holds digests."""
CLOSE = timedelta(seconds=60)
"""How far apart the moments of a version and of its entry may lie where it has no seal."""
WORDS = {
    "kind": N_("kind"),
    "state": N_("state"),
    "version": N_("version"),
    "published": N_("published version"),
    "author": N_("author"),
    "created_at": N_("moment of creation"),
    "changed_at": N_("moment of the last change"),
    "ref": N_("reference"),
    "title": N_("name"),
    "squad": N_("squad"),
    "review_on": N_("day of review"),
    "completeness": N_("completeness"),
    "search": N_("the text it is found by"),
    "facets": N_("what it is filtered and counted by"),
    "data": N_("content"),
    "at": N_("moment"),
    "who": N_("person"),
    "action": N_("action"),
    "why": N_("reason"),
    "labels": N_("words"),
    "note": N_("note"),
    "retired": N_("retired or not"),
}
UNTOLD = frozenset({"search", "facets", "data", "labels"})
"""Of these it is said that they differ, not how."""


def shown(columns: Mapping[str, Any], facets: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """What lists show of a record, as a seal holds it. `columns` are those of `records`."""
    plain = {name: _plain(columns[name]) for name in SHOWN}
    return {**plain, "search": digest(columns["search"]), "facets": digest(sorted(facets))}


@dataclass(frozen=True, slots=True)
class Seen:
    """A version as its entry of the chain tells it; `published` is None where the entry has no seal."""

    entry: int
    at: datetime
    who: str
    action: str
    why: str | None
    state: str
    data: str
    published: bool | None


@dataclass(slots=True)
class Known:
    """A record as the chain tells it. What no entry tells is None in `author`, absent from `shown`."""

    kind: str
    entry: int
    ref: str = ""
    author: str | None = None
    versions: dict[int, Seen] = field(default_factory=dict)
    shown: dict[str, Any] = field(default_factory=dict)
    published: int | None = None
    published_known: bool = True


@dataclass(frozen=True)
class Fault:
    """What differs: a sentence, and the first entry of the chain that saw it otherwise; None where none saw it."""

    entry: int | None
    sentence: str


class Journal:
    """What the chain's entries told, in their order: `read` each of them, then `compare`."""

    def __init__(self) -> None:
        self._records: dict[int, Known] = {}
        self._values: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {}

    def read(self, entry: Mapping[Any, Any]) -> None:
        """Take what an entry tells of a record or of a value of a list."""
        after = entry["after"] or {}
        if entry["entity"] == VALUES:
            name, _sign, code = entry["key"].partition("/")
            _first, before = self._values.get((name, code), (0, {}))
            self._values[name, code] = entry["id"], {**before, **after.get("seal", after)}
        elif "digest" in after and "version" in after:  # rules that are put in force tell a digest alone
            self._version(entry, after)
        elif "seal" in after and int(entry["key"]) in self._records:
            self._sealed(self._records[int(entry["key"])], after["seal"])

    def sealed(self, number: int) -> bool:
        """Whether all that is compared of a record is told, or no entry knows it at all."""
        known = self._records.get(number)
        return known is None or bool(known.shown and known.author is not None and known.published_known)

    def compare(self, connection: sa.Connection) -> list[Fault]:
        """What in the tables is not as the chain saw it: records, versions, values of lists."""
        return [
            *self._compare_records(connection),
            *self._compare_versions(connection),
            *self._compare_values(connection),
        ]

    def name(self, number: int) -> str:
        """What a record is called: its reference, if the chain knows one, and its number."""
        ref = self._records[number].ref if number in self._records else ""
        return f"{ref} ({number})" if ref else str(number)

    def _version(self, entry: Mapping[Any, Any], after: Mapping[str, Any]) -> None:
        known = self._records.setdefault(int(entry["key"]), Known(entry["entity"], entry["id"]))
        number, seal = after["version"], after.get("seal")
        before = known.versions.get(number - 1)
        state = after.get("state", before.state if before else "")
        known.ref = after.get("ref", known.ref)
        known.versions[number] = Seen(
            entry["id"],
            entry["at"],
            entry["who"],
            entry["action"],
            entry["why"],
            state,
            after["digest"],
            None if seal is None else bool(seal.get("published")),
        )
        if seal is not None:
            if seal.get("published"):
                known.published, known.published_known = number, True
            if seal.get("writes"):
                known.author = entry["who"]
            self._show(known, seal.get("shown", {}))
        else:
            known.author = entry["who"] if number == 1 else None
            known.published_known, known.shown = number == 1, {}

    def _show(self, known: Known, shown: Mapping[str, Any]) -> None:
        known.shown |= shown
        known.ref = shown.get("ref", known.ref)

    def _sealed(self, known: Known, seal: Mapping[str, Any]) -> None:
        self._show(known, seal["shown"])
        if "author" in seal:
            known.author, known.published, known.published_known = seal["author"], seal["published"], True

    def _compare_records(self, connection: sa.Connection) -> Iterator[Fault]:
        missing, facets = dict(self._records), _facets(connection)
        unknown: list[str] = []
        differing: dict[str, list[int]] = defaultdict(list)
        rows = connection.execute(sa.select(records).order_by(records.c.id).execution_options(yield_per=1000))
        for row in rows.mappings():
            known = missing.pop(row["id"], None)
            if known is None:
                unknown.append(f"{row['ref']} ({row['id']})")
            elif difference := _told(self._expected(known), {**row, **_digests(row, facets)}):
                differing[difference].append(row["id"])
        if missing:
            pattern = ngettext(
                "{n} record that the journal knows is missing: {names}.",
                "{n} records that the journal knows are missing: {names}.",
                len(missing),
            )
            first = min(known.entry for known in missing.values())
            yield Fault(first, pattern.format(n=len(missing), names=", ".join(map(self.name, missing))))
        if unknown:
            pattern = ngettext(
                "{n} record is unknown to the journal: {names}.",
                "{n} records are unknown to the journal: {names}.",
                len(unknown),
            )
            yield Fault(None, pattern.format(n=len(unknown), names=", ".join(unknown)))
        for difference, numbers in differing.items():
            pattern = ngettext(
                "Record {names} differs from what the journal saw: {what}.",
                "Records {names} differ from what the journal saw: {what}.",
                len(numbers),
            )
            last = min(max(seen.entry for seen in self._records[number].versions.values()) for number in numbers)
            yield Fault(last, pattern.format(names=", ".join(map(self.name, numbers)), what=difference))

    def _expected(self, known: Known) -> dict[str, Any]:
        """The columns of a record's row that the chain tells."""
        first, newest = min(known.versions), max(known.versions)
        expected = {
            "kind": known.kind,
            "state": known.versions[newest].state,
            "version": newest,
            "created_at": _moment(known.versions[first]),
            "changed_at": _moment(known.versions[newest]),
            **known.shown,
        }
        if known.author is not None:
            expected["author"] = known.author
        if known.published_known:
            expected["published"] = known.published
        return expected

    def _compare_versions(self, connection: sa.Connection) -> Iterator[Fault]:
        missing = {
            (number, version): seen
            for number, known in self._records.items()
            for version, seen in known.versions.items()
        }
        order = (record_versions.c.record_id, record_versions.c.version)
        rows = connection.execute(sa.select(record_versions).order_by(*order).execution_options(yield_per=1000))
        for row in rows.mappings():
            seen = missing.pop((row["record_id"], row["version"]), None)
            parts = {"version": row["version"], "record": self.name(row["record_id"])}
            if seen is None:
                yield Fault(None, _("Version {version} of record {record} is unknown to the journal.").format(**parts))
                continue
            expected: dict[str, Any] = {name: getattr(seen, name) for name in ("state", "who", "action", "why", "data")}
            difference = _told({**expected, "at": _moment(seen)}, {**row, "data": digest(row["data"])})
            if seen.published is not None and row["frozen"] != seen.published:
                more = _("it stands as published, and the journal knows no such publication")
                less = _("it was published, and does not stand so")
                difference = " ; ".join(filter(None, (difference, more if row["frozen"] else less)))
            if difference:
                pattern = _(
                    "Version {version} of record {record} is not the one that the journal saw (entry {n}): {what}."
                )
                yield Fault(seen.entry, pattern.format(**parts, n=seen.entry, what=difference))
        present = set(connection.scalars(sa.select(records.c.id))) if missing else set()
        for (number, version), seen in missing.items():
            if number in present:
                pattern = _("Version {version} of record {record} is missing (entry {n}).")
                yield Fault(seen.entry, pattern.format(version=version, record=self.name(number), n=seen.entry))

    def _compare_values(self, connection: sa.Connection) -> Iterator[Fault]:
        missing = dict(self._values)
        for row in connection.execute(sa.select(list_values)).mappings():
            place = f"{row['list']}/{row['code']}"
            entry, expected = missing.pop((row["list"], row["code"]), (None, {}))
            if entry is None:
                yield Fault(None, _("The value {value} is unknown to the journal.").format(value=place))
            elif what := _told(expected, row):
                pattern = _("The value {value} differs from what the journal saw: {what}.")
                yield Fault(entry, pattern.format(value=place, what=what))
        for (name, code), seen_value in missing.items():
            yield Fault(
                seen_value[0], _("The value {value} that the journal knows is missing.").format(value=f"{name}/{code}")
            )


def _told(expected: Mapping[str, Any], row: Mapping[Any, Any]) -> str:
    """What differs in a row, in words; empty where nothing does."""
    sentences = []
    for name in filter(expected.__contains__, WORDS):
        value, is_ = expected[name], row[name]
        if isinstance(value, tuple):
            moment, slack = value
            if abs(is_ - moment) <= slack:
                continue
            value = moment
        if _plain(is_) == _plain(value):
            continue
        if name in UNTOLD:
            sentences.append(_(WORDS[name]))
        else:
            pattern = _("{what} “{now}” instead of “{before}”")
            sentences.append(pattern.format(what=_(WORDS[name]), now=_word(is_), before=_word(value)))
    return " ; ".join(sentences)


def _moment(seen: Seen) -> tuple[datetime, timedelta]:
    return seen.at, timedelta() if seen.published is not None else CLOSE


def _word(value: Any) -> str:
    return "–" if value is None else str(_plain(value))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _facets(connection: sa.Connection) -> dict[int, str]:
    """The digest of each record's facets, of those that have any."""
    table = record_facets
    rows = connection.execute(sa.select(table).order_by(table.c.record_id).execution_options(yield_per=5000))
    return {
        number: digest(sorted((row.facet, row.value) for row in some))
        for number, some in groupby(rows, lambda row: row.record_id)
    }


NONE = digest([])


def _digests(row: Mapping[Any, Any], facets: Mapping[int, str]) -> dict[str, str]:
    return {"search": digest(row["search"]), "facets": facets.get(row["id"], NONE)}
