"""What stands in words between the figures of several tabs, and where all of them come from."""

from collections.abc import Mapping
from typing import Any

from core.base.i18n import N_, _, show_date
from core.show.columns import Column, Kind
from core.show.figure import Note
from pages.jira.behind import Behind
from pages.jira.blots import BLOT
from pages.jira.look import JiraLook
from pages.jira.rules import COUNTING, Counting

SOURCE = N_("Jira, by the rules of pages/jira/rules.yml")
PARTIAL_COLUMN = Column("partial", N_("Partial"), Kind.FLAG)


def _partial(look: JiraLook) -> str:
    months = ", ".join(show_date(month, "MMM y") for month in look.months.partial)
    return _("Partial, left out of rankings and trends: {months}").format(months=months) if months else ""


COUNTED: Note[JiraLook] = Note(lambda look: _(COUNTING[look.counting]))
COUNTED_EACH: Note[JiraLook] = Note(lambda _look: _(COUNTING[Counting.EACH]))
"""A median or a field knows no half request."""
PARTIAL: Note[JiraLook] = Note(_partial)
UNKNOWN_BEFORE: Note[JiraLook] = Note(
    lambda _look: _("As many months before are not known: no client is called new or lost, none has gained places."),
    when=lambda look: bool(look.months.whole and not look.months.before),
)
PICK_A_CELL: Note[JiraLook] = Note(lambda _look: _("Pick a cell to see the requests behind it."))


def shows(behind: Behind, **filters: list[str]) -> Mapping[str, Any]:
    """What a picked mark means: some filters, and the requests behind it; nothing where it stands for hidden names."""
    if any(BLOT in value for values in filters.values() for value in values):
        return {}
    return {**filters, "behind": behind.picks}
