"""Sentences above the tabs: what is wrong, what waits, what is shown."""

from core.base.i18n import _, local, show_date
from core.show.columns import utc
from core.show.figure import Note
from pages.indicators.facts import REBUILT
from pages.indicators.look import IndicatorLook
from pages.indicators.words import months


def _waiting(look: IndicatorLook) -> list[str]:
    sentence = _("{title}: {months} is to be published; the next run of the calendar does it.")
    return [sentence.format(title=due.indicator.title, months=months(due.ready)) for due in look.due if due.ready]


def _held(look: IndicatorLook) -> list[str]:
    sentence = _("{title}, {months}: its look waits. {why}")
    return [
        sentence.format(title=due.indicator.title, months=months(due.held), why=due.why) for due in look.due if due.held
    ]


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
HELD: Note[IndicatorLook] = Note(_held, tone="warning")
LOOKED_AGAIN: Note[IndicatorLook] = Note(_again)
