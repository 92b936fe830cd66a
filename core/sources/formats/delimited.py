"""Reading delimited text files (CSV and its kin) as they come, in bounded memory.

Nothing is assumed: encoding, separator and header row are found in the file itself. A row that cannot be read is
refused alone, with a sentence; the others are read on. What is not a text file at all raises SourceFailed.
"""

import codecs
import csv
import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from io import TextIOWrapper
from itertools import islice, zip_longest
from pathlib import Path
from typing import IO, NamedTuple

import pyarrow as pa

from core.base.errors import SourceFailed
from core.base.i18n import _, show_number
from core.facts.check import Refused
from core.sources import limits
from core.sources.cells import BROKEN, Cells, Known, Mark, find_header, unique_names

CHUNK_ROWS = 50_000
_SEPARATORS = ";,\t|"
_SAMPLE = 1 << 18
_SAMPLE_ROWS = 60
_KEPT = 10_000
_BEYOND = 20
"""Cells beyond the header that are kept apart of a refused row."""
_NOT_TEXT = {
    b"PK\x03\x04": "ZIP/XLSX",
    b"\xd0\xcf\x11\xe0": "XLS",
    b"\x1f\x8b": "GZIP",
    b"%PDF": "PDF",
    b"PAR1": "Parquet",
    b"<?xml": "XML",
}


@dataclass(frozen=True)
class Layout:
    """How a file is written. `body`: the number of lines up to the end of the header row.

    `needed`: how many cells a row must have at least (nameless columns at the end of the header may be absent).
    `usual`: how many most rows have: some tools end each row, or the header alone, with separators; `padded`: how many
    some have that a tool filled up with empty ones.
    `spans`: where the columns of a report stand that has no separators, by the rules below its header.
    `translated`: the bytes are turned into UTF-8 with LF line ends before they are split into lines, and offsets
    count the turned bytes (UTF-16, and files whose lines end with CR alone).
    """

    encoding: str
    separator: str
    header: tuple[str, ...]
    needed: int
    usual: int
    body: int
    translated: bool
    padded: frozenset[int] = frozenset()
    spans: tuple[tuple[int, int | None], ...] = ()

    def decode(self, raw: bytes) -> str:
        """Text of a line, separated; what is no text becomes the broken character."""
        text = raw.decode("utf-8" if self.translated else self.encoding, "replace").replace("\0", BROKEN)
        return self.separator.join(_cut(text, self.spans)) + "\n" if self.spans else text


def find_layout(path: Path, known: Known) -> Layout:
    """Find how a file is written. Raises SourceFailed when it is empty or no text."""
    if path.stat().st_size > limits.LARGEST_TEXT:
        raise SourceFailed(_("{file} is too large: split it.").format(file=path.name))
    with path.open("rb") as handle:
        sample = handle.read(_SAMPLE)
    for magic, kind in _NOT_TEXT.items():
        if sample.startswith(magic):
            raise SourceFailed(_("{file} is no text file: it looks like {kind}.").format(file=path.name, kind=kind))
    encoding = find_encoding(path)
    text = sample.decode(encoding, "replace").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip("\n\t \0"):
        raise SourceFailed(_("{file} is empty.").format(file=path.name))
    if sum(char < " " and char not in "\n\t\0" for char in text) > len(text) / 10:
        raise SourceFailed(_("{file} is no text file.").format(file=path.name))
    lines = [f"{line}\n" for line in text.split("\n")]
    padded: frozenset[int] = frozenset()
    if spans := _spans(lines):
        at = next(row for row, line in enumerate(lines) if _RULES.fullmatch(line))
        separator, names, body, widths = "\t", _cut(lines[at - 1], spans), at + 1, [len(spans)]
    else:
        _score, separator, names, body, widths, padded = max(
            (_try_separator(lines, separator, known) for separator in _SEPARATORS), key=lambda tried: tried[:2]
        )
    if not names:
        raise SourceFailed(_("{file} is empty.").format(file=path.name))
    if len(names) > limits.MOST_COLUMNS:
        sentence = _("{file} has more than {n} columns: leave out those that are not needed.")
        raise SourceFailed(sentence.format(file=path.name, n=limits.MOST_COLUMNS))
    needed = max((index for index, name in enumerate(names, start=1) if name.strip()), default=1)
    return Layout(
        encoding=encoding,
        separator=separator,
        header=unique_names(names),
        needed=needed,
        usual=_usual([width for width in widths if width >= needed], len(names)),
        body=body,
        translated=encoding.startswith("utf-16") or (b"\r" in sample and b"\n" not in sample),
        padded=padded,
        spans=spans,
    )


