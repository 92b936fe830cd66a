"""What page and alert ask alike: what the data cover, scopes over them, rates, what is out of control."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pyarrow as pa

from core.base.cache import Cache
from core.base.i18n import _, ngettext, show_number, show_percent
from core.base.periods import Grain
from core.base.settings import settings
from core.facts.query import Made, Reader
from pages.reroutes import frames, queries, rules
from pages.reroutes.control import Signal, Stretch, chart, usual_limits
from pages.reroutes.frames import DAY, Covered, Judged, Rates, Volume, local_day
from pages.reroutes.names import known_names
from pages.reroutes.queries import EVER, Slice
from pages.reroutes.rules import Resolved, Scope


@dataclass(frozen=True)
class Known:
    """What the hand-overs hold: entities, centres, filières, and how many there are. `covered`: the days told of.

    `undated`: periods of the hand-overs without a date, the newest last, and how many each has. `whole`: a log tells of
    every routed task. `began`: where the first day covered is not the first one told of, that one: the tasks of before
    are those alone that were not over by then.
    """

    entities: tuple[tuple[str, str | None], ...]
    centres: tuple[str, ...]
    lines: tuple[str, ...]
    ways: tuple[str, ...]
    versions: tuple[tuple[str, date], ...]
    handovers: int
    undated: tuple[tuple[date, date, int], ...]
    without_centre: int
    covered: Covered
    began: date | None
    whole: bool
    sources: int

    @property
    def codes(self) -> list[str]:
        """Codes of the entities."""
        return sorted({code for code, _kind in self.entities})

    @property
    def routers(self) -> list[str]:
        """Versions of the router."""
        return sorted(version for version, _since in self.versions)

    @property
    def changes(self) -> list[date]:
        """Days on which another version of the router took over."""
        return [since for _version, since in self.versions[1:]]

    @property
    def newest(self) -> date | None:
        """The last day of which anything is told, of periods without dates too."""
        days = [last for _first, last, _count in self.undated]
        return max([*days, self.covered[1]] if self.covered else days, default=None)


_ASKED = (
    queries.ENTITIES,
    queries.CENTRES,
    queries.by_day,
    queries.UNDATED_PERIODS,
    queries.COVERED,
    queries.VERSIONS,
    queries.SOURCES,
)
_TABLES = tuple({table.name: table for query in _ASKED for table in query.tables}.values())
_found: Cache[Made[Known]] = Cache(entries=40, bytes_=40, size=lambda _there: 1)


def known(reader: Reader) -> Known:
    """What there is to look at, found again while nothing landed. Raises QueryFailed."""
    key = reader.scope, reader.snapshot.of(_TABLES), settings().timezone
    return reader.made(_found, key, _known)


def _known(reader: Reader) -> Known:
    entities = reader.run(queries.ENTITIES).table.to_pylist()
    rows = reader.run(queries.CENTRES).table.to_pylist()
    days = reader.run(queries.by_day, **EVER.params(queries.by_day)).table
    periods = reader.run(queries.UNDATED_PERIODS).table.to_pylist()
    undated = tuple(
        (local_day(period["start"]), local_day(period["until"]) - DAY, period["handovers"]) for period in periods
    )
    log = reader.run(queries.COVERED).table.to_pylist()[0]
    covered, began = _covered(days, log)
    return Known(
        entities=tuple((row["entity"], row["kind"]) for row in entities),
        centres=tuple(sorted({row["centre"] for row in rows if row["centre"]})),
        lines=tuple(sorted({row["line"] for row in rows if row["line"]})),
        ways=tuple(sorted({row["way"] for row in rows})),
        versions=tuple((row["router"], row["since"]) for row in reader.run(queries.VERSIONS).table.to_pylist()),
        handovers=sum(days["handovers"].to_pylist()) + sum(count for _first, _last, count in undated),
        undated=undated,
        without_centre=sum(row["handovers"] for row in rows if row["centre"] is None),
        covered=covered,
        began=began,
        whole=bool(log["whole"]),
        sources=reader.run(queries.SOURCES).table["sources"][0].as_py(),
    )


def _covered(days: pa.Table, log: dict[str, Any]) -> tuple[Covered, date | None]:
    """The days that the data tell of in full. Where no task was over until long after the first one began, the log was
    extracted by the day on which tasks end: of those of before, only the long ones are in it."""
    if not len(days):
        return None, None
    first, last = days["day"][0].as_py(), days["day"][-1].as_py()
    if not log["first"]:
        return (first, last), None
    first, last = min(first, local_day(log["first"])), max(last, local_day(log["last"]))
    first_end = local_day(log["first_end"])
    if first_end - first > BY_THEIR_END and first_end < last:
        return (first_end, last), first
    return (first, last), None


FEWEST = 20
"""Fewer routed tasks in a period than this say nothing of its rate."""

BY_THEIR_END = timedelta(days=14)
"""In a log of all tasks one that is over at once soon comes. Where none does for so long, they were left out."""


def resolved(scope: Scope | None, there: Known) -> Resolved | None:
    """A scope over what there is; None for all hand-overs."""
    return rules.resolve(scope, there.entities, there.centres) if scope else None


@dataclass(frozen=True)
class Watched:
    """Rates by period, in stretches with their limits and what they say; `why_not` says in a sentence why there is no
    rate at all, "" when there is one. `grain`: by which periods, longer than asked for where the volumes are so.
    `midway`: tasks of the slice that were met in mid-life, and count on neither side. `recent`: routed tasks that many
    may yet be rerouted."""

    grain: Grain
    rates: Rates
    stretches: tuple[Stretch, ...]
    why_not: str = ""
    coarser: bool = False
    midway: int = 0
    recent: int = 0

    @property
    def signals(self) -> list[Signal]:
        """All that is more than chance, in order."""
        return [signal for stretch in self.stretches for signal in stretch.signals]


@dataclass(frozen=True)
class Baseline:
    """What limits are made of: `starts` are days from which on they are made anew (a marked event, another version of
    the router), `over` another slice that makes those of the first stretch."""

    starts: tuple[date, ...] = ()
    over: Slice | None = None


def watch(
    reader: Reader,
    asked: Slice,
    grain: Grain,
    there: Known,
    settled_after: int,
    minimum: int = FEWEST,
    baseline: Baseline = Baseline(),
) -> Watched:
    """Rates of what is asked. Raises QueryFailed.

    A rate takes the tasks that the router placed, in the days of the slice, in the entities of its scope and origins,
    and says how many of them were rerouted, whenever and from where that was. It follows a log that tells of every
    routed task, else the volumes. Where the slice is not one of placed tasks, nothing answers to it, and there is none.
    """
    nothing = Rates((), [])
    if not asked.of_tasks:
        sentence = _(
            "No rate: of what is asked nothing says how many tasks were routed, only of the entities placed in."
        )
        return Watched(grain, nothing, (), sentence)
    if reader.run(queries.EARLIER).table["tasks"][0].as_py():
        sentence = _("No rate yet: an earlier version of Vigie read these tasks; read the sources again.")
        return Watched(grain, nothing, (), sentence)
    judged = Judged(there.covered, _settled(there, settled_after))
    cohort = reader.run(queries.COHORT, **asked.params(queries.COHORT)).shared()
    by_grain = _rates_by(reader, asked, there, judged, cohort)
    used = next((finer for finer in _from(grain) if by_grain(finer).known), grain)
    rates = by_grain(used)
    if not rates.known:
        return Watched(grain, rates, (), _why_not(rates), midway=int(cohort["midway"].sum()))
    starts = [_place(rates, day) for day in baseline.starts]
    limits = None
    if baseline.over is not None:
        other = reader.run(queries.COHORT, **baseline.over.params(queries.COHORT)).shared()
        limits = usual_limits(_rates_by(reader, baseline.over, there, judged, other)(used).periods)
    stretches = chart(rates.periods, [at for at in starts if at is not None], minimum, limits)
    late = cohort["day"] > judged.settled if judged.settled else cohort["day"] != cohort["day"]
    recent = int(cohort[late]["routed"].sum()) if there.whole else 0
    return Watched(used, rates, tuple(stretches), "", used != grain, int(cohort["midway"].sum()), recent)


def _from(grain: Grain) -> tuple[Grain, ...]:
    """The grain asked for, and the coarser ones."""
    grains = (Grain.DAY, Grain.WEEK, Grain.MONTH)
    return grains[grains.index(grain) :]


def _rates_by(
    reader: Reader, asked: Slice, there: Known, judged: Judged, cohort: pd.DataFrame
) -> Callable[[Grain], Rates]:
    """The rates of a slice, by the periods they are asked for."""
    if there.whole:
        return lambda grain: frames.cohort_rates(cohort, asked, grain, judged)
    rerouted = reader.run(queries.REROUTED, **asked.params(queries.REROUTED)).shared()
    volumes_there = volumes(reader, asked)
    return lambda grain: frames.volume_rates(rerouted, volumes_there, asked, grain, judged)


def volumes(reader: Reader, asked: Slice) -> list[Volume]:
    """Volumes of the slice's time, scope and origins, under the names that entities have today. Raises QueryFailed."""
    names = known_names(reader)
    by_span: dict[tuple[str, date, date], int] = {}
    for row in reader.run(queries.ROUTED, **asked.params(queries.ROUTED)).table.to_pylist():
        entity = names.today(row["entity"], row["start"])
        if asked.places is None or entity in asked.places:
            key = entity, local_day(row["start"]), local_day(row["until"]) - DAY
            by_span[key] = by_span.get(key, 0) + row["routed"]
    return [Volume(*key, routed) for key, routed in by_span.items()]


