"""What is asked of the activity, by its screen and by a mailed view alike: filters, months, parameters."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import pyarrow as pa

from core.base.i18n import _, local
from core.base.periods import Grain, Period
from core.facts.conditions import NO_VALUE
from core.facts.query import Query, Reader, Result
from core.show.filters import Choices, Chosen, Days, Filter, OneOf, Picked, Picks
from pages.jira import asking, behind, figures, queries
from pages.jira.asking import Discretion
from pages.jira.behind import Behind
from pages.jira.figures import Months
from pages.jira.parts import FILTERS
from pages.jira.rules import Counting, Rules

OPTIONS_SHOWN = 400
MINUTES = 5
"""For so long a question that asks for today has one answer."""
Load = Callable[..., Result]
"""(query, parameters by name) → its answer: `Reader.run`, or a screen's `load`, which also tells of a cut answer."""


@dataclass(frozen=True)
class Asked:
    """What one look at the activity works with. `params` are those of every question, `clients` their names, `named`:
    names of people may be shown; `still_named` reads that again, for an export that is made later."""

    load: Load
    reader: Reader
    told: Rules
    chosen: Chosen
    known: Months
    params: Mapping[str, Any]
    clients: Mapping[str, str]
    named: bool
    still_named: Callable[[], bool]
    discretion: Discretion
    now: datetime

    def answer(self, query: Query, **more: Any) -> Result:
        """The answer to a question under the filters. Raises NotAllowed where it names people and they may not be."""
        asking.check(query, named=self.named)
        return self.discretion.result(self.load(query, **asking.fill(query, {**self.params, **more})))

    def ask(self, query: Query, **more: Any) -> pd.DataFrame:
        """The same as a frame, which is kept and shared: nobody writes into it."""
        return self.answer(query, **more).shared()

    def stream(self, query: Query, **more: Any) -> Iterator[pa.RecordBatch]:
        """All rows of an answer, for an export. Raises as `answer` does."""
        asking.check(query, named=query in asking.NAMING and self.still_named())
        yield from self.discretion.batches(self.reader.stream(query, **asking.fill(query, {**self.params, **more})))

    @property
    def counting(self) -> Counting:
        """How a request of several clients counts."""
        return Counting(self.chosen.counting)

    @property
    def behind(self) -> Behind:
        """The requests whose rows are shown."""
        return Behind.of(self.chosen.behind) or Behind()

    def within(self, month: str) -> tuple[date, date]:
        """First and last day of a month (`2026-03-01`), as far as it lies in the period."""
        start, end = self.chosen.period
        whole = Grain.MONTH.of(date.fromisoformat(month))
        return max(whole.first, start), min(whole.last, end)


def offered(
    load: Load, span: Mapping[str, Any], given: Mapping[str, Any], now: datetime, *, named: bool
) -> tuple[dict[str, Filter[Any]], dict[str, str]]:
    """The filters, and the clients' names by code. `span` is the row of SPAN, with at least one request; `given` what
    questions take besides the filters."""
    options, clients = _options(load, given)
    today = local(now).date()
    first = min(local(span["first"]).date(), today)
    start = max(Grain.MONTH.moved(today, -12), first)
    filters: dict[str, Filter[Any]] = {
        "period": Days(_("Created or resolved"), default=(start, today), first=first, last=today, today=today),
        "clients": Choices(_("Client"), options=_most(options, "client")),
        "types": Choices(_("Request type"), options=_most(options, "type")),
        "statuses": Choices(_("Status"), options=_most(options, "status")),
        "labels": Choices(_("Label"), options=_most(options, "label")),
        "projects": Choices(_("Project"), options=_most(options, "project")),
    }
    if named:
        people = load(queries.PEOPLE_CHOICES, **asking.fill(queries.PEOPLE_CHOICES, given)).table.to_pylist()
        there = {row["value"]: row["label"] for row in people}
        filters["assignees"] = Choices(_("Assignee"), options={**there, NO_VALUE: _(figures.NONE)})
    filters["counting"] = OneOf(
        _("A request of several clients"),
        default=Counting.EACH.value,
        options={Counting.EACH.value: _("counted in each"), Counting.SPLIT.value: _("split")},
    )
    filters["behind"] = Picked(_("Requests shown"), columns=dict.fromkeys(behind.PARTS, str), told=_told)
    return filters, clients


def _told(picks: Picks) -> str:
    return (Behind.of(picks) or Behind()).words()


def _options(load: Load, given: Mapping[str, Any]) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """What each filter offers, by kind: code → label; and the clients' names."""
    found: dict[str, list[str]] = {}
    for row in load(queries.CHOICES, **asking.fill(queries.CHOICES, given)).table.to_pylist():
        found.setdefault(row["kind"], []).append(row["value"])
    names = figures.client_names(found.get("client", []))
    labels = {kind: {value or NO_VALUE: figures.type_name(value) for value in values} for kind, values in found.items()}
    return {**labels, "client": names}, names


def _most(options: Mapping[str, dict[str, str]], kind: str) -> dict[str, str]:
    """The most frequent values: a browser is sent no endless lists."""
    return dict(list(options.get(kind, {}).items())[:OPTIONS_SHOWN])


def params(chosen: Chosen) -> dict[str, Any]:
    """The parameters that the filters give to every question."""
    period = Period(*chosen.period)
    return {
        **{name: chosen.values.get(name, []) for name in FILTERS},
        "start": period.start,
        "end": period.end,
    }


def moment(now: datetime) -> datetime:
    """The moment that questions are asked as of: the same for some minutes, so that their answers are found again."""
    return now - timedelta(minutes=now.minute % MINUTES, seconds=now.second, microseconds=now.microsecond)


def known(span: Mapping[str, Any], chosen: Chosen, now: datetime) -> Months:
    """The months of the period."""
    start, end = chosen.period
    return figures.months(start, end, local(span["first"]).date(), local(now).date())
