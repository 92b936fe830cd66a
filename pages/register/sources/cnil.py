"""The CNIL's workbook, as people fill it: a sheet that lists the treatments, and a sheet for each of them.

Both are found by what they say, not by their names: a title is cut at 31 characters, LibreOffice writes `_` for its
spaces, people rename their sheets and add lines. A record may stand on the list alone, or have a sheet that no list
mentions. The CNIL's own example is left out, and so is a sheet that nobody has filled.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.base.errors import SourceFailed
from core.base.i18n import _
from core.records.answers import DASHES
from core.records.cells import SHOWN, Reading, is_yes, read_day, say_broken
from core.records.fields import Form, Kind
from core.records.lists import Lists
from core.records.row import Row, row
from core.sources.formats.formulas import Broken
from core.sources.formats.marks import Marks
from core.sources.formats.workbook import Rows
from core.sources.mapping import plain
from pages.register.sources.cnil_sheet import CONTACT, UPDATED, Found, Sheet, is_record
from pages.register.sources.settle import settle

CONTACTS = {
    "coordonneesduresponsable": "controller",
    "coordonneesdurepresentant": "representative",
    "coordonneesdudelegue": "dpo",
}
"""Blocks above the list: they answer for every record that does not say otherwise."""
LISTED = {
    "nomdutraitement": "name",
    "nref": "ref",
    "reference": "ref",
    "datedecreation": "created_on",
    "finalite": "purposes",
    "donneessensibles": "sensitive_data",
}
"""How the columns of the list begin, without accents and blanks, and the fields that they fill."""
_HEAD = 30
_FEWEST = 4
_PIECE = 15_000
"""Characters of the purposes from which a list may be cut."""


def holds(book: Mapping[str, Rows], form: Form) -> bool:
    """Whether a workbook is the CNIL's, or was made after it."""
    listed = [_header(rows) for rows in book.values()]
    return form.kind == "treatment" and (
        any(map(is_record, book.values()))
        or any(listed_row is not None and listed_row.is_cnil for listed_row in listed)
    )


def read(
    file: str,
    book: Mapping[str, Rows],
    form: Form,
    lists: Lists,
    broken: Mapping[str, Broken] | None = None,
    marks: Mapping[str, Marks] | None = None,
) -> Iterator[Row]:
    """What the workbook says, a row a record: those of the list first, each with its sheet.

    `broken`: the formulas without a value, `marks`: comments and hidden rows, by sheet. Raises SourceFailed when nobody
    has filled the workbook.
    """
    broken, marks = broken or {}, marks or {}
    sheets = [
        Sheet(f"{file}!{name}", rows, form, lists).read(broken.get(name, {}), marks.get(name, Marks()))
        for name, rows in book.items()
        if is_record(rows)
    ]
    own = any(sheet is not None and sheet.own for sheet in sheets)
    waiting = _Sheets(sheet for sheet in sheets if sheet is not None and not sheet.is_example)
    defaults: dict[str, Any] = {}
    empty = True
    for name, rows in book.items():
        header = None if is_record(rows) else _header(rows)
        if header is None:
            continue
        defaults = {**defaults, **_contacts(rows[: header.at])}
        for listed in _listed(
            f"{file}!{name}", rows, header, form, lists, broken.get(name, {}), marks.get(name, Marks())
        ):
            empty = False
            sheet = waiting.take(listed)
            if own and sheet is None and listed.data.get("ref"):
                sentence = _("The list names it, but its own sheet is no longer in the file: nothing of it changes.")
                listed.refused = listed.refused or sentence
            yield _row(form, listed, sheet, defaults)
    for sheet in waiting.left():
        empty = False
        yield _row(form, None, sheet, defaults)
    if empty:
        raise SourceFailed(_("{file} holds no treatment: nobody has filled it yet.").format(file=file))


def _row(form: Form, listed: Found | None, sheet: Found | None, defaults: Mapping[str, Any]) -> Row:
    """One record of what the list and its sheet say; the sheet counts where both speak, alone if Vigie made it."""
    own = sheet is not None and sheet.own
    both = [place for place in (None if own else listed, sheet) if place is not None]
    reading = Reading(both[0].reading.lists)
    data: dict[str, Any] = {}
    for place in both:
        data |= place.data
        reading.told += place.reading.told
        reading.left += place.reading.left
        reading.unknown += place.reading.unknown
    if own and listed is not None and sheet is not None:
        _tell_conflicts(form, listed, sheet, reading)
    if not own:
        settle(form, data, reading)
    refused = next((place.refused for place in both if place.refused), "")
    if not refused and not data.get("name"):
        refused = _("The sheet does not name its treatment.")
    return row(both[-1].place, data, reading, whole=own, defaults={} if own else defaults, refused=refused)


def _tell_conflicts(form: Form, listed: Found, sheet: Found, reading: Reading) -> None:
    """Where the list says another thing than the record's own sheet, which counts."""
    purposes = ", ".join(row["name"] for row in sheet.data.get("purposes") or () if row.get("name"))
    answered = sheet.data.get("sensitive_data")
    sensitive = "" if answered is None else "Oui" if answered else "Non"
    here = {"name": sheet.data.get("name"), "ref": sheet.data.get("ref"), "purposes": purposes}
    here |= {"sensitive_data": sensitive, "created_on": sheet.data.get("created_on")}
    for name, text in listed.texts.items():
        asked, ours = form.field(name), str(here.get(name) or "")
        theirs = read_day(text) or text if asked.kind is Kind.DAY else text
        if " ".join(theirs.split()) != " ".join(ours[: len(text) if len(text) >= _PIECE else None].split()):
            sentence = _("{field}: the list says “{value}”, the record's own sheet “{other}”, which counts.")
            reading.told.append(sentence.format(field=_(asked.label), value=text[:SHOWN], other=ours[:SHOWN]))


