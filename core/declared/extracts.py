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
    sources:
      - {name: payments_erp, path: incoming/payments*.csv}
      - {name: payments_seen, drop: true}

From the declaration follow the fact table, its landing with refusals, its files and database tables as kinds of source,
its scopes, snapshots and exports: the same machinery as coded tables. A row is its source's, by the key.

What landed under a declaration keeps what that one promised, whatever becomes of it: what named people stays personal
and is kept no longer than the shortest retention that held, until the table is emptied.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from difflib import get_close_matches
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from core.base.i18n import Own, _
from core.base.periods import MONTH
from core.declared.files import Thing
from core.facts import tables
from core.facts.tables import FactTable
from core.rules.document import Where
from core.rules.ruleset import FieldWrong, Rule
from core.sources.base import Connector
from core.sources.drops import pattern
from core.sources.mapping import Field as SourceField
from core.sources.tabular import Tabular, is_file
from core.sources.values.kinds import Kind

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


class Retention(Rule):
    """How long people are kept in a table, counted from its time column."""

    days: Annotated[int, Field(ge=1)] | None = None
    months: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _stands(self) -> Self:
        if (self.days is None) == (self.months is None):
            raise ValueError(_("a retention is so many days, or so many months"))
        return self

    @property
    def span(self) -> timedelta:
        """The same as a span of time."""
        return timedelta(days=self.days) if self.days is not None else (self.months or 0) * MONTH


class Feed(Rule):
    """A source of the table: files (`path`), a database (`url`, with `table` or `query`), or what people drop on the
    screen (`drop: true`). What else it says are options of such a source; `squad`: whose rows they are."""

    model_config = ConfigDict(extra="allow")
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
    drop: bool = False
    squad: Annotated[str, Field(max_length=100)] = ""

    @model_validator(mode="after")
    def _stands(self) -> Self:
        if [self.drop, "path" in self.said, "url" in self.said].count(True) != 1:
            raise ValueError(_("a source is files (path), a database (url), or what people drop (drop)"))
        return self

    @property
    def said(self) -> Mapping[str, Any]:
        """What it says of the options of a source."""
        return self.model_extra or {}


class Extract(Thing):
    """One table. `treatment` is the register's that allows its personal columns; its retention counts, and that of the
    table where it is shorter. `squad`: whose rows they are where neither the row nor its source says it."""

    NAMED: ClassVar[str] = "extract"
    extract: Name
    meaning: Annotated[str, Field(min_length=1, max_length=1000)]
    columns: Annotated[tuple[Column, ...], BeforeValidator(listed), Field(min_length=1, max_length=200)]
    key: Annotated[tuple[str, ...], BeforeValidator(listed), Field(min_length=1)]
    time: str
    squad: Annotated[str, Field(max_length=100)] = ""
    owner: Annotated[str, Field(max_length=200)] = ""
    treatment: str = ""
    retention: Retention | None = None
    sources: Annotated[tuple[Feed, ...], BeforeValidator(listed)] = ()

    @model_validator(mode="after")
    def _stands(self) -> Self:
        for where, problem in self._faults():
            raise FieldWrong(where, problem)
        return self

    def _faults(self) -> Iterator[tuple[Where, str]]:
        named: dict[str, Column] = {}
        for place, column in enumerate(self.columns):
            if column.name in named:
                yield ("columns", place, "name"), _("the column {name} is declared twice").format(name=column.name)
            if column.name in OWN - {"squad"}:
                pattern = _("the column {name} is Vigie's own; choose another name")
                yield ("columns", place, "name"), pattern.format(name=column.name)
            if column.name == "squad" and column.kind is not Kind.TEXT:
                yield ("columns", place, "kind"), _("the column squad holds text")
            if column.personal and (column.required or column.name in {*self.key, self.time}):
                pattern = _("{names} cannot be personal: it must be filled")
                yield ("columns", place, "personal"), pattern.format(names=column.name)
            if column.personal and not self.treatment:
                pattern = _("personal columns want the treatment of the register that allows them")
                yield ("columns", place, "personal"), pattern
            named[column.name] = column
        places: list[tuple[Where, str]] = [(("key", place), name) for place, name in enumerate(self.key)]
        for where, name in (*places, (("time",), self.time)):
            if name not in named:
                near = ", ".join(get_close_matches(name, named, cutoff=0.5) or named)
                yield where, _("there is no column {name}; the nearest are: {near}").format(name=name, near=near)
        if named[self.time].kind is not Kind.MOMENT:
            yield ("time",), _("the time column is a moment; a date alone is its midnight")
        names = [feed.name for feed in self.sources]
        for place, name in enumerate(names):
            if name in names[:place]:
                yield ("sources", place, "name"), _("there are two sources named {name}").format(name=name)
        if self.retention and not self.people:
            yield ("retention",), _("a retention says how long people are kept, and no column is personal")

    @property
    def people(self) -> bool:
        """Whether any column names people."""
        return any(column.personal for column in self.columns)


