"""What page and alert ask alike: what the data cover, scopes over them, rates, what is out of control."""

from dataclasses import dataclass, replace

from core.base.i18n import _, show_percent
from core.base.periods import Grain, Period
from core.facts.query import Reader
from pages.reroutes import frames, queries, rules
from pages.reroutes.control import Excursion, Limits, excursions, laney
from pages.reroutes.frames import Covered, Rates
from pages.reroutes.queries import EVER, Slice
from pages.reroutes.rules import Resolved, Scope


@dataclass(frozen=True)
class Known:
    """What the hand-overs hold: entities, centres, filières, and how many there are. `covered`: the days told of."""

    entities: tuple[tuple[str, str | None], ...]
    centres: tuple[str, ...]
    lines: tuple[str, ...]
    ways: tuple[str, ...]
    routers: tuple[str, ...]
    handovers: int
    undated: int
    without_centre: int
    covered: Covered

    @property
    def codes(self) -> list[str]:
        """Codes of the entities."""
        return sorted({code for code, _kind in self.entities})


def known(reader: Reader) -> Known:
    """What there is to look at. Raises QueryFailed."""
    entities = reader.run(queries.ENTITIES).table.to_pylist()
    rows = reader.run(queries.CENTRES).table.to_pylist()
    days = reader.run(queries.by_day, **EVER.params(queries.by_day)).table
    undated = reader.run(queries.UNDATED_IN_ALL).table["handovers"][0].as_py()
    log = reader.run(queries.COVERED).table.to_pylist()[0]
    covered: Covered = None
    if len(days):
        first, last = days["day"][0].as_py(), days["day"][-1].as_py()
        if log["first"]:
            first, last = min(first, frames.local_day(log["first"])), max(last, frames.local_day(log["last"]))
        covered = (first, last)
    return Known(
        entities=tuple((row["entity"], row["kind"]) for row in entities),
        centres=tuple(sorted({row["centre"] for row in rows if row["centre"]})),
        lines=tuple(sorted({row["line"] for row in rows if row["line"]})),
        ways=tuple(sorted({row["way"] for row in rows})),
        routers=tuple(sorted(filter(None, reader.run(queries.ROUTERS).table["router"].to_pylist()))),
        handovers=sum(days["handovers"].to_pylist()) + undated,
        undated=undated,
        without_centre=sum(row["handovers"] for row in rows if row["centre"] is None),
        covered=covered,
    )


def resolved(scope: Scope | None, there: Known) -> Resolved | None:
    """A scope over what there is; None for all hand-overs."""
    return rules.resolve(scope, there.entities, there.centres) if scope else None


@dataclass(frozen=True)
class Watched:
    """Rates by period with their limits (None: too few whole periods) and excursions; `why_not` says in a sentence
    why there is no rate at all, "" when there is one."""

    grain: Grain
    rates: Rates
    limits: Limits | None
    excursions: list[Excursion]
    why_not: str


def watch(reader: Reader, asked: Slice, grain: Grain, covered: Covered, minimum: int = 1) -> Watched:
    """Rates of what is asked. Raises QueryFailed.

    A rate takes the tasks that the router placed in the entities of the scope and of the origins asked for, and says
    how many of them were rerouted for the first time. Where the scope is that of the rerouter's centre, or of the
    target alone, no routed volume answers to it, and there is none.
    """
    nothing = Rates((), [], [], False)
    scope = asked.scope
    if scope and (scope.centres is not None or scope.end == "target"):
        return Watched(grain, nothing, None, [], _("No rate: nothing says how many tasks were routed in this scope."))
    if asked.targets or asked.lines or asked.only:
        return Watched(
            grain, nothing, None, [], _("No rate: volumes are known by first entity, not by target or filière.")
        )
    both = scope and scope.end == "both"
    counted = replace(asked, scope=replace(scope, end="origin")) if scope and both else asked
    entities: set[str] | None = set(scope.entities) if scope else None
    if asked.origins:
        entities = set(asked.origins) if entities is None else entities & set(asked.origins)
    counts = reader.run(queries.by_day, **counted.params(queries.by_day)).shared()
    period = Period(asked.first, asked.last)
    routed = reader.run(
        queries.ROUTED, start=period.start, end=period.end, entities=None if entities is None else list(entities)
    ).shared()
    found = frames.rates(counts, routed, asked, grain, covered)
    if all(period.rate is None for period in found.periods):
        said = (
            _("No rate by this period: the routed volumes are known for longer ones only.")
            if found.coarse
            else _("No rate: the routed volumes of this period are not known.")
        )
        return Watched(grain, found, None, [], said)
    limits = laney(found.periods)
    return Watched(grain, found, limits, excursions(found.periods, limits, minimum) if limits else [], "")


def sentences(watched: Watched) -> list[str]:
    """What is out of control, and what is not known, in plain words."""
    if watched.why_not:
        return [watched.why_not]
    said = [sentence(watched, one) for one in watched.excursions]
    if watched.limits is None:
        said.append(_("Too few whole periods to tell signal from noise: control limits need eight."))
    elif not said:
        said.append(_("Nothing is out of control: what varies is what usually varies."))
    missing = watched.rates.missing
    if missing and len(missing) < len(watched.rates.begins):
        names = ", ".join(watched.grain.label(begin) for begin in missing[:3])
        more = _(" and {n} more").format(n=len(missing) - 3) if len(missing) > 3 else ""
        missed = _("The routed volumes are missing for: {periods}. No rate is drawn there.")
        said.append(missed.format(periods=names + more))
    return said


def sentence(watched: Watched, one: Excursion) -> str:
    """One excursion in words: when, how far, against what."""
    assert watched.limits is not None
    worst = max(
        range(one.first, one.last + 1),
        key=lambda position: one.side * (watched.rates.periods[position].rate or 0.0),
    )
    period = watched.rates.periods[worst]
    lower, upper = watched.limits.around(period.size)
    count = one.last - one.first + 1
    when = watched.grain.label(watched.rates.begins[worst])
    if one.side > 0:
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
    said = (often if count > 1 else once).format(
        n=count,
        when=when,
        rate=show_percent(period.rate or 0.0, 1),
        limit=show_percent(upper if one.side > 0 else lower, 1),
    )
    return said[0].upper() + said[1:]
