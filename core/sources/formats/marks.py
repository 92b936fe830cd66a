"""What a workbook says beside its values: comments, rows that are hidden or struck out, cells merged over rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.sources.formats import excel


@dataclass(frozen=True)
class Marks:
    """Of a sheet: `comments` by (row, column), `hidden` and `struck` rows, and the cells that are the same as the one
    above, for they are merged (`joined`). Counted from 1."""

    comments: Mapping[tuple[int, int], str] = field(default_factory=dict)
    hidden: frozenset[int] = frozenset()
    struck: frozenset[int] = frozenset()
    joined: frozenset[tuple[int, int]] = frozenset()

    @property
    def aside(self) -> frozenset[int]:
        """The rows that somebody put aside without deleting them."""
        return self.hidden | self.struck


def of(path: Path) -> dict[str, Marks]:
    """The marks of each sheet that has any, of an .xlsx, .xlsm or .ods file. Raises SourceFailed."""
    return {
        name: Marks(
            {(row, column): text for row, column, text in said["comments"]},
            frozenset(said["hidden"]),
            frozenset(said["struck"]),
            frozenset((row, column) for row, column in said["joined"]),
        )
        for name, said in excel.limited(path, "cell_marks").items()
    }
