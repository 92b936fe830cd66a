"""Every run of the pipeline that was picked, in order, and what its last failure said."""

from typing import Any

import pandas as pd

from core.base.i18n import N_, _
from core.show.columns import Column, Kind, framed
from core.show.figure import Figure, Note
from pages.pipelines.facts import RunStatus
from pages.pipelines.families import MemberBoard
from pages.pipelines.figures.pipelines import ABOUT
from pages.pipelines.known import Run
from pages.pipelines.look import NightLook
from pages.pipelines.why import sentence
from pages.pipelines.words import RUN_VERDICTS, error_of, seconds, url_of

COLUMNS = (
    Column("pipeline", N_("Pipeline")),
    Column("state", N_("Status"), Kind.STATUS),
    Column("raw_status", N_("Scheduler's word")),
    Column("start", N_("Start"), Kind.MOMENT),
    Column("end", N_("End"), Kind.MOMENT),
    Column("duration_s", N_("Duration"), Kind.DURATION),
    Column("error", N_("Error"), width="large"),
    Column("source", N_("Source")),
    Column("run_url", N_("Run"), Kind.LINK, width="small"),
)


def row(run: Run) -> dict[str, Any]:
    """A run as tables of runs show it."""
    return {
        "pipeline": run.pipeline,
        "state": RUN_VERDICTS[RunStatus(run.status)].value,
        "raw_status": run.raw_status,
        "start": run.begin,
        "end": run.end,
        "duration_s": seconds(run.begin, run.end),
        "error": error_of(run),
        "source": run.source,
        "run_url": url_of(run),
    }


def _picked(look: NightLook) -> list[MemberBoard]:
    name = look.chosen.pipeline.get("pipeline")
    return [member for member in look.board.members if member.member.pipeline == name]


def _shape(look: NightLook) -> pd.DataFrame:
    runs = [run for member in _picked(look) for run in member.judged.counted]
    return framed(list(map(row, runs)), COLUMNS)


def _none(look: NightLook) -> list[str]:
    return [
        f"{member.member.pipeline} · {sentence(member.judged.told)}"
        for member in _picked(look)
        if not member.judged.counted
    ]


RUNS: Figure[NightLook] = Figure(
    name="runs",
    title=N_("Runs of the pipeline"),
    about=ABOUT,
    shape=_shape,
    columns=COLUMNS,
    detail=lambda look, _frame: str(look.chosen.pipeline.get("pipeline", "")),
    when=lambda look: any(member.judged.counted for member in _picked(look)),
)
NO_RUN: Note[NightLook] = Note(_none, tone="text", when=lambda look: bool(_picked(look)))
ERRORS: Note[NightLook] = Note(
    lambda look: [
        _("Last failure: {error}").format(error=error)
        for member in _picked(look)
        if (error := error_of(member.judged.failed))
    ],
    tone="text",
)
