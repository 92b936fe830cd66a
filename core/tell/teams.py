"""Telling a place in Microsoft Teams, through the address that a flow of *Workflows* gives.

A message is an adaptive card of version 1.2, the newest that shows everywhere, of plain text runs: what sources said
is never taken for markup. The address holds its own signature: it is read from a variable at the moment of sending
(`core.sources.secrets`) and stands in no row, log, error or audit. An answer of 202 says that the flow took the
message, not that Teams showed it.
"""

import json
import re
from datetime import timedelta
from types import TracebackType
from typing import Any, Self

import httpx

from core.base.errors import SourceFailed
from core.base.i18n import _, ngettext
from core.sources import hosts, secrets
from core.sources.http import retry_after, usual_trust
from core.sources.wire import Answer, TooLarge, Wire
from core.tell import elsewhere
from core.tell.outbox import Letter, Refused, TryLater

LARGEST = 20_000
"""Bytes of a message: Teams refuses 28 kB once it has wrapped it, which adds a fifth."""
_GONE = (401, 403, 404, 410)
"""The flow was removed, or its address changed: nothing will go there any more."""
_PASSING = (408, 425, 429)
_LINK = re.compile(r"^https?://[^\s<]+$")
Card = dict[str, Any]


class Teams:
    """Posts cards, each to the place that its letter names."""

    def __enter__(self) -> Self:
        self._wire = Wire("", usual_trust())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wire.close()

    def send(self, letter: Letter) -> None:
        """Hand one letter over; where a setting opened the kind of its address, through `core.tell.elsewhere`. A card
        that is refused for its size is sent again as one sentence.

        Raises TryLater or Refused; the sentences name the place by its variable.
        """
        url, by_apprise = self._address(letter.notice.to)
        if by_apprise:
            elsewhere.send(letter, url)
            return
        answer = self._asked(letter, url, body(letter))
        if answer.code == 413:
            answer = self._asked(letter, url, _message(_card(letter, [], cut=True)))
        place, code = letter.notice.to, answer.code
        if code // 100 == 2:
            return
        if code in _PASSING or code >= 500:
            wait = timedelta(seconds=retry_after(answer) or 0)
            sentence = _("Teams puts off the message to {place} ({code}); it is tried again later.")
            raise TryLater(sentence.format(place=place, code=code), wait=wait)
        sentence = _("Teams refuses the message to {place} ({code}): it is not tried again.")
        raise Refused(sentence.format(place=place, code=code), address=code in _GONE)

    def _address(self, place: str) -> tuple[str, bool]:
        """The address that a place's variable holds, and whether it is of a kind that a setting opened."""
        closed = _("{place} names no address of Teams that may be asked: check the variable.").format(place=place)
        try:
            url = secrets.resolve(secrets.check_reference(place))
            if elsewhere.is_opened(url.partition(":")[0]):
                return url, True
            parts = httpx.URL(url)
        except (ValueError, SourceFailed, httpx.InvalidURL):
            raise Refused(closed, address=True) from None
        if parts.scheme != "https" and not (parts.scheme == "http" and hosts.is_this_machine(parts.host)):
            raise Refused(closed, address=True)
        return url, False

    def _asked(self, letter: Letter, url: str, content: bytes) -> Answer:
        headers = {"Content-Type": "application/json"}
        sentence = _("Teams does not answer for {place}; it is tried again later.").format(place=letter.notice.to)
        try:
            return self._wire.ask("POST", url, content=content, headers=headers)
        except SourceFailed as error:
            raise Refused(error.sentence, address=True) from None
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise TryLater(sentence, detail=type(error).__name__) from None
        except (httpx.HTTPError, TooLarge) as error:  # it had the message: whether it took it is not known
            raise TryLater(sentence, detail=type(error).__name__, unsure=True) from None


def body(letter: Letter) -> bytes:
    """The message of a letter, under LARGEST bytes: lines at the end are left out, and how many is said."""
    lines = [line for line in letter.notice.text.split("\n") if line.strip()]
    low, high = 0, len(lines)
    whole = _message(_card(letter, lines))
    if len(whole) <= LARGEST:
        return whole
    while low < high:  # the most lines that fit
        middle = (low + high + 1) // 2
        fits = len(_message(_card(letter, lines[:middle], left=len(lines) - middle))) <= LARGEST
        low, high = (middle, high) if fits else (low, middle - 1)
    return _message(_card(letter, lines[:low], left=len(lines) - low))


def _card(letter: Letter, lines: list[str], *, left: int = 0, cut: bool = False) -> Card:
    """The card: the subject, the lines, a button for the first one that is a link. `cut`: the subject alone."""
    links = [line for line in letter.notice.text.split("\n") if _LINK.fullmatch(line)][:1]
    texts = [line for line in lines if line not in links]
    if left:
        texts.append(ngettext("{n} line is not shown here.", "{n} lines are not shown here.", left).format(n=left))
    if cut:
        texts.append(_("The message is too large for Teams: the screen shows it whole."))
    content: Card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.2",
        "msteams": {"width": "Full"},
        "body": [_text(letter.notice.subject[:300], weight="Bolder", size="Medium"), *map(_text, texts)],
    }
    if links:
        content["actions"] = [{"type": "Action.OpenUrl", "title": _("Open Vigie"), "url": links[0]}]
    return content


def _text(text: str, **look: str) -> Card:
    """One line, in which nothing is markup."""
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **look}]}


def _message(card: Card) -> bytes:
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return json.dumps({"type": "message", "attachments": [attachment]}, ensure_ascii=False).encode()