_RULES = re.compile(r"[ \t]*(?:[-_=]{2,}[ \t]+)+[-_=]{2,}\s*")
"""The line below the header of a report whose columns stand one below the other: autorep, SQL*Plus, sqlcmd."""


def _spans(lines: list[str]) -> tuple[tuple[int, int | None], ...]:
    """From where to where each column of a report stands; none of another file."""
    at = next((row for row, line in enumerate(lines[:_SAMPLE_ROWS]) if _RULES.fullmatch(line)), 0)
    if not at or not lines[at - 1].strip():
        return ()
    begins = [rule.start() for rule in re.finditer(r"[-_=]+", lines[at])]
    return tuple(zip([0, *begins[1:]], [*begins[1:], None], strict=True))


def _cut(text: str, spans: tuple[tuple[int, int | None], ...]) -> list[str]:
    """The cells of a line of a report, as CSV."""
    cells = [text[begin:end].strip().replace("\t", " ") for begin, end in spans]
    return [f'"{cell.replace(chr(34), chr(34) * 2)}"' if '"' in cell else cell for cell in cells]


def _usual(widths: list[int], header: int) -> int:
    """How many cells more than half of the rows have, two rows or the only one; as many as the header where none
    prevail."""
    width, count = Counter(widths).most_common(1)[0] if widths else (header, 0)
    return width if count > len(widths) / 2 and (count > 1 or len(widths) == 1) else header


def _try_separator(
    lines: list[str], separator: str, known: Known
) -> tuple[tuple[float, ...], str, list[str], int, list[int], frozenset[int]]:
    """How well a separator fits (known names first, then regular rows), the header it gives, where that ends, how many
    cells each row below has, and how many those that several rows are filled up to, two at least beyond the header."""
    rows: list[list[str]] = []
    ends: list[int] = []
    reader = csv.reader(lines, delimiter=separator)
    try:
        for row in islice(reader, _SAMPLE_ROWS):
            rows.append(row)
            ends.append(reader.line_num)
    except csv.Error:
        rows, ends = rows or [[""]], ends or [1]
    at = find_header(rows, known)
    header, below = rows[at], [row for row in rows[at + 1 :] if any(row)]
    regular = sum(len(row) == len(header) for row in below) / len(below) if below else 1.0
    fit = (sum(map(known, header)), regular if len(header) > 1 else 0.0, len(header))
    whole = [row for row in below if not any(cell.startswith(" ") for cell in row[1:])]  # prose has blanks behind ;
    filled_up = Counter(len(row) for row in whole if len(row) > len(header) + 1 and not any(row[len(header) :]))
    padded = frozenset(width for width, count in filled_up.items() if count > 1)
    return fit, separator, header, ends[at], [len(row) for row in (below if below[1:] else whole)], padded


