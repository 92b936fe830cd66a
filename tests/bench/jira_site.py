"""A made-up Jira Data Center for benchmarks: any number of issues, each with a changelog of three moves, some of which
change when told to. It runs in a process of its own, so that its work and memory are not those of the reading."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from core.base import clock
from tests.unit.core.sources.service import Answer, Asked, serving

END = datetime(2026, 7, 1, tzinfo=UTC)
EVERY = timedelta(minutes=6)
"""One issue after the other: 7,300 a month, however many there are; a million issues take eleven years."""
MOVES = (("À faire", "En cours", 1), ("En cours", "À valider", 3), ("À valider", "Terminé", 4))
FIELDS = [{"id": "issuetype", "name": "Type"}, {"id": "components", "name": "Composants"}]


def start(size: int) -> datetime:
    """When the first of so many issues was created; the last ones are as old in any number."""
    return END - size * EVERY


def issue(number: int, size: int, changed_at: datetime | None = None) -> dict[str, Any]:
    """An issue, from 0; with `changed_at` it was worked on once more, just then."""
    at = start(size) + number * EVERY
    histories = [
        _history(f"{number}-{days}", at + timedelta(days=days), before, after) for before, after, days in MOVES
    ]
    if changed_at:
        histories.append(_history(f"{number}-{changed_at:%H%M%S%f}", changed_at, "Terminé", "Livré"))
    return {
        "id": str(number + 1),
        "key": f"DEX-{number + 1}",
        "fields": {
            "summary": f"Demande {number}",
            "issuetype": {"name": "Tâche", "subtask": False},
            "project": {"key": "DEX"},
            "status": {"name": "Livré" if changed_at else "Terminé", "statusCategory": {"key": "done"}},
            "components": [{"name": f"Client {number % 40}"}],
            "labels": ["start_data_explo"],
            "assignee": {"accountId": f"p{number % 12}", "displayName": f"Personne {number % 12}"},
            "created": _written(at),
            "updated": _written(changed_at or at + timedelta(days=4)),
            "resolutiondate": _written(at + timedelta(days=4)),
            "timeoriginalestimate": 3600 * (1 + number % 9),
            "timespent": 3600 * (1 + number % 11),
        },
        "changelog": {"histories": histories},
    }


def moments(number: int, size: int, changed_at: datetime | None = None) -> dict[str, Any]:
    """The same issue with its moments alone."""
    at = start(size) + number * EVERY
    return {
        "id": str(number + 1),
        "fields": {"created": _written(at), "updated": _written(changed_at or at + timedelta(days=4))},
    }


def _history(number: str, at: datetime, before: str, after: str) -> dict[str, Any]:
    items = [{"field": "status", "fromString": before, "toString": after}]
    return {"id": number, "created": _written(at), "items": items}


def _written(at: datetime) -> str:
    return f"{at.replace(tzinfo=None).isoformat(timespec='milliseconds')}+0000"


class Site:
    """Where it listens; `change` has some issues change now."""

    def __init__(self, url: str, told: Connection) -> None:
        self.url = url
        self._told = told

    def change(self, numbers: Sequence[int]) -> None:
        """Have these issues change now, each a move more; those that changed before are no news any more."""
        self._told.send(list(numbers))
        self._told.recv()


@contextmanager
def site(size: int) -> Iterator[Site]:
    """Serve so many issues until the block ends."""
    ours, theirs = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=_serve, args=(size, theirs), daemon=True)
    process.start()
    try:
        yield Site(ours.recv(), ours)
    finally:
        ours.send(None)
        process.join()


def _serve(size: int, told: Connection) -> None:
    changed: dict[int, datetime] = {}
    news: list[int] = []

    def answer(asked: Asked) -> Answer:
        if asked.path.endswith("/field"):
            return Answer(body=FIELDS)
        if asked.path.endswith("/myself"):
            return Answer(body={"timeZone": "UTC"})
        if asked.path.endswith("/status"):
            return Answer(body=[{"name": name, "statusCategory": {"key": "done"}} for name in ("Terminé", "Livré")])
        said = asked.json
        first, most, jql = said["startAt"], said["maxResults"], said["jql"]
        if "updated >=" in jql:
            wanted: Sequence[int] = news[first:][:most]
        elif jql.startswith("id in ("):
            ids = jql.removeprefix("id in (").partition(")")[0].split(", ")
            wanted = sorted(int(one) - 1 for one in ids)[first:][:most]
        else:
            wanted = range(first, min(first + most, size))
        found = [issue(number, size, changed.get(number)) for number in wanted]
        if said["fields"] == ["created", "updated"]:
            found = [
                {"id": one["id"], "fields": {name: one["fields"][name] for name in said["fields"]}} for one in found
            ]
        return Answer(body=json.dumps({"issues": found}).encode())

    with serving(answer) as service:
        told.send(service.url)
        while (numbers := told.recv()) is not None:
            news[:] = sorted(numbers)
            changed.update(dict.fromkeys(news, clock.now()))
            told.send(len(news))
