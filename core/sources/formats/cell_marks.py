"""Comments, hidden and struck-out rows, hidden columns and merged cells of a workbook, read in a process of its own
(`core.sources.formats.child`)."""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from core.sources import limits
from core.sources.formats.child import TooLarge
from core.sources.formats.formula_cells import SHEET, TABLE, mentions, place, sheets
from core.sources.formats.workbook import check_size

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_THREADED = "{http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments}"
_MOST_ROWS = 1_048_576
_MOST_COLUMNS = 16_384
_OFF = (None, "0", "false")
Said = dict[str, Any]


def read(path: str) -> dict[str, Said]:
    """The marks of each sheet that has any, by name: see `core.sources.formats.marks.Marks`."""
    if not zipfile.is_zipfile(path):
        return {}
    check_size(Path(path))
    with zipfile.ZipFile(path) as archive:
        parts = set(archive.namelist())
        by_sheet: dict[str, Said] = {}
        if "xl/workbook.xml" in parts:
            struck = _struck_styles(archive) if "xl/styles.xml" in parts else frozenset()
            for name, part in sheets(archive):
                if part in parts:
                    by_sheet[name] = _of_sheet(archive, part, struck) | {"comments": _comments(archive, part, parts)}
        elif "content.xml" in parts:
            by_sheet = _of_document(archive)
    return {name: sheet_marks for name, sheet_marks in by_sheet.items() if any(sheet_marks.values())}


def _blank() -> Said:
    return {"comments": [], "hidden": [], "struck": [], "joined": [], "columns": []}


def _struck_styles(archive: zipfile.ZipFile) -> frozenset[str]:
    """The styles of cells whose font is struck out."""
    with archive.open("xl/styles.xml") as handle:
        root = ET.parse(handle).getroot()  # noqa: S314  # the reader bounded the file's size
    fonts = [
        font.find(f"{SHEET}strike") is not None and font.find(f"{SHEET}strike").get("val", "1") not in _OFF  # type: ignore[union-attr]
        for font in root.iterfind(f"{SHEET}fonts/{SHEET}font")
    ]
    struck = {str(number) for number, is_struck in enumerate(fonts) if is_struck}
    styles = enumerate(root.iterfind(f"{SHEET}cellXfs/{SHEET}xf"))
    return frozenset(str(number) for number, style in styles if style.get("fontId") in struck)


def _of_sheet(archive: zipfile.ZipFile, part: str, struck: frozenset[str]) -> Said:
    sheet_marks = _blank()
    with archive.open(part) as handle:
        if not struck and not mentions(handle, b'hidden="1"', b'hidden="true"', b"<mergeCell "):
            return sheet_marks
    with archive.open(part) as handle:
        at = 0
        for _event, element in ET.iterparse(handle):  # noqa: S314  # the reader bounded the file's size
            if element.tag == f"{SHEET}row":
                at = int(element.get("r") or at + 1)
                if element.get("hidden") not in _OFF:
                    sheet_marks["hidden"].append(at)
                filled = [cell for cell in element.iterfind(f"{SHEET}c") if len(cell)]
                if filled and all(cell.get("s") in struck for cell in filled):
                    sheet_marks["struck"].append(at)
                _check(sheet_marks)
                element.clear()
            elif element.tag == f"{SHEET}col" and element.get("hidden") not in _OFF:
                last = min(int(element.get("max", "0")), _MOST_COLUMNS)
                sheet_marks["columns"] += range(int(element.get("min", "1")), last + 1)
            elif element.tag == f"{SHEET}mergeCell":
                sheet_marks["joined"] += islice(_joined(element.get("ref", ""), at), limits.MOST_JOINED + 1)
                _check(sheet_marks)
    return sheet_marks


def _check(sheet_marks: Said) -> None:
    """Raise TooLarge where a small file marks more than may be told."""
    if (
        len(sheet_marks["joined"]) > limits.MOST_JOINED
        or len(sheet_marks["hidden"]) + len(sheet_marks["struck"]) > limits.MOST_HIDDEN
    ):
        raise TooLarge


