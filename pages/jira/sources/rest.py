"""Issues as Jira's REST APIs write them, made rows of the fact tables. Both APIs, saved answers and bulk answers."""

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal, TypeVar

import pyarrow as pa
from pydantic import Field as Option

from core.base.i18n import N_, _, local
from core.facts.check import Refused
from core.facts.tables import FactTable
from core.sources.base import Options
from pages.jira import asked
from pages.jira.facts import CHANGES, ISSUES, WORKLOGS
from pages.jira.rules import Rules
from pages.jira.words import brought, category_of, spelled

SHOWN = 80
"""Characters of a wrong value that are repeated."""
LONGEST = 400
"""Characters of a changed text that are kept."""
LONG_TEXTS = frozenset({"description", "comment", "environment", "attachment", "remoteissuelink"})
"""Fields whose texts are not kept: only that they changed, and when."""
FIELDS = (
    "summary", "issuetype", "project", "parent", "status", "statuscategorychangedate", "priority", "resolution",
    "components", "labels", "issuelinks", "assignee", "reporter", "created", "updated", "resolutiondate", "duedate",
    "timeoriginalestimate", "timeestimate", "timespent", "aggregatetimeoriginalestimate", "aggregatetimeestimate",
    "aggregatetimespent", "progress", "worklog",
)  # fmt: skip
"""Fields that are asked for."""

Json = Mapping[str, Any]
Row = dict[str, Any]
T = TypeVar("T")


ESTIMATE = "timeoriginalestimate"
"""Jira's own estimate, in seconds."""


class WrongField(ValueError):
    """A field that holds something else than it should: its name and what it holds."""

    def __init__(self, field: str, value: Any) -> None:
        super().__init__(field)
        self.field, self.value = field, str(value)[:SHOWN]


class FieldOptions(Options):
    """Which fields of Jira hold what the team asks of every request."""

    request_type: str = Option(
        default="issuetype",
        title=N_("Field of the request type"),
        description=N_("Its id or name, e.g. customfield_10042; issuetype: Jira's own"),
    )
    client: str = Option(
        default="components",
        title=N_("Field of the client"),
        description=N_("Its id or name; components: Jira's own"),
    )
    estimate: str = Option(
        default=ESTIMATE,
        title=N_("Field of the estimate"),
        description=N_("Its id or name; timeoriginalestimate: Jira's own"),
    )
    estimate_unit: Literal["second", "hour", "day"] = Option(
        default="second",
        title=N_("Unit of the estimate"),
        description=N_("Jira's own is in seconds; days are those of the rules"),
    )
    due: str = Option(
        default="duedate",
        title=N_("Field of the due date"),
        description=N_("Its id or name; duedate: Jira's own"),
    )

    def unit_s(self, rules: Rules) -> float:
        """Seconds of the estimate's unit."""
        return {"second": 1.0, "hour": 3600.0, "day": rules.day_s}[self.estimate_unit]


@dataclass
class Rows:
    """Rows of the three tables, and what could not become one."""

    issues: list[Row] = field(default_factory=list)
    changes: list[Row] = field(default_factory=list)
    worklogs: list[Row] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    def tables(self) -> list[tuple[FactTable, pa.Table]]:
        """In the order in which they land: the issues last, so that no issue is there without what hangs on it."""
        parts = ((WORKLOGS, self.worklogs), (CHANGES, self.changes), (ISSUES, self.issues))
        return [(table, pa.Table.from_pylist(rows, _nullable(table))) for table, rows in parts]


def _nullable(table: FactTable) -> pa.Schema:
    return pa.schema([field.with_nullable(True) for field in table.schema])


