"""One look at the activity: its filters, its period, and what this person may be told of it."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import pandas as pd
import pyarrow as pa

from core.base.errors import NotAllowed
from core.base.i18n import _, local, show_date
from core.base.periods import Grain, Period
from core.facts.conditions import NO_VALUE
from core.facts.query import Query, Reader, Result
from core.people.person import Person
from core.people.rights import may_act, require
from core.records.naming import may_be_told
from core.show import growth
from core.show.filters import Choice, Choices, Chosen, Day, Days, Filter, OneOf, Picked, Picks
from core.show.growth import Completion
from core.show.look import Look
from core.store.engine import store
from pages.jira import MISSION, behind, choices, review, rules
from pages.jira.behind import Behind
from pages.jira.colours import palette
from pages.jira.conditions import FILTERS
from pages.jira.facts import ISSUES
from pages.jira.months import Months, months
from pages.jira.names import Discretion
from pages.jira.review import Review, Seen
from pages.jira.rules import Counting, Rules

MINUTES = 5
"""For so long a question that asks for today has one answer."""


@dataclass(frozen=True, kw_only=True)
class JiraLook(Look):
    """`months` are those of the period, `clients` their names by code and `types` codes, of all that there is, the most
    frequent first; `named`: names of people may be shown; `reviews` are the months that are frozen."""

    rules: Rules
    months: Months
    clients: Mapping[str, str]
    types: Sequence[str]
    named: bool
    discretion: Discretion
    reviews: review.Months

    def answer(self, query: Query, **more: Any) -> Result:
        """As every look does, without names in what people typed where they may not be told."""
        return self.discretion.result(super().answer(query, **more))

    def stream(self, query: Query, **more: Any) -> Iterator[pa.RecordBatch]:
        """As `answer`. Raises NotAllowed where names may no longer be told: an export is made later than its screen."""
        if self.named and not self._still_named():
            raise NotAllowed(_("Figures and names of people are for the team lead alone."))
        yield from self.discretion.batches(super().stream(query, **more))

    def _still_named(self) -> bool:
        with store().read() as connection:
            person = require(connection, self.person.id, MISSION, act=False)
            return may_be_told(connection, person, MISSION)

    @property
    def content(self) -> Hashable:
        """The rules, and whether names stand in what is shown."""
        return self.rules.digest, self.named

    @property
    def may_act(self) -> bool:
        """Whether the person may write here: decides what is drawn, every write checks again."""
        return may_act(self.person, MISSION)

    @property
    def counting(self) -> Counting:
        """How a request of several clients counts."""
        return Counting(self.chosen.counting)

    @cached_property
    def behind(self) -> Behind:
        """The requests whose rows are shown."""
        return Behind.of(self.chosen.behind) or Behind()

    def client(self, code: str) -> str:
        """What a client is called, without the name of a person who may not be told."""
        name = self.discretion.chosen(code)
        return self.clients.get(name, name)

    @cached_property
    def client_colours(self) -> dict[str, str]:
        """The colour of each client that charts name, in their order (`colours.palette`)."""
        return palette(tuple(self.clients), chosen=self.chosen.clients)

    @cached_property
    def type_colours(self) -> dict[str, str]:
        """The same of request types; "" is none."""
        return palette(self.types, self.rules.colours, [unsaid(code) for code in self.chosen.types])

    @cached_property
    def status_colours(self) -> dict[str, str]:
        """The same of statuses, those that requests passed included. Raises QueryFailed."""
        return palette(
            list(self.ask(choices.STATUSES)["status"]), chosen=[unsaid(status) for status in self.chosen.statuses]
        )

    @property
    def review_squads(self) -> list[str | None]:
        """For whom the month of the review is frozen; None is the house."""
        month = self._review_month
        return [] if month is None else self.reviews[month]

    @property
    def _review_month(self) -> date | None:
        chosen = self.chosen.month
        return date.fromisoformat(chosen) if chosen else next(iter(self.reviews), None)

    @cached_property
    def review(self) -> Review | None:
        """The review that is shown: of the chosen month, else of the newest; None while no month is frozen."""
        month, squads = self._review_month, self.review_squads
        if month is None:
            return None
        squad = self.chosen.squad if self.chosen.squad in squads else squads[0]
        with store().read() as connection:
            return review.read(connection, month, squad, self.person.scope)

    @cached_property
    def seen(self) -> Sequence[Seen]:
        """Every look at the months of the squad whose review is shown."""
        if self.review is None:
            return ()
        with store().read() as connection:
            return review.seen(connection, self.review.squad, self.person.scope)

    @cached_property
    def triangle(self) -> pd.DataFrame:
        """The chosen figure of the review by month and age."""
        return growth.triangle(review.looked_at(self.seen, self.chosen.figure))

    @property
    def figure_kind(self) -> str:
        """What the chosen figure of the review holds."""
        return review.FIGURES[self.chosen.figure][1]

    @property
    def grows(self) -> bool:
        """Whether the chosen figure grows to something: a sum, not a share or a median."""
        return self.figure_kind in ("number", "work")

    @cached_property
    def completion(self) -> Mapping[date, Completion]:
        """What young months come to; nothing of what does not grow."""
        return growth.completion(self.triangle) if self.grows else {}

    @property
    def monday(self) -> date:
        """The Monday of the week that is not over."""
        return Grain.WEEK.at(self.now).first

    def within(self, month: str) -> tuple[date, date]:
        """First and last day of a month (`2026-03-01`), as far as it lies in the period."""
        start, end = self.chosen.period
        whole = Grain.MONTH.of(date.fromisoformat(month))
        return max(whole.first, start), min(whole.last, end)


class Opening:
    """The activity before its filters are read. `span` is the row of SPAN."""

    def __init__(self, reader: Reader, person: Person, now: datetime, span: Mapping[str, Any]) -> None:
        self._reader, self._person, self._now, self._span = reader, person, now, span
        self._rules = rules.in_force()
        self._standing = {**choices.standing(reader, self._rules), "now": moment(now)}
        with store().read() as connection:
            self._named = may_be_told(connection, person, MISSION)
            self._reviews = review.months(connection, person.scope)
        self._discretion = Discretion(reader, named=self._named)

    @cached_property
    def _offered(self) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
        return choices.offered(self._reader, self._standing, self._discretion)

    @cached_property
    def filters(self) -> Mapping[str, Filter[Any]]:
        """The period, what requests are, how they count, and what was picked."""
        options, _clients = self._offered
        today = local(self._now).date()
        first = min(local(self._span["first"]).date(), today)
        start = max(Grain.MONTH.moved(today, -12), first)
        filters: dict[str, Filter[Any]] = {
            "period": Days(_("Created or resolved"), default=(start, today), first=first, last=today, today=today),
            "clients": Choices(_("Client"), options=options.get("client", {})),
            "types": Choices(_("Request type"), options=options.get("type", {})),
            "statuses": Choices(_("Status"), options=options.get("status", {})),
            "labels": Choices(_("Label"), options=options.get("label", {}), rare=True),
            "projects": Choices(_("Project"), options=options.get("project", {}), rare=True),
        }
        if self._named:
            filters["assignees"] = Choices(
                _("Assignee"), options=choices.people(self._reader, self._standing), rare=True
            )
        filters["counting"] = OneOf(
            _("A request of several clients"),
            default=Counting.EACH.value,
            options={Counting.EACH.value: _("counted in each"), Counting.SPLIT.value: _("split")},
            rare=True,
        )
        filters["behind"] = Picked(_("Requests shown"), columns=dict.fromkeys(behind.PARTS, str), told=_picked)
        return filters | self._aside()

    def _aside(self) -> dict[str, Filter[Any]]:
        """What the review and the forecast ask for."""
        months = {month.isoformat(): show_date(month, "MMM y") for month in self._reviews}
        squads = sorted({squad for reviews in self._reviews.values() for squad in reviews if squad is not None})
        first = _("All squads") if self._person.scope.everything else next(iter(squads), "")
        today = local(self._now).date()
        return {
            "done": OneOf(
                _("What is done"),
                default="left",
                options={"left": _("not shown"), "shown": _("shown")},
                aside=True,
            ),
            "deadline": Day(
                _("Deadline"), default=Grain.QUARTER.last(today + timedelta(days=14)), first=today, aside=True
            ),
            "month": Choice(_("Month"), options=months, none=next(iter(months.values()), ""), aside=True),
            "seen": Day(_("As seen on"), default=today, last=today, aside=True),
            "figure": OneOf(
                _("Figure"),
                default="created",
                options={name: _(label) for name, (label, _kind) in review.FIGURES.items()},
                aside=True,
            ),
            "squad": Choice(_("Squad"), options={squad: squad for squad in squads}, none=first, aside=True),
        }

    def look(self, chosen: Chosen) -> JiraLook:
        """The activity under these filters. Raises QueryFailed."""
        period = Period(*chosen.period)
        options, clients = self._offered
        return JiraLook(
            reader=self._reader,
            person=self._person,
            now=self._now,
            chosen=chosen,
            params={
                **self._standing,
                **{name: chosen.values.get(name, []) for name in FILTERS},
                "start": period.start,
                "end": period.end,
            },
            rules=self._rules,
            months=months(period.first, period.last, local(self._span["first"]).date(), local(self._now).date()),
            clients=clients,
            types=tuple(map(unsaid, options.get("type", ()))),
            named=self._named,
            discretion=self._discretion,
            reviews=self._reviews,
        )


def unsaid(value: str) -> str:
    """A filter's value as rows have it: "" is none."""
    return "" if value == NO_VALUE else value


def opening(reader: Reader, person: Person, now: datetime) -> Opening | None:
    """The activity's opening; None before any request was read. Raises QueryFailed and RulesInvalid."""
    if reader.fresh(ISSUES) is None:
        return None
    [span] = choices.rows(reader, choices.SPAN, {})
    return Opening(reader, person, now, span) if span["n"] else None


def moment(now: datetime) -> datetime:
    """The moment that questions are asked as of: the same for some minutes, so that their answers are found again."""
    return now - timedelta(minutes=now.minute % MINUTES, seconds=now.second, microseconds=now.microsecond)


def _picked(picks: Picks) -> str:
    return (Behind.of(picks) or Behind()).words()
