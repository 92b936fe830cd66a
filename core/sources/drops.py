"""Files that people drop on a screen: looked at where they lie, then kept as files of a source."""

import re
import shutil
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol, TypeGuard, runtime_checkable

import pyarrow as pa
import sqlalchemy as sa

from core.base import clock
from core.base.cache import Cache
from core.base.errors import SourceFailed, VigieError
from core.base.i18n import _
from core.base.settings import settings
from core.facts.query import Query
from core.facts.tables import FactTable
from core.sources.base import Connector, Source
from core.sources.cells import Cells, Known
from core.sources.files import Shaped, Shaper, corrections, uploads
from core.sources.folders import UPLOADS
from core.sources.formats import delimited, excel, marks, objects
from core.sources.mapping import ColumnMapping, Field

_DROPPED = ".dropped"
_KEPT_SECONDS = 24 * 3600
_LONGEST_NAME = 120
_LOOKED_AT = 10_000
"""Rows of JSON that are looked at."""
_looked: Cache[Cells] = Cache(entries=8, bytes_=64 * 1024 * 1024, size=lambda cells: cells.table.nbytes)
"""By the staged file, whose folder is named by its content, the names that were looked for and the list picked."""


@runtime_checkable
class Shaping(Connector, Protocol):
    """A connector that makes rows of cells by a mapping, so that corrected rows can be dropped for its sources."""

    @property
    def fields(self) -> tuple[Field, ...]:
        """The columns of its table that a source may fill."""
        ...

    def mapping(self, source: Source) -> ColumnMapping:
        """How the source's cells become rows."""
        ...

    def shaper(self, source: Source) -> Shaper:
        """Makes the rows."""
        ...


@runtime_checkable
class Droppable(Shaping, Protocol):
    """A connector of files: a file that is dropped can become a source of its kind."""

    def propose(self, cells: Cells) -> dict[str, Any]:
        """Options that fit a first look at a file; `path` is left out."""
        ...


_droppable: dict[type, bool] = {}


def is_droppable(connector: Connector) -> TypeGuard[Droppable]:
    """Whether a connector is one of files. Kept by its class: Python looks through all that a protocol names each time,
    and a screen asks it of every connector."""
    its = type(connector)
    if its not in _droppable:
        _droppable[its] = isinstance(connector, Droppable)
    return _droppable[its]


def likely(kinds: Mapping[str, Known], chosen: str, names: Sequence[str]) -> str | None:
    """The kind that knows the most of a file's columns by name, where it knows two more than the chosen one, and half
    as many again; None where that does about as well."""
    known = {kind: sum(map(knows, names)) for kind, knows in kinds.items()}
    best = max(known, key=known.__getitem__)
    return best if known[best] >= known[chosen] + max(2, known[chosen] / 2) else None


def stage(name: str, content: bytes) -> Path:
    """Lay a dropped file where it can be looked at; it is gone a day later unless it is kept. Raises VigieError."""
    folder = settings().data / UPLOADS / _DROPPED
    path = folder / sha256(content).hexdigest()[:16] / safe_name(name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            if old.stat().st_mtime < clock.machine().timestamp() - _KEPT_SECONDS:
                shutil.rmtree(old, ignore_errors=True)
        if not path.exists() or path.stat().st_size != len(content):
            path.write_bytes(content)
    except OSError as error:
        raise _not_kept(error) from error
    return path


def safe_name(name: str) -> str:
    """A file name that is one: no folder, no sign that is not seen or turns the others round, not hidden, not too
    long."""
    visible = "".join("_" if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Cn") else sign for sign in name)
    plain = unicodedata.normalize("NFC", visible).replace("\\", "/").rpartition("/")[2]
    stem, dot, suffix = re.sub(r"[\x00-\x1f\x7f<>:\"|?*\[\]]", "_", plain).lstrip(".~$ ").rpartition(".")
    return f"{stem[:_LONGEST_NAME]}{dot}{suffix[:10]}" if stem else f"{suffix[:_LONGEST_NAME]}" or "file.csv"


def look(path: Path, known: Known, rows: str = "") -> Cells:
    """The first rows of a file: some ten thousand, of JSON those of the list that `rows` names, or that fits best; or
    all of a workbook's. Raises SourceFailed."""
    if path.suffix.lower() in excel.SUFFIXES:
        return marks.read(path, known)
    if path.suffix.lower() in objects.SUFFIXES:
        return objects.read(path, known, rows, most=_LOOKED_AT)
    layout = delimited.find_layout(path, known)
    first = next(delimited.read(path, layout), None)
    if first is None:
        raise SourceFailed(_("{file} holds no rows.").format(file=path.name))
    return first


def looked(staged: Path, known: Known, rows: str = "") -> Cells:
    """`look` at a staged file, kept: a screen is drawn anew at each touch. Nobody writes into it. Raises
    SourceFailed."""
    return _looked.get((staged, known, rows), lambda: look(staged, known, rows))


def preview(connector: Shaping, source: Source, cells: Cells) -> Shaped:
    """What would become of the first rows; nothing lands. Raises SourceFailed."""
    return connector.shaper(source).shape(cells, clock.now()).beside(cells)


@lru_cache
def known_keys(table: FactTable) -> Query:
    """Keys of the rows of a table that one source has landed."""
    columns = [table.sql.c[name] for name in table.key]
    return Query(
        name=f"known_keys_{table.name}",
        select=sa.select(*columns).where(table.sql.c.source == sa.bindparam("source")),
        tables=(table,),
        params={"source": str},
        cap=1_000_000,
    )


def new_keys(rows: pa.Table, known: pa.Table, key: Sequence[str]) -> int:
    """How many of some rows have a key that is not known yet."""
    return int(rows.select(key).join(known, list(key), join_type="left anti").num_rows)


def pattern(source: str) -> str:
    """The path of a source that consists of dropped files."""
    return f"{UPLOADS}/{source}/*"


def keep(staged: Path, source: str, path: str) -> Path:
    """Make a dropped file one of a source: of its own files if they are dropped ones, else of its corrections.

    The same content is kept once; another file of the same name gets a number. Raises VigieError.
    """
    folder = uploads(source) if path == pattern(source) else corrections(source)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        target = _free(folder, staged)
        if not target.exists():
            partial = target.with_name(f".{target.name}")
            shutil.copyfile(staged, partial)
            partial.rename(target)
    except OSError as error:
        raise _not_kept(error) from error
    return target


def _free(folder: Path, staged: Path) -> Path:
    """Where to put a file: beside others of its name, or where the same content lies already."""
    content = staged.read_bytes()
    names: Sequence[str] = [staged.name, *(f"{staged.stem} ({n}){staged.suffix}" for n in range(2, 1000))]
    for name in names:
        target = folder / name
        if not target.exists() or target.read_bytes() == content:
            return target
    raise SourceFailed(_("Too many files have the name {file}.").format(file=staged.name))


def _not_kept(error: OSError) -> VigieError:
    return SourceFailed(
        _("The file cannot be kept ({reason}): nothing of it landed.").format(reason=error.strerror), detail=repr(error)
    )