def find_encoding(path: Path) -> str:
    """`utf-8`, `utf-16-le`, `utf-16-be` or `cp1252` (which reads Latin-1 text too).

    Bytes that are UTF-8 throughout are UTF-8. Where they are not, they still are, with damaged rows, if text before
    the first fault, or enough of the text around it, is UTF-8 beyond ASCII: cp1252 is that by rare accidents only.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    proved = False
    with path.open("rb") as handle:
        if utf16 := _utf16(handle.read(_SAMPLE)):
            return utf16
        handle.seek(0)
        while block := handle.read(_SAMPLE):
            try:
                proved |= not decoder.decode(block).isascii()
            except UnicodeDecodeError:
                text = block.decode("utf-8", "replace")
                faults = text.count(BROKEN)
                beyond_ascii = sum(not char.isascii() for char in text) - faults
                return "utf-8" if proved or 4 * beyond_ascii > faults else "cp1252"
    return "utf-8"


def _utf16(sample: bytes) -> str | None:
    """UTF-16 by its byte order mark, or because every other byte is mostly NUL."""
    if sample.startswith(codecs.BOM_UTF16_LE) or sample[1::2].count(0) > len(sample) / 4 > sample[::2].count(0):
        return "utf-16-le"
    if sample.startswith(codecs.BOM_UTF16_BE) or sample[::2].count(0) > len(sample) / 4 > sample[1::2].count(0):
        return "utf-16-be"
    return None


def read(path: Path, layout: Layout, *, start: Mark | None = None, size: int | None = None) -> Iterator[Cells]:
    """Rows from `start` (or the first one), `CHUNK_ROWS` at a time.

    `size`: no byte beyond is read, so that a file that grows meanwhile is read as it was. The mark of each piece
    lies behind its last line that is ended: a last line without its end is read again next time.
    """
    total = size if size is not None else path.stat().st_size
    with path.open("rb") as handle:
        lines = _lines(handle, layout, total)
        digest, offset, line = blake2b(digest_size=16), 0, 0
        for raw in islice(lines, start["line"] if start else layout.body):
            digest.update(raw)
            offset, line = offset + len(raw), line + 1
        records = _records(lines, layout, line, path.name)
        while piece := _gather(_some(records, len(layout.header)), layout, path.name):
            whole = b"".join(raw for raw in piece.raw if _is_whole(raw))
            digest.update(whole)
            offset, line = offset + len(whole), line + sum(map(_is_whole, piece.raw))
            yield Cells(
                table=piece.table,
                lines=piece.lines,
                where=path.name,
                refused=piece.refused,
                mark=Mark(offset=offset, line=line, digest=digest.hexdigest()),
                done=offset,
                total=total,
            )


def holds(path: Path, layout: Layout, mark: Mark) -> bool:
    """Whether the file still begins with what lay before a mark; if not, it was rewritten."""
    digest, offset = blake2b(digest_size=16), 0
    with path.open("rb") as handle:
        for raw in islice(_lines(handle, layout, path.stat().st_size), mark["line"]):
            digest.update(raw)
            offset += len(raw)
    return offset == mark["offset"] and digest.hexdigest() == mark["digest"]


def _lines(handle: IO[bytes], layout: Layout, size: int) -> Iterator[bytes]:
    if layout.translated:
        text = TextIOWrapper(handle, encoding=layout.encoding, errors="replace", newline=None)
        while line := text.readline(limits.LONGEST_LINE):
            yield line.encode()
        return
    while size > 0 and (raw := handle.readline(min(size, limits.LONGEST_LINE))):
        size -= len(raw)
        yield raw


def _is_whole(raw: bytes) -> bool:
    return raw.endswith(b"\n") or len(raw) >= limits.LONGEST_LINE


class _Record(NamedTuple):
    """A row: the number of its first line, its bytes, its cells, and what is wrong with it, if anything."""

    line: int
    raw: list[bytes]
    cells: list[str]
    fault: str | None


class _Runaway(Exception):
    """A quotation mark that opened long ago has not closed."""


class _Feed:
    """Lines for the csv module. It keeps those of the record being read, so that they can be given back.

    What is given back is read again, which is paid for: each new line allows for two that are read again. A file that
    spends more than that has its rows read line by line, so that a whole file of open quotation marks stays linear.
    """

    def __init__(self, lines: Iterator[bytes], layout: Layout) -> None:
        self._lines = lines
        self._layout = layout
        self._back: deque[bytes] = deque()
        self.record: list[bytes] = []
        self.open_at_end = False
        self._size = 0
        self._credit = 2 * limits.RECORD

    def begin(self) -> None:
        self.record, self.open_at_end, self._size = [], False, 0

    def give_back(self) -> None:
        """Keep the record's first line; the others will be read again, each on its own."""
        self._back.extendleft(reversed(self.record[1:]))
        self._credit -= sum(map(_cost, self.record[1:]))
        self.record = self.record[:1]

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        try:
            raw = self._back.popleft() if self._back else self._new()
        except StopIteration:
            self.open_at_end = bool(self.record)
            raise
        self.record.append(raw)
        self._size += len(raw)
        most = limits.RECORD_LINES if self._credit > 0 else 1
        if len(self.record) > most or self._size > limits.RECORD or len(raw) >= limits.LONGEST_LINE:
            raise _Runaway
        return self._layout.decode(raw)

    def _new(self) -> bytes:
        raw = next(self._lines)
        self._credit = min(self._credit + 2 * _cost(raw), 2 * limits.RECORD)
        return raw


def _cost(raw: bytes) -> int:
    """What it costs to read a line, in bytes: a short one costs about as much as two hundred."""
    return len(raw) + 200


