"""Airflow, asked by its REST API: `/api/v2` of version 3, `/api/v1` of version 2.

A run that is cleared begins again under its id. What a run that failed stumbled over is told by its tasks, their tries
too; the texts of errors stand in Airflow's own logs alone.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, ClassVar, Literal
from urllib.parse import quote

from pydantic import Field as Option

from core.base.errors import SourceFailed
from core.base.i18n import N_, _
from core.sources.asking import by_offset, listed, signed_in, token
from core.sources.base import Options, Source
from core.sources.http import AnswerRefused, JsonClient
from core.sources.reach import Secret, Service
from core.sources.secrets import resolve
from pages.pipelines.sources.asked import Asked, AskedOptions, moment
from pages.pipelines.sources.runs import RunMapping

NAME = "Airflow"
PAGE = 100
_FAILED = ("failed", "upstream_failed")
_RUN = {"3": "{site}/dags/{{pipeline}}/runs/{{run_id}}", "2": "{site}/dags/{{pipeline}}/grid?dag_run_id={{run_id}}"}

MAPPING = RunMapping(
    columns={
        "pipeline": "dag_id",
        "run_id": "dag_run_id",
        "status": "state",
        "started_at": "start_date",
        "ended_at": "end_date",
        "queued_at": "queued_at",
        "scheduled_at": "planned",
        "error_message": "failed",
        "trigger": "run_type",
        "attempt": "tries",
    },
    key=["dag_run_id"],
    timezone="UTC",
)


class AirflowOptions(AskedOptions):
    """An Airflow, asked as one of its users who may read runs and tasks."""

    site: Service = Option(title=N_("Address of Airflow"), description=N_("Where people open it, without /api"))
    version: Literal["3", "2"] = Option(default="3", title=N_("Version of Airflow"))
    user: str = Option(default="", title=N_("User"), description=N_("Empty: the secret is an access token"))
    secret: Secret = Option(
        title=N_("Password, or access token"), description=N_("As ${NAME}, e.g. ${VIGIE_SECRET_AIRFLOW}")
    )


class Airflow(Asked):
    """Runs of Airflow's DAGs."""

    kind: ClassVar[str] = "airflow"
    title: ClassVar[str] = N_("Airflow, runs of DAGs")
    options: ClassVar[type[Options]] = AirflowOptions
    own_mapping: ClassVar[RunMapping] = MAPPING

    def mapping(self, source: Source) -> RunMapping:
        options = source.options
        assert isinstance(options, AirflowOptions)
        return MAPPING.model_copy(update={"run_url": _RUN[options.version].format(site=options.site)})

    def pages(self, options: AskedOptions, after: datetime, now: datetime) -> Iterator[list[Any]]:
        """Runs that changed since, oldest first: what is new comes last, and shifts nothing."""
        assert isinstance(options, AirflowOptions)
        secret = resolve(options.secret)
        user = {"username": options.user, "password": secret}

        def fetch(login: JsonClient) -> str:
            return token(login, f"{options.site}/auth/token", NAME, json=user) if options.user else secret

        basic = options.version == "2" and bool(options.user)
        asking: AbstractContextManager[JsonClient] = (
            JsonClient(NAME, secrets=(secret,)) if basic else signed_in(NAME, secret, fetch)
        )
        with asking as client:
            service = _Service(client, options, {"auth": (options.user, secret)} if basic else {})
            yield from by_offset(lambda at: service.runs(after, at), _name, NAME)


class _Service:
    """One version of the API."""

    def __init__(self, client: JsonClient, options: AirflowOptions, login: dict[str, Any]) -> None:
        self._client, self._version, self._login = client, options.version, login
        self._url = f"{options.site}/api/v{int(options.version) - 1}/dags"

    def runs(self, after: datetime, at: int) -> list[Any]:
        """A page of the runs that changed since a moment. Raises SourceFailed."""
        asked = {"limit": PAGE, "offset": at, "order_by": "id", "updated_at_gte": moment(after)}
        try:
            answer = self._client.ask("GET", f"{self._url}/~/dagRuns", params=asked, **self._login)
        except AnswerRefused as refused:
            if refused.code != 404:
                raise
            sentence = _(
                "There is no API of Airflow {version} at this address (404): check the address and the version."
            )
            raise SourceFailed(sentence.format(version=self._version), detail=refused.detail) from None
        return [self._told(run) for run in listed(answer, "dag_runs", NAME)]

    def _told(self, run: Any) -> Any:
        """A run with when it was to begin, and what it failed at; anything else as it is, to be refused."""
        if not isinstance(run, dict):
            return run
        scheduled = run.get("run_type") == "scheduled"
        planned = run.get("run_after") or (run.get("data_interval_end") if scheduled else None)
        row = {name: run.get(name) for name in (*MAPPING.columns.values(), "planned") if name in run}
        return {**row, "planned": planned, **(self._failure(run) if run.get("state") == "failed" else {})}

    def _failure(self, run: dict[str, Any]) -> dict[str, Any]:
        """The tasks that a run failed at, and how often they were tried; nothing of a run that is gone meanwhile."""
        place = "/".join(quote(str(run.get(name)), safe="") for name in ("dag_id", "dag_run_id")).replace(
            "/", "/dagRuns/"
        )
        asked = {"state": _FAILED, "limit": PAGE}  # a mapped task alone may be a hundred
        try:
            answer = self._client.ask("GET", f"{self._url}/{place}/taskInstances", params=asked, **self._login)
        except AnswerRefused as refused:
            if refused.code == 404:
                return {}
            raise
        tasks = [task for task in listed(answer, "task_instances", NAME) if isinstance(task, dict)]
        failed = [task for task in tasks if task.get("state") in _FAILED]
        tries = [task["try_number"] for task in failed if isinstance(task.get("try_number"), int)]
        return {
            "failed": ", ".join(dict.fromkeys(f"{task.get('task_id')}: {task.get('state')}" for task in failed)),
            "tries": max(tries, default=0) or None,
        }


def _name(run: Any) -> str:
    return repr((run.get("dag_id"), run.get("dag_run_id")) if isinstance(run, dict) else run)
