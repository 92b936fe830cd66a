"""What a source is and what a connector does: bytes or rows in, records of one fact table out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import pyarrow as pa
from pydantic import BaseModel, ConfigDict

from core.facts.check import Refused
from core.facts.tables import FactTable

Cursor = dict[str, Any]
"""Where a source was left, as JSON: whatever its connector needs to go on. Empty at the first pull."""


@dataclass(frozen=True)
class Source:
    """One configured source, as the store holds it. `options` were checked by the connector's `Options`."""

    name: str
    mission: str
    kind: str
    options: BaseModel
    squad: str | None = None
    enabled: bool = True


@dataclass(frozen=True)
class Unfinished:
    """What a file's last line gave that had no line end: it may have been half of a row.

    `path` and `position` name its place in the file, `keys` the rows that landed of it, by the key of their table.
    """

    path: str
    position: str
    keys: pa.Table


@dataclass(frozen=True)
class Batch:
    """A piece of what a source holds.

    `rows` has columns of the connector's fact table (missing ones are null), typed or still castable; landing
    checks them once more. `cursor` is saved once the batch has landed: a kill in between reads the batch again,
    and landing twice changes nothing. `covers_until` (UTC): the source is known complete up to this moment.
    `done` and `total` tell the progress, in the unit that the connector counts (rows, pages, files).
    `notes` count the rows kept with a doubt, by sentence. `settles` names refused rows (by digest) that rows of this
    batch put right. `replaces`: a file was read whole up to here, so rows that other versions of it refused are over.
    `table`: the fact table of the rows, where it is another one of the mission than the connector's; `derived`: they
    follow from rows that were read, and are no rows of the source.
    `unfinished`: what was read before of a line that was not whole; these rows stand in its place. `again`: the rows
    are part of all that there is, read whole once more; `leaves`: that was told to its end, as of this moment, and what
    was there before and was not told is gone.
    """

    rows: pa.Table
    refused: list[Refused] = field(default_factory=list)
    cursor: Cursor | None = None
    covers_until: datetime | None = None
    done: int = 0
    total: int | None = None
    notes: dict[str, int] = field(default_factory=dict)
    settles: tuple[str, ...] = ()
    replaces: str = ""
    table: FactTable | None = None
    derived: bool = False
    unfinished: Unfinished | None = None
    again: bool = False
    leaves: datetime | None = None


class Options(BaseModel):
    """Base of every connector's options. A secret is written `${NAME}` and read from the environment at the pull."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)  # built when a source is read


class Connector(Protocol):
    """Reads one kind of source. Stateless: everything it needs is in the source and the cursor."""

    @property
    def kind(self) -> str:
        """Its name among the mission's connectors, kept in the store with each source."""
        ...

    @property
    def title(self) -> str:
        """What it is called on screens, a source string."""
        ...

    @property
    def table(self) -> FactTable:
        """The fact table of its rows."""
        ...

    @property
    def options(self) -> type[Options]:
        """What a source of its kind says."""
        ...

    def pull(self, source: Source, cursor: Cursor) -> Iterator[Batch]:
        """Yield what is new since the cursor, in bounded memory. Raises SourceFailed with a sentence."""
        ...
