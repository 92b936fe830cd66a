"""What stands on the sheet of a record in the CNIL's layout, line by line; `cnil_write` styles and writes it.

A sheet reads back (`cnil_sheet`) as exactly the record it was made of. What the form has no room for stands in
"Compléments" under the headers of the flat table (`flat`); so does, whole, a field that its section would give back as
something else: an empty row, a description that only says "oui". Its lines above say what they can.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from core.base.i18n import _, local
from core.records import cells, flat
from core.records.fields import Asked, Form, Kind, blank
from core.records.lists import Lists
from core.records.records import Record, Version
from core.show.columns import NO, YES
from core.sources.formats.marks import Marks
from pages.register.sources.cnil_sheet import FURTHER, ROOM, UNSAID, Sheet

MOST_SHEETS = 2_000
"""Records that one workbook takes; more are for the flat table."""
LAST = 8
"""Columns of the form."""
FORM_CATEGORIES = ("identity", "private_life", "economic", "connection", "location")
"""The data categories that the form prints; others have a line where a record uses them."""
NIR = "Numéro de Sécurité Sociale (ou NIR)"
ACTORS = {
    "controller": "Responsable du traitement",
    "dpo": "Délégué à la protection des données",
    "dpo_company": "Société du DPO (si celui-ci est externe)",
    "representative": "Représentant",
    "joint_controllers": "Responsable(s) conjoint(s)",
}
CONTACT = ("name", "address", "postcode", "city", "country", "phone", "email")
TOP = ("name", "ref", "started_on", "description")
Cell = str | date | None


class Look(StrEnum):
    """How a line looks."""

    PLAIN = "plain"
    TITLE = "title"
    HEAD = "head"


@dataclass
class Page:
    """The lines of a record's sheet. `spans`: merged cells; `choices`: cells that a list's values are offered in."""

    lines: list[tuple[list[Cell], Look]] = field(default_factory=list)
    spans: list[str] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)

    def add(self, cells: Sequence[Cell], spans: Sequence[str] = (), look: Look = Look.PLAIN) -> None:
        """A line; `spans` are its merged columns, as `B:D`."""
        self.lines.append(([*cells, *[None] * (LAST - len(cells))], look))
        for span in spans:
            first, _colon, last = span.partition(":")
            self.spans.append(f"{first}{len(self.lines)}:{last}{len(self.lines)}")

    def head(self, cells: Sequence[Cell], spans: Sequence[str] = ()) -> None:
        """The head of a section, after an empty line."""
        self.lines.append(([None] * LAST, Look.PLAIN))
        self.add(cells, spans, Look.HEAD)

    def offer(self, name: str, column: str) -> None:
        """Offer a list's values in a cell of the last line."""
        self.choices.setdefault(name, []).append(f"{column}{len(self.lines)}")


def page(form: Form, lists: Lists, record: Record | Version) -> Page:
    """The lines of a record."""
    made = _form(form, lists, record)
    _add_further(made, form, lists, record.data, frozenset())
    if lost := _lost(form, lists, made, record.data):
        made = _form(form, lists, record)
        _add_further(made, form, lists, record.data, lost)
    return made


def _form(form: Form, lists: Lists, record: Record | Version) -> Page:
    """The lines of the form."""
    data, made = record.data, Page()
    made.add(["Fiche de registre", *[None] * 6, record.data["ref"]], ["A:G"], Look.TITLE)
    made.head(["Description du traitement"], ["A:H"])
    for label, value in (
        ("Nom du traitement", data["name"]),
        ("N° / RÉF", data["ref"]),
        ("Date de création du traitement", day(data.get("started_on"))),
        ("Mise à jour du traitement", changed(record)),
        ("Description", data.get("description")),
    ):
        made.add([label, value], ["B:H"])
    for add in (
        _add_actors,
        _add_purposes,
        _add_data,
        _add_persons,
        _add_recipients,
        _add_measures,
        _add_transfers,
    ):
        add(made, form, lists, data)
    return made


