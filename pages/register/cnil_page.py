"""What stands on the sheet of a record in the CNIL's layout, line by line; `cnil_write` styles and writes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from core.fields import Asked, Form, Kind
from core.i18n import _, local
from core.store.lists import Lists
from core.store.records import Record, Version
from pages.register import words
from pages.register.cnil_sheet import UNSAID

LAST = 8
"""Columns of the form."""
PIECE = 15_000
"""Characters of a text that one cell takes."""
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
SHOWN = {
    "name",
    "ref",
    "started_on",
    "created_on",
    "description",
    "purposes",
    "data_categories",
    "sensitive_data",
    "nir",
}
SHOWN |= {"persons", "recipients", "measures", "transfers", *ACTORS}

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
    data, made = record.data, Page()
    made.add(["Fiche de registre", *[None] * 6, data["ref"]], ["A:G"], Look.TITLE)
    made.head(["Description du traitement"], ["A:H"])
    for label, value in (
        ("Nom du traitement", data["name"]),
        ("N° / RÉF", data["ref"]),
        ("Date de création du traitement", day(data.get("started_on"))),
        ("Mise à jour du traitement", changed(record)),
        ("Description", data.get("description")),
    ):
        made.add([label, value], ["B:H"])
    _add_actors(made, form, data)
    _add_purposes(made, lists, data)
    _add_data(made, form, lists, data)
    _add_persons(made, lists, data)
    _add_recipients(made, form, lists, data)
    _add_measures(made, lists, data)
    _add_transfers(made, form, lists, data)
    made.head(["Compléments"], ["A:H"])
    for asked in form.fields:
        if asked.name not in SHOWN:
            _add_further(made, asked, data.get(asked.name), lists)
    return made


def _none(form: Form, name: str, data: Mapping[str, Any]) -> str | None:
    """The words of an explicit none; None where there is none."""
    return _(form.field(name).none) if data.get(name) == [] else None


def _rows(data: Mapping[str, Any], name: str, fewest: int) -> list[Mapping[str, Any]]:
    """The rows of a field, and empty ones up to the lines that the form prints."""
    found = list(data.get(name) or ())
    return [*found, *[{}] * (fewest - len(found))]


def _add_actors(page: Page, form: Form, data: Mapping[str, Any]) -> None:
    page.head(["Acteurs", "Nom", "Adresse", "Code Postal", "Ville", "Pays", "Téléphone", "Adresse mél"])
    for name, label in ACTORS.items():
        for row in _rows(data, name, 1):
            page.add([label, row.get("name") or _none(form, name, data), *(row.get(key) for key in CONTACT[1:])])


def _add_purposes(page: Page, lists: Lists, data: Mapping[str, Any]) -> None:
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
        found = list(data.get(name) or ())
        used = [row["category"] for row in found]
        for code in dict.fromkeys([*printed, *used]):
            for row in [row for row in found if row["category"] == code] or [{}]:
                label = lists.label(name, code) if code else UNSAID
                page.add(
                    [label, row.get("description") or ("Oui" if row else None), None, None, row.get("retention")], spans
                )
        if name == "data_categories":
            for row in _rows(data, "nir", 1):
                said = row.get("description") or _none(form, "nir", data)
                page.add([NIR, said, None, None, row.get("retention")], spans)


def _add_persons(page: Page, lists: Lists, data: Mapping[str, Any]) -> None:
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


def _add_measures(page: Page, lists: Lists, data: Mapping[str, Any]) -> None:
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


def _add_further(page: Page, asked: Asked, value: Any, lists: Lists) -> None:
    """A field that the form has no room for, in as many lines as its text needs."""
    if asked.kind is Kind.ROWS and value:
        texts = [words.show_row(asked, row, lists) for row in value]
    else:
        text = words.show(asked, value, lists)
        texts = [text[at : at + PIECE] for at in range(0, len(text), PIECE)]
    for number, text in enumerate(texts):
        page.add([_(asked.label) if number == 0 else None, "" if text == words.UNANSWERED else text], ["B:H"])


def changed(record: Record | Version) -> date:
    """Day of a record's last change."""
    moment: datetime = record.changed_at if isinstance(record, Record) else record.at
    return local(moment).date()


def day(text: str | None) -> date | None:
    """A day from ISO."""
    return date.fromisoformat(text) if text else None
