"""Which files a source may read: those under `uploads` and `incoming` of the data folder, and under the folders that
`VIGIE_SOURCE_FOLDERS` names; never what Vigie keeps itself, no link that leads out, nothing but plain files.
"""

import glob
import logging
import re
import stat
from pathlib import Path

import sqlalchemy as sa

from core.base.errors import SourceFailed
from core.base.i18n import _
from core.base.settings import listed, settings, store_url

UPLOADS = "uploads"
INCOMING = "incoming"
_OWN = ("lake", "answers", "backups")
"""Folders of the data folder."""
_MAGIC = re.compile(r"[*?\[]")

_log = logging.getLogger("vigie.sources")


def resolve(pattern: str) -> Path:
    """A path or pattern as an absolute one; a relative one starts from the data folder."""
    return settings().data.absolute() / pattern


def roots() -> list[Path]:
    """The folders that sources may read."""
    named = (INCOMING, UPLOADS, *listed(settings().source_folders))
    return [resolve(name).resolve() for name in named]


def check(pattern: str) -> str:
    """A path or pattern if what it names lies under an opened folder. Raises ValueError with a sentence.

    Nothing needs to lie there yet.
    """
    path = resolve(pattern)
    fixed = _fixed(path)
    if "\0" in pattern or ".." in path.parts or not _is_open(fixed.resolve()):
        raise ValueError(
            _(
                "{path} lies outside of the folders that sources may read ({folders}): put the file there, or let "
                "VIGIE_SOURCE_FOLDERS name its folder."
            ).format(path=pattern, folders=", ".join(map(str, roots())))
        )
    return pattern


def found(pattern: str) -> list[Path]:
    """The plain files that a path or pattern names, by name. Raises SourceFailed where it leads out of the folders.

    A file that a pattern matches and whose link leads out is left, and told in the log.
    """
    try:
        check(pattern)
    except ValueError as error:
        raise SourceFailed(str(error)) from None
    paths = []
    for name in sorted(glob.glob(str(resolve(pattern)))):
        path = Path(name)
        if not _is_open(path.resolve()):
            _log.warning("file left: it leads out of the opened folders", extra={"file": name})
        elif _is_plain(path):
            paths.append(path)
    return paths


def one(path: str) -> Path:
    """The one plain file of a path, links followed. Raises SourceFailed."""
    for candidate in found(glob.escape(path)):
        return candidate.resolve()
    raise SourceFailed(_("{file} is not there, or is no file.").format(file=Path(path).name))


def _fixed(path: Path) -> Path:
    """The part of a pattern before its first placeholder."""
    kept = Path(path.anchor)
    for part in path.parts[1:]:
        if _MAGIC.search(part):
            return kept
        kept /= part
    return kept


def _is_open(path: Path) -> bool:
    """Whether a resolved path lies under an opened folder, and is none of Vigie's own."""
    return any(path.is_relative_to(root) for root in roots()) and not _is_own(path)


def _is_own(path: Path) -> bool:
    """Whether a resolved path is of the lake, of answers about it, of a backup, or the store with what lies beside
    it."""
    if any(path.is_relative_to((settings().data / name).resolve()) for name in _OWN):
        return True
    url = sa.make_url(store_url())
    if url.get_backend_name() != "sqlite" or not url.database:
        return False
    kept = Path(url.database.removeprefix("file:")).resolve()
    return path.parent == kept.parent and path.name.startswith(kept.name)


def _is_plain(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False
