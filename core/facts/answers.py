"""Answers about months that are over, or that a sync asks ahead, kept in files beside the lake, for its data files
never change: a process that starts finds them, and whoever asks again reads them. They are a copy of nothing: without
them they are worked out anew.
"""

import json
import logging
import os
import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

import pyarrow as pa

_log = logging.getLogger("vigie.query")
_FILES = b"files"
MOST = 2_000_000_000
"""Bytes that the answers about one table take at most after `left`."""


class Answers:
    """The answers about one table. `folder` need not be there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, asked: str, files: Sequence[str], make: Callable[[], tuple[pa.Table, bool]]) -> pa.Table:
        """The answer to what is `asked`, in one word for all that it hangs on, of some data files of the lake; what
        `make` gives where none is kept, with whether it is whole: only then is it kept."""
        names = [Path(file).name for file in files]
        path = self._folder / f"{sha256(repr((asked, sorted(names))).encode()).hexdigest()}.arrow"
        try:
            with pa.memory_map(str(path)) as kept:
                return pa.ipc.open_file(kept).read_all().replace_schema_metadata()
        except FileNotFoundError:
            pass
        except (OSError, pa.ArrowException) as error:
            _log.warning("a kept answer cannot be read, it is worked out anew: %s", error)
        table, whole = make()
        if whole:
            self._keep(path, table.replace_schema_metadata({_FILES: json.dumps(names)}))
        return table

    def _keep(self, path: Path, table: pa.Table) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=self._folder, delete=False) as new:
                try:
                    with pa.ipc.new_file(new, table.schema) as kept:
                        kept.write_table(table)
                    new.flush()
                    os.replace(new.name, path)
                except OSError:
                    Path(new.name).unlink(missing_ok=True)  # a disk that is full is not filled further
                    raise
        except OSError as error:
            _log.warning("an answer is not kept: %s", error)

    def left(self, files: Collection[str]) -> None:
        """Take out the answers of data files that are no longer among these, what a kill left half written, and the
        oldest beyond MOST: those of names that pipelines no longer bear, and of nights that somebody once looked at."""
        names, size = {Path(file).name for file in files}, 0
        for _moment, bytes_of, path in sorted(self._there(), reverse=True):
            try:
                with pa.memory_map(str(path)) as kept:
                    stays = names.issuperset(json.loads(pa.ipc.open_file(kept).schema.metadata[_FILES]))
            except (OSError, pa.ArrowException):
                stays = False
            except (KeyError, TypeError, ValueError):
                continue  # not one of ours
            size += bytes_of
            if size > MOST or not stays:
                path.unlink(missing_ok=True)

    def _there(self) -> Iterator[tuple[int, int, Path]]:
        """When each file was written, its bytes and its path; another process may take one out meanwhile."""
        for path in filter(Path.is_file, self._folder.glob("*")):
            with suppress(FileNotFoundError):
                stat = path.stat()
                yield stat.st_mtime_ns, stat.st_size, path

    def clear(self) -> None:
        """Take all of them out."""
        shutil.rmtree(self._folder, ignore_errors=True)