def _settled(there: Known, days: int) -> date | None:
    """The last day whose tasks have had so many days to be rerouted."""
    return there.covered[1] - timedelta(days=days) if there.covered else None


def _place(rates: Rates, day: date) -> int | None:
    """The position of the first period that begins on a day or after it: one that holds a change is of before."""
    return next((at for at, begin in enumerate(rates.begins) if begin >= day), None)


def _why_not(rates: Rates) -> str:
    if rates.contradicting:
        return _("No rate: more tasks were rerouted than the volumes say were routed: the sources disagree.")
    if rates.coarse:
        return _("No rate by this period: the routed volumes are known for longer ones only.")
    return _("No rate: the routed volumes of this period are not known.")


def sentences(watched: Watched) -> list[str]:
    """What is out of control, and what is not known, in plain words."""
    return [*out_of_control(watched), *rest(watched)]


def out_of_control(watched: Watched) -> list[str]:
    """Every signal in words."""
    return [sentence(watched, stretch, signal) for stretch in watched.stretches for signal in stretch.signals]


def rest(watched: Watched) -> list[str]:
    """That there is none, and what is not known."""
    if watched.why_not:
        return [watched.why_not, *_not_known(watched)]
    sentences = [_perhaps(watched, stretch.perhaps) for stretch in watched.stretches if stretch.perhaps]
    if watched.coarser:
        sentences.append(_("The routed volumes are given for longer periods than asked for: so is the rate."))
    if any(stretch.limits is None for stretch in watched.stretches):
        if len(watched.stretches) == 1:
            sentences.append(_("Too few whole periods to tell signal from noise: control limits need eight."))
        else:
            sentences.append(
                _("Where fewer than eight whole periods lie before or after a change there are no limits.")
            )
    elif not watched.signals and not any(stretch.perhaps for stretch in watched.stretches):
        sentences.append(_("Nothing is out of control: what varies is what usually varies."))
    return sentences + _not_known(watched)


