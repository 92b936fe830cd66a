"""The morning message: written from the board, amended and sent by a duty person, and kept as it went."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_, _, ngettext, speaking
from core.people.rights import may_act
from core.show.about import About
from core.show.columns import Column, Kind, framed
from core.show.figure import Act, Figure, Note
from core.show.filters import Filter, Line, OneOf, Words
from core.store.engine import store
from pages.pipelines import MISSION
from pages.pipelines.acts import morning
from pages.pipelines.acts.morning import EVERYBODY, LANGUAGE, Message
from pages.pipelines.headline import last_night
from pages.pipelines.look import NightLook

COLUMNS = (
    Column("night", N_("Night"), Kind.DAY),
    Column("sent", N_("Sent"), Kind.MOMENT),
    Column("who", N_("Written by")),
    Column("families", N_("Families")),
    Column("subject", N_("Subject")),
    Column("text", N_("Text")),
)


def _open(look: NightLook) -> bool:
    """Whether the message of the night shown is still to be sent."""
    kept = _kept(look)
    return not look.replay and look.night.day == last_night(look.now) and (kept is None or kept.sent_at is None)


def _kept(look: NightLook) -> Message | None:
    with store().read() as connection:
        return morning.message(connection, look.night.day)


def _fields(look: NightLook) -> Mapping[str, Filter[Any]]:
    kept = _kept(look)
    if kept:
        subject, text = kept.subject, kept.text
    else:
        with speaking(LANGUAGE):
            subject, text = morning.composed(look.board, look.available, look.desk)
    then = {"keep": _("Keep it: it goes at the hours of the rules"), "send": _("Send it now")}
    return {
        "subject": Line(_("Subject"), subject),
        "text": Words(_("Morning message"), text, longest=20_000),
        "then": OneOf(_("Afterwards"), "keep", options=then),
    }


def _write(connection: sa.Connection, look: NightLook, values: Mapping[str, Any]) -> str:
    who, now = look.person.name, look.now
    kept = morning.keep(connection, look.night.day, EVERYBODY, values["subject"], values["text"], who=who, now=now)
    if values["then"] != "send":
        return _("The message is kept.")
    n = morning.send(connection, kept, look.rules.on(look.night.day).mails, who=who, now=now)
    return ngettext("The message goes to {n} recipient.", "The message goes to {n} recipients.", n).format(n=n)


def _shape(look: NightLook) -> pd.DataFrame:
    """One row a message, sent or kept, of the nights up to the one shown; those about all families for who may act."""
    with store().read() as connection:
        messages = morning.messages(connection, look.night.day) if may_act(look.person, MISSION) else []
    rows = [
        {
            "night": pd.Timestamp(message.night, tz="UTC"),
            "sent": message.sent_at,
            "who": look.book.called(message.who),
            "families": message.audience or _("all"),
            "subject": message.subject,
            "text": message.text,
        }
        for message in messages
        if not look.replay or message.as_of <= look.board.as_of
    ]
    return framed(rows, COLUMNS)


WRITE: Act[NightLook] = Act(
    name="morning-write",
    label=N_("Keep or send"),
    icon=":material/send:",
    help=N_(
        "To those whom the rules tell of all families in the morning. Who is told of some families alone gets theirs."
    ),
    fields=_fields,
    subject=lambda look: look.night.day.isoformat(),
    run=_write,
    when=_open,
)
NOBODY: Note[NightLook] = Note(
    lambda _look: _("The rules name nobody who is told in the morning."),
    when=lambda look: not any(mail.morning for mail in look.rules.on(look.night.day).mails),
)
SENT: Figure[NightLook] = Figure(
    name="morning-messages",
    title=N_("Morning messages"),
    about=About(
        N_("The messages of the last nights up to the one shown, as they went: the board is a picture in the mail."),
        N_("Written from the board, amended by people on duty"),
    ),
    shape=_shape,
    kept=False,
    columns=COLUMNS,
    when=lambda look: may_act(look.person, MISSION),
    empty=N_("No morning message went yet."),
    mailed=False,
)
PARTS = (WRITE, NOBODY, SENT)
