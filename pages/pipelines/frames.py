"""The board as frames: what tables show, charts draw and exports hold. Sentences are in the person's language."""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import lru_cache

import pandas as pd

from core.base.i18n import N_, _, language, show_date, show_time
from core.base.status import LOOKS, Verdict
from pages.pipelines.board import Board, DataSetBoard, Incident
from pages.pipelines.facts import RunStatus
from pages.pipelines.families import FamilyBoard, MemberBoard
from pages.pipelines.known import Run
from pages.pipelines.rules import DataSet, Family, Member
from pages.pipelines.why import sentence

KEPT = 100
"""Frames kept for the next who looks at the same board through the same filters; nobody writes into them."""
RUN_VERDICTS = {
    RunStatus.QUEUED: Verdict.NOT_DUE,
    RunStatus.RUNNING: Verdict.RUNNING,
    RunStatus.SUCCEEDED: Verdict.OK,
    RunStatus.WARNING: Verdict.WARNING,
    RunStatus.FAILED: Verdict.KO,
    RunStatus.CANCELLED: Verdict.WARNING,
    RunStatus.SKIPPED: Verdict.NOT_DUE,
    RunStatus.UNKNOWN: Verdict.UNKNOWN,
}
"""How a single run looks on the time line, before its pipeline's verdict is known."""


def step_of(family: Family, member: Member) -> str:
    """Name of a member's step, marked where the squad has not agreed to it; also marks a rule without a step."""
    step = next((step for step in family.steps if step.name == member.step), None)
    if step is None:
        return "" if member.confirmed else _(TO_CONFIRM)
    return marked(step.name, step.confirmed and member.confirmed)


TO_CONFIRM = N_("to be confirmed")


def marked(text: str, confirmed: bool) -> str:
    """A text, marked where nobody has agreed to it yet."""
    return text if confirmed else f"{text} ({_(TO_CONFIRM)})"


def data_set_names(data_sets: Iterable[DataSet]) -> str:
    """Names of data sets, those to be confirmed marked."""
    return ", ".join(marked(data_set.name, data_set.confirmed) for data_set in data_sets)


def families(boards: Iterable[FamilyBoard]) -> pd.DataFrame:
    """One row a family, in the order of the rules. `start` and `end` are UTC, `duration_s` the seconds between."""
    return _frame(
        {
            "family": board.family.name,
            "verdict": board.verdict.value,
            "why": sentence(board.why),
            "start": board.start,
            "end": board.end,
            "duration_s": _seconds(board.start, board.end),
            "contact": board.family.contact,
        }
        for board in boards
    )


def pipelines(members: Iterable[MemberBoard]) -> pd.DataFrame:
    """One row a pipeline, in order of execution; one that did not start stands where it is expected to end."""
    return _pipelines(tuple(members), language())


@lru_cache(maxsize=KEPT)
def _pipelines(members: tuple[MemberBoard, ...], _language: str) -> pd.DataFrame:
    return _frame(
        {
            "family": member.family.name,
            "step": step_of(member.family, member.member),
            "pipeline": member.member.pipeline,
            "verdict": member.judged.verdict.value,
            "why": sentence(member.judged.told),
            "start": run.begin if run and run.started else None,
            "end": run.end if run else None,
            "duration_s": _seconds(run.begin, run.end) if run else None,
            "runs": len(member.judged.counted),
            "required": member.member.required,
            "error": error_of(member.judged.failed),
            "run_url": url_of(member.judged.failed or run),
        }
        for member in sorted(members, key=began)
        for run in [member.judged.decisive]
    )


def began(member: MemberBoard) -> tuple[datetime, str]:
    """Sorts pipelines by execution."""
    counted = member.judged.counted
    return (counted[0].begin if counted else member.expected.deadline), member.member.pipeline


def runs(members: Iterable[MemberBoard], until: datetime) -> pd.DataFrame:
    """One row a run of these pipelines, and of each the window that it was expected in; for the time line.

    A run still at work ends at `until` (UTC). A good run bears its pipeline's verdict where it decided it.
    """
    return _runs(tuple(members), until, language())