class Reader:
    """Makes rows of the issues of one source.

    `request_type`, `client`, `estimate` (in units of `unit_s` seconds) and `due` are ids of fields, `others` the ids of
    those that the rules ask for beside, `site` is the address of the Jira where it is known. `over` are the statuses
    that are known to be done, beside those of the issues that are read.
    """

    def __init__(
        self,
        source: str,
        squad: str | None,
        *,
        request_type: str,
        client: str,
        estimate: str = ESTIMATE,
        unit_s: float = 1,
        due: str = "duedate",
        others: Mapping[str, str] | None = None,
        nothing: Iterable[str] = (),
        site: str = "",
        over: Iterable[str] = (),
    ) -> None:
        self._source, self._squad, self._site = source, squad, site.rstrip("/")
        self._request_type, self._client, self._due = request_type, client, due
        self._estimate, self._unit_s = estimate, unit_s
        self._others, self._nothing = others or {}, tuple(nothing)
        self._over = {*brought("done"), *(status.casefold() for status in over)}

    def read(self, issues: Iterable[Any], where: str, before: int = 0) -> Rows:
        """Rows of some issues, each with the changes and worklogs that it carries. What is no issue is refused.

        Changes and worklogs may also stand apart from their issue, as bulk answers and DevLake have them.
        `where` they stood and how many stood there `before` them say the place of a refused one.
        """
        rows = Rows()
        issues = list(issues)
        self._learn(issues)
        for number, issue in enumerate(issues, start=before + 1):
            try:
                self._take(issue, rows)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                rows.refused.append(Refused(f"{where}:{number}", _place(issue), _no_issue(error)))
        return rows

    def _learn(self, issues: list[Any]) -> None:
        """Which statuses are done, before any end is looked for."""
        for issue in issues:
            status = _object(_object(_object(issue).get("fields")).get("status"))
            if _category(status) == "done" and (name := spelled(text(status.get("name")))):
                self._over.add(name.casefold())

    def _take(self, part: Json, rows: Rows) -> None:
        """Add the rows of one thing; all of them, or none where it cannot be read."""
        if "changeHistories" in part:
            rows.changes += self.changes(str(part["issueId"]), part["changeHistories"])
        elif "timeSpentSeconds" in part:
            rows.worklogs += self.worklogs({"issue_id": str(part["issueId"]), "updated_at": None}, [part])
        else:
            row = self._issue(part)
            changes = self.changes(row["issue_id"], _list(_object(part.get("changelog")).get("histories")))
            row |= self._end(row, changes, part["fields"])
            logs = self.worklogs(row, _list(_object(part["fields"].get("worklog")).get("worklogs")))
            rows.issues.append(row)
            rows.changes += changes
            rows.worklogs += logs

    def _issue(self, issue: Json) -> Row:
        fields = issue["fields"]
        created = _moment_of(fields, "created")
        updated = _said(fields, "updated", moment)
        status, kind = _object(fields.get("status")), _object(fields.get("issuetype"))
        progress = _object(fields.get("progress"))
        assignee = _object(fields.get("assignee"))
        name = spelled(text(status.get("name")))
        return {
            "source": self._source,
            "issue_id": str(issue["id"]),
            "key": str(issue["key"]),
            "project": str(issue["key"]).rpartition("-")[0],
            "url": f"{self._site or site_of(issue)}/browse/{issue['key']}" if self._site or site_of(issue) else None,
            "summary": text(fields.get("summary")),
            "issue_type": text(kind.get("name")),
            "request_type": "\n".join(names(fields.get(self._request_type))) or None,
            "subtask": bool(kind.get("subtask")),
            "level": kind.get("hierarchyLevel"),
            "parent": text(_object(fields.get("parent")).get("key")),
            "status": name,
            "category": _category(status) or category_of(name),
            "priority": text(_object(fields.get("priority")).get("name")),
            "resolution": text(_object(fields.get("resolution")).get("name")),
            "components": "\n".join(names(fields.get(self._client))) or None,
            "labels": "\n".join(names(fields.get("labels"))) or None,
            "links": "\n".join(links(fields.get("issuelinks"))) or None,
            "assignee_id": person_id(assignee),
            "assignee": person_name(assignee),
            "assignee_mail": text(assignee.get("emailAddress")),
            "reporter": text(_object(fields.get("reporter")).get("displayName")),
            "created_at": created,
            "updated_at": updated or created,
            "due_on": _said(fields, self._due, _day),
            "estimate_s": _said(fields, self._estimate, lambda value: float(value) * self._unit_s),
            "remaining_s": _said(fields, "timeestimate", float),
            "spent_s": _said(fields, "timespent", float),
            "all_estimate_s": _said(fields, f"aggregate{ESTIMATE}", float) if self._estimate == ESTIMATE else None,
            "all_remaining_s": _said(fields, "aggregatetimeestimate", float),
            "all_spent_s": _said(fields, "aggregatetimespent", float),
            "progress_total_s": _said(progress, "total", float),
            "progress_percent": _said(progress, "percent", float),
            "assigned": bool(assignee),
            "history": _whole(issue.get("changelog")),
            **asked.told(
                {field: fields[field_id] for field, field_id in self._others.items() if field_id in fields},
                self._nothing,
            ),
            "squad": self._squad,
        }

    def _end(self, row: Row, changes: list[Row], fields: Json) -> Row:
        """When an issue was resolved, by the best that is known, and when it was over at the latest.

        Jira's own day of resolution comes first; where the status is done without one, the day on which Jira saw the
        category change, then the change that led to it, then the creation where it never had another status.
        """
        resolved = _said(fields, "resolutiondate", moment)
        over = row["category"] == "done" or (row["category"] is None and resolved is not None)
        if row["category"] == "done":
            resolved = resolved or _said(fields, "statuscategorychangedate", moment) or self._came(row, changes)
        return {"resolved_at": resolved, "ended_at": (resolved or row["updated_at"]) if over else None}

    def _came(self, row: Row, changes: list[Row]) -> datetime | None:
        moves = [change for change in changes if change["field"].casefold() == "status"]
        came = came_to_an_end([(change["at"], change["before"] or "") for change in moves], self._over)
        return row["created_at"] if came is None and row["history"] else came

    def changes(self, issue_id: str, histories: Iterable[Json]) -> list[Row]:
        """Rows of an issue's changes, one a field that changed."""
        return [
            {
                "source": self._source,
                "issue_id": issue_id,
                "change_id": str(history["id"]),
                "position": position,
                "at": _moment_of(history, "created"),
                "author": text(_object(history.get("author")).get("displayName")),
                "field": str(item["field"]),
                "before": _changed(item, "fromString"),
                "after": _changed(item, "toString"),
                "squad": self._squad,
            }
            for history in histories
            for position, item in enumerate(_list(history.get("items")))
        ]

    def worklogs(self, issue: Row, entries: Iterable[Json]) -> list[Row]:
        """Rows of the time logged on an issue."""
        return [
            {
                "source": self._source,
                "issue_id": issue["issue_id"],
                "worklog_id": str(entry["id"]),
                "created_at": _moment_of(entry, "created" if entry.get("created") else "started"),
                "started_at": _moment_of(entry, "started"),
                "author_id": person_id(_object(entry.get("author"))),
                "author": person_name(_object(entry.get("author"))),
                "spent_s": _said(entry, "timeSpentSeconds", float),
                "issue_updated_at": issue["updated_at"],
                "squad": self._squad,
            }
            for entry in entries
        ]


