"""Jira Server and Data Center (`/rest/api/2/search`): pages by position."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, ClassVar

from core.base.errors import SourceFailed
from core.base.i18n import N_, _
from core.sources.base import Options
from core.sources.secrets import resolve
from pages.jira.sources.reading import JiraOptions, Reading
from pages.jira.sources.service import MOST_PAGES, Issue, Jira, Question, created, issues_of, same_page

TURNS = 3
"""How often all is read where fewer came than the server counts: what changes meanwhile comes the second time."""
MOST_RESTARTS = 20
"""How often reading goes back because issues moved between two pages."""


class DataCenter(Jira):
    """Jira Server and Data Center: pages by position, each with the last issue of the one before as its first.

    Where it is not, issues moved: reading goes back to the minute in which that one was created. Fewer issues than the
    server counts are no answer.
    """

    version = "2"

    def pages(self, question: Question, fields: Sequence[str]) -> Iterator[list[Issue]]:
        read: set[str] = set()
        total: Any = None
        for _turn in range(TURNS):
            for issues in self._by_position(question, fields):
                if news := [issue for issue in issues if not isinstance(issue, dict) or issue.get("id") not in read]:
                    yield news
                    read |= {issue["id"] for issue in news if isinstance(issue, dict) and "id" in issue}
            total = self._search(question, 0, ["created"], size=1).get("total")
            if not isinstance(total, int) or len(read) >= total:
                return
        sentence = _("Jira counts {total} requests and shows {read}: its index may be out of step. Try again later.")
        raise SourceFailed(sentence.format(total=total, read=len(read)))

    def _by_position(self, question: Question, fields: Sequence[str]) -> Iterator[list[Issue]]:
        start, restarts = 0, 0
        anchor: Issue | None = None
        for _page in range(MOST_PAGES):
            issues = issues_of(self._search(question, start, fields))
            if anchor is not None:
                if not issues or issues[0].get("id") != anchor.get("id"):
                    restarts += 1
                    if restarts > MOST_RESTARTS:
                        break
                    question, start, anchor = replace(question, floor=created(anchor)), 0, None
                    continue
                issues = issues[1:]
            if not issues:
                return
            yield issues
            # A server cuts a page that is asked too large without a word: only what came counts.
            start += len(issues) - (0 if anchor else 1)
            anchor = issues[-1]
        raise same_page()

    def some(self, ids: Sequence[str], fields: Sequence[str]) -> list[Issue]:
        read: list[Issue] = []
        while len(read) < len(ids):
            question = {"jql": f"id in ({', '.join(ids)}) ORDER BY created ASC, key ASC", "validateQuery": False}
            asked = {"startAt": len(read), "maxResults": self._size, "fields": list(fields), "expand": ["changelog"]}
            issues = issues_of(self.ask("POST", "search", json=question | asked))
            if not issues:
                break
            read += issues
        return read

    def _search(self, question: Question, start: int, fields: Sequence[str], size: int = 0) -> dict[str, Any]:
        expand = ["changelog"] if "worklog" in fields else []
        body = {"jql": question.jql, "startAt": start, "maxResults": size or self._size, "fields": list(fields)}
        return self.ask("POST", "search", json={**body, "expand": expand})


class JiraDataCenter(Reading):
    """Jira Server and Data Center."""

    kind: ClassVar[str] = "jira_server"
    title: ClassVar[str] = N_("Jira Data Center")
    options: ClassVar[type[Options]] = JiraOptions

    @contextmanager
    def _asking(self, options: JiraOptions) -> Iterator[Jira]:
        token = resolve(options.token)
        with options.asking(token, bearer=lambda: token) as client:
            yield DataCenter(client, options.site, options.page_size)
