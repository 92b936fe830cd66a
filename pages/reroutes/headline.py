"""What the home page says of the reroutes: last week's, against the week before."""

from datetime import datetime, timedelta

from core.base.i18n import N_, _, local, ngettext, show_number
from core.base.periods import Grain, last_whole
from core.facts.query import Reader
from core.mission.contract import Headline
from core.people.person import Person
from core.show.about import About
from pages.reroutes import frames, queries
from pages.reroutes.facts import HANDOVERS
from pages.reroutes.queries import Slice
from pages.reroutes.watch import known
from pages.reroutes.words import SOURCE

ABOUT = About(
    N_("Hand-overs of the last complete week, Monday to Sunday, of all entities: by hand and by a machine."), SOURCE
)


WEEKS = 12


def headline(reader: Reader, person: Person, now: datetime, visit: datetime | None) -> Headline:
    """The card of the reroutes. Raises QueryFailed."""
    if not known(reader).handovers:
        return Headline(_("No task log and no table of reroutes has been read yet."))
    week = last_whole(local(now).date(), Grain.WEEK, 1)
    asked = Slice(week.first, week.last)
    counts = reader.run(queries.by_day, **asked.params(queries.by_day)).frame()
    count, before = (int(frames.within(counts, span)["handovers"].sum()) for span in (asked, asked.before()))
    weeks = (Grain.WEEK.moved(asked.first, -age) for age in range(WEEKS - 1, -1, -1))
    trend = [int(frames.within(counts, Slice(day, day + timedelta(days=6)))["handovers"].sum()) for day in weeks]
    sentence = ngettext("reroute in the {week}", "reroutes in the {week}", count).format(
        week=Grain.WEEK.label(asked.first)
    )
    against = _("{n} the week before").format(n=show_number(before))
    return Headline(
        f"{sentence}, {against}",
        number=show_number(count),
        freshness=reader.fresh(HANDOVERS),
        about=ABOUT,
        trend=tuple(map(float, trend)),
    )
