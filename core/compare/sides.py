"""The rows of two tables that can be paired by key, and those that stand apart, as SQL."""

from collections.abc import Sequence


def sides(keys: Sequence[str]) -> str:
    """Common table expressions `left_side` and `right_side` over tables `l` and `r`: their rows with `apart`, the class
    of a row that cannot be paired (no key, or one that stands more than once on a side), null where it can.

    `keys` are quoted names of columns that both have. The keys that stand twice are mostly few: each side is joined to
    them once, where asking them of every row costs as much as the comparison.
    """
    return _SIDES.format(
        keys=", ".join(keys),
        no_key=" OR ".join(f"{key} IS NULL" for key in keys),
        named=", ".join(f"{key} AS twice_{place}" for place, key in enumerate(keys)),
        twice=", ".join(f"twice_{place}" for place, _one in enumerate(keys)),
        same=" AND ".join(f"{key} = twice_{place}" for place, key in enumerate(keys)),
    )


_SIDES = """
doubled AS MATERIALIZED (
    SELECT {twice}, bool_or(on_left) AS twice_left, bool_or(NOT on_left) AS twice_right FROM (
        SELECT {named}, true AS on_left FROM l WHERE NOT ({no_key}) GROUP BY {keys} HAVING count(*) > 1
        UNION ALL
        SELECT {named}, false FROM r WHERE NOT ({no_key}) GROUP BY {keys} HAVING count(*) > 1
    ) GROUP BY {twice}
),
left_side AS (
    SELECT l.*, CASE WHEN {no_key} THEN 'no_key_left' WHEN twice_left THEN 'doubled_left'
                     WHEN twice_right THEN 'doubled_right' END AS apart FROM l LEFT JOIN doubled ON {same}
),
right_side AS (
    SELECT r.*, CASE WHEN {no_key} THEN 'no_key_right' WHEN twice_right THEN 'doubled_right'
                     WHEN twice_left THEN 'doubled_left' END AS apart FROM r LEFT JOIN doubled ON {same}
)"""