def _not_known(watched: Watched) -> list[str]:
    missing, sentences = watched.rates.missing, []
    if missing and len(missing) < len(watched.rates.begins):
        sentences.append(
            _("The routed volumes are missing for: {periods}. No rate is drawn there.").format(
                periods=_listed(watched, missing)
            )
        )
    if watched.rates.contradicting:
        sentences.append(
            _(
                "More tasks were rerouted than the volumes say were routed in: {periods}. No rate is drawn there."
            ).format(periods=_listed(watched, watched.rates.contradicting))
        )
    if watched.midway:
        sentences.append(
            ngettext(
                "{n} task met in mid-life counts on neither side of the rate: its log begins after it was routed.",
                "{n} tasks met in mid-life count on neither side of the rate: their log begins after they were routed.",
                watched.midway,
            ).format(n=show_number(watched.midway))
        )
    if watched.recent:
        sentences.append(
            ngettext(
                "{n} task was routed so lately that it may yet be rerouted: such periods set no limits.",
                "{n} tasks were routed so lately that they may yet be rerouted: such periods set no limits.",
                watched.recent,
            ).format(n=show_number(watched.recent))
        )
    return sentences


def _listed(watched: Watched, begins: Sequence[date]) -> str:
    names = ", ".join(watched.grain.label(begin) for begin in begins[:3])
    more = _(" and {n} more").format(n=len(begins) - 3) if len(begins) > 3 else ""
    return names + more


