"""Jira Cloud (`/rest/api/3/search/jql`): pages by token, changes in bulk."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, ClassVar

from pydantic import Field as Option

from core.base.i18n import N_
from core.sources.base import Options
from core.sources.secrets import resolve
from pages.jira.sources.reading import JiraOptions, Reading
from pages.jira.sources.service import MOST_PAGES, Issue, Jira, Question, created, issues_of, same_page

FOR_BULK = 500
"""Issues whose changes are asked for at once."""


class Cloud(Jira):
    """Jira Cloud: pages by token, changes in bulk.

    An empty page ends nothing while there is a token, and a page without a token is the last one only where nothing
    more was created from its last issue on.
    """

    version = "3"

    def pages(self, question: Question, fields: Sequence[str]) -> Iterator[list[Issue]]:
        read: set[str] = set()
        last: Issue | None = None
        for _part in range(MOST_PAGES):
            before = last
            for issues in self._by_token(question, fields):
                if news := [issue for issue in issues if not isinstance(issue, dict) or issue.get("id") not in read]:
                    yield news
                    read |= {issue["id"] for issue in news if isinstance(issue, dict) and "id" in issue}
                    last = news[-1]
            if last is before or last is None:
                return
            question = replace(question, floor=created(last))
        raise same_page()

    def _by_token(self, question: Question, fields: Sequence[str]) -> Iterator[list[Issue]]:
        body: dict[str, Any] = {"jql": question.jql, "maxResults": self._size, "fields": list(fields)}
        seen: set[str] = set()
        for _page in range(MOST_PAGES):
            answer = self.ask("POST", "search/jql", json=body)
            yield issues_of(answer)
            token = answer.get("nextPageToken")
            if not token:
                return
            if token in seen:
                break
            seen.add(token)
            body = {**body, "nextPageToken": token}
        raise same_page()

    def some(self, ids: Sequence[str], fields: Sequence[str]) -> list[Issue]:
        return issues_of(
            self.ask("POST", "issue/bulkfetch", json={"issueIdsOrKeys": list(ids), "fields": list(fields)})
        )

    def complete(self, issues: list[Issue]) -> None:
        """Give issues their whole changelog, and the worklogs that a search leaves out."""
        super().complete(issues)
        by_id = {str(issue["id"]): issue for issue in issues if isinstance(issue, dict) and "id" in issue}
        for issue in by_id.values():
            issue["changelog"] = {"histories": []}
        ids = list(by_id)
        for start in range(0, len(ids), FOR_BULK):
            for issue_id, histories in self._changes(ids[start : start + FOR_BULK]):
                if issue_id in by_id:
                    by_id[issue_id]["changelog"]["histories"] += histories

    def _changes(self, ids: list[str]) -> Iterator[tuple[str, list[Any]]]:
        body: dict[str, Any] = {"issueIdsOrKeys": ids, "maxResults": 10_000}
        seen: set[str] = set()
        for _page in range(MOST_PAGES):
            answer = self.ask("POST", "changelog/bulkfetch", json=body)
            for log in answer.get("issueChangeLogs") or []:
                yield str(log.get("issueId")), log.get("changeHistories") or []
            token = answer.get("nextPageToken")
            if not token:
                return
            if token in seen:
                break
            seen.add(token)
            body = {**body, "nextPageToken": token}
        raise same_page()


class CloudOptions(JiraOptions):
    """A Jira Cloud, asked as a person by e-mail and token."""

    email: str = Option(title=N_("E-mail of the account"))


class JiraCloud(Reading):
    """Jira Cloud."""

    kind: ClassVar[str] = "jira_cloud"
    title: ClassVar[str] = N_("Jira Cloud")
    options: ClassVar[type[Options]] = CloudOptions

    @contextmanager
    def _asking(self, options: JiraOptions) -> Iterator[Jira]:
        assert isinstance(options, CloudOptions)
        token = resolve(options.token)
        with options.asking(token) as client:
            yield Cloud(client, options.site, options.page_size, (options.email, token))
