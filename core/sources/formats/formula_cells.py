"""Which formulas of a workbook have no value, read in a process of its own (`core.sources.formats.child`)."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from xml.etree import ElementTree as ET

from core.sources.formats.workbook import check_size

Cells = dict[tuple[int, int], str]
_BLOCK = 1 << 20
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_VALUE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}value-type"
_CALC_VALUE = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"


def read(path: str) -> dict[str, list[tuple[int, int, str]]]:
    """Row, column (from 1) and error, "" for none computed, of each such cell of an .xlsx, .xlsm or .ods, by sheet."""
    if not zipfile.is_zipfile(path):
        return {}
    check_size(Path(path))
    with zipfile.ZipFile(path) as archive:
        parts = set(archive.namelist())
        by_sheet: dict[str, Cells] = {}
        if "xl/workbook.xml" in parts:
            by_sheet = {name: dict(_of_sheet(archive, part)) for name, part in sheets(archive) if part in parts}
        elif "content.xml" in parts:
            by_sheet = _of_document(archive)
    return {name: [(*at, error) for at, error in cells.items()] for name, cells in by_sheet.items() if cells}


def sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Name and part of each sheet."""
    with archive.open("xl/_rels/workbook.xml.rels") as handle:
        targets = {link.get("Id"): link.get("Target", "") for link in ET.parse(handle).getroot()}  # noqa: S314
    with archive.open("xl/workbook.xml") as handle:
        for sheet in ET.parse(handle).getroot().iter(f"{SHEET}sheet"):  # noqa: S314
            target = targets.get(sheet.get(_LINK), "")
            yield sheet.get("name", ""), target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _of_sheet(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[tuple[int, int], str]]:
    with archive.open(part) as handle:
        if not mentions(handle, b"<f>", b"<f ", b't="e"'):
            return
    with archive.open(part) as handle:
        for _event, element in ET.iterparse(handle):  # noqa: S314  # the reader bounded the file's size
            if element.tag == f"{SHEET}c":
                value = element.findtext(f"{SHEET}v", "")
                if element.get("t") == "e":
                    yield place(element), value
                elif element.find(f"{SHEET}f") is not None and not value and element.get("t") != "str":
                    yield place(element), ""
            if element.tag == f"{SHEET}row":
                element.clear()


def place(cell: ET.Element) -> tuple[int, int]:
    """Row and column of `B12`; (0, 0) where a cell does not say where it stands."""
    match = re.fullmatch(r"([A-Z]{1,3})(\d+)", cell.get("r", ""))
    if not match:
        return 0, 0
    column = 0
    for letter in match[1]:
        column = 26 * column + ord(letter) - ord("A") + 1
    return int(match[2]), column


def _of_document(archive: zipfile.ZipFile) -> dict[str, Cells]:
    with archive.open("content.xml") as handle:
        if not mentions(handle, b"table:formula="):
            return {}
    by_sheet: dict[str, Cells] = {}
    name, row = "", 1
    with archive.open("content.xml") as handle:
        for event, element in ET.iterparse(handle, events=("start", "end")):  # noqa: S314
            if event == "start" and element.tag == f"{TABLE}table":
                name, row = element.get(f"{TABLE}name", ""), 1
            elif event == "end" and element.tag == f"{TABLE}table-row":
                by_sheet.setdefault(name, {}).update({(row, column): error for column, error in _of_row(element)})
                row += int(element.get(f"{TABLE}number-rows-repeated", "1"))
                element.clear()
    return by_sheet


def _of_row(row: ET.Element) -> Iterator[tuple[int, str]]:
    column = 1
    for cell in row:
        text = "".join(cell.itertext()).strip()
        if cell.get(_CALC_VALUE) == "error":
            yield column, text
        elif cell.get(f"{TABLE}formula") and not cell.get(_VALUE) and not text:
            yield column, ""
        column += int(cell.get(f"{TABLE}number-columns-repeated", "1"))


def mentions(handle: IO[bytes], *words: bytes) -> bool:
    """Whether any of the words stands in a stream."""
    longest, tail = max(map(len, words)), b""
    while block := handle.read(_BLOCK):
        if any(word in tail + block for word in words):
            return True
        tail = block[-longest:]
    return False
