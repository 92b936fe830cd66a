"""What is asked of the runs in the lake."""

from datetime import date, datetime

import sqlalchemy as sa

from core.facts.query import Query
from pages.checks.facts import CHECK_COUNTS, CHECK_LEVELS, CHECK_ROWS, CHECK_RUNS, CHECK_SCORES

_R, _C, _O, _S = CHECK_RUNS.sql.c, CHECK_COUNTS.sql.c, CHECK_ROWS.sql.c, CHECK_SCORES.sql.c
_L = CHECK_LEVELS.sql.c

RUNS = Query(
    name="check_runs",
    select=sa.select(
        *(_R[name] for name in ("check", "day", "after", "take", "seen_at", "until", "version", "definition")),
        *(_R[name] for name in ("verdict", "error", "file", "checksum", "source")),
    ).order_by(_R.check, _R.day, _R.seen_at),
    tables=(CHECK_RUNS,),
    params={},
)
"""Every run, the oldest first."""

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

COUNTS = Query(
    name="check_counts",
    select=sa.select(
        _C.check,
        _C.day,
        _C.seen_at,
        _C.outcome,
        sa.func.sum(_C.left).label("left"),
        sa.func.sum(_C.right).label("right"),
    )
    .select_from(
        CHECK_COUNTS.sql.join(CHECK_RUNS.sql, sa.and_(_R.check == _C.check, _R.day == _C.day, _R.seen_at == _C.seen_at))
    )
    .group_by(_C.check, _C.day, _C.seen_at, _C.outcome)
    .order_by(_C.check, _C.day, _C.seen_at, _C.outcome),
    tables=(CHECK_COUNTS, CHECK_RUNS),
    params={},
    cap=500_000,
)
"""What each run counted in scope, by outcome; runs that were killed before they ended count for nothing."""

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
