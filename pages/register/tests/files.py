"""Contents that spreadsheets dislike, and the register's files written and read back."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from core.base.errors import InputInvalid
from core.base.i18n import speaking
from core.records import check, json_file
from core.records.collection import Collection
from core.records.exporting import exports
from core.records.fields import Asked, Form, Kind
from core.records.importing import imports
from core.records.lists import Lists
from core.records.row import Row
from core.show.export import Note
from pages.register.files import cnil_write
from pages.register.lists import shipped
from pages.register.tests import samples

AWKWARD = [
    "=1+1",
    "@x",
    "+33",
    "-5",
    "'a",
    "''a",
    "'=1",
    "007",
    "1/2",
    "12/05/2026",
    "1e5",
    "TRUE",
    "vrai",
    "_x0041_",
    "_x005F_x0041_",
    "&amp;<b>",
    "\ufeffx",
    "\u202eabc",
    "💥",
    "é",
    "#N/A",
    "#REF!",
    "{}",
    "[1]",
    '"q"',
    '"q',
    "75001",
    "0,5",
    "12:30",
    "10%",
    "5€",
    "-",
    "–",
    "?",
    "json:1",
    "json:[",
    ";",
    "a;b",
    "•",
    "a-",
    "A\xadb",
    "\ue000",
    "=cmd|'/c'!A0",
    "a,b",
]
AWKWARD += ["mars 2025", "5 mai", "01 02 03", "1 234,5", "Select an item", "Sélectionnez un élément dans cette liste ►"]
AWKWARD += ["a; b", "(aucun)", "(none)", "Aucun", "non", "- a", "a  b", "Finalités 1 · Finalité", "(EXEMPLE) x", "oui"]
BREAKS = ["a\nb", "a\n\n\nb", "a\n  b", "a\n=b", "a\u2028b", "a\u00a0b", "x\n" * 700 + "y"]
LONGEST = ["a" * 8_000, "é" * 8_000, "💥" * 8_000, "_x0041_" * 1_142, '"' * 8_000, "\n".join("a" * 3_900), "=" * 8_000]
NOTE = Note("Registre", "Registre", ("register",), (), None, "ines", False)


CNIL = "cnil"
"""Stem of a workbook in the CNIL's layout."""
ORGANISATION = {"controller": [samples.ACTOR], "dpo": [samples.ACTOR]}


def kept_as(form: Form) -> Collection:
    """The register of a form."""
    return samples.REGISTERS[form.kind]


@dataclass(frozen=True)
class Kept:
    """A record as an export takes it."""

    data: Mapping[str, Any]
    state: str = "draft"
    version: int = 1
    at: datetime = datetime(2026, 11, 20, 8, tzinfo=UTC)


def line() -> st.SearchStrategy[str]:
    return st.one_of(samples.TEXTS, st.sampled_from(AWKWARD), st.sampled_from(["=" * 1_000, "💥" * 1_000]))


def text() -> st.SearchStrategy[str]:
    return st.one_of(line(), st.sampled_from(BREAKS), st.sampled_from(LONGEST))


def value(field: Asked, lists: Lists) -> st.SearchStrategy[Any]:
    """Any JSON value of a field, with texts that spreadsheets dislike."""
    match field.kind:
        case Kind.TEXT:
            return line()
        case Kind.LONG:
            return text()
        case Kind.TAGS:
            many = st.builds(lambda n: [f"table {i} {'é' * 900}" for i in range(n)], st.integers(12, 40))
            return st.one_of(st.none(), st.lists(line(), max_size=3), many)
        case Kind.ROWS:
            row = st.fixed_dictionaries({}, optional={one.name: value(one, lists) for one in field.columns})
            return st.one_of(st.none(), st.lists(row, max_size=3))
        case _:
            return samples.value(field, lists)


@st.composite
def contents(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """Any content that may be kept, as it is kept: named, with a reference, a few of its fields answered."""
    lists, form = shipped(), samples.FORMS[kind]
    names = draw(st.lists(st.sampled_from([field.name for field in form.fields]), max_size=6, unique=True))
    data = {name: draw(value(form.field(name), lists)) for name in names}
    data["name"] = draw(line())[:900] + " x"
    data["ref"] = draw(st.one_of(st.sampled_from(["=1", "'007", "12/05/2026"]), st.uuids().map(str)))
    try:
        return check.read(form, data, lists).model_dump(mode="json")
    except InputInvalid:
        reject()


def write(path: Path, form: Form, found: Iterable[Mapping[str, Any]], language: str = "fr") -> Path:
    """Write a register to a file of the kind that its name says."""
    kept = [Kept(data) for data in found]
    read: Callable[[], Any] = lambda: iter(kept)  # noqa: E731
    with path.open("wb") as file, speaking(language):
        match path.suffix:
            case ".xlsx" if path.stem == CNIL:
                cnil_write.write(file, form, shipped(), kept, ORGANISATION)  # type: ignore[arg-type]  # has what is read
            case ".xlsx":
                exports.write_excel(file, kept_as(form), shipped(), read, NOTE)
            case ".csv":
                exports.write_csv(file, kept_as(form), shipped(), read)
            case _:
                json_file.write(file, kept_as(form), read())
    return path


def rows(path: Path, form: Form, mapping: Mapping[str, str] | None = None) -> list[Row]:
    lists = shipped()
    return list(imports.rows(imports.look(path, kept_as(form), lists), kept_as(form), lists, mapping))


def read(path: Path, form: Form) -> list[dict[str, Any]]:
    """The contents that a file of Vigie's own holds, as they would be kept."""
    return [kept(form, one) for one in rows(path, form)]


def kept(form: Form, row: Row) -> dict[str, Any]:
    """What would be kept of a row."""
    assert row.refused == ""
    return check.read(form, json.loads(row.content), shipped()).model_dump(mode="json")


def content(said: Mapping[str, Any]) -> dict[str, Any]:
    """A whole content, as it is kept, of a few answers."""
    form = samples.FORMS["treatment"]
    return dict(check.read(form, said, shipped()).model_dump(mode="json"))
