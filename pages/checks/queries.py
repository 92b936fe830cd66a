"""What is asked of the runs in the lake."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from core.facts.conditions import params_of
from core.facts.query import Query
from pages.checks.facts import CHECK_COUNTS, CHECK_LEVELS, CHECK_ROWS, CHECK_RUNS, CHECK_SCORES

_R, _C, _O, _S = CHECK_RUNS.sql.c, CHECK_COUNTS.sql.c, CHECK_ROWS.sql.c, CHECK_SCORES.sql.c
_L = CHECK_LEVELS.sql.c

DECIDED = Query(
    name="check_decided",
    select=sa.select(_R.check, _R.version, _R.decides)
    .where(_R.decides.is_not(None))
    .distinct()
    .order_by(_R.check, _R.version, _R.decides),
    tables=(CHECK_RUNS,),
    params={},
)
"""What decided in each version of each check that was run."""


@dataclass(frozen=True)
class Asked:
    """Some runs, by check and the oldest first; and what each counted in scope, by outcome. Runs that were killed
    before they ended count for nothing."""

    runs: Query
    counts: Query


def _asked(name: str, runs: sa.Select[*tuple[Any, ...]]) -> Asked:
    given = params_of(runs)
    of = runs.subquery()
    columns = (
        "check",
        "day",
        "after",
        "take",
        "seen_at",
        "until",
        "version",
        "definition",
        "tables",
        "verdict",
        "error",
    )
    own = (_C.check, _C.day, _C.seen_at, _C.outcome)
    return Asked(
        Query(
            name=f"check_runs_{name}",
            select=sa.select(*(of.c[column] for column in (*columns, "file", "checksum", "source"))).order_by(
                of.c.check, of.c.day, of.c.seen_at
            ),
            tables=(CHECK_RUNS,),
            params=given,
        ),
        Query(
            name=f"check_counts_{name}",
            select=sa.select(*own, sa.func.sum(_C.left).label("left"), sa.func.sum(_C.right).label("right"))
            .select_from(
                CHECK_COUNTS.sql.join(
                    of, sa.and_(of.c.check == _C.check, of.c.day == _C.day, of.c.seen_at == _C.seen_at)
                )
            )
            .group_by(*own)
            .order_by(*own),
            tables=(CHECK_COUNTS, CHECK_RUNS),
            params=given,
            cap=500_000,
        ),
    )


_rank = sa.func.row_number().over(partition_by=_R.check, order_by=[_R.day.desc(), _R.seen_at.desc()])
_ranked = sa.select(CHECK_RUNS.sql, _rank.label("rank")).where(_R.day <= sa.bindparam("day", type_=sa.Date)).subquery()
LAST = _asked("last", sa.select(_ranked).where(_ranked.c.rank == 1))
"""Of each check the newest run of the newest day up to a day."""
OF_CHECK = _asked("of_check", sa.select(CHECK_RUNS.sql).where(_R.check == sa.bindparam("check", type_=sa.String)))
"""Every run of one check."""
SINCE = _asked(
    "since", sa.select(CHECK_RUNS.sql).where(_R.seen_at >= sa.bindparam("since", type_=sa.TIMESTAMP(timezone=True)))
)
"""The runs made since a moment."""

ROWS = Query(
    name="check_rows",
    select=sa.select(
        *(_O[name] for name in ("row", "outcome", "side", "key", "reason", "decided", "people", "squad")),
    )
    .where(_O.check == sa.bindparam("check"), _O.day == sa.bindparam("day"), _O.seen_at == sa.bindparam("seen_at"))
    .order_by(_O.outcome, _O.key, _O.row),
    tables=(CHECK_ROWS,),
    params={"check": str, "day": date, "seen_at": datetime},
)
"""The rows behind one run."""

SCORES = Query(
    name="check_scores",
    select=sa.select(
        *(_S[name] for name in ("check", "day", "seen_at", "expectation", "dimension", "table", "checked", "passed")),
        _R.definition,
    )
    .select_from(
        CHECK_SCORES.sql.join(CHECK_RUNS.sql, sa.and_(_R.check == _S.check, _R.day == _S.day, _R.seen_at == _S.seen_at))
    )
    .order_by(_S.check, _S.day, _S.seen_at, _S.expectation),
    tables=(CHECK_SCORES, CHECK_RUNS),
    params={},
    cap=500_000,
)
"""The scores of each run, in scope."""

LEVELS = Query(
    name="check_levels",
    select=sa.select(*(_L[name] for name in ("level", "field", "how", "checked", "failed", "left", "right")))
    .where(_L.check == sa.bindparam("check"), _L.day == sa.bindparam("day"), _L.seen_at == sa.bindparam("seen_at"))
    .order_by(_L.level, _L.field, _L.how),
    tables=(CHECK_LEVELS,),
    params={"check": str, "day": date, "seen_at": datetime},
)
"""The levels of one run of two stores."""
