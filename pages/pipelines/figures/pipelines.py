"""Every pipeline of the night in order of execution; a click opens its runs."""

from collections.abc import Iterable

import pandas as pd

from core.base.i18n import N_
from core.show.about import About
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.pipelines.families import MemberBoard
from pages.pipelines.figures.timeline import began
from pages.pipelines.look import NightLook
from pages.pipelines.why import sentence
from pages.pipelines.words import SOURCE, error_of, seconds, step_of, url_of

ABOUT = About(
    N_(
        "Every pipeline of the families shown, in the order in which they ran. Start, end and duration are those of "
        "the run that decides the verdict; one that failed and succeeded in a rerun is never green."
    ),
    SOURCE,
)


def rows(members: Iterable[MemberBoard]) -> pd.DataFrame:
    """One row a pipeline, in order of execution."""
    return pd.DataFrame(
        [
            {
                "family": member.family.name,
                "step": step_of(member.family, member.member),
                "pipeline": member.member.pipeline,
                "verdict": member.judged.verdict.value,
                "why": sentence(member.judged.told),
                "start": run.begin if run and run.started else None,
                "end": run.end if run else None,
                "duration_s": seconds(run.begin, run.end) if run else None,
                "runs": len(member.judged.counted),
                "required": member.member.required,
                "error": error_of(member.judged.failed),
                "run_url": url_of(member.judged.failed or run),
            }
            for member in sorted(members, key=began)
            for run in [member.judged.decisive]
        ]
    )


PIPELINES: Figure[NightLook] = Figure(
    name="pipelines",
    title=N_("Pipelines"),
    about=ABOUT,
    shape=lambda look: rows(look.passing.members),
    columns=(
        Column("pipeline", N_("Pipeline"), width=250),
        Column("verdict", N_("Status"), Kind.STATUS, width=104),
        Column("start", N_("Start"), Kind.TIME, width=62),
        Column("end", N_("End"), Kind.TIME, width=62),
        Column("duration_s", N_("Duration"), Kind.DURATION, width=86),
        Column("why", N_("Why"), width=330),
        Column("family", N_("Family")),
        Column("step", N_("Step")),
        Column("runs", N_("Runs"), Kind.NUMBER, width="small"),
        Column("required", N_("Required"), Kind.FLAG, width="small"),
        Column("error", N_("Error"), width="medium"),
        Column("run_url", N_("Run"), Kind.LINK, width="small"),
    ),
    means=lambda _look, mark: {"pipeline": {"pipeline": mark["pipeline"]}},
    when=lambda look: bool(look.passing.members),
)
