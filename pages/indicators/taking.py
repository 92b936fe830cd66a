"""Which looks are due, and one look taken: asked of the lake with everything in scope, ready to land and to publish.

Nothing is written here; `pages.indicators.acts` does, by the calendar or for a person who holds the right.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

import pyarrow as pa

from core.base.i18n import _, local
from core.base.periods import Grain
from core.base.status import Verdict
from core.declared.files import Declared, declared
from core.declared.select import SelectRefused, question, tried
from core.facts.query import Query, Reader
from core.facts.squads import HOUSE
from core.facts.tables import FactTable
from core.mission.discovery import missions
from core.mission.doubts import doubt
from core.mission.related import related
from core.people.person import Person, Role
from core.records.freeze import Day, Published
from core.rules.document import Where
from pages.indicators import looks, published
from pages.indicators.definitions import Indicator
from pages.indicators.facts import INDICATOR_VALUES, REBUILT
from pages.indicators.looks import Cell, Origin, Taken
from pages.indicators.published import Publication
from pages.indicators.queries import DEFINED, LOOKS
from pages.indicators.rules import RULES

CLOCK = "vigie"
"""Who takes what is due by the calendar."""


@dataclass(frozen=True)
class Ready:
    """A look that was taken: its rows, and what is to be published of it."""

    rows: pa.Table
    publications: Mapping[Published, Mapping[str, object]]
    doubt: str = ""


def readable() -> dict[str, FactTable]:
    """The tables that a definition may name: every mission's, but the looks themselves."""
    return {
        table.name: table for mission in missions().values() if mission.key != "indicators" for table in mission.tables
    }


def asked(indicator: Indicator) -> Query:
    """The question of an indicator. Raises RulesInvalid where its SELECT may not be run."""
    for _where, problem in _against(indicator):
        raise looks.wrong(indicator, problem)
    return _question(indicator)[0]


def _against(indicator: Indicator) -> Iterator[tuple[Where, str]]:
    """Why an indicator cannot be asked."""
    if unknown := sorted({*indicator.tables} - readable().keys()):
        yield ("tables",), _("there is no table {names}").format(names=", ".join(unknown))
        return
    try:
        _asked, given = _question(indicator)
    except SelectRefused as error:
        yield ("select",), str(error)
    else:
        if lacking := sorted(looks.wanted(indicator) - given):
            yield ("select",), _("its SELECT gives no column {names}").format(names=", ".join(lacking))


def _question(indicator: Indicator) -> tuple[Query, frozenset[str]]:
    """The question, and the columns that it gives. Raises SelectRefused."""
    there = readable()
    return _tried(indicator.indicator, indicator.select, tuple((name, there[name]) for name in indicator.tables))


@lru_cache(maxsize=200)
def _tried(name: str, select: str, there: tuple[tuple[str, FactTable], ...]) -> tuple[Query, frozenset[str]]:
    kinds = {"first": date, "last": date, "seen_on": date}
    asked = question(f"indicator_{name}", select, dict(there), kinds)
    (given,) = tried([asked], dict(there).values(), {("select",): select})
    return asked, frozenset(given)


def waiting(indicator: Indicator, before: Iterable[Publication], now: datetime) -> list[date]:
    """The months that are to be published by now and are not, the oldest first: all since the first published one, or
    the one before this month where none is. `before`: the publications so far, of any indicator."""
    frozen = {one.month for one in before if one.indicator == indicator.indicator}
    return day_of(indicator).waiting(frozen, now)


def day_of(indicator: Indicator) -> Day:
    """When its months are published, by the rules in force. Raises RulesInvalid."""
    return indicator.published(RULES.in_force().department)


@dataclass(frozen=True)
class Due:
    """What is to be published of an indicator and is not: the months that may be and those that wait, the oldest
    first, and why they do; "" where none does."""

    indicator: Indicator
    ready: Sequence[date]
    held: Sequence[date]
    why: str


def due(indicator: Indicator, reader: Reader, before: Iterable[Publication], now: datetime) -> Due:
    """What is to be published of an indicator. A month is ready where one after it is: its rows are older than what
    is known. Raises RulesInvalid and QueryFailed."""
    months, whys = waiting(indicator, before, now), list[str]()
    for ready in range(len(months), 0, -1):
        why = _held_by(indicator, reader, now, months[ready - 1])
        if not why:
            return Due(indicator, months[:ready], months[ready:], next(iter(whys), ""))
        whys.append(why)
    return Due(indicator, [], months, next(iter(whys), ""))


def _held_by(indicator: Indicator, reader: Reader, now: datetime, month: date) -> str:
    """Why a look waits that would publish a month, as a sentence: rows of its tables may be missing, or pipelines did
    not go well in the night before; "" where it need not. Raises QueryFailed."""
    if lacking := doubt(reader, indicator.tables, Grain.MONTH.of(month).end):
        return lacking
    house = Person(0, CLOCK, CLOCK, Role.ADMIN, frozenset())
    things = [("pipeline", name) for name in indicator.waits_for]
    told = related(missions()["indicators"], reader, house, now, things)
    bad = [
        name
        for kind, name in things
        if not (said := [one.verdict for _mission, one in told.get((kind, name), ()) if one.verdict])
        or any(verdict is not Verdict.OK for verdict in said)
    ]
    sentence = _("Last night, {names} did not go well.")
    return sentence.format(names=", ".join(bad)) if bad else ""


