"""What the home page says of the register."""

from dataclasses import replace
from datetime import UTC, datetime

from core.base.i18n import _, ngettext, show_number
from core.facts.query import Reader
from core.mission.contract import Headline
from core.people.person import Person
from core.records import records
from core.records.collection import CLOCK
from core.records.listing import once, total, yesterday
from core.records.records import Wanted
from core.store.engine import store
from pages.register.collection import TREATMENTS
from pages.register.workflow import State

SHIPPED = Wanted(facets={"state": [State.DRAFT], "author": [CLOCK]})
"""Vigie's own treatments while they are the drafts that it came with."""


def headline(reader: Reader, person: Person, now: datetime, last_visit: datetime | None) -> Headline:
    """How many treatments there are, how many of them are complete, how many reviews are overdue, and which drafts
    came with Vigie and nobody has looked at yet."""
    with store().read() as connection:
        live = once(connection, ("tally",), lambda: records.tally(connection, "treatment", TREATMENTS.live))
        overdue = total(connection, "treatment", replace(TREATMENTS.live, review_until=yesterday(now)))
        own = total(connection, "treatment", SHIPPED)
    if own and own == live.records:
        sentence = ngettext(
            "draft about Vigie itself, to be reviewed; there is no other treatment yet.",
            "drafts about Vigie itself, to be reviewed; there is no other treatment yet.",
            own,
        )
        return Headline(sentence=sentence, number=show_number(own), freshness=live.newest)
    late = ngettext("{n} review is overdue.", "{n} reviews are overdue.", overdue).format(n=show_number(overdue))
    ours = ngettext(
        "{n} draft about Vigie itself is to be reviewed.", "{n} drafts about Vigie itself are to be reviewed.", own
    ).format(n=show_number(own))
    return Headline(
        sentence=_("treatments, of which {n} are complete.").format(n=show_number(live.whole)),
        number=show_number(live.records),
        freshness=live.newest or now.astimezone(UTC),
        concerns=(*([late] if overdue else []), *([ours] if own else [])),
    )
