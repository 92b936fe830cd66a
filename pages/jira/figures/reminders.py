"""The mails that would be sent to assignees, for the lead to read."""

from collections.abc import Sequence

import pandas as pd

from core.base.i18n import N_, _, show_number
from core.show.columns import Column
from core.show.figure import Card, Figure
from pages.jira.acts.remind import reminders
from pages.jira.figures.people import ABOUT
from pages.jira.look import JiraLook

COLUMNS = (
    Column("to", N_("Address")),
    Column("subject", N_("Subject")),
    Column("text", N_("Text"), width="large"),
)


def _shape(look: JiraLook) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"to": mail.to, "subject": mail.subject, "text": mail.text}
            for mail in reminders(look.reader, look.rules, "")
        ],
        columns=[column.name for column in COLUMNS],
    )


def _cards(_look: JiraLook, frame: pd.DataFrame) -> Sequence[Card]:
    return [Card(title=f"{mail['to']} · {mail['subject']}", code=mail["text"]) for mail in frame.to_dict("records")]


def _sent(look: JiraLook, _frame: pd.DataFrame) -> str:
    if look.rules.reminders:
        return _("They are sent each month.")
    return _("They are switched off: whoever runs Vigie switches them on.")


REMINDERS: Figure[JiraLook] = Figure(
    name="reminders",
    title=lambda _look, frame: _("Reminders that would be sent: {n}").format(n=show_number(len(frame))),
    about=ABOUT,
    shape=_shape,
    columns=COLUMNS,
    cards=_cards,
    detail=_sent,
    when=lambda look: look.named,
    mailed=False,
)
