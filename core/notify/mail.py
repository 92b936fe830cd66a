"""Sending by SMTP, as the settings say."""

import hashlib
import smtplib
import ssl
from email.message import EmailMessage
from types import TracebackType
from typing import Self

from core.errors import NotifyFailed, SettingInvalid
from core.i18n import _
from core.notify.notices import Notice
from core.settings import Settings

PATIENCE = 30.0
"""Seconds to wait for the mail server."""


class Mail:
    """One connection to the mail server.

    Raises SettingInvalid where no server is set, and NotifyFailed when it does not answer or let us in.
    """

    def __init__(self, settings: Settings) -> None:
        if not settings.smtp_host or not settings.mail_from:
            raise SettingInvalid(_("No mail server is set: fill VIGIE_SMTP_HOST and VIGIE_MAIL_FROM."))
        self.settings = settings
        self._server: smtplib.SMTP

    def __enter__(self) -> Self:
        said = self.settings
        try:
            if said.smtp_security == "tls":
                context = ssl.create_default_context()
                self._server = smtplib.SMTP_SSL(said.smtp_host, said.smtp_port, timeout=PATIENCE, context=context)
            else:
                self._server = smtplib.SMTP(said.smtp_host, said.smtp_port, timeout=PATIENCE)
            if said.smtp_security == "starttls":
                self._server.starttls(context=ssl.create_default_context())
            if said.smtp_user:
                self._server.login(said.smtp_user, said.smtp_password.get_secret_value())
        except (OSError, smtplib.SMTPException) as error:
            sentence = _("The mail server {host} does not let us in: check VIGIE_SMTP_… and try again.")
            # The server's own words could repeat what was sent to it: only their kind is kept.
            raise NotifyFailed(sentence.format(host=said.smtp_host), detail=type(error).__name__) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()

    def send(self, notice: Notice) -> None:
        """Hand one notice over. Raises NotifyFailed with a sentence when the server refuses it."""
        try:
            self._server.send_message(message(notice, self.settings.mail_from))
        except (OSError, smtplib.SMTPException, ValueError) as error:
            sentence = _("The mail to {to} was refused; it is tried again at the next sending.")
            raise NotifyFailed(sentence.format(to=notice.to), detail=str(error)) from error


def message(notice: Notice, sender: str) -> EmailMessage:
    """The mail of a notice. Raises ValueError when an address or the subject holds a line break."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, notice.to, notice.subject
    mail["Message-ID"] = (
        f"<{hashlib.sha256(notice.key.encode()).hexdigest()[:32]}@{sender.rpartition('@')[2] or 'vigie'}>"
    )
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(notice.text)
    return mail