def moment(written: str | int | float) -> datetime:
    """A moment in UTC: `2020-06-23T18:20:58.999+0800`, or seconds or milliseconds since 1970 as bulk answers have them.

    Raises ValueError, also where no offset is said.
    """
    if isinstance(written, int | float):
        return datetime.fromtimestamp(written / 1000 if written > 10**11 else written, UTC)
    read = datetime.fromisoformat(written)
    if read.tzinfo is None:
        raise ValueError(f"no offset: {written}")
    return read.astimezone(UTC)


def _day(written: str) -> date:
    """A day, or that of a moment on the screens' clock."""
    return date.fromisoformat(written) if len(written) == len("2026-03-01") else local(moment(written)).date()


def _category(status: Json) -> str | None:
    key = text(_object(status.get("statusCategory")).get("key"))
    return key if key in ("new", "indeterminate", "done") else None


def came_to_an_end(moves: Iterable[tuple[datetime, str]], over: Container[str]) -> datetime | None:
    """When an issue came to the end that it is at: `moves` are when its status changed and from which one, and `over`
    the statuses that are done, in lower case, so that a move from one of those to another ends nothing. None where they
    do not tell: without a move, or where it was done from the beginning."""
    for at, before in sorted(moves, key=lambda move: move[0], reverse=True):
        if before.casefold() not in over:
            return at
    return None


