"""Extracts: tables that a team declares instead of coding, a YAML file each.

    extract: payments
    title: Paiements
    meaning: Chèques et virements émis par les centres de gestion.
    columns:
      - {name: number, title: Numéro, kind: text, meaning: numéro du paiement, words: [n° paiement]}
      - {name: issued_at, title: Émis le, kind: moment, meaning: jour d’émission}
      - {name: means, title: Moyen, kind: text, meaning: chèque ou virement}
    key: [number]
    time: issued_at

From the declaration follow the fact table, its landing with refusals, its files and database tables as kinds of source,
its scopes, snapshots and exports: the same machinery as coded tables. A row is its source's, by the key.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from core.base.i18n import _
from core.facts import tables
from core.facts.tables import FactTable
from core.rules.ruleset import Rule
from core.sources.kinds import Kind
from core.sources.mapping import Field as SourceField
from core.sources.tabular import Tabular, is_file

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
OWN = frozenset({"source", "squad", "month", "gone"})
"""Columns that the machinery fills or keeps for itself; `squad` may be declared, as text."""
_TYPES: Mapping[Kind, str] = {
    Kind.TEXT: tables.TEXT,
    Kind.MOMENT: tables.MOMENT,
    Kind.DAY: tables.DAY,
    Kind.DURATION: tables.NUMBER,
    Kind.COUNT: tables.INTEGER,
    Kind.AMOUNT: tables.NUMBER,
    Kind.SHARE: tables.NUMBER,
    Kind.FLAG: tables.FLAG,
}


def listed(value: object) -> object:
    """A list as a file of rules holds it, as a tuple."""
    return tuple(value) if isinstance(value, list) else value


Names = Annotated[tuple[str, ...], BeforeValidator(listed)]


class Column(Rule):
    """A column: `kind` as sources are read, `words` under which sources know it, `required` where a row without it says
    nothing, `term` the word of the glossary that it means."""

    name: Name
    title: Annotated[str, Field(min_length=1, max_length=120)]
    kind: Kind = Kind.TEXT
    meaning: Annotated[str, Field(max_length=1000)] = ""
    unit: Annotated[str, Field(max_length=40)] = ""
    words: Names = ()
    required: bool = False
    personal: bool = False
    term: str = ""


class Extract(Rule):
    """One table. `treatment` is the register's that allows its personal columns."""

    extract: Name
    title: Annotated[str, Field(min_length=1, max_length=120)]
    meaning: Annotated[str, Field(min_length=1, max_length=1000)]
    columns: Annotated[tuple[Column, ...], BeforeValidator(listed), Field(min_length=1, max_length=200)]
    key: Annotated[tuple[str, ...], BeforeValidator(listed), Field(min_length=1)]
    time: str
    owner: Annotated[str, Field(max_length=200)] = ""
    treatment: str = ""

    @model_validator(mode="after")
    def _stands(self) -> Self:
        named = {column.name: column for column in self.columns}
        if len(named) < len(self.columns):
            raise ValueError(_("a column is declared twice"))
        if own := sorted(OWN - {"squad"} & named.keys()):
            raise ValueError(_("the columns {names} are Vigie's own; choose others").format(names=", ".join(own)))
        if "squad" in named and named["squad"].kind is not Kind.TEXT:
            raise ValueError(_("the column squad holds text"))
        if unknown := sorted({*self.key, self.time} - named.keys()):
            raise ValueError(_("key and time name no column: {names}").format(names=", ".join(unknown)))
        if named[self.time].kind is not Kind.MOMENT:
            raise ValueError(_("the time column is a moment; a date alone is its midnight"))
        if wrong := sorted(one for one in {*self.key, self.time} if named[one].personal):
            raise ValueError(_("{names} cannot be personal: it must be filled").format(names=", ".join(wrong)))
        if not self.treatment and any(column.personal for column in self.columns):
            raise ValueError(_("personal columns want the treatment of the register that allows them"))
        return self

    @property
    def table(self) -> FactTable:
        """Its fact table."""
        return _table(self)

    @property
    def tabular(self) -> Tabular:
        """How files and database tables become its rows."""
        return Tabular(
            kind=f"extract_{self.extract}",
            title=self.title,
            sql_title=self.title + " (SQL)",
            table=self.table,
            fields=tuple(
                SourceField(one.name, one.title, one.kind, (one.name, one.title, *one.words), needed=one.required)
                for one in self.columns
            ),
            latest_counts=is_file,
        )


@lru_cache(maxsize=500)
def _table(extract: Extract) -> FactTable:
    filled = {*extract.key, extract.time}
    columns = [
        tables.Column(
            one.name,
            _TYPES[one.kind],
            one.meaning or one.title,
            required=one.required or one.name in filled,
            personal=one.personal,
        )
        for one in extract.columns
    ]
    squad = "squad" in {one.name for one in extract.columns}
    own = [tables.Column("source", tables.TEXT, "name of the source", required=True)]
    own += [] if squad else [tables.Column("squad", tables.TEXT, "whose row it is; null: everybody's")]
    return FactTable(
        name=extract.extract,
        columns=(*own, *columns),
        key=("source", *extract.key),
        time=extract.time,
        squad="squad",
    )


@dataclass(frozen=True)
class Extracts:
    """The extracts that stand, and one sentence for each that does not."""

    extracts: tuple[Extract, ...]
    problems: tuple[str, ...]


def standing(found: Iterable[Extract], taken: Iterable[str], problems: Iterable[str] = ()) -> Extracts:
    """Those whose name is theirs alone, and no coded table's (`taken`)."""
    kept: dict[str, Extract] = {}
    said, coded = [*problems], {*taken}
    doubled = set[str]()
    for one in found:
        if one.extract in coded or one.extract.endswith("_observations"):
            said.append(
                _("The extract {name} bears the name of a table of Vigie: choose another.").format(name=one.extract)
            )
        elif one.extract in kept or one.extract in doubled:
            doubled.add(one.extract)
        else:
            kept[one.extract] = one
    said += [
        _("The extract {name} is declared twice: none of the two counts.").format(name=name) for name in sorted(doubled)
    ]
    return Extracts(tuple(one for name, one in kept.items() if name not in doubled), tuple(said))
