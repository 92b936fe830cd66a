"""How the fields of a record are declared, and the table that comes of it.

A record's model declares each field once: its type, its label, what asks for it, when it is required.
`Form.fields` is that declaration as a table; forms, differences, completeness, import and export all read it.

Unanswered is never the same as "none": where a question may have any number of answers, its type is `Answer`.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, RootModel, StringConstraints

from core.base.i18n import _
from core.records.answers import is_open

TEXT_LENGTH = 1_000
LONG_LENGTH = 8_000
UNWANTED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

T = TypeVar("T")
_open = lru_cache(maxsize=8192)(is_open)


class Part(BaseModel):
    """Base of a record and of its rows: immutable, and a field that nobody declared is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Answer(RootModel[tuple[T, ...] | None], Generic[T]):
    """The answer to a question that may have many: not given yet, explicitly none, or values.

    As JSON: null, [] or a list.
    """

    model_config = ConfigDict(frozen=True)
    root: tuple[T, ...] | None = None

    @property
    def unanswered(self) -> bool:
        return self.root is None

    @property
    def none(self) -> bool:
        """Whether the answer is: none."""
        return self.root == ()

    @property
    def values(self) -> tuple[T, ...]:
        """The values; none where the question is unanswered or answered by none."""
        return self.root or ()


def _clean(value: Any) -> Any:
    """A text as it is kept: composed, without control characters (Excel and PostgreSQL refuse them), trimmed."""
    if not isinstance(value, str):
        return value
    if value.isprintable():  # most are: nothing to take out
        return unicodedata.normalize("NFC", value).strip()
    lines = value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return unicodedata.normalize("NFC", UNWANTED.sub("", lines)).strip()


def _one_line(value: Any) -> Any:
    return " ".join(value.split()) if isinstance(value, str) else value


Text = Annotated[str, StringConstraints(max_length=TEXT_LENGTH), BeforeValidator(_one_line), BeforeValidator(_clean)]
"""One line. Empty: unanswered."""
Reference = Annotated[str, StringConstraints(max_length=60), BeforeValidator(_one_line), BeforeValidator(_clean)]
"""What a record is quoted by."""
Name = Annotated[str, StringConstraints(max_length=100), BeforeValidator(_one_line), BeforeValidator(_clean)]
"""The name of a squad."""
LongText = Annotated[str, StringConstraints(max_length=LONG_LENGTH), BeforeValidator(_clean)]
"""Several lines. Empty: unanswered."""
Code = Annotated[str, StringConstraints(max_length=100)]
"""A code of a list of values. Empty: unanswered."""
Codes = tuple[Code, ...]
"""Codes of a list of values. Empty: unanswered."""
Number = Annotated[int, Field(ge=0, le=12_000)] | None
"""A whole number. None: unanswered."""
MOST = 10**12
Amount = Annotated[int, Field(ge=0, le=MOST)] | None
"""A whole amount. None: unanswered."""


class Kind(StrEnum):
    """What a field holds, and so how it is entered and written."""

    TEXT = "text"
    LONG = "long"
    NUMBER = "number"
    AMOUNT = "amount"
    """A whole amount: of money, of pieces."""
    DAY = "day"
    FLAG = "flag"
    """Yes, no, or unanswered (None)."""
    CHOICE = "choice"
    """One code of a list of values."""
    CODES = "codes"
    """Codes of a list of values, within a row."""
    CHOICES = "choices"
    """An `Answer` of codes of a list of values."""
    TAGS = "tags"
    """An `Answer` of texts."""
    LINKS = "links"
    """An `Answer` of references of other records, whose kind is `to`: shown from both ends."""
    ROWS = "rows"
    """An `Answer` of rows, whose fields are `columns`."""


ANSWERS = frozenset({Kind.CHOICES, Kind.TAGS, Kind.LINKS, Kind.ROWS})
LISTED = frozenset({Kind.CHOICES, Kind.CODES, Kind.TAGS, Kind.LINKS})
"""Kinds that hold several values, codes or texts."""
When = Callable[[Any, Any], bool]
"""(record, row or None) → whether a field is required there."""


@dataclass(frozen=True)
class Asked:
    """One field. `label`, `help` and `none` are source strings, translated when shown.

    `path` is `name` or `purposes.legal_bases` for a column of rows. `basis` is what asks for it, as an article of a law
    (`Form.basis` says it in words): empty for the team's own, that of its rows for a column that names none. `fits`:
    whether a text is an answer; one that says that nobody has answered yet never is. `none` is
    how the explicit answer "none" reads; empty where that is no answer. `choices` names a list of values. `key` marks
    the columns that name a row, `under` the field whose answer calls for this one. `to` is the kind of the records that
    a link leads to. `after` names the day that this one cannot come before. `ordered`: the order of its rows
    says something.
    """

    path: str
    kind: Kind
    label: str
    section: str
    basis: str
    help: str
    required: When
    fits: Callable[[str], bool]
    none: str
    choices: str
    key: bool
    under: str
    to: str
    after: str
    ordered: bool
    columns: "tuple[Asked, ...]"
    most: int = LONG_LENGTH

    @cached_property
    def name(self) -> str:
        """Last part of the path: the attribute of the record or of the row."""
        return self.path.rpartition(".")[2]

    def filled(self, value: Any) -> bool:
        """Whether a value of this field is an answer; "none" is one only where it is said to be."""
        if self.kind in ANSWERS:
            return bool(value.values) or (value.none and bool(self.none))
        if self.kind in (Kind.TEXT, Kind.LONG):
            return bool(value) and not _open(value) and self.fits(value)
        return value not in ("", None, ())


