"""Where a team declares data: a folder a kind, a YAML file a thing; and whether any of them changed."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from core.base.once import once
from core.base.settings import ROOT, settings

State = tuple[tuple[str, int, int], ...]
"""The files of a kind as they stand: their paths, when they were written (ns), their sizes."""


def state(kind: str = "extracts") -> State:
    """What tells whether declared files changed. A screen asks thirty times for what hangs on it."""
    return once(("declared", kind), lambda: _states(files(kind)))


def stamp() -> State:
    """What tells whether what files of the data folder say changed: rules, and what is declared of any kind."""
    return _states((*settings().data.glob("*.yml"), *folder("").glob("*/*.yml")))


def _states(files: Iterable[Path]) -> State:
    """A file that is gone meanwhile, or a link to nothing, changes nothing here: reading it says what is wrong."""
    states = []
    for file in files:
        try:
            stat = file.stat()
        except OSError:
            states.append((str(file), 0, 0))
        else:
            states.append((str(file), stat.st_mtime_ns, stat.st_size))
    return tuple(states)


def folder(kind: str) -> Path:
    """Where a team declares things of a kind; it need not be there."""
    return (settings().declarations or settings().data / "declarations") / kind


def files(kind: str) -> list[Path]:
    """The files of a kind by name: the team's, and with demo data those that missions ship for it."""
    shipped = _shipped(kind) if settings().demo else ()
    return [file for place in (folder(kind), *shipped) if place.is_dir() for file in sorted(place.glob("*.yml"))]


@lru_cache(maxsize=10)
def _shipped(kind: str) -> tuple[Path, ...]:
    """The folders of a kind that come with missions: asked for at every run, they change with the code alone."""
    return tuple(sorted((ROOT / "pages").glob(f"*/declarations/{kind}")))
