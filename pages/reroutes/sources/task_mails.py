"""Mails that tasks were made of."""

from core.base.i18n import N_
from core.sources.mapping import Field
from core.sources.shaping import Piece
from core.sources.tabular import Tabular, is_file
from core.sources.values.kinds import Kind
from pages.reroutes.facts import MAILS
from pages.reroutes.sources.shared import RECIPIENTS, TASK

MAIL_FIELDS = (
    TASK,
    Field("received_at", N_("Received"), Kind.MOMENT, ("date", "received at", "reçu le", "date de réception")),
    Field("sender", N_("Sender"), Kind.TEXT, ("from", "sender", "expéditeur", "de")),
    RECIPIENTS,
    Field("header", N_("Subject"), Kind.TEXT, ("header", "subject", "objet", "sujet"), prose=True),
    Field("body", N_("Text"), Kind.TEXT, ("body", "corps", "texte", "message"), prose=True),
    Field("attachments", N_("Attachments"), Kind.TEXT, ("attachments", "attachment", "pièces jointes"), prose=True),
)  # fmt: skip
"""What a table of mails says: Melusine's own names first."""


def _complete(piece: Piece) -> None:
    piece.need("task", N_("The row names no task."))
    piece.need("received_at", N_("The row has no date."))
    piece.not_in_future("received_at")


TASK_MAILS = Tabular(
    kind="task_mails",
    title=N_("Mails of the tasks (CSV or Excel)"),
    sql_title=N_("Mails of the tasks in a database"),
    table=MAILS,
    fields=MAIL_FIELDS,
    complete=_complete,
    latest_counts=is_file,
)
