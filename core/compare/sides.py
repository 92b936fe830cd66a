"""The rows of two tables that can be paired by key, and those that stand apart, as SQL."""

from collections.abc import Sequence


def sides(keys: Sequence[str]) -> str:
    """Common table expressions `left_side` and `right_side` over tables `l` and `r`: their rows with `apart`, the class
    of a row that cannot be paired (no key, or one that stands more than once on a side), null where it can.

    `keys` are quoted names of columns that both have.
    """
    return _SIDES.format(keys=", ".join(keys), no_key=" OR ".join(f"{one} IS NULL" for one in keys))


_SIDES = """
doubled_l AS (SELECT {keys} FROM l WHERE NOT ({no_key}) GROUP BY ALL HAVING count(*) > 1),
doubled_r AS (SELECT {keys} FROM r WHERE NOT ({no_key}) GROUP BY ALL HAVING count(*) > 1),
left_side AS (
    SELECT *, CASE WHEN {no_key} THEN 'no_key_left' WHEN ({keys}) IN (FROM doubled_l) THEN 'doubled_left'
                   WHEN ({keys}) IN (FROM doubled_r) THEN 'doubled_right' END AS apart FROM l
),
right_side AS (
    SELECT *, CASE WHEN {no_key} THEN 'no_key_right' WHEN ({keys}) IN (FROM doubled_r) THEN 'doubled_right'
                   WHEN ({keys}) IN (FROM doubled_l) THEN 'doubled_left' END AS apart FROM r
)"""
