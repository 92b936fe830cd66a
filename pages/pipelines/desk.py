"""The duty desk: incidents that are open, who is on them, what was noted the last times, and what is silenced.

An incident is one kind of error in one scope, a family or a pipeline of it, while it lasts: over nights too. All that
happens to it are steps, so how the desk stood at any moment can be told again (`desk_at`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

import sqlalchemy as sa

from core.base.i18n import N_, _
from core.base.status import LOOKS, Verdict
from core.store.kept import until_changed
from core.store.schema import incident_steps, incidents, silences
from pages.pipelines.board import Board, Incident
from pages.pipelines.decisions import Called, as_written, kinds_at
from pages.pipelines.errors import Kinds, kind
from pages.pipelines.families import NEVER_STARTED
from pages.pipelines.nights import Night
from pages.pipelines.verdicts import Judged

Key = tuple[str, str]
"""A scope and a kind of error."""
VIGIE = "vigie"
"""Who does what no person did."""
LAST_TIMES = 3
LATELY = timedelta(days=7)


class Action(StrEnum):
    """What happens to an incident."""

    OPENED = "opened"
    AGAIN = "again"
    TAKEN = "taken"
    NOTED = "noted"
    RECOVERED = "recovered"
    CLOSED = "closed"


KINDS = {
    "source": N_("source not read in time"),
    "absent": N_("never started"),
    "failed": N_("failed without a word"),
    "unknown": N_("unknown"),
    "warning": N_("not as expected"),
}
"""Kinds that no error code names."""


@dataclass(frozen=True)
class Step:
    """One thing that happened to an incident. Moments are UTC."""

    at: datetime
    who: str
    action: Action
    night: date | None
    verdict: Verdict | None
    owner: str | None
    until: datetime | None
    note: str


@dataclass(frozen=True)
class Standing:
    """An incident as it stood at a moment: `steps` are those up to then, in their order."""

    id: int
    scope: str
    kind: str
    opened_at: datetime
    steps: tuple[Step, ...]

    @property
    def key(self) -> Key:
        return self.scope, self.kind

    @property
    def family(self) -> str:
        """Key of its family."""
        return self.scope.partition("/")[0]

    @property
    def closed_at(self) -> datetime | None:
        """When it was over; None while it is open."""
        over = [step.at for step in self.steps if step.action in (Action.RECOVERED, Action.CLOSED)]
        return over[0] if over else None

    @property
    def first_night(self) -> date | None:
        """The night in which it was seen first."""
        return min((step.night for step in self.steps if step.night), default=None)

    @property
    def nights(self) -> int:
        """In how many nights it was seen."""
        return len({step.night for step in self.steps if step.night})

    @property
    def verdict(self) -> Verdict:
        """The most severe it ever was."""
        verdicts = [step.verdict for step in self.steps if step.verdict]
        return max(verdicts, key=lambda verdict: LOOKS[verdict].severity, default=Verdict.UNKNOWN)

    def taken(self, now: datetime) -> Step | None:
        """Who is on it at a moment, and until when; None where nobody is, or their time is over."""
        last = next((step for step in reversed(self.steps) if step.action is Action.TAKEN), None)
        return last if last and last.until and last.until > now else None

    @property
    def notes(self) -> tuple[Step, ...]:
        """What people wrote, in order."""
        return tuple(step for step in self.steps if step.note)


@dataclass(frozen=True)
class Silence:
    """A scope of which nobody is told from `since` to `until` (UTC)."""

    id: int
    scope: str
    since: datetime
    until: datetime
    who: str
    why: str


@dataclass(frozen=True)
class Desk:
    """How the desk stood at `at` (UTC): incidents of some families, open or over, the oldest first; what had been
    decided of kinds."""

    at: datetime
    incidents: tuple[Standing, ...]
    silences: tuple[Silence, ...]
    kinds: Kinds

    @cached_property
    def open(self) -> Mapping[Key, Standing]:
        """Those that are open."""
        return {incident.key: incident for incident in self.incidents if incident.closed_at is None}

    def closed(self, key: Key, night: Night) -> Step | None:
        """That a person closed it in a night, for which it then stays closed; None where it is open again."""
        its = (
            []
            if key in self.open
            else [step for standing in self.incidents if standing.key == key for step in standing.steps]
        )
        return next((step for step in its if step.action is Action.CLOSED and night.holds(step.at)), None)

    def last_times(self, key: Key, before: date | None = None) -> list[Standing]:
        """The last times that the same kind came in the same scope and was over, the newest first; kinds that were
        merged are one. `before` a night: those alone that began in an earlier one."""
        scope, kind = key
        over = [
            incident
            for incident in self.incidents
            if incident.scope == scope
            and self.kinds.of(incident.kind) == self.kinds.of(kind)
            and incident.closed_at is not None
            and (before is None or incident.first_night is None or incident.first_night < before)
        ]
        return sorted(over, key=lambda standing: standing.opened_at, reverse=True)[:LAST_TIMES]

    def notes_of(self, scope: str, night: Night) -> list[Step]:
        """What was noted in a night of the incidents that were seen in it, of whatever kind, in order."""
        seen = (
            incident
            for incident in self.incidents
            if incident.scope == scope and night.day in {step.night for step in incident.steps}
        )
        return sorted(
            (step for standing in seen for step in standing.notes if night.holds(step.at)), key=lambda step: step.at
        )

    def words(self, kind: str) -> str:
        """A kind as people read it."""
        return _(KINDS[kind]) if kind in KINDS else self.kinds.words(kind)

    def silence(self, scope: str) -> Silence | None:
        """What silences a scope: its own silence, or that of its family; the one that lasts longest."""
        family = scope.partition("/")[0]
        silences = [silence for silence in self.silences if silence.scope in (scope, family)]
        return max(silences, key=lambda silence: silence.until, default=None)


def scope_of(incident: Incident) -> str:
    """The scope of what stands on a board."""
    return f"{incident.family.key}/{incident.pipeline}" if incident.pipeline else incident.family.key


def kind_of(incident: Incident) -> str:
    """The kind of error: that of the run that failed, else a word of KINDS."""
    if incident.verdict is Verdict.UNKNOWN:
        return "unknown" if incident.pipeline else "source"
    if incident.verdict is not Verdict.KO:
        return "warning"
    if incident.judged:
        return kind_of_failure(incident.judged)
    return "absent" if incident.why[0].message == NEVER_STARTED else "failed"


def kind_of_failure(judged: Judged) -> str:
    """The kind of error of a pipeline that is KO."""
    if judged.failed is not None:
        return kind(judged.failed.error_message, judged.failed.error_code) or "failed"
    return "absent" if judged.absent else "failed"


def key_of(incident: Incident) -> Key:
    """Scope and kind of what stands on a board."""
    return scope_of(incident), kind_of(incident)


def is_one(incident: Incident) -> bool:
    """Whether what stands on a board opens an incident of the desk: a failure that a rerun caught up does not, nor does
    what is merely noted."""
    caught_up = incident.judged is not None and incident.judged.failed is not None
    return incident.verdict in (Verdict.KO, Verdict.UNKNOWN) or (incident.verdict is Verdict.WARNING and not caught_up)


def scope_words(scope: str, board: Board) -> str:
    """A scope by the name of its family."""
    key, _slash, pipeline = scope.partition("/")
    name = next((family.family.name for family in board.families if family.family.key == key), key)
    return f"{name} · {pipeline}" if pipeline else name


def desk_at(
    connection: sa.Connection,
    families: Iterable[str],
    at: datetime,
    scopes: Iterable[str] = (),
    called: Called = as_written,
    back: timedelta = LATELY,
) -> Desk:
    """The desk of some families as it stood at a moment (UTC): what happened later is not known. Of what was over by
    then it holds what ended no longer `back`, and all that ever was in some `scopes`. Pipelines go by the names that
    they are `called` by now."""
    keys, its, lately = frozenset(families), _as_written(connection, scopes, at, called), at - back
    rows = _told(connection, its, lately.replace(minute=0, second=0, microsecond=0))
    steps: dict[int, list[Step]] = defaultdict(list)
    for number, step in rows.steps:
        if step.at <= at:
            steps[number].append(step)
    standings = (
        Standing(row.id, _scope(row.scope, row.opened_at, called), row.kind, row.opened_at, tuple(steps[row.id]))
        for row in rows.incidents
        if row.opened_at <= at
        and (row.closed_at is None or row.closed_at > lately or row.scope in its)
        and row.scope.partition("/")[0] in keys
    )
    return Desk(
        at,
        tuple(standings),
        tuple(
            Silence(row.id, _scope(row.scope, row.since, called), row.since, row.until, row.who, row.why)
            for row in rows.silences
            if row.since <= at < row.until
            and (row.ended_at is None or row.ended_at > at)
            and row.scope.partition("/")[0] in keys
        ),
        kinds_at(connection, at),
    )


class _Told(NamedTuple):
    """What the store tells of the desk since an hour: rows of incidents and of silences, steps with their incident."""

    incidents: Sequence[Any]
    steps: Sequence[tuple[int, Step]]
    silences: Sequence[Any]


def _told(connection: sa.Connection, scopes: Iterable[str], since: datetime) -> _Told:
    """What was open since then, and all that ever was in some scopes; read once until it changes. That an incident is
    seen again is a step that the audit does not tell."""
    its = sorted(scopes)
    asked = {"since": since, "scopes": its}
    key = ("desk", connection.scalar(_LAST_STEP), since, *its)

    def read() -> _Told:
        steps = tuple((row.incident_id, _step(row)) for row in connection.execute(_STEPS, asked))
        quiet = connection.execute(_SILENCES, {"since": since})
        return _Told(connection.execute(_INCIDENTS, asked).all(), steps, quiet.all())

    return until_changed(connection, key, read)


# Built once: the night's screen asks them at every act.
_SINCE = sa.bindparam("since", type_=incidents.c.opened_at.type)
_WANTED = sa.or_(
    incidents.c.closed_at.is_(None),
    incidents.c.closed_at > _SINCE,
    incidents.c.scope.in_(sa.bindparam("scopes", expanding=True)),
)
_LAST_STEP = sa.select(sa.func.max(incident_steps.c.id))
_SCOPES = sa.select(incidents.c.scope, incidents.c.opened_at)
_INCIDENTS = sa.select(incidents).where(_WANTED).order_by(incidents.c.id)
_STEPS = sa.select(incident_steps).join(incidents).where(_WANTED).order_by(incident_steps.c.id)
_SILENCES = sa.select(silences).where(silences.c.until > _SINCE).order_by(silences.c.id)


def notes(
    connection: sa.Connection, families: Iterable[str], at: datetime, called: Called = as_written
) -> dict[str, list[Step]]:
    """Scope → what people wrote on incidents of some families by a moment (UTC), in order."""
    asked = (
        sa.select(incidents.c.scope, incidents.c.opened_at, incident_steps)
        .join_from(incidents, incident_steps)
        .where(incident_steps.c.note != "", incident_steps.c.at < at)
        .order_by(incident_steps.c.id)
    )
    keys: frozenset[str] = frozenset(families)
    by_scope: dict[str, list[Step]] = defaultdict(list)
    for row in connection.execute(asked):
        scope = _scope(row.scope, row.opened_at, called)
        if scope.partition("/")[0] in keys:
            by_scope[scope].append(_step(row))
    return by_scope


def _scope(scope: str, at: datetime, called: Called) -> str:
    """A scope as it was written at a moment, by the name of now."""
    family, slash, pipeline = scope.partition("/")
    return f"{family}/{called(pipeline, at)}" if slash else scope


def _as_written(connection: sa.Connection, scopes: Iterable[str], at: datetime, called: Called) -> set[str]:
    """Scopes, and those that mean the same by a name of then."""
    wanted = {*scopes}
    if called is as_written or not wanted:
        return wanted
    key = "desk scopes", connection.scalar(_LAST_STEP)
    rows = until_changed(connection, key, lambda: connection.execute(_SCOPES).all())
    then = ((scope, opened_at) for scope, opened_at in rows if opened_at <= at)
    return wanted | {scope for scope, opened_at in then if _scope(scope, opened_at, called) in wanted}


def _step(row: sa.Row[Any]) -> Step:
    verdict = Verdict(row.verdict) if row.verdict else None
    return Step(row.at, row.who, Action(row.action), row.night, verdict, row.owner, row.until, row.note)
