"""The register in the layout of the CNIL's workbook: the list, a sheet a record with drop-downs, the lists' values.

Written from scratch and always in French, as the form is. What the form has no room for (legal bases, rights, impact
assessment, storage…) stands in added columns and below; further lines are added where the form has too few. `cnil.read`
reads it back to exactly the same records.
"""

import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from datetime import date
from functools import lru_cache
from tempfile import TemporaryFile
from typing import IO, Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties

from core.base.errors import InputInvalid
from core.base.i18n import _, speaking
from core.records.fields import Form
from core.records.lists import Lists
from core.records.records import Record, Version
from core.show import export
from pages.register.files.cnil_page import LAST, MOST_SHEETS, Cell, Look, changed, day, page

LIST, LISTS = "2 - Liste des traitements", "5 - Listes"
PIECE = 15_000
"""Characters of the purposes on the list."""
LISTED_FROM = 8
"""Rows above the list."""
LABEL_WIDTH, WIDTH, LINE, MOST_LINES = 44, 20, 15, 25
"""Widths in characters of the first column and of the others, height of a line in points, most lines of a row."""
CHOICES = {
    "guarantees": "Garanties",
    "countries": "Pays",
    "person_types": "Catégories de personnes",
    "recipient_types": "Destinataires",
    "measures": "Mesures de sécurité techniques",
}
_THIN = Border(*(Side(style="thin", color="BFBFBF"),) * 4)
FILLS = {Look.TITLE: PatternFill("solid", fgColor="1F3A5F"), Look.HEAD: PatternFill("solid", fgColor="DCE6F2")}
_UNSAFE = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
LETTERS = "ABCDEFGH"
_NO_ROWS = b"<sheetData></sheetData>"
"""What stands in a sheet that was closed without rows."""


def write(
    file: IO[bytes],
    form: Form,
    lists: Lists,
    records: Iterable[Record | Version],
    organisation: Mapping[str, Any] | None = None,
) -> int:
    """Write records; give their number. `organisation`: the actors that all of them share, for the head of the list.

    Raises InputInvalid when there are more than a workbook takes.
    """
    too_many = _("The CNIL's layout takes {n} records at most: choose fewer, or take the flat table.")
    with speaking("fr"), export.streamed() as book:
        listed = _new_list(book, organisation or {})
        titles = {LIST.casefold(), LISTS.casefold(), "history"}
        count, rows = 0, dict[str, bytes]()
        for record in records:
            count += 1
            if count > MOST_SHEETS:
                raise InputInvalid(too_many.format(n=MOST_SHEETS))
            title = sheet_title(record.data, titles)
            titles.add(title.casefold())
            rows[f"xl/worksheets/sheet{1 + count}.xml"] = _write_record(book.create_sheet(title), form, lists, record)
            _add_to_list(listed, LISTED_FROM + count, record, title)
        _write_lists(book.create_sheet(LISTS), lists)
        with TemporaryFile() as empty:
            book.save(empty)
            _fill(file, empty, rows)
    _style.cache_clear()  # they hold the workbook
    _style_id.cache_clear()
    return count


def _fill(file: IO[bytes], empty: IO[bytes], rows: Mapping[str, bytes]) -> None:
    """Write a workbook that lacks the rows of some sheets, with them."""
    with ZipFile(empty) as lacking, ZipFile(file, "w", ZIP_DEFLATED) as filled:
        for part in lacking.infolist():
            content = lacking.read(part)
            if part.filename in rows:
                head, tail = content.split(_NO_ROWS)
                content = b"".join((head, b"<sheetData>", zlib.decompress(rows[part.filename]), b"</sheetData>", tail))
            filled.writestr(part, content)


def sheet_title(data: Mapping[str, Any], taken: set[str]) -> str:
    """A title for a record's sheet that Excel takes and that no other has (`taken`: in lower case)."""
    plain = " ".join(_UNSAFE.sub(" ", f"{data['ref']} {data['name']}").split()).strip("'") or "Fiche"
    title, number = plain[:31].strip("' "), 1
    while title.casefold() in taken or not title:
        number += 1
        end = f" ({number})"
        title = plain[: 31 - len(end)].strip("' ") + end
    return title


# --- The list -------------------------------------------------------------------------------------------------------


