"""Sources that are files: which ones there are, which parts of them are new, and batches of what they hold.

A file whose size and date did not change is not opened. A delimited file that grew is read from where it was left;
one that was rewritten is read whole again, as a workbook always is.
"""

import glob
import re
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field as Option

from core.base.errors import SourceFailed
from core.base.i18n import N_, _
from core.base.settings import settings
from core.facts.check import Refused
from core.facts.tables import FactTable
from core.sources import folders
from core.sources.base import Batch, Cursor, Options, Unfinished
from core.sources.cells import REFUSED_ROW, Cells, Known
from core.sources.formats import delimited, excel, marks, objects
from core.sources.reach import Files
from core.sources.values.months import is_calendar

CORRECTIONS = "corrections"
OVER = timedelta(days=7)
_WORDS = re.compile(r"[^\W\d_]+")
Rows = Annotated[
    str,
    Option(
        title=N_("List of the rows"),
        description=N_("Of JSON, e.g. workflow_runs[] or jobs[].steps[]; empty: the one that fits best"),
    ),
]
"""An option that names the list of JSON whose objects are the rows (`core.sources.formats.objects`)."""


class FileOptions(Options):
    """A file, or several of one form; to be joined to a mapping of its columns."""

    path: Files = Option(
        title=N_("Path"), description=N_("A file or a pattern, e.g. incoming/night-*.csv; relative to the data folder")
    )
    sheet: str = Option(default="", title=N_("Sheet"), description=N_("Of a workbook; empty: those that fit best"))
    rows: Rows = ""

    @property
    def part(self) -> str:
        """The part of a file that holds its rows: a sheet, a list; empty: whatever fits best."""
        return self.sheet or self.rows


@dataclass(frozen=True)
class Shaped:
    """Rows of a fact table made of cells, and what there is to say of the others (see `Batch`).

    `latest` (UTC): the latest moment that the rows tell of.
    """

    rows: pa.Table
    refused: list[Refused] = field(default_factory=list)
    notes: dict[str, int] = field(default_factory=dict)
    settles: tuple[str, ...] = ()
    latest: datetime | None = None

    def beside(self, cells: Cells) -> "Shaped":
        """With what was refused and noted of the cells before they were rows."""
        return replace(self, refused=[*cells.refused, *self.refused], notes={**cells.notes, **self.notes})


class Shaper(Protocol):
    """Makes rows of the cells of one file, piece by piece, and remembers what it needs between pieces."""

    @property
    def table(self) -> FactTable:
        """The fact table of its rows."""
        ...

    @property
    def needs_all(self) -> bool:
        """Whether it must be shown the rows that were read before, to number look-alikes."""
        ...

    def shape(self, cells: Cells, observed_at: datetime) -> Shaped:
        """The rows; those before `cells.replayed` are looked at and left out. `observed_at`: the file's own date."""
        ...