def _said(fields: Json, name: str, reading: Callable[[Any], T]) -> T | None:
    """What a field holds, read; None where there is nothing: 0 stays 0. Raises WrongField."""
    value = fields.get(name)
    if value is None or value == "":
        return None
    try:
        return reading(value)
    except (TypeError, ValueError, OverflowError, OSError) as error:
        raise WrongField(name, value) from error


def _moment_of(fields: Json, name: str) -> datetime:
    """A moment that must be there. Raises KeyError and WrongField."""
    at = _said(fields, name, moment)
    if at is None:
        raise KeyError(name)
    return at


def _whole(changelog: Any) -> bool | None:
    """Whether a changelog holds every change; None where there is none, so that changes may come apart."""
    if not isinstance(changelog, Mapping) or not isinstance(changelog.get("histories"), list):
        return None
    total = changelog.get("total")
    return not isinstance(total, int) or len(changelog["histories"]) >= total


_NOTHING: Json = {}


def text(value: Any) -> str | None:
    """A text with its blanks put right, no-break ones included; None for an empty one."""
    return (" ".join(str(value).split()) or None) if value is not None else None


def names(value: Any) -> list[str]:
    """The names in a field's value: a text, an option, several of either; each once, in their order."""
    each = (_name(part) for part in (value if isinstance(value, list) else [value]))
    return list(dict.fromkeys(filter(None, each)))


def _name(value: Any) -> str | None:
    if isinstance(value, dict):
        child = _name(value["child"]) if value.get("child") else None
        own = text(next((value[part] for part in ("name", "value", "displayName", "key") if value.get(part)), None))
        return f"{own} / {child}" if own and child else own
    return text(value)


def links(value: Any) -> list[str]:
    """Linked issues as “relation key”."""
    linked = []
    for link in _list(value):
        for side, relation in (("outwardIssue", "outward"), ("inwardIssue", "inward")):
            if _object(link.get(side)).get("key"):
                linked.append(f"{_object(link.get('type')).get(relation) or '–'} {link[side]['key']}")
    return linked


def person_id(person: Json) -> str | None:
    """Jira's id of a person: of an account on Cloud, of a user elsewhere."""
    return text(person.get("accountId") or person.get("key") or person.get("name"))


def person_name(person: Json) -> str | None:
    """What a person is called; their id where Jira tells no name."""
    return text(person.get("displayName")) or person_id(person)


def site_of(issue: Json) -> str:
    """Address of the Jira that an issue came from, as it says itself; empty where it does not."""
    address = str(issue.get("self") or "")
    return address.partition("/rest/")[0] if address.startswith(("https://", "http://")) else ""


def _changed(item: Json, side: str) -> str | None:
    if str(item["field"]).casefold() in LONG_TEXTS:
        return None
    written = text(item.get(side))
    if item["field"] == "status":
        return spelled(written)
    return written[:LONGEST] if written else None


def _object(value: Any) -> Json:
    return value if isinstance(value, dict) else _NOTHING


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _place(issue: Any) -> dict[str, str]:
    """What is kept of an issue that cannot be read: where to find it in Jira, and nobody's name."""
    place = _object(issue)
    return {name: str(place[name])[:200] for name in ("id", "key", "self") if name in place}


def _no_issue(error: Exception) -> str:
    if isinstance(error, KeyError):
        return _("This is no issue: {field} is missing.").format(field=error.args[0])
    if isinstance(error, WrongField):
        sentence = _("This issue cannot be read: {field} holds “{value}”.")
        return sentence.format(field=error.field, value=error.value)
    return _("This issue cannot be read: a field holds something else than it should.")