def _lost(form: Form, lists: Lists, page: Page, data: Mapping[str, Any]) -> frozenset[str]:
    """The fields that the lines would not give back as they are."""
    rows = [[_text(cell) for cell in line] for line, _look in page.lines]
    read_back = Sheet("", rows, form, lists).read({}, Marks())
    content = read_back.data if read_back else {}
    return frozenset(
        name
        for name in (*TOP, *ROOM)
        if _whole(form.field(name), content.get(name)) != _whole(form.field(name), data.get(name))
        or not _is_safe(data.get(name))
    )


def _text(cell: Cell) -> str:
    return cell.isoformat() if isinstance(cell, date) else cell or ""


def _whole(asked: Asked, value: Any) -> Any:
    """A value with every column of its rows."""
    if asked.kind is Kind.ROWS and value:
        return [{column.name: row.get(column.name, blank(column)) for column in asked.columns} for row in value]
    return blank(asked) if value is None else value


def _is_safe(value: Any) -> bool:
    """Whether every text of a value survives whatever program saves the workbook."""
    return all(cells.is_plain(text) for text in flat.texts(value))


def _none(form: Form, name: str, data: Mapping[str, Any]) -> str | None:
    """The words of an explicit none; None where there is none."""
    return _(form.field(name).none) if data.get(name) == [] else None


def _rows(data: Mapping[str, Any], name: str, fewest: int) -> list[Mapping[str, Any]]:
    """The rows of a field, and empty ones up to the lines that the form prints."""
    rows = list(data.get(name) or ())
    return [*rows, *[{}] * (fewest - len(rows))]


def _add_actors(page: Page, form: Form, _lists: Lists, data: Mapping[str, Any]) -> None:
    page.head(["Acteurs", "Nom", "Adresse", "Code Postal", "Ville", "Pays", "Téléphone", "Adresse mél"])
    for name, label in ACTORS.items():
        for row in _rows(data, name, 1):
            page.add([label, row.get("name") or _none(form, name, data), *(row.get(key) for key in CONTACT[1:])])


def _add_purposes(page: Page, _form: Form, lists: Lists, data: Mapping[str, Any]) -> None:
    spans = ["B:D", "E:F", "G:H"]
    head = [
        "Finalité(s) du traitement effectué",
        "Finalité",
        None,
        None,
        "Base légale",
        None,
        "Condition (article 9.2)",
    ]
    page.head(head, spans)
    for number, row in enumerate(_rows(data, "purposes", 3)):
        label = f"Sous-finalité {number}" if number else "Finalité principale"
        bases = "; ".join(lists.label("legal_bases", code) for code in row.get("legal_bases") or ())
        conditions = "; ".join(lists.label("conditions", code) for code in row.get("conditions") or ())
        page.add([label, row.get("name"), None, None, bases, None, conditions], spans)


def _add_data(page: Page, form: Form, lists: Lists, data: Mapping[str, Any]) -> None:
    spans = ["B:D", "E:H"]
    for title, name, printed in (
        ("Catégories de données personnelles concernées", "data_categories", FORM_CATEGORIES),
        ("Données sensibles", "sensitive_data", tuple(lists.options("sensitive_data"))),
    ):
        page.head([title, "Description", None, None, "Durée de conservation"], spans)
        no = _(NO) if data.get(name) == [] else None
        for code, row in _categories(list(data.get(name) or ()), printed):
            label = lists.label(name, code) if code else UNSAID
            words = row.get("description") or (_(YES) if row else no)
            page.add([label, words, None, None, row.get("retention")], spans)
        if name == "data_categories":
            for row in _rows(data, "nir", 1):
                words = row.get("description") or _none(form, "nir", data)
                page.add([NIR, words, None, None, row.get("retention")], spans)


