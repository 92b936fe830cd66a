"""The sheet of one record in the CNIL's workbook: sections of labelled lines, found by what they say.

`cnil` reads the workbook as a whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from core.base.i18n import _
from core.records import flat
from core.records.cells import PLACEHOLDER, Reading, as_none, is_yes, say_broken
from core.records.fields import Form
from core.records.flat import Slot
from core.records.lists import Lists
from core.sources.formulas import Broken
from core.sources.mapping import plain
from core.sources.workbook import Rows

SECTIONS = {
    "acteurs": "actors",
    "finalitesdutraitement": "purposes",
    "categoriesdedonneespersonnelles": "data_categories",
    "donneessensibles": "sensitive_data",
    "categoriesdepersonnesconcernees": "persons",
    "destinataires": "recipients",
    "mesuresdesecurite": "measures",
    "transfertshorsue": "transfers",
    "complements": "",
}
"""How the sections of a record's sheet begin, without accents and blanks, and the field that they fill."""
FURTHER = "Compléments"
"""The last section, which only a sheet of Vigie's own has: see `cnil_page`."""
ACTORS = {
    "responsabledutraitement": "controller",
    "responsabledetraitement": "controller",
    "delegue": "dpo",
    "societedudpo": "dpo_company",
    "representant": "representative",
    "responsablesconjoint": "joint_controllers",
    "responsableconjoint": "joint_controllers",
}
"""How the lines of actors begin."""
CONTACT = {
    "nom": "name",
    "adresse": "address",
    "codepostal": "postcode",
    "cp": "postcode",
    "ville": "city",
    "pays": "country",
    "telephone": "phone",
    "adressemel": "email",
    "mel": "email",
    "email": "email",
}
"""What is said of an actor."""
TOP = {"nomdutraitement": "name", "nref": "ref", "reference": "ref", "datedecreationdutraitement": "started_on"}
TOP |= {"description": "description"}
NIR = "numerodesecuritesociale"
EXAMPLE = "exemple"
_WIDTH = 8
_FEWEST = 4
UNSAID = "Catégorie à préciser"
"""Label of a line whose category nobody has said."""


@dataclass
class Found:
    """What one place of the workbook says of a record. `own`: Vigie wrote it, so that nothing else answers for it."""

    place: str
    reading: Reading
    data: dict[str, Any] = field(default_factory=dict)
    refused: str = ""
    own: bool = False

    @property
    def is_example(self) -> bool:
        """Whether it is the example that the CNIL printed."""
        if self.own:
            return False
        ref, name = (plain(str(self.data.get(key) or "")) for key in ("ref", "name"))
        return EXAMPLE in ref or name.startswith(EXAMPLE)


def is_record(rows: Rows) -> bool:
    """Whether a sheet is that of a record."""
    return _label_column(rows) is not None


def _label_column(rows: Rows) -> int | None:
    """The column that holds the labels of a record's sheet."""
    known = (*SECTIONS, *TOP, *ACTORS)
    for column in range(3):
        labels = {plain(cells[column]) for cells in rows if column < len(cells)}
        sections = {start for start in SECTIONS for label in labels if label.startswith(start)}
        if len(sections) >= _FEWEST and sum(label.startswith(known) for label in labels) > _FEWEST:
            return column
    return None