def take(
    indicator: Indicator,
    reader: Reader,
    now: datetime,
    months: Sequence[date],
    before: Sequence[Publication],
    *,
    source: str = CLOCK,
    reason: str | None = None,
) -> Ready:
    """Look at an indicator now, and make ready what is to be published of some months.

    `reader` sees everything; `before` are the publications so far, whose words are carried over. With a `reason` the
    same day may be looked at again, beside what was seen before. Raises RulesInvalid and QueryFailed.
    """
    _same_count(indicator, reader)
    day, on = day_of(indicator), local(now).date()
    earlier = reader.run(LOOKS, indicator=indicator.indicator).table.to_pylist()
    of_today = [row for row in earlier if row["seen_on"] == on and row["version"] == indicator.version]
    number = max((row["take"] for row in of_today), default=0)
    kind: Origin = "again" if reason else day.origin(months[-1], now) if months else "scheduled"
    taken = Taken(on, now, kind, source, number + 1 if reason else max(number, 1), reason)
    seen: set[Cell] = {(row["period"], row["slice"], row["squad"]) for row in earlier if row["origin"] != REBUILT}
    rows = _looked(indicator, reader, seen, taken)
    doubt = "" if reason else looks.changed([row for row in of_today if row["take"] == number], rows)
    kept = pa.Table.from_pylist(of_today, rows.schema) if doubt else rows
    publications = _publications(indicator, kept, months, before, now, day)
    return Ready(rows.slice(0, 0) if doubt else rows, publications, doubt)


def _looked(indicator: Indicator, reader: Reader, seen: Iterable[Cell], taken: Taken) -> pa.Table:
    """The rows of a look as of its day; cells that were `seen` before and are told of no more are 0."""
    query, window = asked(indicator), indicator.looked_at(taken.on)
    bounds = {"first": window[0], "last": window[1], "seen_on": taken.on}
    answer = reader.run(query, **{name: bounds[name] for name in query.params}).table
    return looks.rows(indicator, looks.values(indicator, answer, *window), seen, window, taken)


def unseen(indicator: Indicator, reader: Reader, now: datetime) -> list[date]:
    """The days on which months were to be published before the version in force first looked, the oldest first: so many
    as it looks at months. None once it was rebuilt, nor where its SELECT does not take `$seen_on`: then nothing says
    what was known on a day gone by. Raises RulesInvalid and QueryFailed."""
    known = reader.run(LOOKS, indicator=indicator.indicator).table.to_pylist()
    own = {row["seen_on"]: row["origin"] for row in known if row["version"] == indicator.version}
    if "seen_on" not in asked(indicator).params or REBUILT in own.values():
        return []
    today, day = local(now).date(), day_of(indicator)
    days = (day.on(Grain.MONTH.moved(today, -age)) for age in range(indicator.periods + 1, 0, -1))
    return [on for on in days if on < min(own, default=today)]


def rebuild(indicator: Indicator, reader: Reader, now: datetime, *, source: str, reason: str) -> Ready:
    """What the version in force would have seen on the days of `unseen`, from what the source says now. Nothing of it
    is published, and nothing that was seen changes. Raises RulesInvalid and QueryFailed."""
    _same_count(indicator, reader)
    parts, seen = [INDICATOR_VALUES.schema.empty_table()], set[Cell]()
    for on in unseen(indicator, reader, now):
        parts.append(_looked(indicator, reader, seen, Taken(on, now, REBUILT, source, reason=reason)))
        seen |= {(row["period"], row["slice"], row["squad"]) for row in parts[-1].to_pylist()}
    return Ready(pa.concat_tables(parts), {})


def _publications(
    indicator: Indicator,
    rows: pa.Table,
    months: Sequence[date],
    before: Sequence[Publication],
    now: datetime,
    day: Day,
) -> dict[Published, Mapping[str, object]]:
    """What is published of each month: all of it for the house, each squad's rows for the squad."""
    found: dict[Published, Mapping[str, object]] = {}
    for month in months:
        of_month = [row for row in rows.to_pylist() if row["period"] == month]
        squads = sorted({row["squad"] for row in of_month} - {HOUSE})
        for squad in (None, *squads):
            told = [row for row in of_month if squad is None or row["squad"] == squad]
            words = [one.words for one in before if (one.indicator, one.squad) == (indicator.indicator, squad)]
            seen_on, origin = local(now).date(), day.origin(month, now)
            content = published.content(indicator, told, seen_on, now, origin, words[-1] if words else "")
            found[Published.of(month, squad, indicator.indicator)] = content
    return found


def _same_count(indicator: Indicator, reader: Reader) -> None:
    """Raises RulesInvalid where what is counted changed and the version did not."""
    known = {
        row["version"]: row["definition"]
        for row in reader.run(DEFINED).table.to_pylist()
        if row["indicator"] == indicator.indicator
    }
    if known.get(indicator.version, indicator.counted) != indicator.counted:
        sentence = _(
            "what is counted changed, and its version is still {version}: write version: {next}, and why. Figures that "
            "were seen keep their version"
        )
        raise looks.wrong(indicator, sentence.format(version=indicator.version, next=max(known) + 1))
    if known and indicator.version < max(known):
        sentence = _("its version is {version}, and {newest} was looked at before: versions go up")
        raise looks.wrong(indicator, sentence.format(version=indicator.version, newest=max(known)))


def declared_now() -> Declared[Indicator]:
    """The indicators as they are declared now."""
    return declared(Indicator, "indicators", _against)