def _categories(rows: list[Mapping[str, Any]], printed: Sequence[str]) -> list[tuple[str, Mapping[str, Any]]]:
    """Rows by category, with an empty one for each that the form prints; in the form's order where that is theirs."""
    place = {code: number for number, code in enumerate(printed)}
    coded = [(str(row["category"]), row) for row in rows]
    unused: list[tuple[str, Mapping[str, Any]]] = [
        (code, {}) for code in printed if code not in {code for code, _row in coded}
    ]
    order = [place.get(code, len(place)) for code, _row in coded]
    if order != sorted(order):
        return coded + unused
    return sorted(coded + unused, key=lambda pair: place.get(pair[0], len(place)))


def _add_persons(page: Page, _form: Form, lists: Lists, data: Mapping[str, Any]) -> None:
    spans = ["B:D", "E:H"]
    page.head(["Catégories de personnes concernées", "Description", None, None, "Précisions"], spans)
    for number, row in enumerate(_rows(data, "persons", 2), start=1):
        kind = lists.label("person_types", row.get("category") or "")
        page.add([f"Catégorie de personnes {number}", kind, None, None, row.get("detail")], spans)
        page.offer("person_types", "B")


def _add_recipients(page: Page, form: Form, lists: Lists, data: Mapping[str, Any]) -> None:
    spans = ["B:D", "E:F", "G:H"]
    page.head(["Destinataires", "Type de destinataire", None, None, "Précisions", None, "Détails"], spans)
    none = _none(form, "recipients", data)
    for number, row in enumerate(_rows(data, "recipients", 4), start=1):
        kind = lists.label("recipient_types", row.get("type") or "") or (none if number == 1 else None)
        page.add([f"Destinataire {number}", kind, None, None, row.get("name"), None, row.get("detail")], spans)
        page.offer("recipient_types", "B")


def _add_measures(page: Page, _form: Form, lists: Lists, data: Mapping[str, Any]) -> None:
    spans = ["B:D", "E:H"]
    page.head(["Mesures de sécurité", "Type de mesure de sécurité", None, None, "Précisions"], spans)
    for number, row in enumerate(_rows(data, "measures", 3), start=1):
        kind = lists.label("measures", row.get("type") or "")
        page.add([f"Mesure de sécurité {number}", kind, None, None, row.get("detail")], spans)
        page.offer("measures", "B")


def _add_transfers(page: Page, form: Form, lists: Lists, data: Mapping[str, Any]) -> None:
    spans = ["D:E", "F:H"]
    head = ["Transferts hors UE", "Destinataire", "Pays", "Type de Garanties", None, "Liens vers la documentation"]
    page.head(head, spans)
    none = _none(form, "transfers", data)
    for number, row in enumerate(_rows(data, "transfers", 4), start=1):
        country = lists.label("countries", row.get("country") or "")
        guarantee = lists.label("guarantees", row.get("guarantee") or "")
        to = row.get("recipient") or (none if number == 1 else None)
        page.add([f"Organisme destinataire {number}", to, country, guarantee, None, row.get("document")], spans)
        page.offer("countries", "C")
        page.offer("guarantees", "D")


def _add_further(page: Page, form: Form, lists: Lists, data: Mapping[str, Any], lost: frozenset[str]) -> None:
    """What the form has no room for, and the fields that stand here whole."""
    page.head([FURTHER], ["A:H"])
    slots = flat.slots(form, flat.measure(form, [data]))
    for slot, value in zip(slots, flat.line(data, slots, lists), strict=True):
        name, value = slot.field.name, (_(YES) if value else _(NO)) if isinstance(value, bool) else value
        if name in lost or name not in (*TOP, *ROOM):
            first = slot.column is None and slot.part == 1 and not (slot.field.columns and data.get(name))
            shown = value is not None or first
        else:
            shown = value is not None and slot.column is not None and slot.column.name not in ROOM[name]
        if shown:
            page.add([slot.header, str(value) if isinstance(value, int) else value], ["B:H"])


def changed(record: Record | Version) -> date:
    """Day of a record's last change."""
    moment: datetime = record.changed_at if isinstance(record, Record) else record.at
    return local(moment).date()


def day(text: str | None) -> date | None:
    """A day from ISO."""
    return date.fromisoformat(text) if text else None