@lru_cache(maxsize=KEPT)
def _runs(members: tuple[MemberBoard, ...], until: datetime, _language: str) -> pd.DataFrame:
    return _frame(
        {
            "pipeline": member.member.pipeline,
            "family": member.family.name,
            "verdict": verdict.value,
            "mark": LOOKS[verdict].mark,
            "start": run.begin,
            "end": run.end or max(until, run.begin),
            "opens": member.expected.opens if member.expected.windowed else None,
            "closes": member.expected.closes if member.expected.windowed else None,
            "hours": f"{show_time(run.begin)} – {show_time(run.end) if run.end else '…'}",
            "why": sentence(member.judged.told),
        }
        for member in sorted(members, key=began)
        for run in member.judged.counted
        for verdict in [_look(run, member)]
    )


def _look(run: Run, member: MemberBoard) -> Verdict:
    own = RUN_VERDICTS[RunStatus(run.status)]
    return member.judged.verdict if own is Verdict.OK and run is member.judged.decisive else own


def one_pipeline(member: MemberBoard) -> pd.DataFrame:
    """Every run of a pipeline in the night, in order."""
    return _frame(_run(run) for run in member.judged.counted)


def unassigned(runs: Iterable[Run]) -> pd.DataFrame:
    """Runs of pipelines that are in no family, in order."""
    return _frame(_run(run) for run in sorted(runs, key=lambda run: run.order))


def _run(run: Run) -> dict[str, object]:
    return {
        "pipeline": run.pipeline,
        "state": RUN_VERDICTS[RunStatus(run.status)].value,
        "raw_status": run.raw_status,
        "start": run.begin,
        "end": run.end,
        "duration_s": _seconds(run.begin, run.end),
        "error": error_of(run),
        "source": run.source,
        "run_url": url_of(run),
    }


def data_sets(boards: Iterable[DataSetBoard]) -> pd.DataFrame:
    """One row a data set, the worst first."""
    worst_first = sorted(boards, key=lambda board: -LOOKS[board.verdict].severity)
    return _frame(
        {
            "data_set": marked(board.data_set.name, board.data_set.confirmed),
            "verdict": board.verdict.value,
            "held_up_by": ", ".join(board.held_up_by),
            "consumers": ", ".join(board.data_set.consumers),
            "owner": board.data_set.owner,
        }
        for board in worst_first
    )


def history(boards: Iterable[Board], families: Collection[str] = ()) -> pd.DataFrame:
    """One row a family and night, of the boards of some nights; of the families with these keys, or of all."""
    return _frame(
        {
            "day": pd.Timestamp(board.night.day, tz="UTC"),
            "night": show_date(board.night.day),
            "family": family.family.name,
            "verdict": family.verdict.value,
            "mark": LOOKS[family.verdict].mark,
            "why": sentence(family.why),
        }
        for board in boards
        for family in board.families
        if not families or family.family.key in families
    )


def incidents(found: Iterable[Incident]) -> pd.DataFrame:
    """One row an incident, the most urgent first."""
    return _frame(
        {
            "criticality": incident.family.criticality,
            "family": incident.family.name,
            "pipeline": incident.pipeline,
            "verdict": incident.verdict.value,
            "why": sentence(incident.why),
            "error": error_of(incident.judged.failed if incident.judged else None),
            "data_sets": data_set_names(incident.data_sets),
            "consumers": ", ".join(incident.consumers),
            "contact": incident.family.contact,
            "runbook": incident.family.runbook or None,
            "run_url": url_of(incident.judged.failed or incident.judged.decisive) if incident.judged else None,
        }
        for incident in found
    )


def _frame(rows: Iterable[dict[str, object]]) -> pd.DataFrame:
    return pd.DataFrame(list(rows))


def _seconds(start: datetime | None, end: datetime | None) -> float | None:
    return (end - start).total_seconds() if start and end else None


def error_of(run: Run | None) -> str | None:
    """Code and text of a run's error."""
    if run is None or not run.error_message:
        return None
    return f"{run.error_code}: {run.error_message}" if run.error_code else run.error_message


def url_of(run: Run | None) -> str | None:
    """Address of a run; only one that a browser may safely open."""
    return run.run_url if run and run.run_url and run.run_url.startswith(("https://", "http://")) else None