@dataclass(frozen=True)
class _State:
    """A version of a file as it was when it was looked at."""

    path: Path
    size: int
    mtime_ns: int

    @property
    def modified(self) -> datetime:
        return datetime.fromtimestamp(self.mtime_ns // 1000 / 1_000_000, UTC)

    @property
    def reading(self) -> str:
        return f"{self.path}@{self.size}-{self.mtime_ns}"


def uploads(source: str) -> Path:
    """Folder of the files that people dropped for a source."""
    return settings().data / folders.UPLOADS / source


def corrections(source: str) -> Path:
    """Folder of the corrected rows that people dropped for a source, of whatever kind it is."""
    return uploads(source) / CORRECTIONS


def pull(
    path: str,
    source: str,
    cursor: Cursor,
    *,
    known: Known,
    shaper: Callable[[], Shaper],
    part: str = "",
    latest_counts: bool = False,
    leaves: bool = False,
) -> Iterator[Batch]:
    """Batches of what is new in the files that match `path`, of which there must be one, then in the corrections.

    `covers_until` comes with the last batch: up to when every series of files is told (`_known`), or, with
    `latest_counts`, the latest moment that any row told of. With `leaves`, one file alone that was rewritten says what
    is gone, too: the corrections are then read with it. Raises SourceFailed.
    """
    main = _found(path)
    if not main:
        raise SourceFailed(_("No file matches {pattern}.").format(pattern=path))
    cursor = cursor or {"files": {}}
    again = False
    whole = leaves and len(main) == 1
    for batch in _pull([*main, *_found(_corrections(source))], cursor, known, shaper, part, whole=whole):
        cursor, again = batch.cursor or cursor, batch.again
        yield batch
    if not any(_told(state, cursor) for state in main):
        raise SourceFailed(_("{file} holds no row.").format(file=", ".join(state.path.name for state in main)))
    latest = cursor.get("latest")
    newest = datetime.fromisoformat(latest) if latest else None
    until = newest if latest_counts else _known(state for state in main if _told(state, cursor))
    yield Batch(pa.table({}), cursor=cursor, covers_until=until, leaves=main[0].modified if again else None)


def pull_corrections(source: str, cursor: Cursor, *, known: Known, shaper: Callable[[], Shaper]) -> Iterator[Batch]:
    """Batches of the corrected rows that people dropped for a source that is no file; none when there are none."""
    yield from _pull(_found(_corrections(source)), cursor, known, shaper, "")


def _pull(
    files: list[_State], cursor: Cursor, known: Known, shaper: Callable[[], Shaper], part: str, *, whole: bool = False
) -> Iterator[Batch]:
    """Batches of what is new in some files; the cursor's other entries stay as they are.

    `whole`: where the first file was rewritten, the others are read again with it.
    """
    before = cursor.get("files", {})
    left = {**cursor, "files": {name: before[name] for name in (str(state.path) for state in files) if name in before}}
    done, total = 0, sum(state.size for state in files)
    again = False
    for state in files:
        name = str(state.path)
        shaping, entry_before = shaper(), left["files"].get(name)
        unfinished = _unfinished(name, entry_before, shaping.table)
        within = "" if state.path.parent.name == CORRECTIONS else part  # corrected rows come in a file of their own
        for piece, entry in _read(state, None if again else entry_before, known, shaping, within):
            left["files"][name] = entry
            if state is files[0]:
                again = whole and entry["whole"] and bool(entry_before) and entry_before["version"] != entry["version"]
            if piece.latest:
                left["latest"] = max(left.get("latest") or "", piece.latest.isoformat())
            yield Batch(
                rows=piece.rows,
                refused=[replace(refused, reading=state.reading) for refused in piece.refused],
                cursor=deepcopy(left),
                done=done + min(entry["done"], state.size),
                total=total,
                notes=piece.notes,
                settles=piece.settles,
                replaces=state.reading if entry["ended"] and entry["whole"] else "",
                unfinished=unfinished,
                again=again,
            )
            unfinished = None
        done += state.size


def _told(state: _State, cursor: Cursor) -> bool:
    """Whether a file, as it was left, told of anything: an emptied one proves nothing."""
    return bool(cursor["files"].get(str(state.path), {}).get("told", True))


def _known(states: Iterable[_State]) -> datetime:
    """Up to when all that some files tell of is known. Files whose names differ by a date or a number follow each
    other: the newest counts. Other names tell of other things: the oldest of those counts, but for a series that was
    over a week before the newest."""
    newest: dict[str, datetime] = {}
    for state in states:
        series = " ".join(word for word in _WORDS.findall(state.path.stem.casefold()) if not is_calendar(word))
        newest[series] = max(newest.get(series, state.modified), state.modified)
    return min(until for until in newest.values() if max(newest.values()) - until <= OVER)


def _corrections(source: str) -> str:
    return glob.escape(str(corrections(source))) + "/*"


def _found(pattern: str) -> list[_State]:
    """Files that match, oldest first. Hidden ones and folders do not count."""
    states = []
    for path in folders.found(pattern):
        if not path.name.startswith((".", "~$")):
            stat = path.stat()
            states.append(_State(path, stat.st_size, stat.st_mtime_ns))
    return sorted(states, key=lambda state: (state.mtime_ns, state.path))


def _read(
    state: _State, entry: dict[str, Any] | None, known: Known, shaper: Shaper, part: str
) -> Iterator[tuple[Shaped, dict[str, Any]]]:
    """What is new in a file, and where the file was left."""
    version = [state.size, state.mtime_ns]
    if entry and entry["version"] == version and entry["ended"]:
        return
    try:
        holds = False
        for cells, whole, ended in _pieces(state, entry, known, shaper.needs_all, part):
            holds = holds or not whole or bool(cells.lines or cells.refused)
            left = {"version": version, "mark": cells.mark, "done": cells.done, "whole": whole, "ended": ended}
            left["told"] = holds
            cells, last = _parted(cells) if ended else (cells, None)
            shaped = shaper.shape(_unguarded(cells), state.modified)
            if cells.replayed < len(cells.lines) or cells.refused or ended:
                yield shaped.beside(cells), {**left, "ended": ended and not last}
            if last:
                shaped = shaper.shape(_unguarded(last), state.modified)
                shaped = replace(shaped, refused=[*last.refused, *shaped.refused])
                keys = shaped.rows.select(list(shaper.table.key))
                texts = {column: keys[column].cast(pa.string()).to_pylist() for column in keys.column_names}
                yield shaped, {**left, "unfinished": {"position": f"{last.where}:{_line(last)}", "keys": texts}}
    except OSError as error:
        raise SourceFailed(
            _("{file} cannot be read ({reason}).").format(file=state.path.name, reason=error.strerror),
            detail=repr(error),
        ) from error


def _pieces(
    state: _State, entry: dict[str, Any] | None, known: Known, needs_all: bool, part: str
) -> Iterator[tuple[Cells, bool, bool]]:
    """Pieces of a file as (cells, whether all of its rows since the first are of this version, whether it ends)."""
    if state.path.suffix.lower() in excel.SUFFIXES:
        yield marks.read(state.path, known, sheet=part), True, True
        return
    if state.path.suffix.lower() in objects.SUFFIXES:
        yield objects.read(state.path, known, part), True, True
        return
    layout = delimited.find_layout(state.path, known)
    mark = entry["mark"] if entry else None
    if mark and not delimited.holds(state.path, layout, mark):
        mark = None
    same_reading = entry and entry["version"] == [state.size, state.mtime_ns] and not entry["ended"]
    whole = mark is None or bool(same_reading and entry and entry["whole"])
    waiting: Cells | None = None
    for cells in delimited.read(state.path, layout, start=None if needs_all else mark, size=state.size):
        if waiting:
            yield waiting, whole, False
        waiting = _replayed(cells, mark["line"]) if mark else cells
    if waiting is None:
        waiting = _nothing(layout, state, mark)
    yield waiting, whole, True


def _parted(cells: Cells) -> tuple[Cells, Cells | None]:
    """The rows of lines that are ended, and the last one, where it has no end: it may still be being written."""
    whole = cells.mark["line"] if cells.mark else None
    if whole is None:
        return cells, None
    ended = sum(line <= whole for line in cells.lines)
    refused = [
        [r for r in cells.refused if (int(r.position.rpartition(":")[2]) > whole) is cut] for cut in (False, True)
    ]
    if ended == len(cells.lines) and not refused[True]:
        return cells, None
    first, last = cells.table.slice(0, ended), cells.table.slice(ended)
    return (
        replace(cells, table=first, lines=cells.lines[:ended], refused=refused[False]),
        replace(cells, table=last, lines=cells.lines[ended:], refused=refused[True], replayed=0),
    )


def _line(cells: Cells) -> int:
    """Where the first of some rows stands, whether it could be read or not."""
    return min([*cells.lines, *(int(refused.position.rpartition(":")[2]) for refused in cells.refused)])


def _unfinished(path: str, entry: dict[str, Any] | None, table: FactTable) -> Unfinished | None:
    """What the last reading of a file made of a line without its end."""
    left = entry and entry.get("unfinished")
    if not left:
        return None
    keys = {column: pa.array(texts, pa.string()) for column, texts in left["keys"].items()}
    schema = pa.schema([table.schema.field(column).with_nullable(True) for column in keys])
    return Unfinished(path, left["position"], pa.table(keys).cast(schema))


def _unguarded(cells: Cells) -> Cells:
    """A corrected file's cells without the apostrophe that guards a spreadsheet from text that looks like a formula."""
    if REFUSED_ROW not in cells.table.column_names:
        return cells
    guarded = r"\A'([=+\-@\t\r\n\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}])"
    columns = [pc.replace_substring_regex(column, guarded, r"\1") for column in cells.table.columns]
    return replace(cells, table=pa.table(columns, names=cells.table.column_names))


def _replayed(cells: Cells, line: int) -> Cells:
    """The piece, told how many of its rows were read before: those that stand up to a line."""
    before = sum(number <= line for number in cells.lines)
    refused = [refused for refused in cells.refused if int(refused.position.rpartition(":")[2]) > line]
    return replace(cells, refused=refused, replayed=before)


def _nothing(layout: delimited.Layout, state: _State, mark: Any) -> Cells:
    header = pa.schema([(name, pa.string()) for name in layout.header])
    return Cells(header.empty_table(), [], state.path.name, mark=mark, done=state.size, total=state.size)