def _joined(ref: str, end: int) -> Iterator[tuple[int, int]]:
    """The cells of `B2:C4` that are merged with the one above, down to the last row that stands in the sheet."""
    first, _colon, last = ref.partition(":")
    (top, left), (bottom, right) = (place(ET.Element("c", r=corner)) for corner in (first, last or first))
    if 0 < top < bottom <= _MOST_ROWS:
        for row in range(top + 1, min(bottom, end) + 1):
            for column in range(left, right + 1):
                yield row, column


def _comments(archive: zipfile.ZipFile, part: str, parts: set[str]) -> list[tuple[int, int, str]]:
    folder, name = posixpath.split(part)
    links = f"{folder}/_rels/{name}.rels"
    if links not in parts:
        return []
    with archive.open(links) as handle:
        targets = [link.get("Target", "") for link in ET.parse(handle).getroot()]  # noqa: S314
    notes: list[tuple[int, int, str]] = []
    threads: list[tuple[int, int, str]] = []
    for target in dict.fromkeys(targets):
        file = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
        if file not in parts or "omment" not in file or not file.endswith(".xml"):
            continue
        with archive.open(file) as handle:
            root = ET.parse(handle).getroot()  # noqa: S314
        for comment in root.iter(f"{SHEET}comment"):
            runs = comment.iterfind(f"{SHEET}text")
            notes.append((*_place_of(comment), _tidy("".join("".join(run.itertext()) for run in runs))))
        for comment in root.iter(f"{_THREADED}threadedComment"):
            threads.append((*_place_of(comment), _tidy(comment.findtext(f"{_THREADED}text", ""))))
    placed = {thread[:2] for thread in threads}  # Excel repeats a thread as a comment of the old kind
    return [
        comment for comment in [*threads, *(comment for comment in notes if comment[:2] not in placed)] if comment[2]
    ]


def _place_of(comment: ET.Element) -> tuple[int, int]:
    return place(ET.Element("c", r=comment.get("ref", "")))


def _tidy(text: str) -> str:
    return re.sub(r"\s*\n\s*", "\n", text).strip()


def _of_document(archive: zipfile.ZipFile) -> dict[str, Said]:
    with archive.open("content.xml") as handle:
        if not mentions(handle, b"table:visibility=", b"office:annotation", b"number-rows-spanned="):
            return {}
    by_sheet: dict[str, Said] = {}
    name, row = "", 1
    with archive.open("content.xml") as handle:
        for event, element in ET.iterparse(handle, events=("start", "end")):  # noqa: S314
            if event == "start" and element.tag == f"{TABLE}table":
                name, row = element.get(f"{TABLE}name", ""), 1
                by_sheet[name] = _blank()
            elif event == "end" and element.tag == f"{TABLE}table-row":
                repeated = int(element.get(f"{TABLE}number-rows-repeated", "1"))
                if element.get(f"{TABLE}visibility") in ("collapse", "filter") and repeated < _MOST_ROWS:
                    by_sheet[name]["hidden"] += range(row, row + repeated)
                _of_cells(element, row, by_sheet[name])
                _check(by_sheet[name])
                row += repeated
                element.clear()
    return by_sheet


def _of_cells(row: ET.Element, at: int, sheet_marks: Said) -> None:
    column = 1
    for cell in row:
        for note in cell.iterfind(f"{_OFFICE}annotation"):
            text = "\n".join("".join(line.itertext()) for line in note.iterfind(f"{_TEXT}p"))
            if text.strip():
                sheet_marks["comments"].append((at, column, _tidy(text)))
        spanned = int(cell.get(f"{TABLE}number-rows-spanned", "1"))
        joined = ((below, column) for below in range(at + 1, at + min(spanned, _MOST_ROWS)))
        sheet_marks["joined"] += islice(joined, limits.MOST_JOINED + 1 - len(sheet_marks["joined"]))
        column += int(cell.get(f"{TABLE}number-columns-repeated", "1"))
