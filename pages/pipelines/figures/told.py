"""What was told of the night, to whom and why, what was held back and why; and what each person wants to be told."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_, _
from core.people.person import Person
from core.people.rights import may_act
from core.show.about import About
from core.show.columns import Column, Kind, framed
from core.show.figure import Act, Figure, Note
from core.show.filters import Choices, Filter, OneOf
from core.store.engine import store
from core.store.schema import outbox
from core.tell.elsewhere import EVERYBODY, places
from core.tell.outbox import REASONS, Channel, Reason, State
from pages.pipelines import MISSION
from pages.pipelines.acts import choices
from pages.pipelines.acts.choices import Choice
from pages.pipelines.look import NightLook

LATELY = timedelta(days=30)
MOST = 500
STATES = {
    State.DUE: N_("to be sent"),
    State.SENDING: N_("being sent"),
    State.SENT: N_("sent"),
    State.FAILED: N_("not sent"),
    State.HELD: N_("held back"),
}
WAYS = {Channel.MAIL: N_("mail"), Channel.TEAMS: N_("channel")}
COLUMNS = (
    Column("at", N_("When"), Kind.MOMENT),
    Column("state", N_("State")),
    Column("why", N_("Why")),
    Column("to", N_("To")),
    Column("way", N_("By")),
    Column("subject", N_("Subject")),
    Column("text", N_("Text")),
)


def _shape(look: NightLook) -> pd.DataFrame:
    """One row a message about the nights up to the one shown, the newest first: all of them for who may act, else the
    person's own and their groups'."""
    last = min(look.night.end, look.board.as_of) if look.replay else look.night.end
    of_mission = outbox.c.what.startswith(f"{MISSION.key}.", autoescape=True)
    wanted = sa.select(outbox).where(of_mission, outbox.c.created_at <= last, outbox.c.created_at > last - LATELY)
    if not may_act(look.person, MISSION):
        wanted = wanted.where(outbox.c.recipient.in_([look.person.email or "", *places(look.person).values()]))
    with store().read() as connection:
        letters = connection.execute(wanted.order_by(outbox.c.id.desc()).limit(MOST)).all()
    rows = [
        {
            "at": row.sent_at or row.created_at,
            "state": _(STATES[State(row.state)]),
            "why": _why(row),
            "to": row.recipient,
            "way": _(WAYS[Channel(row.channel)]),
            "subject": row.subject,
            "text": row.text,
        }
        for row in letters
    ]
    return framed(rows, COLUMNS)


def _why(row: Any) -> str | None:
    """Why a message is held back or did not go; that it may have arrived twice."""
    reasons = [_(REASONS[Reason(row.reason)]) if row.reason else None, row.last_error]
    reasons += [_("perhaps twice")] if row.unsure else []
    return ". ".join(filter(None, reasons)) or None


TOLD: Figure[NightLook] = Figure(
    name="told",
    title=N_("Messages"),
    about=About(
        N_(
            "What was told of the last thirty nights up to the one shown, by mail and in Teams: to whom, when, and "
            "what was held back and why. Teams takes a message before it shows it: sent means taken."
        ),
        N_("The outbox, through which everything is told"),
    ),
    shape=_shape,
    kept=False,
    columns=COLUMNS,
    empty=N_("Nothing was told, and nothing held back."),
    mailed=False,
)


def _mine(look: NightLook) -> Choice:
    with store().read() as connection:
        return choices.choice(connection, look.person.id)


def _seen(look: NightLook) -> dict[str, str]:
    return {family.family.key: family.family.name for family in look.board.families}


_NOTHING, _FAILURES, _UNKNOWN, _BOTH = "nothing", "failures", "unknown", "both"
_WHAT = {
    _NOTHING: (False, False),
    _FAILURES: (True, False),
    _UNKNOWN: (False, True),
    _BOTH: (True, True),
}


def _fields(look: NightLook) -> Mapping[str, Filter[Any]]:
    mine = _mine(look)
    what = next(code for code, flags in _WHAT.items() if flags == (mine.failures, mine.unknown))
    audiences = {
        _NOTHING: _("Nothing"),
        _FAILURES: _("What fails"),
        _UNKNOWN: _("What is not known"),
        _BOTH: _("What fails, and what is not known"),
    }
    hours = {"always": _("At any hour"), "working": _("In working hours")}
    ways = _ways(look.person)
    families = [key for key in mine.families if key in _seen(look)]
    return {
        "what": OneOf(_("I am told of"), what, options=audiences),
        "families": Choices(_("Families"), families, options=_seen(look)),
        "hours": OneOf(_("When"), "working" if mine.working_hours else "always", options=hours),
        "place": OneOf(_("By"), mine.place if mine.place in ways else next(iter(ways)), options=ways),
    }


def _ways(person: Person) -> dict[str, str]:
    """The ways that are open to a person: the group of a place, "" for mail → words."""
    groups = {place: _("Teams, all squads") if place == EVERYBODY else f"Teams, {place}" for place in places(person)}
    return {**({"": _("mail to {address}").format(address=person.email)} if person.email else {}), **groups}


def _choose(connection: sa.Connection, look: NightLook, values: Mapping[str, Any]) -> str:
    failures, unknown = _WHAT[values["what"]]
    chosen = Choice(tuple(values["families"]), failures, unknown, values["hours"] == "working", values["place"])
    choices.choose(connection, look.person, chosen, _seen(look))
    return _("That is what you are told from now on.")


CHOOSE: Act[NightLook] = Act(
    name="told-choose",
    label=N_("Keep my choice"),
    icon=":material/notifications:",
    help=N_("Each incident once, again where it gets worse, and once more when it is over."),
    fields=_fields,
    run=_choose,
    when=lambda look: bool(_ways(look.person)),
    needs_right=False,
)
WITHOUT: Note[NightLook] = Note(
    lambda _look: _("Your account has no mail address: with one you could choose what you are told."),
    when=lambda look: not _ways(look.person),
)
PARTS = (TOLD, CHOOSE, WITHOUT)
