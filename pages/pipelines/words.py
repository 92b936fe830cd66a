"""Words that several figures of the night say of a run, a step or a data set."""

from collections.abc import Iterable
from datetime import datetime

from core.base.i18n import N_, _
from core.base.status import Verdict
from pages.pipelines.errors import shown
from pages.pipelines.facts import RunStatus
from pages.pipelines.known import Run
from pages.pipelines.rules import DataSet, Family, Member

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
"""How a single run looks, before its pipeline's verdict is known."""
SOURCE = N_("Run logs of the schedulers, judged by the rules in force")
TO_CONFIRM = N_("to be confirmed")


def marked(text: str, confirmed: bool) -> str:
    """A text, marked where nobody has agreed to it yet."""
    return text if confirmed else f"{text} ({_(TO_CONFIRM)})"


def step_of(family: Family, member: Member) -> str:
    """Name of a member's step, marked where the squad has not agreed to it; also marks a rule without a step."""
    step = next((step for step in family.steps if step.name == member.step), None)
    if step is None:
        return "" if member.confirmed else _(TO_CONFIRM)
    return marked(step.name, step.confirmed and member.confirmed)


def data_set_names(data_sets: Iterable[DataSet]) -> str:
    """Names of data sets, those to be confirmed marked."""
    return ", ".join(marked(data_set.name, data_set.confirmed) for data_set in data_sets)


def seconds(start: datetime | None, end: datetime | None) -> float | None:
    """Seconds between two moments."""
    return (end - start).total_seconds() if start and end else None


def error_of(run: Run | None) -> str | None:
    """Code and text of a run's error, without secrets, ids and people's addresses."""
    if run is None or not run.error_message:
        return None
    text = shown(run.error_message)
    return f"{run.error_code}: {text}" if run.error_code else text


def url_of(run: Run | None) -> str | None:
    """Address of a run; only one that a browser may safely open."""
    return run.run_url if run and run.run_url and run.run_url.startswith(("https://", "http://")) else None
