"""Two sets of rows by key: which stand on one side alone, which are equal, which differ and in what.

Every row of each side is in exactly one class, so that the classes add up to what was given. Rows that cannot be paired
are classes of their own: those without a key, and those whose key stands more than once on a side.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from core.compare.sides import sides
from core.facts.parquet import name, text

Normal = Callable[[pa.ChunkedArray], pa.ChunkedArray]
"""What makes a column of the key comparable: a column in, one as long out; null where it is no key."""


class Match(StrEnum):
    """How a row stands to the other side.

    DOUBLED_LEFT: its key stands more than once on the left, DOUBLED_RIGHT: on the right. Where it does on both, each
    row is of its own side's class; a row that stands once, but more than once on the other side, is of that side's.
    """

    ONLY_LEFT = "only_left"
    ONLY_RIGHT = "only_right"
    EQUAL = "equal"
    DIFFERING = "differing"
    NO_KEY_LEFT = "no_key_left"
    NO_KEY_RIGHT = "no_key_right"
    DOUBLED_LEFT = "doubled_left"
    DOUBLED_RIGHT = "doubled_right"


@dataclass(frozen=True)
class Comparison:
    """What comparing gave. `pairs`: `match`, `left` and `right` (places of the rows in what was given, null where there
    is none), `differing` (names of the fields); in order of the left's places, then of the right's."""

    given_left: pa.Table
    given_right: pa.Table
    pairs: pa.Table

    def left(self, *matches: Match) -> pa.Table:
        """The left rows of some classes, as they were given."""
        return self.given_left.take(self._places("left", matches))

    def right(self, *matches: Match) -> pa.Table:
        """The right rows of some classes, as they were given."""
        return self.given_right.take(self._places("right", matches))

    @cached_property
    def counts(self) -> dict[Match, tuple[int, int]]:
        """How many left and right rows each class holds; the sums are the numbers of rows given."""
        sums = self.pairs.group_by("match").aggregate([("left", "count"), ("right", "count")]).to_pylist()
        by_match = {Match(row["match"]): (row["left_count"], row["right_count"]) for row in sums}
        return {match: by_match.get(match, (0, 0)) for match in Match}

    def differences(self) -> pa.Table:
        """A row for each value that differs: `left`, `right` (places), `field`, `was` (the left's value as a text),
        `now` (the right's)."""
        unlike = self.pairs.filter(pc.equal(self.pairs["match"], Match.DIFFERING.value))
        parts = [_DIFFERENCES.empty_table()]
        for field in pc.unique(pc.list_flatten(unlike["differing"])).to_pylist():
            has = pa.array([field in names for names in unlike["differing"].to_pylist()], pa.bool_())
            rows = unlike.filter(has)
            was = self.given_left[field].take(rows["left"]).cast(pa.string())
            now = self.given_right[field].take(rows["right"]).cast(pa.string())
            columns = [rows["left"], rows["right"], pa.array([field] * len(rows)), was, now]
            parts.append(pa.table(columns, schema=_DIFFERENCES))
        return pa.concat_tables(parts).sort_by([("left", "ascending"), ("field", "ascending")])

    def _places(self, side: str, matches: Sequence[Match]) -> pa.ChunkedArray:
        wanted = pc.is_in(self.pairs["match"], pa.array([match.value for match in matches], pa.string()))
        return self.pairs.filter(wanted)[side].drop_null()


_DIFFERENCES = pa.schema(
    {"left": pa.int64(), "right": pa.int64(), "field": pa.string(), "was": pa.string(), "now": pa.string()}
)


def folded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Texts without blanks around them and in lower case; an empty one is no key."""
    texts = pc.utf8_lower(pc.utf8_trim_whitespace(column.cast(pa.string())))
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


def compare(
    left: pa.Table,
    right: pa.Table,
    key: Sequence[str],
    *,
    fields: Sequence[str] | None = None,
    normal: Mapping[str, Normal] | None = None,
) -> Comparison:
    """Compare two tables by key. A row with a null in its key has none.

    `fields` are the columns whose values are compared, by default all that both sides have beside the key; two nulls
    are equal. `normal` says how columns of the key are made comparable. Raises ValueError, naming the column, where one
    is missing on a side or of another type there.
    """
    normal = normal or {}
    shared = [
        column_name for column_name in left.column_names if column_name in right.column_names and column_name not in key
    ]
    fields = shared if fields is None else list(fields)
    sides = [_side(table, key, fields, normal) for table in (left, right)]
    for wanted in sides[0].schema:
        if sides[1].schema.field(wanted.name).type != wanted.type:
            raise ValueError(f"{wanted.name[2:]} is {wanted.type} on the left, not on the right")
    with duckdb.connect(config={"enable_external_access": False}) as connection:
        for side, table in zip("lr", sides, strict=True):
            connection.register(side, table)
        return Comparison(left, right, connection.execute(_sql(key, fields)).to_arrow_table())


def _side(table: pa.Table, key: Sequence[str], fields: Sequence[str], normal: Mapping[str, Normal]) -> pa.Table:
    """The columns that count, as `k_` and `f_`, and the `place` of each row."""
    for column in (*key, *fields):
        if column not in table.column_names:
            raise ValueError(f"there is no column {column} on one side; there are {', '.join(table.column_names)}")
    keys = {f"k_{column}": normal[column](table[column]) if column in normal else table[column] for column in key}
    values = {f"f_{field}": table[field] for field in fields}
    return pa.table({**keys, **values, "place": pa.array(range(len(table)), pa.int64())})


def _sql(key: Sequence[str], fields: Sequence[str]) -> str:
    """The question over the tables `l` and `r`; names of columns are quoted, no value is written into it."""
    keys = [name(f"k_{column}") for column in key]
    unlike = [
        f"CASE WHEN l.{name(f'f_{field}')} IS DISTINCT FROM r.{name(f'f_{field}')} THEN {text(field)} END"
        for field in fields
    ]
    return _PAIRS.format(
        sides=sides(keys),
        same=" AND ".join(f"l.{column} = r.{column}" for column in keys),
        differing=", ".join(unlike),
    )


_PAIRS = """
WITH {sides},
paired AS (
    SELECT l.place AS l, r.place AS r, list_filter([{differing}]::VARCHAR[], lambda one: one IS NOT NULL) AS differing
    FROM (FROM left_side WHERE apart IS NULL) l FULL JOIN (FROM right_side WHERE apart IS NULL) r ON {same}
),
placed AS (
    SELECT CASE WHEN r IS NULL THEN 'only_left' WHEN l IS NULL THEN 'only_right'
                WHEN len(differing) > 0 THEN 'differing' ELSE 'equal' END AS match,
           l, r, CASE WHEN l IS NULL OR r IS NULL THEN [] ELSE differing END AS differing FROM paired
    UNION ALL SELECT apart, place, NULL, [] FROM left_side WHERE apart IS NOT NULL
    UNION ALL SELECT apart, NULL, place, [] FROM right_side WHERE apart IS NOT NULL
)
SELECT match, l AS "left", r AS "right", differing FROM placed ORDER BY l NULLS LAST, r NULLS LAST
"""
