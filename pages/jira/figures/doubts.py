"""What of the rules does not fit what the sources really have, for whoever may act."""

import sqlalchemy as sa

from core.base.i18n import _
from core.show.figure import Note
from core.show.filters import Choices
from pages.jira.conditions import I, query
from pages.jira.facts import CHANGES, ISSUES
from pages.jira.look import JiraLook
from pages.jira.names import blots
from pages.jira.rules import RULES, doubts

_words = [
    sa.select(sa.literal(kind).label("kind"), column.label("word"), sa.func.coalesce(new, sa.false()).label("new"))
    for kind, column, new in (
        ("type", I.issue_type, sa.false()),
        ("type", I.request_type, sa.false()),
        ("status", I.status, I.category == "new"),
    )
]
_moved_to = sa.select(sa.literal("status"), CHANGES.sql.c.after, sa.false()).where(
    sa.func.lower(CHANGES.sql.c.field) == "status"
)
_all_words = sa.union(*_words, _moved_to).subquery()
WORDS = query(
    "words",
    sa.select(_all_words.c.kind, _all_words.c.word, sa.func.bool_or(_all_words.c.new).label("new"))
    .where(_all_words.c.word.is_not(None))
    .group_by(_all_words.c.kind, _all_words.c.word)
    .order_by(_all_words.c.kind, _all_words.c.word),
    tables=(ISSUES, CHANGES),
)
"""Every type and every status that there is, or was; `new`: Jira says that work has not begun there."""


def _hidden(look: JiraLook) -> str:
    """Clients and labels that others do not see, for whoever sees them."""
    typed, chosen = blots(look.reader)
    labels = look.chosen.filters["labels"]
    assert isinstance(labels, Choices)
    given = ((chosen, [*look.clients.values()]), (typed, [*labels.options]))
    found = [value for of, values in given for value in values if of.text(value) != value]
    sentence = _("Hidden from whoever may not be told names, since they read as names of people: {values}.")
    return sentence.format(values=", ".join(found)) if found else ""


HIDDEN: Note[JiraLook] = Note(_hidden, when=lambda look: look.named)
DOUBTS: Note[JiraLook] = Note(
    lambda look: doubts(RULES.said(), look.rules, look.answer(WORDS).table.to_pylist()),
    tone="warning",
    when=lambda look: look.may_act,
)
