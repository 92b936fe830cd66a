"""What failures say, by kind: texts that differ in names, numbers and moments alone are one."""

from datetime import datetime

import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_
from core.facts.query import Query
from core.show.about import About
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.pipelines.errors import kind, shown
from pages.pipelines.facts import PIPELINE_RUNS, RunStatus
from pages.pipelines.figures.durations import of_families
from pages.pipelines.look import NightLook
from pages.pipelines.words import SOURCE

_R = PIPELINE_RUNS.sql.c
FAILURES = Query(
    name="failures",
    select=sa.select(_R.pipeline, _R.at, _R.error_code, _R.error_message)
    .where(
        _R.at >= sa.bindparam("failed_since"), _R.at < sa.bindparam("failed_until"), _R.status == RunStatus.FAILED.value
    )
    .order_by(_R.at.desc(), _R.pipeline),
    tables=(PIPELINE_RUNS,),
    params={"failed_since": datetime, "failed_until": datetime},
    cap=50_000,
)
"""The failed runs between two moments (UTC), the newest first, with what their scheduler says of the error."""
COLUMNS = (
    Column("kind", N_("Kind of error"), width="large"),
    Column("code", N_("Code")),
    Column("failures", N_("Failures"), Kind.NUMBER),
    Column("pipelines", N_("Pipelines"), Kind.NUMBER),
    Column("first", N_("First"), Kind.MOMENT),
    Column("last", N_("Last"), Kind.MOMENT),
    Column("sample", N_("As it said last"), width="large"),
)


def by_kind(failures: pd.DataFrame) -> pd.DataFrame:
    """A row a kind, the most frequent first. `failures`: `pipeline`, `at`, `error_code`, `error_message`, in any order;
    each is counted in one kind."""
    said = failures.sort_values(["at", "pipeline"], ascending=[False, True])
    texts = [None if pd.isna(text) else str(text) for text in said["error_message"]]
    codes = [None if pd.isna(code) else str(code) for code in said["error_code"]]
    kinds = {pair: kind(*pair) for pair in set(zip(texts, codes, strict=True))}
    named = said.assign(
        kind=[kinds[pair] for pair in zip(texts, codes, strict=True)],
        code=[code or "" for code in codes],
        sample=[text or "" for text in texts],
    )
    told = named.groupby("kind", sort=False).agg(
        code=("code", "first"),
        failures=("kind", "size"),
        pipelines=("pipeline", "nunique"),
        first=("at", "min"),
        last=("at", "max"),
        sample=("sample", "first"),
    )
    told = told.sort_values(["failures", "last"], ascending=False, kind="stable").reset_index()
    told["sample"] = [shown(text) for text in told["sample"]]
    return told.assign(kind=told["kind"].replace("", "–"))[[column.name for column in COLUMNS]]


def _shape(look: NightLook, failures: pd.DataFrame) -> pd.DataFrame:
    wanted = of_families(look)
    return by_kind(failures if wanted is None else failures[failures["pipeline"].isin(wanted)])


KINDS: Figure[NightLook] = Figure(
    name="kinds",
    title=N_("Kinds of errors, over 90 days"),
    about=About(
        N_(
            "Failed runs of the 90 days up to the end of the night shown, by what their error says once quoted texts, "
            "addresses, paths, ids, moments, machines and numbers are masked; each failure is of one kind. Secrets and "
            "people's addresses are not shown."
        ),
        SOURCE,
    ),
    query=FAILURES,
    shape=_shape,
    columns=COLUMNS,
    empty=N_("No run failed in these 90 days."),
)
