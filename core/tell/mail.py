"""Sending by SMTP, as the settings say."""

import re
import smtplib
import ssl
from collections.abc import Callable
from email import policy
from email.message import EmailMessage
from html import escape
from types import TracebackType
from typing import Self

from core.base import addresses, clock
from core.base.errors import SettingInvalid
from core.base.i18n import _
from core.base.settings import Settings
from core.tell.outbox import Attached, Letter, Refused, TryLater, Unreachable

SHOWN_WIDTH = 860
"""Pixels that a picture takes in the mail; it is drawn finer."""
_LINK = re.compile(r"^https?://[^\s<]+$", re.MULTILINE)
"""A link is what Vigie set on a line of its own: an address within a sentence may be somebody else's words."""
PATIENCE = 30.0
"""Seconds to wait for each answer of the mail server."""
_CRLF = policy.SMTP.clone(cte_type="7bit")
_DOT = re.compile(rb"^\.", re.MULTILINE)


class Mail:
    """One connection to the mail server.

    Raises SettingInvalid where no server is set, and Unreachable when it does not answer or let us in.
    """

    def __init__(self, settings: Settings) -> None:
        if not settings.smtp_host or not settings.mail_from:
            raise SettingInvalid(_("No mail server is set: fill VIGIE_SMTP_HOST and VIGIE_MAIL_FROM."))
        self.settings = settings
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        self._open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _open(self) -> smtplib.SMTP:
        if self._server is not None:
            return self._server
        server_settings = self.settings
        server: smtplib.SMTP | None = None
        try:
            if server_settings.smtp_security == "tls":
                context = ssl.create_default_context()
                server = smtplib.SMTP_SSL(
                    server_settings.smtp_host, server_settings.smtp_port, timeout=PATIENCE, context=context
                )
            else:
                server = smtplib.SMTP(server_settings.smtp_host, server_settings.smtp_port, timeout=PATIENCE)
            if server_settings.smtp_security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if server_settings.smtp_user:
                server.login(server_settings.smtp_user, server_settings.smtp_password.get_secret_value())
            server.ehlo_or_helo_if_needed()
        except (OSError, smtplib.SMTPException) as error:
            if server is not None:
                server.close()
            sentence = _("The mail server {host} does not let us in: check VIGIE_SMTP_… and try again.")
            # The server's own words could repeat what was sent to it: only their kind is kept.
            raise Unreachable(sentence.format(host=server_settings.smtp_host), detail=type(error).__name__) from None
        self._server = server
        return server

    def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        self._server = None

    def send(self, letter: Letter) -> None:
        """Hand one letter over, on a new connection where the last one broke.

        Raises TryLater where the server asks for that, Refused where it refuses for good, Unreachable.
        """
        to = addresses.one(letter.notice.to)
        if to is None:
            refusal = _("{to} is not one mail address: nothing was sent there.")
            raise Refused(refusal.format(to=letter.notice.to), address=True)
        try:
            content = _DOT.sub(b"..", message(letter, self.settings.mail_from).as_bytes())
        except ValueError as error:
            raise Refused(_("The mail to {to} cannot be written.").format(to=to), detail=str(error)) from error
        server, handed = self._open(), False
        try:
            self._answered(to, server.mail(self.settings.mail_from), 250, ours=True)
            self._answered(to, server.rcpt(to), 250, address=True)
            self._answered(to, server.docmd("DATA"), 354)
            handed = True
            server.send(content + (b"" if content.endswith(b"\r\n") else b"\r\n") + b".\r\n")
            self._answered(to, server.getreply(), 250, handed=True)
        except (OSError, smtplib.SMTPException) as error:
            self._close()
            sentence = _("The mail server broke off at the mail to {to}; it is tried again later.").format(to=to)
            raise TryLater(sentence, detail=type(error).__name__, unsure=handed) from error

    def _answered(
        self,
        to: str,
        answer: tuple[int, bytes],
        wanted: int,
        *,
        address: bool = False,
        ours: bool = False,
        handed: bool = False,
    ) -> None:
        """Raise what an answer means where it is not the wanted one, to what names the `address`, or us (`ours`); once
        the mail was `handed` over, one that is no answer leaves unknown whether it was taken."""
        code, text = answer
        if code // 10 == wanted // 10:
            return
        self._close()
        detail = f"{code} {text[:300].decode('utf-8', 'replace')}"
        if code // 100 == 5 and ours:
            sentence = _("The mail server does not take mails from {sender} ({code}): check VIGIE_MAIL_FROM.")
            raise Unreachable(sentence.format(sender=self.settings.mail_from, code=code), detail=detail)
        if code // 100 == 5:
            sentence = _("The mail server refuses the mail to {to} ({code}): it is not tried again.")
            raise Refused(sentence.format(to=to, code=code), detail=detail, address=address)
        sentence = _("The mail server puts off the mail to {to} ({code}); it is tried again later.")
        raise TryLater(sentence.format(to=to, code=code), detail=detail, unsure=handed and code // 100 != 4)


def message(letter: Letter, sender: str) -> EmailMessage:
    """The mail of a letter: its text, and where it has pictures the same as HTML with the pictures below; files after.

    Raises ValueError when an address or the subject holds a line break.
    """
    notice = letter.notice
    mail = EmailMessage(_CRLF)
    mail["From"], mail["To"], mail["Subject"] = sender, notice.to, notice.subject
    mail["Date"] = clock.now()
    mail["Message-ID"] = f"<{letter.id}@{sender.rpartition('@')[2] or 'vigie'}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(notice.text)
    mail.add_alternative(_html(letter), subtype="html")
    html = mail.get_body(("html",))
    assert html is not None
    for picture in letter.pictures:
        _add(html.add_related, picture, cid=f"<{picture.name}>", disposition="inline")
    for file in letter.files:
        _add(mail.add_attachment, file)
    return mail


def _add(add: Callable[..., None], attached: Attached, **more: str) -> None:
    kind, _slash, subtype = attached.mime.partition("/")
    add(attached.data, maintype=kind, subtype=subtype, filename=attached.name, **more)


def _html(letter: Letter) -> str:
    """The text, its links to be clicked, then the pictures."""
    paragraphs = "".join(
        f"<p>{_LINK.sub(_linked, escape(part)).replace(chr(10), '<br>')}</p>"
        for part in letter.notice.text.strip().split("\n\n")
    )
    pictures = "".join(
        f'<p><img src="cid:{escape(picture.name)}" alt="{escape(picture.told)}" width="{SHOWN_WIDTH}" '
        f'style="max-width:100%;height:auto;border:1px solid #d5dbe3"></p>'
        for picture in letter.pictures
    )
    return f'<html><body style="font-family:sans-serif;color:#0b1117">{paragraphs}{pictures}</body></html>'


def _linked(link: "re.Match[str]") -> str:
    return f'<a href="{link.group()}">{link.group()}</a>'
