"""Sentences above the tabs: what is wrong, what waits, what is shown."""

from collections.abc import Iterator
from datetime import date

from core.base.i18n import _, local, show_date
from core.show.columns import utc
from core.show.figure import Note
from pages.indicators import taking
from pages.indicators.definitions import Indicator
from pages.indicators.facts import REBUILT
from pages.indicators.look import IndicatorLook
from pages.indicators.words import month


def _shown(look: IndicatorLook) -> list[Indicator]:
    return [look.indicator] if look.indicator else list(look.defined.things)


def due(look: IndicatorLook, one: Indicator) -> list[str]:
    """The months of an indicator that are to be published and are not, in words."""
    return [month(each) for each in taking.waiting(one, look.publications, look.now)]


def _due(look: IndicatorLook) -> Iterator[tuple[Indicator, list[date], str]]:
    """What is to be published and is not, and why it waits; told to whoever sees everything."""
    for one in _shown(look) if look.person.scope.everything else ():
        if months := taking.waiting(one, look.publications, look.now):
            yield one, months, taking.held_by(one, look.reader, look.now, months)


def _waiting(look: IndicatorLook) -> list[str]:
    sentence = _("{title}: {months} is to be published; the next run of the calendar does it.")
    told = [(one.title, ", ".join(map(month, months))) for one, months, held in _due(look) if not held]
    return [sentence.format(title=title, months=months) for title, months in told]


def _holds(look: IndicatorLook) -> list[str]:
    sentence = _("{title}: its look waits. {why}")
    return [sentence.format(title=one.title, why=held) for one, _months, held in _due(look) if held]


def _again(look: IndicatorLook) -> list[str]:
    takes = look.series[look.series["reason"].notna()] if len(look.series) else look.series
    made = takes["origin"] == REBUILT
    again = takes[~made].drop_duplicates(["seen_on", "take"])[["seen_on", "reason"]]
    past = takes[made].drop_duplicates(["version", "seen_at", "reason"])[["version", "seen_at", "reason"]]
    said, rebuilt = _("Looked at again on {day}: {reason}"), _("The past of version {n} was rebuilt on {day}: {reason}")
    return [
        *(said.format(day=show_date(on), reason=reason) for on, reason in again.itertuples(index=False)),
        *(rebuilt.format(n=n, day=show_date(local(utc(at)).date()), reason=why)
          for n, at, why in past.itertuples(index=False)),
    ]  # fmt: skip


PROBLEMS: Note[IndicatorLook] = Note(lambda look: look.defined.problems, tone="warning")
WAITING: Note[IndicatorLook] = Note(_waiting, tone="info")
HELD: Note[IndicatorLook] = Note(_holds, tone="warning")
LOOKED_AGAIN: Note[IndicatorLook] = Note(_again)