class _Sheets:
    """The sheets that no record of the list has taken yet."""

    def __init__(self, sheets: Iterable[Found]) -> None:
        self._waiting = {sheet.place: sheet for sheet in sheets}
        self._by: dict[tuple[str, str], list[Found]] = {}
        for sheet in self._waiting.values():
            for key in _keys(sheet):
                self._by.setdefault(key, []).append(sheet)

    def take(self, listed: Found) -> Found | None:
        """The sheet of a record of the list: by its reference, else by its name."""
        for key in _keys(listed):
            for sheet in self._by.get(key, ()):
                if sheet.place in self._waiting:
                    return self._waiting.pop(sheet.place)
        return None

    def left(self) -> list[Found]:
        return list(self._waiting.values())


def _keys(sheet: Found) -> list[tuple[str, str]]:
    """What a record is found by: as it is written, then without accents and signs."""
    keys = []
    for name in ("ref", "name"):
        text = str(sheet.data.get(name) or "")
        keys += [(name, text), (f"{name}, plain", plain(text))]
    return [(name, text) for name, text in keys if text]


# --- The list -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Header:
    """Where a list begins: its row, its columns by field, the words of those that no field takes, and whether it has
    what only the CNIL's has."""

    at: int
    columns: Mapping[str, int]
    others: Mapping[int, str]
    is_cnil: bool


def _header(rows: Rows) -> _Header | None:
    """The header of a list; on two rows, where the lower one says only part of it."""
    for at, cells in enumerate(rows[:_HEAD]):
        above = rows[at - 1] if at else [""] * len(cells)
        named = [plain(low) if plain(low) not in ("", "ouinon") else plain(high) for low, high in _pairs(cells, above)]
        columns: dict[str, int] = {}
        for index, words in enumerate(named):
            name = next((name for start, name in LISTED.items() if words.startswith(start)), "")
            if name:
                columns.setdefault(name, index)
        if "name" in columns and len(columns) >= _FEWEST:
            labels = {plain(cell) for row in rows[: at + 1] for cell in row[:1]}
            blocks = any(words.startswith(tuple(CONTACTS)) for words in labels)
            taken = {*columns.values()}
            others = {
                index: " ".join((low or high).split())
                for index, (low, high) in enumerate(_pairs(cells, above))
                if index not in taken and named[index] and not named[index].startswith((*UPDATED, *LISTED))
            }
            return _Header(at, columns, others, blocks or "identificationdutraitement" in labels)
    return None


def _pairs(low: Sequence[str], high: Sequence[str]) -> Iterator[tuple[str, str]]:
    for index, cell in enumerate(low):
        yield cell, high[index] if index < len(high) else ""


def _listed(
    where: str, rows: Rows, header: _Header, form: Form, lists: Lists, broken: Broken, marked: Marks
) -> Iterator[Found]:
    for at, cells in enumerate(rows[header.at + 1 :], start=header.at + 2):
        row_found = Found(f"{where}:{at}", Reading(lists, offered=True))
        for name, column in header.columns.items():
            text = cells[column].strip() if column < len(cells) else ""
            row_found.texts[name] = text
            if name == "sensitive_data" and is_yes(text):
                continue  # the record's sheet says which
            if (at, column + 1) in broken:
                row_found.refused = say_broken(at, column + 1, broken[at, column + 1])
            elif text and (value := row_found.reading.value(form.field(name), text)) not in ("", None):
                row_found.data[name] = value
        for column, title in header.others.items():
            text = cells[column].strip() if column < len(cells) else ""
            if text and text not in DASHES and row_found.data.get("name") and not row_found.is_example:
                row_found.reading.keep_line(title, text)
        for (line, _column), comment in sorted(marked.comments.items()):
            if line == at:
                row_found.reading.keep_line(_("Comment"), comment)
        if at in marked.aside:
            row_found.reading.told.append(_("This row is hidden or struck out in the file."))
        if row_found.refused or (row_found.data.get("name") and not row_found.is_example):
            yield row_found


def _contacts(rows: Rows) -> dict[str, Any]:
    """Who answers for every record, from the blocks above the list: `Nom :`, then the name in the next cell."""
    by_block: dict[str, dict[str, str]] = {}
    block = ""
    for cells in rows:
        title = plain(cells[0]) if cells else ""
        block = next((name for start, name in CONTACTS.items() if title.startswith(start)), "" if title else block)
        if not block:
            continue
        for cell, following in _pairs(cells[1:], cells[2:]):
            label, colon, text = cell.partition(":")
            value = text.strip() or ("" if ":" in following and "@" not in following else following.strip())
            if colon and value:
                by_block.setdefault(block, {})[plain(label)] = value
    content: dict[str, Any] = {}
    for block, cells_by_label in by_block.items():
        actor = {CONTACT[label]: value for label, value in cells_by_label.items() if label in CONTACT}
        names = [cells_by_label.get("prenom", ""), actor.get("name", "")]
        if name := " ".join(filter(None, names)):
            content[block] = [{**actor, "name": name}]
        company = next((value for label, value in cells_by_label.items() if label.startswith("societe")), "")
        if company:
            content["dpo_company"] = [{"name": company}]
    return content