class Sheet:
    """Reads the sheet of a record, line by line."""

    def __init__(self, place: str, rows: Rows, form: Form, lists: Lists) -> None:
        self._rows, self._form = rows, form
        self._found = Found(place, Reading(lists, offered=True))
        self._at = _label_column(rows) or 0
        self._section: str | None = None
        self._columns: dict[str, int] = {}
        self._further: list[tuple[Slot, str]] = []

    def read(self, broken: Broken) -> Found | None:
        """What the sheet says; None where nobody has filled it."""
        for at, cells in enumerate(self._rows, start=1):
            label = plain(cells[self._at]) if self._at < len(cells) else ""
            if self._section is not None or label.startswith(tuple(TOP)):
                self._refuse(at, broken)
            wide = [self._text(cell) for cell in cells[self._at + 1 : self._at + _WIDTH]]
            section = next((name for start, name in SECTIONS.items() if label.startswith(start)), None)
            if self._found.own:
                self._add_further(cells[self._at : self._at + 2])
            elif section is not None:
                self._section, self._found.own = section, label == plain(FURTHER)
                self._columns = {plain(cell): index for index, cell in reversed(list(enumerate(wide))) if cell}
            elif label and any(wide):
                self._line(cells[self._at].strip(), label, wide)
        self._found.data = flat.record(
            self._further, replace(self._found.reading, offered=False), whole=False, begun=self._found.data
        )
        said = set(self._found.data) - {"ref", "started_on"}
        return self._found if said or self._found.refused else None

    def _refuse(self, at: int, broken: Broken) -> None:
        """Refuse the record where a line that is read holds a formula without a value."""
        for column in range(self._at + 1, self._at + _WIDTH + 1):
            if (at, column) in broken:
                self._found.refused = say_broken(at, column, broken[at, column])

    def _add_further(self, cells: Sequence[str]) -> None:
        """A line below the form: a header of the flat table, and its cell."""
        if len(cells) > 1 and (slot := flat.find(self._form, cells[0])):
            self._further.append((slot, cells[1]))

    def _text(self, cell: str) -> str:
        text = cell.strip()
        return "" if text.startswith("►") or PLACEHOLDER.match(text) else text

    def _line(self, title: str, label: str, wide: list[str]) -> None:
        first = next(filter(None, wide))
        if self._section is None:
            name = next((name for start, name in TOP.items() if label.startswith(start)), "")
            if name:
                self._found.data[name] = self._found.reading.value(self._form.field(name), first)
        elif self._section == "actors":
            self._actor(label, wide)
        elif label.startswith(NIR):
            self._put("nir", {"description": self._cell(wide, "description"), **self._retention(wide)}, first)
        elif self._section in ("data_categories", "sensitive_data"):
            self._category(self._section, title, wide, first)
        elif self._section:
            self._put(self._section, getattr(self, f"_{self._section}")(wide), first)

    def _put(self, name: str, row: Mapping[str, Any], first: str) -> None:
        """Add a row to a field, or answer it by none."""
        if as_none(self._form.field(name), first):
            self._found.data.setdefault(name, [])
        else:
            rows = self._found.data.setdefault(name, [])
            rows.append({key: value for key, value in row.items() if value not in ("", [], None) or key == "category"})

    def _cell(self, wide: list[str], *starts: str) -> str:
        """The cell under the header that begins so."""
        for start in starts:
            for header, index in self._columns.items():
                if header.startswith(start):
                    return wide[index]
        return ""

    def _actor(self, label: str, wide: list[str]) -> None:
        name = next((name for start, name in ACTORS.items() if label.startswith(start)), "")
        cells = {
            CONTACT[header]: wide[index] for header, index in self._columns.items() if header in CONTACT and wide[index]
        }
        if name and cells:
            self._put(name, cells, next(iter(cells.values())) if len(cells) == 1 else "")

    def _retention(self, wide: list[str]) -> dict[str, str]:
        return {"retention": self._cell(wide, "dureedeconservation", "duree")}

    def _category(self, name: str, title: str, wide: list[str], first: str) -> None:
        """A line whose label is the category; where people have added one that the list lacks, it begins the words."""
        reading, asked = self._found.reading, self._form.field(name)
        said = {"description": self._cell(wide, "description") or first, **self._retention(wide)}
        if said["description"] == said["retention"] or is_yes(said["description"]):
            said["description"] = ""
        if as_none(self._form.field("sensitive_data"), first):
            return
        category = self._form.field(f"{name}.category")
        if plain(title) == plain(UNSAID):
            self._put(name, {"category": "", **said}, "")
            return
        if code := reading.code(category, title):
            self._put(name, {"category": code, **said}, "")
            return
        row = reading.otherwise(asked, category, title, "description")
        words = _("{label}: {value}").format(label=title, value=said["description"]) if said["description"] else title
        self._put(name, {**row, **said, "description": words}, "")

    def _purposes(self, wide: list[str]) -> dict[str, Any]:
        value = self._found.reading.value
        return {
            "name": next(filter(None, wide)),
            "legal_bases": value(self._form.field("purposes.legal_bases"), self._cell(wide, "baselegale")),
            "conditions": value(self._form.field("purposes.conditions"), self._cell(wide, "condition")),
        }

    def _persons(self, wide: list[str]) -> dict[str, Any]:
        return self._typed("persons", self._cell(wide, "description", "categorie") or wide[0], wide)

    def _measures(self, wide: list[str]) -> dict[str, Any]:
        return self._typed("measures", self._cell(wide, "type") or wide[0], wide)

    def _typed(self, name: str, words: str, wide: list[str]) -> dict[str, Any]:
        said = self._found.reading.row(self._form.field(name), words) if words else {}
        details = [said.get("detail", ""), self._cell(wide, "precisions")]
        return {**said, "detail": "\n".join(filter(None, details))}

    def _recipients(self, wide: list[str]) -> dict[str, Any]:
        words, details = self._cell(wide, "type") or wide[0], self._cell(wide, "precisions")
        said = self._found.reading.row(self._form.field("recipients"), words) if words else {}
        more = self._cell(wide, "details")
        if "name" in said:
            return {**said, "detail": "\n".join(filter(None, [details, more]))}
        return {**said, "name": details, "detail": more}

    def _transfers(self, wide: list[str]) -> dict[str, Any]:
        value = self._found.reading.value
        return {
            "recipient": self._cell(wide, "destinataire"),
            "country": value(self._form.field("transfers.country"), self._cell(wide, "pays")),
            "guarantee": value(self._form.field("transfers.guarantee"), self._cell(wide, "typedegarantie")),
            "document": self._cell(wide, "liens", "documentation"),
        }
