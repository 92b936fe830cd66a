"""What is asked of the activity, by its screen and by a mailed view alike: filters, months, parameters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import pandas as pd

from core.calendar import to_moment
from core.filters import Choices, Chosen, Days, Filter
from core.i18n import _, local
from core.query import Query, Reader, Result
from core.settings import settings
from pages.jira import figures, queries
from pages.jira.figures import Months
from pages.jira.rules import Rules

OPTIONS_SHOWN = 400
Load = Callable[..., Result]
"""(query, parameters by name) → its answer: `Reader.run`, or a screen's `load`, which also tells of a cut answer."""


@dataclass(frozen=True)
class Asked:
    """What one look at the activity works with. `params` are those of every question, `clients` their names, `named`:
    names of people may be shown."""

    load: Load
    reader: Reader
    told: Rules
    chosen: Chosen
    known: Months
    params: Mapping[str, Any]
    clients: Mapping[str, str]
    named: bool
    now: datetime

    def given(self, query: Query, **more: Any) -> dict[str, Any]:
        """The parameters of a question under the filters."""
        given = {**self.params, "now": self.now, **self.told.params(), "limit": self.told.drift_limit, **more}
        return {name: given[name] for name in query.params}

    def ask(self, query: Query, **more: Any) -> pd.DataFrame:
        """The answer to a question under the filters."""
        return self.load(query, **self.given(query, **more)).frame()


def offered(
    load: Load, span: Mapping[str, Any], now: datetime, *, named: bool
) -> tuple[dict[str, Filter[Any]], dict[str, str]]:
    """The filters, and the clients' names by code. `span` is the row of SPAN, with at least one request."""
    options, clients = _options(load)
    today = local(now).date()
    first = min(local(span["first"]).date(), today)
    start = max((today.replace(day=1) - timedelta(days=360)).replace(day=1), first)
    filters: dict[str, Filter[Any]] = {
        "period": Days(_("Created or resolved"), default=(start, today), first=first, last=today, today=today),
        "clients": Choices(_("Client"), options=_most(options, "client")),
        "types": Choices(_("Request type"), options=_most(options, "type")),
        "statuses": Choices(_("Status"), options=_most(options, "status")),
        "labels": Choices(_("Label"), options=_most(options, "label")),
        "projects": Choices(_("Project"), options=_most(options, "project")),
    }
    if named:
        people = load(queries.PEOPLE_CHOICES).table.to_pylist()
        filters["assignees"] = Choices(_("Assignee"), options={row["value"]: row["label"] for row in people})
    return filters, clients


def _options(load: Load) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """What each filter offers, by kind: code → label; and the clients' names."""
    found: dict[str, list[str]] = {}
    for row in load(queries.CHOICES).table.to_pylist():
        if row["value"]:
            found.setdefault(row["kind"], []).append(row["value"])
    names = figures.client_names(found.get("client", []))
    labels = {kind: {value: figures.type_name(value) for value in values} for kind, values in found.items()}
    return {**labels, "client": names}, names


def _most(options: Mapping[str, dict[str, str]], kind: str) -> dict[str, str]:
    """The most frequent values: a browser is sent no endless lists."""
    return dict(list(options.get(kind, {}).items())[:OPTIONS_SHOWN])


def params(chosen: Chosen) -> dict[str, Any]:
    """The parameters that the filters give to every question."""
    zone = settings().timezone
    start, end = chosen.period
    lists = {
        name: "\n".join(chosen.values.get(name, ()))
        for name in ("projects", "types", "clients", "statuses", "labels", "assignees")
    }
    return {
        **lists,
        "start": to_moment(start, time(), zone),
        "end": to_moment(end + timedelta(days=1), time(), zone),
    }


def known(span: Mapping[str, Any], chosen: Chosen, now: datetime) -> Months:
    """The months of the period."""
    start, end = chosen.period
    return figures.months(start, end, local(span["first"]).date(), local(now).date())
