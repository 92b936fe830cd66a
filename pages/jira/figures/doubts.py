"""What of the rules does not fit what the sources really have, for whoever may act."""

import sqlalchemy as sa

from core.base.i18n import _
from core.show.figure import Note
from core.show.filters import Choices
from pages.jira.conditions import MOVES, C, I, query
from pages.jira.facts import CHANGES, ISSUES
from pages.jira.look import JiraLook
from pages.jira.names import blots
from pages.jira.rules import RULES, doubts

_words = [
    sa.select(
        sa.literal(kind).label("kind"),
        column.label("word"),
        sa.func.coalesce(category == "new", sa.false()).label("new"),
        category.is_not(None).label("known"),
        sa.false().label("past"),
    )
    for kind, column, category in (
        ("type", I.issue_type, sa.null()),
        ("type", I.request_type, sa.null()),
        ("status", I.status, I.category),
    )
]
_stood_in = [
    sa.select(sa.literal("status"), status, sa.false(), sa.false(), sa.true()).where(MOVES)
    for status in (C.before, C.after)
]
_all_words = sa.union(*_words, *_stood_in).subquery()
_flags = (sa.func.bool_or(_all_words.c[flag]).label(flag) for flag in ("new", "known", "past"))
WORDS = query(
    "words",
    sa.select(_all_words.c.kind, _all_words.c.word, *_flags)
    .where(_all_words.c.word.is_not(None))
    .group_by(_all_words.c.kind, _all_words.c.word)
    .order_by(_all_words.c.kind, _all_words.c.word),
    tables=(ISSUES, CHANGES),
)
"""Every type and every status that there is, or was; `new`: Jira says that work has not begun there, `known`: Jira says
what it is, `past`: histories name it."""


def _hidden(look: JiraLook) -> str:
    """Clients and labels that others do not see, for whoever sees them."""
    typed, chosen = blots(look.reader)
    labels = look.chosen.filters["labels"]
    assert isinstance(labels, Choices)
    given = ((chosen, [*look.clients.values()]), (typed, [*labels.options]))
    hidden = [value for of, values in given for value in values if of.text(value) != value]
    sentence = _("Hidden from whoever may not be told names, since they read as names of people: {values}.")
    return sentence.format(values=", ".join(hidden)) if hidden else ""


HIDDEN: Note[JiraLook] = Note(_hidden, when=lambda look: look.named)
DOUBTS: Note[JiraLook] = Note(
    lambda look: doubts(RULES.said(), look.rules, look.answer(WORDS).table.to_pylist()),
    tone="warning",
    when=lambda look: look.may_act,
)
