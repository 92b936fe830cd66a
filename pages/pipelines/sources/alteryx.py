"""Alteryx Server: jobs of the workflows that have a schedule (API v3).

The server tells when a job was made and how it stands, never when it ended: how long it took is not known. A job says
that it is completed whatever came of it; its disposition says what did.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import quote

from pydantic import Field as Option

from core.base.i18n import N_
from core.sources.asking import by_offset, signed_in, token
from core.sources.base import Options
from core.sources.http import AnswerRefused, JsonClient
from core.sources.reach import Secret, Service
from core.sources.secrets import resolve
from pages.pipelines.sources.asked import Asked, AskedOptions, Record
from pages.pipelines.sources.runs import RunMapping

NAME = "Alteryx Server"
PAGE = 100
_OVER = ("complete", "completed")
_ERRORS = ("3", "error")
"""How a message says that it tells of an error."""
_SAYS_NOTHING = ("", "none", "null")

MAPPING = RunMapping(
    columns={
        "pipeline": "workflow",
        "run_id": "id",
        "status": "status",
        "started_at": "createDate",
        "error_message": "errors",
        "trigger": "trigger",
    },
    key=["id"],
    timezone="UTC",
)


class AlteryxOptions(AskedOptions):
    """An Alteryx Server, asked with an administrator's keys."""

    site: Service = Option(title=N_("Address of the API"), description=N_("E.g. https://alteryx.example/webapi"))
    client_id: str = Option(title=N_("Client id"))
    client_secret: Secret = Option(
        title=N_("Client secret"), description=N_("As ${NAME}, e.g. ${VIGIE_SECRET_ALTERYX}")
    )


class Alteryx(Asked):
    """Jobs of Alteryx Server."""

    kind: ClassVar[str] = "alteryx"
    title: ClassVar[str] = N_("Alteryx Server, jobs of schedules")
    options: ClassVar[type[Options]] = AlteryxOptions
    own_mapping: ClassVar[RunMapping] = MAPPING

    def pages(self, options: AskedOptions, after: datetime, now: datetime) -> Iterator[list[Any]]:
        """The jobs of each scheduled workflow, the newest first."""
        assert isinstance(options, AlteryxOptions)
        secret = resolve(options.client_secret)
        url, login = f"{options.site}/oauth2/token", (options.client_id, secret)
        form = {"grant_type": "client_credentials"}
        with signed_in(NAME, secret, lambda client: token(client, url, NAME, data=form, auth=login)) as client:
            server = _Server(client, f"{options.site}/v3")
            for workflow, schedules in server.scheduled().items():
                yield list(server.jobs(workflow, schedules, after))


class _Server:
    """The API."""

    def __init__(self, client: JsonClient, url: str) -> None:
        self._client, self._url = client, url

    def scheduled(self) -> dict[str, list[str]]:
        """The names of the schedules of each workflow that has any, by the workflow's id. Raises SourceFailed."""
        names: dict[str, list[str]] = {}
        for schedule in self._client.ask_list("GET", f"{self._url}/schedules", params={"view": "Full"}):
            if isinstance(schedule, dict) and schedule.get("workflowId"):
                names.setdefault(str(schedule["workflowId"]), []).append(str(schedule.get("name") or ""))
        return names

    def jobs(self, workflow: str, schedules: list[str], after: datetime) -> Iterator[Any]:
        """The jobs of a workflow made since a moment; none of one that is gone, or not to be seen."""
        place = f"{self._url}/workflows/{quote(workflow, safe='')}"
        try:
            name = self._client.ask("GET", place).get("name") or workflow
            for page in by_offset(lambda at: self._page(place, at), _id, NAME):
                for job in page:
                    if isinstance(job, dict) and _made(job) < after:
                        return
                    yield self._told(job, str(name), ", ".join(filter(None, schedules)))
        except AnswerRefused as refused:
            if refused.code != 404:
                raise

    def _page(self, place: str, at: int) -> list[Any]:
        asked = {"sortField": "createDate", "direction": "desc", "offset": at, "limit": PAGE}
        return self._client.ask_list("GET", f"{place}/jobs", params=asked)

    def _told(self, job: Any, workflow: str, schedules: str) -> Any:
        """A job with what came of it; anything else as it is, to be refused."""
        if not isinstance(job, dict):
            return job
        status = str(job.get("status") or "")
        record: Record = {"id": job.get("id"), "workflow": workflow, "trigger": schedules, "createDate": _date(job)}
        if status.lower() not in _OVER:
            return {**record, "status": status}
        whole = self._whole(job)
        disposition = str(whole.get("disposition") or "")
        messages = whole.get("messages")
        spoken = [message for message in messages if isinstance(message, dict)] if isinstance(messages, list) else []
        errors = [str(message.get("text")) for message in spoken if str(message.get("status")).lower() in _ERRORS]
        return {
            **record,
            "status": status if disposition.lower() in _SAYS_NOTHING else disposition,
            "errors": " ".join(errors),
        }

    def _whole(self, job: Record) -> Record:
        """What is told of one job alone; nothing where it is gone meanwhile."""
        try:
            return self._client.ask("GET", f"{self._url}/jobs/{quote(str(job.get('id')), safe='')}")
        except AnswerRefused as refused:
            if refused.code == 404:
                return {}
            raise


def _id(job: Any) -> str:
    return repr(job.get("id") if isinstance(job, dict) else job)


def _date(job: Record) -> str:
    """When a job was made, under the one name or the other."""
    return str(job.get("createDate") or job.get("createDateTime") or "")


def _made(job: Record) -> datetime:
    """When a job was made (UTC); one that does not say is new."""
    try:
        made = datetime.fromisoformat(_date(job))
    except ValueError:
        return datetime.max.replace(tzinfo=UTC)
    return made if made.tzinfo else made.replace(tzinfo=UTC)
