"""What the home page says of the register."""

from datetime import UTC, datetime

from core.auth.people import Person
from core.i18n import _, local, ngettext, show_number
from core.mission import Headline
from core.query import Reader
from core.store import records
from core.store.engine import store
from core.store.records import Wanted
from pages.register.completeness import judge_register
from pages.register.workflow import State


def headline(reader: Reader, person: Person, now: datetime, last_visit: datetime | None) -> Headline:
    """How many treatments there are, how many of them are complete, and how many reviews are overdue."""
    with store().read() as connection:
        live = records.find(connection, "treatment", Wanted(without_states=(State.ARCHIVED,))).lines
    whole = judge_register(line.completeness for line in live)
    overdue = sum(line.review_on is not None and line.review_on < local(now).date() for line in live)
    told = ngettext("{n} review is overdue.", "{n} reviews are overdue.", overdue).format(n=show_number(overdue))
    return Headline(
        sentence=_("treatments, of which {n} are complete.").format(n=show_number(whole.whole)),
        number=show_number(whole.records),
        freshness=max((line.changed_at for line in live), default=None) or now.astimezone(UTC),
        concerns=(told,) if overdue else (),
    )
