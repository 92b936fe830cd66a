"""Pipelines in no family, put into one: with window, family and contact guessed from the nights that were."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from core.base.i18n import N_, _, ngettext, show_number
from core.show.figure import Act, Note
from core.show.filters import Field, Filter, Rows
from pages.pipelines.acts import rules as acts
from pages.pipelines.guess import Guess, guesses
from pages.pipelines.look import STREAK, NightLook


def _waiting(look: NightLook) -> list[Guess]:
    """A guess of each pipeline that ran this night and that neither the rules in force nor my draft holds. Before there
    is any family, those count too that ran well in most nights and not in this one: it may be cut short."""
    held = {name.casefold() for name in look.book.work.pipelines}
    tonight = {run.pipeline for run in look.passing.unassigned}
    boards = [look.board_before(nights) for nights in range(STREAK)]
    proposed = (guess for guess in guesses(boards, look.book.work.families) if guess.pipeline.casefold() not in held)
    return [
        guess for guess in proposed if guess.pipeline in tonight or (unjudged(look) and 2 * guess.good > guess.nights)
    ]


def unjudged(look: NightLook) -> bool:
    """Whether no pipeline is in a family yet."""
    return not look.rules.families


def _fields(look: NightLook) -> Mapping[str, Filter[Any]]:
    fields = (
        Field("pipeline", _("Pipeline"), locked=True),
        Field("family", _("Family")),
        Field("start", _("Window, from")),
        Field("end", _("Window, until")),
        Field("working", _("Working days only"), flag=True),
        Field("contact", _("Contact of the family")),
        Field("guessed", _("Guessed from"), locked=True),
    )
    rows = tuple(
        (guess.pipeline, guess.family, *_window(guess), guess.working, guess.contact, _guessed(guess))
        for guess in _waiting(look)
    )
    label = _("A guess, to be corrected: the family of pipelines whose names begin alike, the window of the good runs.")
    return {"rows": Rows(label, rows, fields=fields, fixed=True)}


def _window(guess: Guess) -> tuple[str, str]:
    return (f"{guess.window[0]:%H:%M}", f"{guess.window[1]:%H:%M}") if guess.window else ("", "")


def _guessed(guess: Guess) -> str:
    template = ngettext("{n} good night of {all}", "{n} good nights of {all}", guess.good)
    return template.format(n=show_number(guess.good), all=show_number(guess.nights))


def _assign(connection: sa.Connection, look: NightLook, values: Mapping[str, Any]) -> str:
    rows = [row[:6] for row in values["rows"]]
    n = acts.put_into_families(connection, look.book, look.person, rows)
    template = ngettext(
        "{n} pipeline stands in a family in your draft: the tab “Rules” tries it and puts it in force.",
        "{n} pipelines stand in families in your draft: the tab “Rules” tries them and puts them in force.",
        n,
    )
    return template.format(n=show_number(n))


def _lead(look: NightLook) -> str:
    n = len({run.pipeline for run in look.board.unassigned})
    if not n:
        return _("No pipeline is in a family yet, and none ran this night: look at a night that has runs.")
    template = ngettext(
        "{n} pipeline ran this night and is in no family yet, so nothing is judged. The tab “In no family” puts it "
        "into one; “Rules” then puts that in force.",
        "{n} pipelines ran this night and are in no family yet, so nothing is judged. The tab “In no family” puts them "
        "into some; “Rules” then puts that in force.",
        n,
    )
    return template.format(n=show_number(n))


LEAD: Note[NightLook] = Note(_lead, tone="info", when=unjudged)
ASSIGN: Act[NightLook] = Act(
    name="rules-assign",
    label=N_("Put them into these families"),
    icon=":material/library_add:",
    help=N_("A family that does not exist yet is made. An empty name leaves the pipeline where it is."),
    fields=_fields,
    subject=lambda look: look.night.day.isoformat(),
    run=_assign,
    when=lambda look: look.book.may_act and bool(_waiting(look)),
)
PARTS = (ASSIGN,)
