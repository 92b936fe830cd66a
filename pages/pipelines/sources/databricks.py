"""Databricks: runs of its jobs (`/api/2.2/jobs/runs/list`, 2.1 where that is all there is).

A retry is a run of its own; a repair goes on under the id of its run, as one more attempt. Databricks forgets runs
after 60 days, and lists them by their start: runs that were repaired later than the overlap are found once a day.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, ClassVar

from pydantic import Field as Option

from core.base.i18n import N_
from core.sources.asking import by_token, listed, signed_in, token
from core.sources.base import Options
from core.sources.http import AnswerRefused, JsonClient
from core.sources.reach import Secret, Service
from core.sources.secrets import resolve
from pages.pipelines.facts import RunStatus
from pages.pipelines.sources.asked import Asked, AskedOptions
from pages.pipelines.sources.runs import RunMapping

NAME = "Databricks"
PAGE = 25
_SKIPPED = ("SKIPPED", "MAXIMUM_CONCURRENT_RUNS_REACHED", "MAX_CONCURRENT_RUNS_EXCEEDED", "DISABLED", "EXCLUDED")
_CANCELLED = ("CANCELED", "USER_CANCELED", "UPSTREAM_CANCELED")
_CODES = {
    "SUCCESS": RunStatus.SUCCEEDED,
    "SUCCESS_WITH_FAILURES": RunStatus.WARNING,
    **dict.fromkeys(_SKIPPED, RunStatus.SKIPPED),
    **dict.fromkeys(_CANCELLED, RunStatus.CANCELLED),
}
"""Codes of an end that are none of a failure."""

MAPPING = RunMapping(
    columns={
        "pipeline": "pipeline",
        "run_id": "run_id",
        "status": "status",
        "started_at": "start_time",
        "ended_at": "end_time",
        "duration_s": "duration",
        "error_code": "code",
        "error_message": "message",
        "trigger": "trigger",
        "parent_run_id": "parent",
        "rerun_of": "original",
        "attempt": "attempt",
    },
    key=["run_id"],
    timezone="UTC",
    duration_unit="ms",
    statuses={word: status.value for word, status in _CODES.items()},
)


class DatabricksOptions(AskedOptions):
    """A Databricks workspace, asked as whoever the token is of, or as a service principal; either may see the jobs."""

    site: Service = Option(
        title=N_("Address of the workspace"), description=N_("E.g. https://adb-123.4.azuredatabricks.net")
    )
    client_id: str = Option(
        default="", title=N_("Client id"), description=N_("Of a service principal; empty: a person's token")
    )
    token: Secret = Option(
        title=N_("Token, or secret of the service principal"),
        description=N_("As ${NAME}, e.g. ${VIGIE_SECRET_DATABRICKS}"),
    )
    history_days: int = Option(
        default=60, ge=1, le=60, title=N_("Days to read first"), description=N_("Databricks keeps 60")
    )
    overlap_minutes: int = Option(
        default=2_880,
        ge=0,
        le=10_080,
        title=N_("Overlap (minutes)"),
        description=N_("Read again, for runs that were repaired since"),
    )
    daily_days: int = Option(
        default=14,
        ge=0,
        le=60,
        title=N_("Days to read again once a day"),
        description=N_("For runs that were repaired days later"),
    )

    @property
    def daily(self) -> timedelta:
        """How far back the workspace is asked again once a day."""
        return timedelta(days=self.daily_days)

    @contextmanager
    def asking(self) -> Iterator[JsonClient]:
        """A client that asks the workspace. Raises SourceFailed."""
        secret = resolve(self.token)
        if not self.client_id:
            with JsonClient(NAME, secrets=(secret,), bearer=lambda: secret) as client:
                yield client
            return
        form = {"grant_type": "client_credentials", "scope": "all-apis"}
        url, who = f"{self.site}/oidc/v1/token", (self.client_id, secret)
        with signed_in(NAME, secret, lambda login: token(login, url, NAME, data=form, auth=who)) as client:
            yield client


class Databricks(Asked):
    """Jobs of Databricks."""

    kind: ClassVar[str] = "databricks"
    title: ClassVar[str] = N_("Databricks, runs of jobs")
    options: ClassVar[type[Options]] = DatabricksOptions
    own_mapping: ClassVar[RunMapping] = MAPPING

    def pages(self, options: AskedOptions, after: datetime, now: datetime) -> Iterator[list[Any]]:
        """Newest first."""
        assert isinstance(options, DatabricksOptions)
        since = {"limit": PAGE, "start_time_from": int(after.timestamp() * 1000), "expand_tasks": "false"}
        with options.asking() as client:

            def ask(page: str, version: str = "2.2") -> tuple[list[Any], str]:
                url = f"{options.site}/api/{version}/jobs/runs/list"
                try:
                    answer = client.ask("GET", url, params={**since, **({"page_token": page} if page else {})})
                except AnswerRefused as refused:
                    if refused.code == 404 and version == "2.2":
                        return ask(page, "2.1")
                    raise
                # An answer without runs has no such list at all.
                runs = listed({"runs": [], **answer}, "runs", NAME)
                return list(map(_row, runs)), str(answer.get("next_page_token") or "")

            yield from by_token(ask, NAME)


def _row(run: Any) -> Any:
    """What is told of a run, in the older words or the newer ones; anything else as it is, to be refused."""
    if not isinstance(run, dict):
        return run
    state, status = _object(run.get("state")), _object(run.get("status"))
    details = _object(status.get("termination_details"))
    life = _text(status.get("state")) or _text(state.get("life_cycle_state"))
    result = _text(state.get("result_state"))
    code = _text(details.get("code")) or result
    over = life in ("TERMINATED", "SKIPPED", "INTERNAL_ERROR")
    parts = sum(_number(run.get(f"{name}_duration")) for name in ("setup", "execution", "cleanup"))
    repairs = run.get("repair_history")
    original = run.get("original_attempt_run_id")
    return {
        "pipeline": run.get("run_name") or run.get("job_id"),
        "run_id": run.get("run_id"),
        "status": life if not over or not code else next((word for word in (code, result) if word in _CODES), "FAILED"),
        "start_time": run.get("start_time") or None,
        "end_time": run.get("end_time") or None,
        "duration": (run.get("run_duration") or parts or None) if over else None,
        "code": code if over and code != "SUCCESS" else None,
        "message": details.get("message") or state.get("state_message"),
        "trigger": run.get("trigger"),
        "parent": _object(run.get("trigger_info")).get("run_id"),
        "original": None if original == run.get("run_id") else original,
        "attempt": 1
        + _number(run.get("attempt_number"))
        + (sum(map(_is_repair, repairs)) if isinstance(repairs, list) else 0),
    }


def _is_repair(attempt: Any) -> bool:
    return _object(attempt).get("type") == "REPAIR"


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0
