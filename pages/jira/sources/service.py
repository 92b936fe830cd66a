"""Asking Jira: what Cloud and Data Center share.

What is asked for is always sorted by creation, oldest first: an issue that changes meanwhile stays in its place, and
the creation of the last one read says where to go on. Dates in a question are on the wall clock of the asking user.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from core.base.errors import SourceFailed
from core.base.i18n import _
from core.sources.formats import documents
from core.sources.formats.documents import NoJson
from core.sources.http import AnswerRefused, JsonClient
from core.sources.mapping import plain
from pages.jira.sources import rest

NAME = "Jira"
MOST_PAGES = 100_000

Issue = dict[str, Any]


@dataclass(frozen=True)
class Question:
    """Which issues: those of an activity, changed since a moment, created from another on (UTC, to the minute)."""

    activity: str
    zone: str
    since: datetime | None = None
    floor: datetime | None = None

    @property
    def jql(self) -> str:
        """In Jira's words."""
        parts = [f"({self.activity})"]
        parts += [f'updated >= "{self._written(self.since)}"'] if self.since else []
        parts += [f'created >= "{self._written(self.floor)}"'] if self.floor else []
        return f"{' AND '.join(parts)} ORDER BY created ASC, key ASC"

    def _written(self, at: datetime) -> str:
        return at.astimezone(ZoneInfo(self.zone)).strftime("%Y/%m/%d %H:%M")


class Jira:
    """What both kinds share. `login` is what httpx takes to authenticate; a bearer token is the client's own."""

    version: ClassVar[str]

    def __init__(self, client: JsonClient, site: str, page_size: int, login: tuple[str, str] | None = None) -> None:
        self._client, self._site, self._size = client, site, page_size
        self._login: dict[str, Any] = {"auth": login} if login else {}

    def ask(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        """One answer. Raises SourceFailed; AnswerRefused repeats what Jira said."""
        try:
            return self._client.ask(method, self._url(path), **self._login, **request)
        except AnswerRefused as refused:
            raise AnswerRefused(
                _refusal(refused), code=refused.code, said=refused.said, detail=refused.detail
            ) from None

    def fields(self) -> dict[str, str]:
        """Name of each field, by id."""
        answers = self._client.ask_list("GET", self._url("field"), **self._login)
        return {
            str(field["id"]): str(field.get("name"))
            for field in answers
            if isinstance(field, Mapping) and field.get("id")
        }

    def zone(self) -> str:
        """Time zone of the user who asks."""
        return str(self.ask("GET", "myself").get("timeZone") or "UTC")

    def pages(self, question: Question, fields: Sequence[str]) -> Iterator[list[Issue]]:
        """Pages of issues, oldest first. An issue may come twice, none is left out."""
        raise NotImplementedError

    def some(self, ids: Sequence[str], fields: Sequence[str]) -> list[Issue]:
        """Issues by id, without those that are gone; an answer may be short."""
        raise NotImplementedError

    def one(self, issue_id: str, fields: Sequence[str]) -> Issue | None:
        """One issue by id; None where Jira says that there is none, or none for this account."""
        asked = {"fields": ",".join(fields), "expand": "changelog"}
        try:
            return self.ask("GET", f"issue/{issue_id}", params=asked)
        except AnswerRefused as refused:
            if refused.code == 404:
                return None
            raise

    def over(self) -> set[str]:
        """The statuses that are done, by name; none where Jira does not tell its statuses."""
        try:
            answers = self._client.ask_list("GET", self._url("status"), **self._login)
        except AnswerRefused:
            return set()
        done = (
            status
            for status in answers
            if isinstance(status, Mapping) and status.get("statusCategory", {}).get("key") == "done"
        )
        return {str(status.get("name")) for status in done}

    def complete(self, issues: list[Issue]) -> None:
        """Give issues the worklogs that a search leaves out."""
        for issue in issues:
            logged = issue.get("fields", {}).get("worklog") if isinstance(issue, dict) else None
            if isinstance(logged, dict) and logged.get("total", 0) > len(logged.get("worklogs", [])):
                logged["worklogs"] = list(self._worklogs(str(issue["id"])))

    def _worklogs(self, issue_id: str) -> Iterator[Any]:
        start = 0
        for _page in range(MOST_PAGES):
            answer = self.ask("GET", f"issue/{issue_id}/worklog", params={"startAt": start, "maxResults": 1000})
            entries = answer.get("worklogs") or []
            yield from entries
            start += len(entries)
            if not entries or start >= answer.get("total", 0):
                return

    def _url(self, path: str) -> str:
        return f"{self._site}/rest/api/{self.version}/{path}"


def created(issue: Issue) -> datetime:
    """When an issue was created (UTC). Raises SourceFailed."""
    try:
        return rest.moment(issue["fields"]["created"])
    except (KeyError, TypeError, ValueError) as error:
        raise SourceFailed(_("Jira gives issues without their creation."), detail=str(issue)[:200]) from error


def field_id(wanted: str, fields: Mapping[str, str]) -> str:
    """The id of a field given by id or name. Raises SourceFailed naming those that there are."""
    if wanted in fields:
        return wanted
    matching = [field for field, name in fields.items() if plain(name) == plain(wanted)]
    if len(matching) != 1:
        known = ", ".join(sorted(f"{name} ({field})" for field, name in fields.items()))
        sentence = (
            _("Jira knows two fields “{name}”: give its id. The fields are {known}.")
            if matching
            else _("Jira knows no field “{name}”. The fields are {known}.")
        )
        raise SourceFailed(sentence.format(name=wanted, known=known))
    return matching[0]


def quoted(words: Iterable[str]) -> str:
    """Words as a list in a question, each in quotation marks."""
    return ", ".join('"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"' for word in words)


def issues_of(answer: Mapping[str, Any]) -> list[Issue]:
    """The issues of an answer. Raises SourceFailed."""
    issues = answer.get("issues")
    if not isinstance(issues, list):
        raise SourceFailed(_("{service} answered JSON of an unknown form.").format(service=NAME))
    return issues


def same_page() -> SourceFailed:
    """What is said of a service that gives one page without end."""
    return SourceFailed(_("{service} gives the same page again and again.").format(service=NAME))


def _refusal(refused: AnswerRefused) -> str:
    """The sentence of a refusal, with Jira's own words where it has some."""
    if refused.code == 410:
        return _("This Jira no longer answers that kind of question (410): is it Jira Cloud rather than Data Center?")
    try:
        messages = documents.json_value(refused.said.encode(), NAME).get("errorMessages")
    except (NoJson, SourceFailed, AttributeError):
        messages = None
    words = " ".join(map(str, messages))[:300] if isinstance(messages, list) else ""
    return f"{refused.sentence} {words}".strip()