class Standing(Extract):
    """An extract with what still holds of those under which its rows landed: columns that named people are personal,
    `retention` is the shortest there was. `treatments`: all under which people landed. `former`: columns that landed
    and are declared no more."""

    treatments: Names = ()
    former: Annotated[tuple[Column, ...], BeforeValidator(listed)] = ()

    @property
    def people(self) -> bool:
        """Whether any column names people, of those too that landed."""
        return any(column.personal for column in (*self.columns, *self.former))

    def after(self, before: str | None) -> str:
        """See `core.facts.tables.Declaration`."""
        return standing(self, None if before is None else kept(before)).model_dump_json(
            exclude_defaults=True, exclude={"sources"}
        )

    @property
    def table(self) -> FactTable:
        """Its fact table: the columns that are declared."""
        return _table(self, self.columns)

    @property
    def whole(self) -> FactTable:
        """The same with every column that landed."""
        return _table(self, (*self.columns, *self.former))

    @property
    def tabular(self) -> Tabular:
        """How files and database tables become its rows."""
        return Tabular(
            kind=f"extract_{self.extract}",
            title=Own(self.title),
            sql_title=Own(self.title + " (SQL)"),
            table=self.table,
            fields=tuple(
                SourceField(
                    column.name,
                    Own(column.title),
                    column.kind,
                    (column.name, column.title, *column.words),
                    needed=column.required,
                )
                for column in self.columns
            ),
            former=frozenset(column.name for column in self.former),
            latest_counts=is_file,
        )


def fed(extract: Standing) -> Iterator[tuple[Feed, Connector, Mapping[str, Any]]]:
    """Its sources, each with its connector and the options that it says; of a database whose columns are not said, they
    bear the names of the table's."""
    of_files, of_database = extract.tabular.connectors
    for feed in extract.sources:
        if "url" in feed.said:
            yield feed, of_database, {"columns": {column.name: column.name for column in extract.columns}, **feed.said}
        else:
            yield feed, of_files, {**feed.said, "path": pattern(feed.name)} if feed.drop else feed.said


def holds(column: Column) -> str:
    """The type of the values that the lake keeps of a column."""
    return _TYPES[column.kind]


def kept(text: str) -> Standing:
    """What the lake keeps of a declaration."""
    return Standing.model_validate_json(text)


def standing(extract: Extract, before: Standing | None = None) -> Standing:
    """An extract with what still holds of what landed before."""
    own = {name: getattr(extract, name) for name in extract.model_fields_set}
    own["treatments"] = tuple(dict.fromkeys(filter(None, (extract.treatment, *own.get("treatments", ())))))
    if before is not None:
        landed = {column.name: column for column in (*before.columns, *before.former)}
        columns = tuple(
            column.model_copy(update={"personal": True}) if _named_people(landed.get(column.name)) else column
            for column in extract.columns
        )
        names = {column.name for column in columns}
        former = {column.name: column for column in (*own.get("former", ()), *landed.values())}
        own |= {
            "columns": columns,
            "former": tuple(column for name, column in former.items() if name not in names),
            "treatment": extract.treatment or before.treatment,
            "treatments": tuple(dict.fromkeys((*own["treatments"], *before.treatments))),
            "retention": min(filter(None, (extract.retention, before.retention)), key=_span, default=None),
        }
    return Standing(**own)


def _named_people(column: Column | None) -> bool:
    return column is not None and column.personal


def _span(retention: Retention) -> timedelta:
    return retention.span


@lru_cache(maxsize=500)
def _table(extract: Standing, declared: tuple[Column, ...]) -> FactTable:
    filled = {*extract.key, extract.time}
    columns = [
        tables.Column(
            column.name,
            holds(column),
            column.meaning or column.title,
            required=column.required or column.name in filled,
            personal=column.personal,
        )
        for column in declared
    ]
    squad = "squad" in {column.name for column in declared}
    own = [tables.Column("source", tables.TEXT, "name of the source", required=True)]
    own += [] if squad else [tables.Column("squad", tables.TEXT, "whose row it is; null: everybody's")]
    return FactTable(
        name=extract.extract,
        columns=(*own, *columns),
        key=("source", *extract.key),
        time=extract.time,
        squad="squad",
        whose=extract.squad or None,
        treatments=extract.treatments,
        kept=extract.retention.span if extract.retention else None,
        declaration=extract,
    )
