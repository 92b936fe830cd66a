"""Answers of Jira that lie in files: JSON, and the raw tables of DevLake, which hold one answer a row."""

import codecs
import csv
import gzip
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, ClassVar, TypeVar, cast

import pyarrow as pa
from pydantic import Field as Option

from core.base.errors import SourceFailed
from core.base.i18n import N_, _
from core.facts.tables import FactTable
from core.sources import folders, limits
from core.sources.base import Batch, Cursor, Options, Source
from core.sources.formats import documents
from core.sources.formats.documents import NoJson
from core.sources.reach import Files
from pages.jira import asked, rules
from pages.jira.facts import ISSUES
from pages.jira.sources import ends
from pages.jira.sources.gathered import batches, gathered
from pages.jira.sources.rest import FieldOptions, Reader

_PIECE = 500
_PIECE_BYTES = 8 * limits.MB
_PIECES = 4
"""Pieces that land at once: each is bounded by bytes, and JSON takes many times its size in memory."""
LONGEST_CELL = 1 << 26
"""Characters of a cell: an issue with its comments and its history is one."""
P = TypeVar("P")
_OF_ISSUE = re.compile(r"/issue/([^/?]+)/changelog")


class SavedOptions(FieldOptions):
    """Answers of Jira that were saved as JSON."""

    path: Files = Option(
        title=N_("Path"),
        description=N_("A file or a pattern, e.g. incoming/*.json.gz, or DevLake's *.csv; relative to the data folder"),
    )


class SavedAnswers:
    """Answers of either API saved as files: JSON (whole answers, lists of issues, one issue a line), the raw tables of
    DevLake as CSV; gzip too."""

    kind: ClassVar[str] = "jira_saved"
    title: ClassVar[str] = N_("Jira, saved answers")
    table: ClassVar[FactTable] = ISSUES
    options: ClassVar[type[Options]] = SavedOptions

    def pull(self, source: Source, cursor: Cursor) -> Iterator[Batch]:
        """The issues of the files that changed since the cursor."""
        options = source.options
        assert isinstance(options, SavedOptions)
        in_force = rules.in_force()
        reader = Reader(
            source.name,
            source.squad,
            request_type=options.request_type,
            client=options.client,
            estimate=options.estimate,
            unit_s=options.unit_s(in_force),
            due=options.due,
            others={field: field for field in asked.custom(in_force)},
            nothing=in_force.nothing,
        )
        paths = found(options.path)
        read: dict[str, Any] = dict(cursor.get("files", {}))
        for done, path in enumerate(paths, start=1):
            stat = path.stat()
            version = [stat.st_size, stat.st_mtime_ns]
            if read.get(str(path)) == version:
                continue
            before = 0
            for some in gathered(issues(path), _PIECES):
                yield from batches(reader.read(some, path.name, before), None, done, len(paths))
                before += len(some)
            read[str(path)] = version
            yield Batch(pa.table({}), cursor={"files": dict(read)}, done=done, total=len(paths))
        yield from ends.found(source.name)
        newest = max(path.stat().st_mtime for path in paths)
        yield Batch(pa.table({}), cursor={"files": read}, covers_until=datetime.fromtimestamp(newest, UTC))


def found(pattern: str) -> list[Path]:
    """Files that match. Raises SourceFailed when there are none."""
    paths = folders.found(pattern)
    if not paths:
        raise SourceFailed(_("No file matches {pattern}.").format(pattern=pattern))
    return paths


def issues(path: Path) -> Iterator[list[Any]]:
    """The issues of a file, some at a time where it holds one a line or row; or what `rest.Reader.read` takes besides.

    Raises SourceFailed.
    """
    try:
        with _opened(path) as file:
            if ".jsonl" in path.suffixes or ".ndjson" in path.suffixes:
                for some in _pieces(_lines(file, path), len):
                    yield [documents.json_value(line, path.name) for line in some if line.strip()]
            elif ".csv" in path.suffixes:
                yield from _devlake((line.decode() for line in _lines(file, path)), path)
            else:
                yield _issues(documents.json_value(_whole(file, path), path.name))
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        sentence = _("{file} cannot be read ({reason}).").format(file=path.name, reason=reason)
        raise SourceFailed(sentence, detail=repr(error)) from error
    except (NoJson, ValueError, csv.Error) as error:
        sentence = _("{file} is no JSON, or is cut.").format(file=path.name)
        raise SourceFailed(sentence, detail=type(error).__name__) from None


def _devlake(file: Iterator[str], path: Path) -> Iterator[list[Any]]:
    """The answers in a raw table of DevLake: `data` holds one as JSON, `url` says of which issue a change is."""
    csv.field_size_limit(LONGEST_CELL)
    rows = csv.DictReader(file, strict=True)
    if not {"data", "url"} <= {*(rows.fieldnames or ())}:
        sentence = _("{file} is no raw table of DevLake: the columns data and url are missing.")
        raise SourceFailed(sentence.format(file=path.name))
    for piece in _pieces(rows, lambda row: len(row["data"] or "")):
        yield [
            _answer(documents.json_value((row["data"] or "").encode(), path.name), row["url"] or "") for row in piece
        ]


def _answer(content: Any, url: str) -> Any:
    """An issue or a worklog as it is; a change in the form of a bulk answer."""
    of = _OF_ISSUE.search(url)
    return {"issueId": of[1], "changeHistories": [content]} if of else content


def _opened(path: Path) -> IO[bytes]:
    opened: Any = gzip.open(path) if path.suffix == ".gz" else path.open("rb")  # noqa: SIM115 - closed by who asks
    return cast(IO[bytes], opened)


def _unpacked(path: Path, most: int) -> int:
    """How many bytes may be read of a file: `most`, and of a packed one as many as honest packing makes."""
    return min(most, limits.LARGEST_PART + limits.DENSEST * path.stat().st_size)


def _whole(file: IO[bytes], path: Path) -> bytes:
    most = _unpacked(path, limits.LARGEST_JSON)
    content = file.read(most + 1)
    if len(content) > most:
        raise _too_large(path)
    return content


def _lines(file: IO[bytes], path: Path) -> Iterator[bytes]:
    """The lines of a file, unpacked, within the limits of a line and of the whole."""
    left = _unpacked(path, limits.LARGEST_CONTENT)
    longest = min(left, limits.LARGEST_JSON)
    while line := file.readline(longest + 1):
        left -= len(line)
        if left < 0 or len(line) > longest:
            raise _too_large(path)
        yield line.removeprefix(codecs.BOM_UTF8)


def _pieces(parts: Iterable[P], size_of: Callable[[P], int]) -> Iterator[list[P]]:
    """Some lines or rows at a time, at most so many and so many bytes; a longer one alone."""
    piece: list[P] = []
    size = 0
    for part in parts:
        if piece and (len(piece) == _PIECE or size + size_of(part) > _PIECE_BYTES):
            yield piece
            piece, size = [], 0
        piece.append(part)
        size += size_of(part)
    if piece:
        yield piece


def _too_large(path: Path) -> SourceFailed:
    return SourceFailed(_("{file} is too large: split it.").format(file=path.name))


def _issues(content: Any) -> list[Any]:
    """The issues of an answer, of a list of issues or answers, or the one issue."""
    if isinstance(content, list):
        return [issue for part in content for issue in _issues(part)]
    if isinstance(content, dict) and isinstance(content.get("issues"), list):
        return list(content["issues"])
    return [content]
