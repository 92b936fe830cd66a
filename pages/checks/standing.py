"""The checks that stand now, as the team declares them."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache, partial
from hashlib import sha256
from typing import TYPE_CHECKING

from core.base.i18n import N_, Own, _
from core.declared.extracts import Extract
from core.declared.files import Declared, declared
from core.declared.select import SelectRefused
from core.facts.tables import FactTable
from core.mission.discovery import missions
from core.rules.document import Where
from core.show.columns import Column, Kind
from core.sources.values.kinds import Kind as Read
from pages.checks.compiled import Compiled, compiled
from pages.checks.definitions import Check
from pages.checks.facts import TABLES

if TYPE_CHECKING:
    from core.records.collection import Collection


def readable() -> dict[str, FactTable]:
    """The tables that a check may name: every mission's, but what checks themselves said."""
    return {table.name: table for mission in missions().values() for table in mission.tables if table not in TABLES}


def columns(check: Check, names: Iterable[str]) -> list[Column]:
    """How columns of a check's rows are shown: titled and of the kind that its declared tables say, else under their
    own names in plain words and of the type that the question gives. A number that is part of a key is a name, and no
    quantity. Raises SelectRefused."""
    types, declared, columns = questions(check).types, _declared(check), []
    for name in names:
        kind = _OF_TYPES.get(types.get(name, "").partition("(")[0], Kind.TEXT)
        declared_kind, title, unit = declared.get(name, (None, "", ""))
        kind = declared_kind if declared_kind and kind is Kind.NUMBER else kind
        columns.append(Column(name, Own(title or _plain(check, name)), kind, unit=unit))
    return columns


def called(table: str) -> str:
    """What a table is called: the title that it is declared under, else its own name."""
    return next((thing.title for thing in declared(Extract, "extracts").things if thing.extract == table), table)


EXPECTED = {
    "not_null": N_("never empty"), "unique": N_("unique"), "in_set": N_("a known value"), "regex": N_("in its form"),
    "range": N_("within its limits"), "date_order": N_("dates in order"), "foreign_key": N_("found in the other table"),
    "row_count_between": N_("number of rows"), "freshness": N_("freshness"),
}  # fmt: skip


def expected(check: Check, named: str) -> str:
    """An expectation in words: the titles of its columns and what its rule asks; under its own name in plain words
    where its rule is SQL, or no longer there."""
    expectation = next((expectation for expectation in check.expectations if expectation.name == named), None)
    if expectation is None or expectation.rule not in EXPECTED:
        return _words(named)
    titles = {name: title for name, (_kind, title, _unit) in _declared(check).items()}
    about = ", ".join(titles.get(name) or _words(name) for name in expectation.columns)
    asked = _(EXPECTED[expectation.rule])
    return _("{label}: {value}").format(label=about, value=asked) if about else asked.capitalize()


def _plain(check: Check, named: str) -> str:
    for side in (check.left, check.right):
        if side is not None and named.startswith(f"{side.called}_"):
            return f"{_words(named.removeprefix(f'{side.called}_'))} ({side.called})"
    return _words(named)


def _words(named: str) -> str:
    return named.replace("_", " ").capitalize()


def _declared(check: Check) -> dict[str, tuple[Kind | None, str, str]]:
    """What declared tables say of the columns of a check's rows: kind, title, unit."""
    own: dict[str, tuple[Kind | None, str, str]] = {}
    for extract in declared(Extract, "extracts").things:
        for column in extract.columns if extract.extract in check.tables else ():
            kind = Kind.TEXT if column.name in extract.key else _OF_KINDS.get(column.kind)
            own[column.name] = kind, column.title, column.unit
    both = dict(own)
    for side in check.called:
        both |= {f"{side}_{column}": (kind, f"{title} ({side})", unit) for column, (kind, title, unit) in own.items()}
    if check.kind == "match":
        both["texte"] = None, _("Text; what matched stands between ‹ and ›"), ""
    return both


_OF_KINDS = {Read.SHARE: Kind.PERCENT, Read.DURATION: Kind.DURATION}
_OF_TYPES = {
    **dict.fromkeys(
        ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UBIGINT", "FLOAT", "DOUBLE", "DECIMAL"), Kind.NUMBER
    ),
    "DATE": Kind.DAY,
    "TIMESTAMP": Kind.MOMENT,
    "TIMESTAMP WITH TIME ZONE": Kind.MOMENT,
    "BOOLEAN": Kind.FLAG,
}


def people_of(check: Check) -> bool:
    """Whether a check reads a table that names people: then its rows are told only to whoever may know them."""
    there = readable()
    return any(there[name].personal for name in check.tables if name in there)


def questions(check: Check) -> Compiled:
    """The questions of a check. Raises SelectRefused."""
    return compiled(check, readable())


def tables_of(check: Check) -> str:
    """What tells the tables of a check as they are declared now: equal where they hold the same columns."""
    return _told(check, readable())


def _told(check: Check, there: Mapping[str, FactTable]) -> str:
    return sha256("".join(_columns(there.get(name)) for name in check.tables).encode()).hexdigest()


@lru_cache(maxsize=500)
def _columns(table: FactTable | None) -> str:
    """The name and the columns of a table, in one text."""
    return (
        ""
        if table is None
        else repr((table.name, [(column.name, column.type, column.personal) for column in table.columns]))
    )


def standing(answered: frozenset[tuple[str, str]] = frozenset()) -> Declared[Check]:
    """The checks as they are declared now. `answered`: digests of definitions and of their tables whose last run was
    made; whether they can be asked is known, where to find it out takes ten milliseconds each."""
    return declared(Check, "checks", partial(_against, answered, readable()))


def _against(
    answered: frozenset[tuple[str, str]], there: Mapping[str, FactTable], check: Check
) -> Iterator[tuple[Where, str]]:
    """Why a check cannot be asked."""
    if not answered or (check.digest, _told(check, there)) not in answered:
        try:
            compiled(check, there)
        except SelectRefused as error:
            yield error.where or ("check",), str(error)
    if check.feeds and not takes(check.feeds.collection):
        yield (
            ("feeds", "collection"),
            _("no collection that takes rows is called {name}").format(name=check.feeds.collection),
        )


def takes(kind: str) -> "Collection | None":
    """The collection of a kind, where it takes rows."""
    every = (collection for mission in missions().values() for collection in mission.collections)
    return next((collection for collection in every if collection.kind == kind and collection.takes), None)