def _records(lines: Iterator[bytes], layout: Layout, line: int, name: str) -> Iterator[_Record]:
    """Every row, good or not. One that fails over several lines costs its first line only. Raises SourceFailed where
    more empty lines follow each other than any program writes."""
    feed = _Feed(lines, layout)
    reader = csv.reader(feed, delimiter=layout.separator)
    blank = 0
    while True:
        feed.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _Runaway):
            cells = []
            fault: str | None = _("The row cannot be read: a quotation mark never closes, or a cell is far too long.")
        else:
            blank = 0 if cells else blank + 1
            if blank > limits.MOST_BLANK:
                sentence = _("{file} holds more than {n} empty lines on end, after line {line}: take them away.")
                raise SourceFailed(
                    sentence.format(file=name, n=show_number(limits.MOST_BLANK), line=show_number(line - blank + 1))
                )
            cells = [] if _is_furniture(cells, layout) else cells
            fault = _fault(cells, layout, feed)
        if fault:
            feed.give_back()
        yield _Record(line + 1, feed.record, cells, fault)
        line += len(feed.record)


_RULED = ("--", "__", "==", "+-")


def _is_furniture(cells: list[str], layout: Layout) -> bool:
    """Whether a line only draws a rule, or is the header again, as on each page of a report."""
    first = cells[0].strip() if cells else ""
    if first.startswith(_RULED):
        return not any(cell.strip("-_=+ ") for cell in cells)
    return (first or "#1") == layout.header[0] and unique_names(cells) == layout.header


def _fault(cells: list[str], layout: Layout, feed: _Feed) -> str | None:
    """Why what was read cannot be a row. Blank lines are no fault. Cells beyond those that the header names are one,
    empty ones too, unless most rows end with them: a separator inside of a cell moves all that follow."""
    width, filled = len(layout.header), any(cells)
    short = len(cells) < layout.needed and filled
    beyond = len(cells) > min(width, layout.usual) and len(cells) not in (layout.usual, *layout.padded) and filled
    if (short or feed.open_at_end) and not feed.record[-1].endswith(b"\n"):
        return _("The file ends in the middle of this row: it was cut, or is still being written.")
    if feed.open_at_end:
        return _("The row cannot be read: a quotation mark never closes, or a cell is far too long.")
    if short:
        return _("The row has {n} cells where the header has {width}.").format(n=len(cells), width=width)
    if beyond or any(cells[width:]):
        sentence = _(
            'The row has {n} cells where the header names {width}: put "…" around the cell that holds “{mark}”, or '
            "take away what stands at its end."
        )
        return sentence.format(n=len(cells), width=layout.needed, mark=layout.separator)
    return None


def _refused(record: _Record, layout: Layout, where: str) -> Refused:
    """A row that could not be read, cut at its separators as well as can be; cells beyond the header as `+6`."""
    text = layout.decode(record.raw[0][:_KEPT]).rstrip("\r\n")
    cells = text.split(layout.separator, len(layout.header) + _BEYOND)
    pairs = enumerate(zip_longest(layout.header, cells), start=1)
    row = {name or f"+{index}": cell or "" for index, (name, cell) in pairs}
    return Refused(f"{where}:{record.line}", row, record.fault or "")


class _Piece(NamedTuple):
    table: pa.Table
    lines: list[int]
    refused: list[Refused]
    raw: list[bytes]


def _some(records: Iterator[_Record], width: int) -> Iterator[_Record]:
    """The next records, as many as a piece may hold: by rows, by cells, by bytes."""
    size = 0
    for record in islice(records, max(1, min(CHUNK_ROWS, limits.PIECE_CELLS // width))):
        yield record
        size += sum(map(len, record.raw))
        if size > limits.PIECE:
            return


def _gather(records: Iterator[_Record], layout: Layout, where: str) -> _Piece | None:
    """Some records as one table; None when there are none.

    The cells go into one flat list: a list a row would keep the garbage collector busy for most of the time.
    """
    width = len(layout.header)
    flat: list[str] = []
    lines: list[int] = []
    refused: list[Refused] = []
    raw: list[bytes] = []
    for record in records:
        raw += record.raw
        if record.fault:
            refused.append(_refused(record, layout, where))
        elif any(record.cells):
            flat += record.cells[:width]
            flat += [""] * (width - len(record.cells))
            lines.append(record.line)
    if not raw:
        return None
    columns = [pa.array(flat[index::width], pa.string()) for index in range(width)]
    return _Piece(pa.table(columns, names=list(layout.header)), lines, refused, raw)
