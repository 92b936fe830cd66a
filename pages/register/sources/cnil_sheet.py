"""The sheet of one record in the CNIL's workbook: sections of labelled lines, found by what they say.

`cnil` reads the workbook as a whole.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from core.base.i18n import _
from core.records import answers, flat
from core.records.answers import Says
from core.records.cells import PLACEHOLDER, Reading, is_yes, named_by, say_broken, says
from core.records.fields import Asked, Form, Kind, blank
from core.records.flat import Slot
from core.records.lists import Lists
from core.sources.formats.formulas import Broken
from core.sources.formats.marks import Marks
from core.sources.formats.workbook import Rows
from core.sources.mapping import plain

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
LINES = {
    "purposes": ("finalite", "sousfinalite", "objectif", "autrefinalite"),
    "persons": ("categorie", "personne"),
    "recipients": ("destinataire", "categorie", "soustraitant", "organisme"),
    "measures": ("mesure", "securite"),
    "transfers": ("organisme", "destinataire", "transfert", "pays"),
}
"""How the lines of a section begin that are its rows; what other lines say goes to the notes."""
BASES = ("baselegale", "baselegales", "baseslegales", "fondementjuridique", "basejuridique", "liceite")
"""How the line begins that says the legal basis of the purposes above it."""
HEADS = (
    *("description", "nom", "adresse", "codepostal", "cp", "ville", "pays", "telephone", "mel", "email", "courriel"),
    *("precisions", "details", "type", "destinataire", "finalite", "baselegale", "condition", "garantie", "lien"),
    *("documentation", "categorie", "duree", "delai", "conservation"),
)
"""How the heads of columns begin."""
RETENTION = ("duree", "delai", "conservation")
UPDATED = ("miseajour", "dernieremiseajour", "datedemiseajour")
"""How lines and columns begin whose day Vigie keeps itself."""
FURNITURE = frozenset({"aideenligne", "aide"})
ACTORS = {
    "responsablesconjoint": "joint_controllers",
    "responsableconjoint": "joint_controllers",
    "coresponsable": "joint_controllers",
    "responsabledetraitementconjoint": "joint_controllers",
    "responsabledutraitementconjoint": "joint_controllers",
    "responsabledutraitement": "controller",
    "responsabledetraitement": "controller",
    "delegue": "dpo",
    "dpo": "dpo",
    "dataprotectionofficer": "dpo",
    "societedudpo": "dpo_company",
    "representant": "representative",
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
    "adresseemail": "email",
    "mel": "email",
    "email": "email",
    "courriel": "email",
}
"""What is said of an actor."""
TOP = {"nomdutraitement": "name", "nref": "ref", "reference": "ref", "datedecreationdutraitement": "started_on"}
TOP |= {"description": "description"}
NIR = "numerodesecuritesociale"
EXAMPLE = "exemple"
CATEGORY = ("category", "description", "retention")
ROOM: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(ACTORS.values(), ("name", "address", "postcode", "city", "country", "phone", "email")),
    "purposes": ("name", "legal_bases", "conditions"),
    "data_categories": CATEGORY,
    "sensitive_data": CATEGORY,
    "nir": ("description", "retention"),
    "persons": ("category", "detail"),
    "recipients": ("type", "name", "detail"),
    "measures": ("type", "detail"),
    "transfers": ("recipient", "country", "guarantee", "document"),
}
"""The columns of rows that the form has room for."""
_FEWEST = 4
UNSAID = "Catégorie à préciser"
"""Label of a line whose category nobody has said."""


@dataclass
class Found:
    """What one place of the workbook says of a record. `texts`: the words of the list, by field. `own`: Vigie wrote it,
    so that nothing else answers for it."""

    place: str
    reading: Reading
    data: dict[str, Any] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
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
        heads = {plain(cells[column]) for cells in rows if column < len(cells) and _is_head(cells[column + 1 :])}
        sections = {start for start in SECTIONS for label in heads if label.startswith(start)}
        if len(sections) >= _FEWEST and sum(label.startswith(known) for label in labels) > _FEWEST:
            return column
    return None


def _is_head(beside: Sequence[str]) -> bool:
    """Whether the cells beside a label are heads of columns, or empty: a sheet of names and values is no such form."""
    return all(plain(cell).startswith((*HEADS, *FURNITURE)) for cell in beside if plain(cell))


class Sheet:
    """Reads the sheet of a record, line by line. What no field takes goes to the notes."""

    def __init__(self, place: str, rows: Rows, form: Form, lists: Lists) -> None:
        self._rows, self._form = rows, form
        self._found = Found(place, Reading(lists, offered=True))
        self._at = _label_column(rows) or 0
        self._section: str | None = None
        self._columns: dict[str, int] = {}
        self._further = self._read_further()
        self._elsewhere = {slot.field.name for slot, _text in self._further if _is_whole(slot)}
        self._seen: set[str] = set()
        self._used: set[int] = set()

    def read(self, broken: Broken, marked: Marks) -> Found | None:
        """What the sheet says; None where nobody has filled it."""
        for at, cells in enumerate(self._rows, start=1):
            label = plain(cells[self._at]) if self._at < len(cells) else ""
            if label == plain(FURTHER) and self._found.own:
                break
            if self._section is not None or label.startswith(tuple(TOP)):
                self._refuse(at, broken)
            wide = [self._text(cell) for cell in cells[self._at + 1 :]]
            section = next((name for start, name in SECTIONS.items() if label.startswith(start)), None)
            if section is not None:
                self._section = section
                if all(plain(cell).startswith(HEADS) for cell in wide if cell):
                    self._columns = {plain(cell): index for index, cell in reversed(list(enumerate(wide))) if cell}
                    self._seen.add(section)
                    continue
            target = self._target(label)
            self._seen.add(target)
            if any(wide) and target not in self._elsewhere:
                self._used = set()
                self._line(cells[self._at].strip() if self._at < len(cells) else "", label, wide)
        for _at, comment in sorted(marked.comments.items()):
            self._found.reading.keep_line(_("Comment"), comment)
        return self._ended()

    def _ended(self) -> Found | None:
        """What the sheet says as a whole; one of Vigie's own says everything, so that an empty line is an answer that
        was taken back."""
        sheet = self._found
        if sheet.own:
            for name in self._seen & {*ROOM, *TOP.values()}:
                sheet.data[name] = _whole(self._form.field(name), sheet.data.get(name))
            for name in self._elsewhere:
                sheet.data.pop(name, None)
        sheet.data = flat.record(
            self._further, replace(sheet.reading, offered=False), whole=sheet.own, begun=sheet.data
        )
        filled = set(sheet.data) - {"ref", "started_on"}
        return (
            sheet
            if (filled if sheet.own else any(sheet.data[name] is not None for name in filled)) or sheet.refused
            else None
        )

    def _target(self, label: str) -> str:
        """The field that a line is about; empty where it is not sure."""
        lines = TOP if self._section is None else ACTORS if self._section == "actors" else {NIR: "nir"}
        target = next((name for start, name in lines.items() if label.startswith(start)), "")
        return target or (self._section or "" if self._section != "actors" else "")

    def _refuse(self, at: int, broken: Broken) -> None:
        """Refuse the record where a line that is read holds a formula without a value."""
        for row, column in broken:
            if row == at and column > self._at:
                self._found.refused = say_broken(at, column, broken[at, column])

    def _read_further(self) -> list[tuple[Slot, str]]:
        """The lines below a form that Vigie wrote: headers of the flat table, and their cells."""
        further: list[tuple[Slot, str]] = []
        for cells in self._rows:
            title, *others = cells[self._at : self._at + 2] or [""]
            if not self._found.own:
                self._found.own = plain(title) == plain(FURTHER)
            elif others and (slot := flat.find(self._form, title)):
                further.append((slot, others[0]))
            elif title or any(others):
                self._found.reading.left.append((title, " ".join(others)))
        return further

    def _text(self, cell: str) -> str:
        text = cell.strip()
        if text.startswith("►") or PLACEHOLDER.match(text) or plain(text) in FURNITURE or text in answers.DASHES:
            return ""
        return text

    def _line(self, title: str, label: str, wide: list[str]) -> None:
        first = next(filter(None, wide))
        if self._section is None:
            self._top(label, wide, first)
        elif self._section == "actors":
            self._actor(label, wide)
        elif label.startswith(NIR):
            self._put("nir", {"description": self._cell(wide, "description"), **self._retention(wide)}, wide)
        elif self._section in ("data_categories", "sensitive_data"):
            self._category(self._section, title, wide, first)
        elif self._section == "purposes" and label.startswith(BASES):
            self._bases(wide)
        elif self._section and (
            not label or label.isdigit() or label.startswith((*LINES[self._section], self._start()))
        ):
            self._put(self._section, getattr(self, f"_{self._section}")(wide), wide)
        elif self._section:
            self._listed(self._section, title, wide)
        self._keep(title, wide)

    def _start(self) -> str:
        """How the head of the section begins."""
        return next(start for start, name in SECTIONS.items() if name == self._section)

    def _keep(self, title: str, wide: list[str]) -> None:
        """Keep for the notes what no field has taken."""
        if not self._used and self._section is None and not title:
            return
        for index, text in enumerate(wide):
            if text and index not in self._used:
                self._found.reading.keep_line(title, text)

    def _top(self, label: str, wide: list[str], first: str) -> None:
        name = next((name for start, name in TOP.items() if label.startswith(start)), "")
        if name:
            self._found.data[name] = self._found.reading.value(self._form.field(name), first)
        if name or label.startswith((*UPDATED, "fichederegistre", "fiche", "descriptiondutraitement")) or not label:
            self._used.add(wide.index(first))

    def _put(self, name: str, row: Mapping[str, Any], wide: list[str]) -> None:
        """Add a row to a field, or answer it by none, or ask for it where a line seems to deny it. A line of the form's
        own boxes of which none is ticked says nothing."""
        asked, reading, first = self._form.field(name), self._found.reading, next(filter(None, wide))
        chosen, bare = answers.chosen(first)
        if not chosen:
            self._used = {wide.index(first)}
            if not bare:
                reading.keep(asked, first)
            return
        if name == "transfers" and is_yes(chosen):
            self._used = {wide.index(first)}
            reading.rows(asked, chosen)  # it says that there are some, not to whom
            return
        row = {key: chosen if value == first else value for key, value in row.items()}
        answer = says(asked, first)
        if answer.says in (Says.NO, Says.DOUBT):
            self._used = {wide.index(first)}
            denied = reading.denied(asked, first)
            if denied is not None:
                if denied.value is not None:
                    self._found.data.setdefault(name, denied.value)
                return
        kept = {key: self._answered(asked, key, value) for key, value in row.items()}
        kept = {key: value for key, value in kept.items() if value not in ("", [], None) or key == "category"}
        if any(kept.values()) or "category" in kept:
            self._found.data[name] = [*(self._found.data.get(name) or []), kept]

    def _answered(self, asked: Asked, key: str, value: Any) -> Any:
        """A value of a row; what says that nobody has answered yet is none."""
        column = next(candidate for candidate in asked.columns if candidate.name == key)
        return self._found.reading.value(column, value) if column.kind in (Kind.TEXT, Kind.LONG) else value

    def _cell(self, wide: list[str], *starts: str) -> str:
        """The cell under the header that begins so."""
        for start in starts:
            for header, index in self._columns.items():
                if header.startswith(start) and index < len(wide):
                    self._used.add(index)
                    return wide[index]
        return ""

    def _actor(self, label: str, wide: list[str]) -> None:
        name = next((name for start, name in ACTORS.items() if label.startswith(start)), "")
        if not name:
            return
        cells: dict[str, str] = {}
        for header, index in self._columns.items():
            if header in CONTACT and index < len(wide) and wide[index]:
                cells[CONTACT[header]] = wide[index]
                self._used.add(index)
        for index, text in enumerate(wide):  # a cell that slipped beside its column tells by itself what it is
            kind = "email" if "@" in text else "phone" if _PHONE.fullmatch(text) else ""
            if text and index not in self._used and kind and kind not in cells:
                cells[kind] = text
                self._used.add(index)
        if cells:
            self._put(name, cells, wide if len(cells) == 1 else [cells.get("name", ""), " "])

    def _retention(self, wide: list[str]) -> dict[str, str]:
        return {"retention": self._cell(wide, *RETENTION)}

    def _category(self, name: str, title: str, wide: list[str], first: str) -> None:
        """A line whose label is the category; where people have added one that the list lacks, it begins the words."""
        reading, asked = self._found.reading, self._form.field(name)
        row_read = {"description": self._cell(wide, "description"), **self._retention(wide)}
        if not any(row_read.values()):
            row_read["description"] = first
            self._used.add(wide.index(first))
        if is_yes(row_read["description"]):
            row_read["description"] = ""
        category = self._form.field(f"{name}.category")
        if plain(title) == plain(UNSAID):
            self._put(name, {"category": "", **row_read}, wide)
            return
        code, no = reading.code(category, title), says(self._form.field("sensitive_data"), first)
        if no.says is Says.NO and name == "data_categories":
            if no.rest:
                reading.keep_line(title, no.rest)
            return  # the form prints this category, and it is not one of these data
        if code or no.says in (Says.NO, Says.DOUBT):
            self._put(name, {"category": code, **row_read}, wide)
            return
        row = reading.otherwise(asked, category, title, "description")
        words = (
            _("{label}: {value}").format(label=title, value=row_read["description"])
            if row_read["description"]
            else title
        )
        self._put(name, {**row, **row_read, "description": words}, wide)

    def _listed(self, name: str, title: str, wide: list[str]) -> None:
        """A line whose label is a value of the section's list: `Chiffrement`, then its details."""
        asked = self._form.field(name)
        choice = named_by(asked)
        code = self._found.reading.code(choice, title) if choice and name != "transfers" else ""
        if choice and code:
            words = [text for text in wide if text and not is_yes(text)]
            self._used |= {index for index, text in enumerate(wide) if text}
            about = "name" if name == "recipients" else "detail"
            self._put(name, {choice.name: code, about: "\n".join(words)}, wide)

    def _bases(self, wide: list[str]) -> None:
        """The legal basis of the purposes above that have none."""
        text = next(filter(None, wide))
        self._used.add(wide.index(text))
        bases, rests = self._found.reading.codes(self._form.field("purposes.legal_bases"), text)
        for row in self._found.data.get("purposes") or ():
            if bases and not row.get("legal_bases"):
                row["legal_bases"] = bases
                row |= {"legal_detail": "\n".join(rests)} if rests else {}

    def _purposes(self, wide: list[str]) -> dict[str, Any]:
        value = self._found.reading.value
        bases, rests = self._found.reading.codes(self._form.field("purposes.legal_bases"), self._cell(wide, *BASES))
        return {
            "name": self._main(wide),
            "legal_bases": bases,
            "legal_detail": "\n".join(rests),
            "conditions": value(self._form.field("purposes.conditions"), self._cell(wide, "condition")),
        }

    def _main(self, wide: list[str], *starts: str) -> str:
        """The cell under a header, else the first that is filled."""
        main = self._cell(wide, *starts) if starts else ""
        if not main:
            main = next((text for index, text in enumerate(wide) if text and index not in self._used), "")
            self._used |= {wide.index(main)} if main else set()
        return main

    def _persons(self, wide: list[str]) -> dict[str, Any]:
        return self._typed("persons", self._main(wide, "description", "categorie"), wide)

    def _measures(self, wide: list[str]) -> dict[str, Any]:
        return self._typed("measures", self._main(wide, "type"), wide)

    def _typed(self, name: str, words: str, wide: list[str]) -> dict[str, Any]:
        row = self._found.reading.row(self._form.field(name), words) if words else {}
        details = [row.get("detail", ""), self._cell(wide, "precisions")]
        return {**row, "detail": "\n".join(filter(None, details))}

    def _recipients(self, wide: list[str]) -> dict[str, Any]:
        details, more = self._cell(wide, "precisions"), self._cell(wide, "details")
        words = self._cell(wide, "type") or ("" if details else self._main(wide))
        row = self._found.reading.row(self._form.field("recipients"), words) if words else {}
        if "name" in row:
            return {**row, "detail": "\n".join(filter(None, [row.get("detail", ""), details, more]))}
        return {**row, "name": details, "detail": more}

    def _transfers(self, wide: list[str]) -> dict[str, Any]:
        value = self._found.reading.value
        return {
            "recipient": self._cell(wide, "destinataire", "organisme", "nom"),
            "country": value(self._form.field("transfers.country"), self._cell(wide, "pays")),
            "guarantee": value(self._form.field("transfers.guarantee"), self._cell(wide, "typedegarantie", "garantie")),
            "document": self._cell(wide, "liens", "lien", "documentation"),
        }


def _is_whole(slot: Slot) -> bool:
    """Whether a line below says again what the form has room for: then that counts alone."""
    name = slot.field.name
    return name in TOP.values() or (name in ROOM and (slot.column is None or slot.column.name in ROOM[name]))


_PHONE = re.compile(r"\+?[\d .()/-]{9,20}")


def _whole(asked: Asked, value: Any) -> Any:
    """A value with every column of its rows that the form has room for."""
    if asked.kind is Kind.ROWS and value:
        return [
            {**{column.name: blank(column) for column in asked.columns if column.name in ROOM[asked.name]}, **row}
            for row in value
        ]
    return blank(asked) if value is None else value
