"""Sending by SMTP, as the settings say."""

import hashlib
import re
import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from html import escape
from types import TracebackType
from typing import Self

from core.base import addresses
from core.base.errors import NotifyFailed, SettingInvalid
from core.base.i18n import _
from core.base.settings import Settings
from core.tell.notices import Attached, Letter

SHOWN_WIDTH = 860
"""Pixels that a picture takes in the mail; it is drawn finer."""
_LINK = re.compile(r"^https?://[^\s<]+$", re.MULTILINE)
"""A link is what Vigie set on a line of its own: an address within a sentence may be somebody else's words."""
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

    def send(self, letter: Letter) -> None:
        """Hand one letter over. Raises NotifyFailed with a sentence when the server refuses it."""
        to = addresses.one(letter.notice.to)
        if to is None:
            told = _("{to} is not one mail address: nothing was sent there.")
            raise NotifyFailed(told.format(to=letter.notice.to))
        try:
            self._server.send_message(message(letter, self.settings.mail_from), to_addrs=[to])
        except (OSError, smtplib.SMTPException, ValueError) as error:
            sentence = _("The mail to {to} was refused; it is tried again at the next sending.")
            raise NotifyFailed(sentence.format(to=letter.notice.to), detail=str(error)) from error


def message(letter: Letter, sender: str) -> EmailMessage:
    """The mail of a letter: its text, and where it has pictures the same as HTML with the pictures below; files after.

    Raises ValueError when an address or the subject holds a line break.
    """
    notice = letter.notice
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, notice.to, notice.subject
    mail["Message-ID"] = (
        f"<{hashlib.sha256(notice.key.encode()).hexdigest()[:32]}@{sender.rpartition('@')[2] or 'vigie'}>"
    )
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(notice.text)
    if letter.pictures:
        mail.add_alternative(_html(letter), subtype="html")
        html = mail.get_body(("html",))
        assert html is not None
        for picture in letter.pictures:
            _add(html.add_related, picture, cid=f"<{picture.name}>", disposition="inline")
    for file in letter.files:
        _add(mail.add_attachment, file)
    return mail


def _add(add: Callable[..., None], one: Attached, **more: str) -> None:
    kind, _slash, subtype = one.mime.partition("/")
    add(one.data, maintype=kind, subtype=subtype, filename=one.name, **more)


def _html(letter: Letter) -> str:
    """The text, its links to be clicked, then the pictures."""
    paragraphs = "".join(
        f"<p>{_LINK.sub(_linked, escape(part)).replace(chr(10), '<br>')}</p>"
        for part in letter.notice.text.strip().split("\n\n")
    )
    pictures = "".join(
        f'<p><img src="cid:{escape(one.name)}" alt="{escape(one.told)}" width="{SHOWN_WIDTH}" '
        f'style="max-width:100%;height:auto;border:1px solid #d5dbe3"></p>'
        for one in letter.pictures
    )
    return f'<html><body style="font-family:sans-serif;color:#0b1117">{paragraphs}{pictures}</body></html>'


def _linked(link: "re.Match[str]") -> str:
    return f'<a href="{link.group()}">{link.group()}</a>'