def _new_list(book: Workbook, organisation: Mapping[str, Any]) -> Any:
    sheet = book.create_sheet(LIST)
    for letter, width in zip(LETTERS, (46, 16, 16, 16, 34, 22, 22, 18), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "B9"
    _fit_to_page(sheet)
    _merge(sheet, "E7:G7")
    blocks = (
        ("Coordonnées du responsable de l’organisme", "controller", "Adresse :", "Adresse mél :"),
        ("Coordonnées du représentant", "representative", "Adresse :", "Adresse mél :"),
        ("Coordonnées du délégué à la protection des données (DPO)", "dpo", "Adresse :", "Adresse mél :"),
    )
    for title, name, address, email in blocks:
        actor: Mapping[str, str] = next(iter(organisation.get(name) or ()), {})
        first = [title, "Nom :", actor.get("name"), address, actor.get("address"), email, actor.get("email")]
        second = [None, "Code postal :", actor.get("postcode"), "Ville :", actor.get("city")]
        sheet.append([_cell(sheet, text) for text in first])
        sheet.append([_cell(sheet, text) for text in [*second, "Téléphone :", actor.get("phone")]])
    upper = [
        "Identification du traitement",
        None,
        None,
        None,
        "Finalité du traitement",
        None,
        None,
        "Données sensibles ?",
    ]
    lower = ["Nom du traitement", "N° / RÉF", "Date de création de la fiche", "Dernière mise à jour de la fiche"]
    sheet.append([_cell(sheet, text, Look.TITLE) for text in upper])
    sheet.append([_cell(sheet, text, Look.HEAD) for text in [*lower, None, None, None, "Oui/non"]])
    return sheet


def _add_to_list(sheet: Any, at: int, record: Record | Version, title: str) -> None:
    data = record.data
    name = _cell(sheet, data["name"])
    name.hyperlink = Hyperlink(ref="", location="'{}'!A1".format(title.replace("'", "''")))
    name.font = Font(color="0B5394", underline="single")
    purposes = ", ".join(row["name"] for row in data.get("purposes") or () if row["name"])[:PIECE]
    sensitive = data.get("sensitive_data")
    answer = None if sensitive is None else "Oui" if sensitive else "Non"
    _merge(sheet, f"E{at}:G{at}")
    sheet.row_dimensions[at].height = LINE * _height([data["name"], None, None, None, purposes, None, None, answer])
    cells = [data["ref"], day(data.get("created_on")), changed(record), purposes, None, None, answer]
    sheet.append([name, *(_cell(sheet, cell) for cell in cells)])


# --- The sheet of a record ------------------------------------------------------------------------------------------


def _write_record(sheet: Any, form: Form, lists: Lists, record: Record | Version) -> bytes:
    """Write the sheet but its rows; give these, packed: as objects of cells they take three times as long."""
    made = page(form, lists, record)
    _fit_to_page(sheet)
    sheet.column_dimensions["A"].width = LABEL_WIDTH
    for column in range(2, LAST + 1):
        sheet.column_dimensions[get_column_letter(column)].width = WIDTH
    for span in made.spans:
        _merge(sheet, span)
    for name, places in made.choices.items():
        column = get_column_letter(list(CHOICES).index(name) + 1)
        last = len(lists.options(name)) + 1
        offered = DataValidation(type="list", formula1=f"'{LISTS}'!${column}$2:${column}${last}", allow_blank=True)
        offered.errorStyle = "warning"
        for place in places:
            offered.add(place)
        sheet.data_validations.append(offered)
    sheet.close()
    rows = (_row(sheet, number, cells, look) for number, (cells, look) in enumerate(made.lines, start=1))
    return zlib.compress("".join(rows).encode(), 1)


def _row(sheet: Any, number: int, cells: Sequence[Cell], look: Look) -> str:
    """A row of a sheet as XML, with the styles that `_cell` gives."""
    written = [
        _cell_xml(sheet, f"{letter}{number}", value, look, label=letter == "A")
        for letter, value in zip(LETTERS, cells, strict=True)
    ]
    inside = "".join(written) if any(cells) else ""
    return f'<row r="{number}" ht="{LINE * _height(cells)}" customHeight="1">{inside}</row>'


def _cell_xml(sheet: Any, place: str, value: Cell, look: Look, *, label: bool) -> str:
    """A cell as XML, as `_cell` would write it."""
    if not value:
        return f'<c r="{place}" s="{_style_id(sheet.parent, look, label, is_day=False)}"/>'
    if isinstance(value, date) and value >= export.FIRST_DAY:
        style = _style_id(sheet.parent, look, label, is_day=True)
        return f'<c r="{place}" s="{style}"><v>{to_excel(value)}</v></c>'
    text = export.text_cell(sheet, str(value))
    if isinstance(text, str):
        style = _style_id(sheet.parent, look, label, is_day=False)
    else:  # quoted, so that it is no formula
        made = _cell(sheet, text.value, look, label=label)
        text, style = made.value, made.style_id
    text = escape(ILLEGAL_CHARACTERS_RE.sub("\ufffd", text))
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _height(cells: Sequence[Cell]) -> int:
    """Lines that a row needs: spreadsheets do not see how high a merged cell must be."""
    filled = [at for at, cell in enumerate(cells) if cell] or [0]
    needed = 1
    for at, following in zip(filled, [*filled[1:], len(cells)], strict=True):
        room = LABEL_WIDTH if at == 0 else WIDTH * (following - at)
        text = str(cells[at] or "")
        needed = max(needed, sum(1 + len(line) // int(room) for line in text.split("\n")))
    return min(needed, MOST_LINES)


def _merge(sheet: Any, span: str) -> None:
    """Merge cells that no other span holds: openpyxl would compare each with all others."""
    sheet.merged_cells.ranges.add(_range(span))


@lru_cache(maxsize=2_000)
def _range(span: str) -> CellRange:
    """A span of cells; those of the form are the same on every sheet."""
    return CellRange(span)


def _fit_to_page(sheet: Any) -> None:
    """One page wide, when somebody prints it."""
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


# --- The values of the lists ----------------------------------------------------------------------------------------


def _write_lists(sheet: Any, lists: Lists) -> None:
    columns = [[lists.label(name, code) for code in lists.options(name)] for name in CHOICES]
    zones = [
        "adéquat" if lists.values["countries"][code].facts.get("adequate") else "non adéquat"
        for code in lists.options("countries")
    ]
    for column in range(1, len(columns) + 2):
        sheet.column_dimensions[get_column_letter(column)].width = 44
    sheet.append([_cell(sheet, title, Look.HEAD) for title in [*CHOICES.values(), "Zone (pays de la colonne B)"]])
    columns.append(zones)
    for at in range(max(map(len, columns))):
        sheet.append([_cell(sheet, values[at]) if at < len(values) else None for values in columns])


def _cell(sheet: Any, value: Cell, look: Look = Look.PLAIN, *, label: bool = False) -> Any:
    """A styled cell; a text is never a formula."""
    if isinstance(value, date) and value < export.FIRST_DAY:
        value = value.isoformat()
    made = export.text_cell(sheet, value) if isinstance(value, str) else value
    style = _style(sheet.parent, look, label, isinstance(value, date))
    if isinstance(made, openpyxl.cell.Cell):
        kept = made.quotePrefix
        made._style = copy(style)
        made.quotePrefix = kept
        return made
    cell = WriteOnlyCell(sheet, made)
    cell._style = style  # shared by all cells of a kind: nobody changes one of them
    return cell


@lru_cache(maxsize=32)
def _style(book: Workbook, look: Look, label: bool, is_day: bool) -> Any:
    """What cells of a kind look like: composed once while a workbook is written, since that is slow."""
    cell = WriteOnlyCell(book.worksheets[0])
    cell.border, cell.alignment = _THIN, Alignment(wrap_text=True, vertical="top", horizontal="left")
    cell.font = Font(bold=label or look is not Look.PLAIN, color="FFFFFF" if look is Look.TITLE else "000000")
    if look in FILLS:
        cell.fill = FILLS[look]
    if is_day:
        cell.number_format = "dd/mm/yyyy"
    return cell._style


@lru_cache(maxsize=32)
def _style_id(book: Workbook, look: Look, label: bool, *, is_day: bool) -> int:
    """The number of that style in the workbook."""
    cell = WriteOnlyCell(book.worksheets[0])
    cell._style = _style(book, look, label, is_day)
    return int(cell.style_id)