def base_of(watched: Watched) -> str:
    """What the limits are made of."""
    periods = []
    for stretch in watched.stretches:
        if stretch.limits and stretch.base:
            first, last = (watched.grain.label(watched.rates.begins[at]) for at in stretch.base)
            periods.append(
                _("{mean} on average of {n} periods, {first} to {last}").format(
                    mean=show_percent(stretch.limits.mean, 1), n=stretch.limits.periods, first=first, last=last
                )
            )
        elif stretch.limits:
            periods.append(
                _("{mean} on average of the {n} periods chosen").format(
                    mean=show_percent(stretch.limits.mean, 1), n=stretch.limits.periods
                )
            )
    return _("Limits are made of: {periods}.").format(periods="; ".join(periods)) if periods else ""


def _perhaps(watched: Watched, signal: Signal) -> str:
    return _("The rate went from {before} to {after} at the {when}; with so few tasks it may be chance.").format(
        before=show_percent(signal.before, 1),
        after=show_percent(signal.after, 1),
        when=watched.grain.label(watched.rates.begins[signal.first]),
    )


def sentence(watched: Watched, stretch: Stretch, signal: Signal) -> str:
    """One signal in words: when, how far, against what."""
    at = {"shift": _shift, "run": _run}.get(signal.rule)
    text = at(watched, signal) if at else _excursion(watched, stretch, signal)
    return text[0].upper() + text[1:]


def _shift(watched: Watched, signal: Signal) -> str:
    pattern = (
        _("A lasting rise from the {when} on: {before} before, {after} since.")
        if signal.side > 0
        else _("A lasting fall from the {when} on: {before} before, {after} since.")
    )
    when = watched.grain.label(watched.rates.begins[signal.first])
    return pattern.format(when=when, before=show_percent(signal.before, 1), after=show_percent(signal.after, 1))


def _run(watched: Watched, signal: Signal) -> str:
    pattern = (
        _("{n} periods in a row above the mean, from the {first} to the {last}: more than chance.")
        if signal.side > 0
        else _("{n} periods in a row below the mean, from the {first} to the {last}: better than chance.")
    )
    first, last = (watched.grain.label(watched.rates.begins[at]) for at in (signal.first, signal.last))
    return pattern.format(n=signal.last - signal.first + 1, first=first, last=last)


def _excursion(watched: Watched, stretch: Stretch, signal: Signal) -> str:
    limits = stretch.limits
    assert limits is not None
    worst = max(
        (at for at in range(signal.first, signal.last + 1) if watched.rates.periods[at].size),
        key=lambda position: signal.side * (watched.rates.periods[position].rate or 0.0),
    )
    period = watched.rates.periods[worst]
    near = signal.rule == "two_of_three"
    lower, upper = limits.around(period.size, 2.0) if near else limits.around(period.size)
    count = sum(1 for at in range(signal.first, signal.last + 1) if watched.rates.periods[at].size)
    if near:
        once = often = (
            _("Two of three periods near the upper limit; the highest, {when}: {rate}, beyond {limit}.")
            if signal.side > 0
            else _("Two of three periods near the lower limit; the lowest, {when}: {rate}, beyond {limit}.")
        )
    elif signal.side > 0:
        once = _("{when}: {rate} of the tasks were rerouted, above the usual limit of {limit}: more than chance.")
        often = _(
            "{n} periods in a row above the usual limit; the highest, {when}: {rate} of the tasks were rerouted, "
            "for a limit of {limit}."
        )
    else:
        once = _("{when}: {rate} of the tasks were rerouted, below the usual limit of {limit}: better than chance.")
        often = _(
            "{n} periods in a row below the usual limit; the lowest, {when}: {rate} of the tasks were rerouted, "
            "for a limit of {limit}."
        )
    return (often if count > 1 else once).format(
        n=count,
        when=watched.grain.label(watched.rates.begins[worst]),
        rate=show_percent(period.rate or 0.0, 1),
        limit=show_percent(upper if signal.side > 0 else lower, 1),
    )