@dataclass(frozen=True)
class Form:
    """A kind of record: its model and its fields in their order. `sections`: key → source string.

    `basis` is a source string that says what asks for a field, with `{basis}` for the field's own, as
    "GDPR, article {basis}".
    """

    kind: str
    title: str
    model: type[Part]
    fields: tuple[Asked, ...]
    sections: Mapping[str, str]
    basis: str = "{basis}"

    def asked_by(self, field: "Asked") -> str:
        """What asks for a field, in words; empty for the team's own."""
        return _(self.basis).format(basis=field.basis) if field.basis else ""

    @cached_property
    def keys(self) -> Mapping[str, tuple[str, ...]]:
        """What names the rows of each list: for `core.records.diff`."""
        return {
            field.path: tuple(column.name for column in field.columns if column.key)
            for field in self.fields
            if field.kind is Kind.ROWS
        }

    @cached_property
    def called_for(self) -> Mapping[str, tuple["Asked", ...]]:
        """The fields that the answer to another calls for, by that one's path."""
        names = {field.under for field in self.fields if field.under}
        return {name: tuple(field for field in self.fields if field.under == name) for name in names}

    def field(self, path: str) -> Asked:
        """The field of a path, with or without its rows: `purposes`, `purposes[0].name`. Raises KeyError."""
        return self._by_path[plain_path(path)]

    @cached_property
    def _by_path(self) -> Mapping[str, Asked]:
        return {asked.path: asked for field in self.fields for asked in (field, *field.columns)}


def blank(asked: Asked) -> Any:
    """What a field holds, as JSON, when nobody has answered it."""
    if asked.kind is Kind.CODES:
        return []
    return "" if asked.kind in (Kind.TEXT, Kind.LONG, Kind.CHOICE) else None


def plain_path(path: str) -> str:
    """A path without its rows: `purposes[Payroll [a]].name` → `purposes.name`."""
    start, end = path.find("["), path.rfind("]")
    return path if start < 0 else path[:start] + path[end + 1 :]


def form(kind: str, title: str, model: type[Part], sections: Mapping[str, str], basis: str = "{basis}") -> Form:
    """The form of a model, whose fields were declared with `ask`. A record has a `ref` and a `name`."""
    return Form(kind, title, model, _fields(model, "", "", ""), sections, basis)


def ask(
    kind: Kind,
    label: str,
    *,
    starts: str = "",
    basis: str = "",
    help: str = "",
    required: bool | When = False,
    fits: Callable[[str], bool] = bool,
    none: str = "",
    choices: str = "",
    key: bool = False,
    under: str = "",
    to: str = "",
    after: str = "",
    ordered: bool = False,
) -> Any:
    """Declare a field of a model. `starts` names the section that begins with it; see `Asked` for the rest."""
    asked: Any = {
        "kind": kind,
        "label": label,
        "starts": starts,
        "basis": basis,
        "help": help,
        "required": required if callable(required) else lambda _record, _row: required,
        "fits": fits,
        "none": none,
        "choices": choices,
        "key": key,
        "under": under,
        "to": to,
        "after": after,
        "ordered": ordered,
    }
    return Field(default=_default(kind), validate_default=True, json_schema_extra=asked)


def _default(kind: Kind) -> Any:
    return {Kind.TEXT: "", Kind.LONG: "", Kind.CHOICE: "", Kind.CODES: ()}.get(kind)


def _fields(model: type[Part], prefix: str, section: str, of_rows: str) -> tuple[Asked, ...]:
    fields = []
    for name, info in model.model_fields.items():
        declared: dict[str, Any] = dict(info.json_schema_extra)  # type: ignore[arg-type]  # `ask` put a dict there
        section = declared.pop("starts") or section
        path = f"{prefix}{name}"
        basis = declared.pop("basis") or of_rows
        columns: tuple[Asked, ...] = ()
        if declared["kind"] is Kind.ROWS:
            row = info.annotation.__pydantic_generic_metadata__["args"][0]  # type: ignore[union-attr]
            columns = _fields(row, f"{path}.", section, basis)
        most = next(filter(None, (getattr(rule, "max_length", None) for rule in info.metadata)), LONG_LENGTH)
        fields.append(Asked(path=path, section=section, basis=basis, columns=columns, most=most, **declared))
    return tuple(fields)


Day = date | None
Flag = bool | None
