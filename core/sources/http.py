"""Asking JSON services: timeouts, retries, Retry-After, renewed credentials; no secret in an error or a log.

Proxy and certificates come from the environment (HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE) where nothing else is said.
The library is imported with the first client: commands that ask no service start sooner.
"""

import logging
import os
import re
import ssl
import time
from base64 import b64encode
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from functools import lru_cache
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn

from core.base import clock
from core.base.errors import SourceFailed
from core.base.i18n import _
from core.sources import limits
from core.sources.formats import documents
from core.sources.secrets import redact

if TYPE_CHECKING:
    from core.sources.wire import Answer

ATTEMPTS = 5
LONGEST_WAIT = 60.0
_PASSING = {408, 425, 429, 500, 502, 503, 504}
_ELSEWHERE = {301, 302, 303, 307, 308}
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 86_400.0
_SENDABLE = re.compile(r"[\x20-\x7e]*")
"""The value of a header; what is none would be quoted whole in the error."""
_SAID = 100_000
"""Characters that are kept of what a service says when it refuses."""

logging.getLogger("httpx").setLevel(logging.WARNING)
logging.getLogger("httpcore").setLevel(logging.WARNING)


class AnswerRefused(SourceFailed):
    """The service understood and refused: its code, and what it said, for whoever knows that service's words."""

    def __init__(self, sentence: str, *, code: int, said: str, detail: str = "") -> None:
        super().__init__(sentence, detail=detail)
        self.code, self.said = code, said


class _Again(Exception):
    """The answer may be better next time; `wait` (s) when the service said how long."""

    def __init__(self, sentence: str, wait: float | None = None, detail: str = "") -> None:
        super().__init__(sentence)
        self.sentence, self.wait, self.detail = sentence, wait, detail


class JsonClient:
    """Asks one service. `name`: how the service is called in sentences. `secrets`: texts that must not be logged.

    `bearer`: gives an access token; it is asked again, once a question, when the service answers 401.
    `proxy`: address of the proxy to go through; `authorities`: a PEM file of the authorities to trust besides the
    usual ones. Raises SourceFailed where either cannot be used.
    """

    def __init__(
        self,
        name: str,
        *,
        secrets: tuple[str, ...] = (),
        bearer: Callable[[], str] | None = None,
        sleep: Callable[[float], None] | None = None,
        proxy: str = "",
        authorities: str = "",
    ) -> None:
        import httpx

        from core.sources.wire import Wire

        self._name = name
        self._secrets = secrets
        self._bearer = bearer
        self._token = ""
        self._basic = ""
        self._sleep = sleep or time.sleep
        try:
            self._wire = Wire(proxy, _trusting(authorities) if authorities else usual_trust())
        except (ValueError, httpx.InvalidURL) as error:
            sentence = _("The address of the proxy of {service} is not valid.").format(service=name)
            raise SourceFailed(sentence, detail=redact(repr(error), (proxy,))) from None

    def __enter__(self) -> "JsonClient":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._wire.close()

    def ask(self, method: str, url: str, **request: Any) -> dict[str, Any]:
        """The JSON object that the service answers. Raises SourceFailed with one sentence."""
        content = self._ask(method, url, **request)
        return content if isinstance(content, dict) else self._unknown_form(content)

    def ask_list(self, method: str, url: str, **request: Any) -> list[Any]:
        """The JSON list that the service answers. Raises SourceFailed with one sentence."""
        content = self._ask(method, url, **request)
        return content if isinstance(content, list) else self._unknown_form(content)

    def ask_json(self, method: str, url: str, **request: Any) -> dict[str, Any] | list[Any]:
        """The JSON object or list that the service answers. Raises SourceFailed with one sentence."""
        content = self._ask(method, url, **request)
        return content if isinstance(content, dict | list) else self._unknown_form(content)

    def _unknown_form(self, content: Any) -> NoReturn:
        sentence = _("{service} answered JSON of an unknown form.").format(service=self._name)
        raise SourceFailed(sentence, detail=type(content).__name__)

    def _ask(self, method: str, url: str, **request: Any) -> Any:
        wait = _FIRST_WAIT
        renewed = False
        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer = self._send(method, url, **request)
                if answer.code == 401 and self._bearer and not renewed:
                    self._token, renewed = "", True
                    answer = self._send(method, url, **request)
                return self._read(answer)
            except _Again as again:
                if attempt == ATTEMPTS or (again.wait or 0) > LONGEST_WAIT:
                    raise SourceFailed(again.sentence, detail=redact(again.detail, self._hidden())) from None
                self._sleep(wait if again.wait is None else again.wait)
                wait *= 2
        raise AssertionError("unreachable")

    def _send(self, method: str, url: str, **request: Any) -> "Answer":
        import httpx

        from core.sources.wire import TooLarge

        headers = dict(request.pop("headers", {}))
        if self._bearer:
            self._token = self._token or self._bearer()
            headers["Authorization"] = f"Bearer {self._token}"
        if not all(map(_SENDABLE.fullmatch, headers.values())):
            sentence = _("The secret for {service} holds line breaks or signs that no token has.")
            raise SourceFailed(sentence.format(service=self._name))
        if "auth" in request:
            self._basic = b64encode(":".join(request["auth"]).encode()).decode()
        try:
            return self._wire.ask(method, url, headers=headers, **request)
        except TooLarge as error:
            sentence = _("{service} answers with more than {n} MB: ask for less at once.")
            raise SourceFailed(sentence.format(service=self._name, n=limits.LARGEST_ANSWER // limits.MB)) from error
        except httpx.DecodingError as error:
            raise _Again(self._no_json(), detail=repr(error)) from error
        except httpx.TimeoutException as error:
            raise _Again(
                _("{service} did not answer in time.").format(service=self._name), detail=repr(error)
            ) from error
        except httpx.TransportError as error:
            sentence = _("{service} cannot be reached.").format(service=self._name)
            raise _Again(sentence, detail=repr(error)) from error
        except (httpx.InvalidURL, httpx.HTTPError) as error:
            raise SourceFailed(
                _("The address of {service} is not valid.").format(service=self._name),
                detail=redact(repr(error), self._hidden()),
            ) from None

    def _read(self, answer: "Answer") -> Any:
        code = answer.code
        # What a service says when it refuses helps whoever reads the log; what it gives is data, and stays out of it.
        # It is cut after the secrets are out: half of one is none that would be found.
        text = redact(answer.text, self._hidden()) if code >= 300 else ""
        detail = f"{code} {text[:500]}" if text else f"{code}, {len(answer.body)} bytes"
        if code in (401, 403):
            sentence = _("{service} refuses the credentials ({code}).").format(service=self._name, code=code)
            raise SourceFailed(sentence, detail=detail)
        if code in _PASSING:
            raise _Again(self._busy(code), retry_after(answer), detail)
        if code in _ELSEWHERE:
            raise SourceFailed(self._sign_in(), detail=detail)
        if code >= 300:
            sentence = _("{service} refuses the question ({code}).").format(service=self._name, code=code)
            raise AnswerRefused(sentence, code=code, said=text[:_SAID], detail=detail)
        try:
            return documents.json_value(answer.body, self._name)
        except documents.NoJson:
            sentence = self._sign_in() if _is_page(answer.body) else self._no_json()
            raise _Again(sentence, detail=detail) from None

    def _sign_in(self) -> str:
        sentence = _("{service} asks for a sign-in as a person does: check the address, the token and the proxy.")
        return sentence.format(service=self._name)

    def _no_json(self) -> str:
        return _("{service} answered something that is not JSON, or is cut.").format(service=self._name)

    def _busy(self, code: int) -> str:
        if code == 429:
            return _("{service} receives too many questions (429): try again later.").format(service=self._name)
        return _("{service} fails on its side ({code}).").format(service=self._name, code=code)

    def _hidden(self) -> tuple[str, ...]:
        return (*self._secrets, self._token, self._basic)


def _is_page(body: bytes) -> bool:
    """Whether what came is a page for people: what stands before a service answers so where it asks for a sign-in."""
    return body[:200].lstrip().lower().startswith((b"<!doctype html", b"<html"))


def usual_trust() -> ssl.SSLContext:
    """Trust in the usual authorities, or in those that the environment names. It is shared: nobody adds to it."""
    return _usual(os.environ.get("SSL_CERT_FILE", ""), os.environ.get("SSL_CERT_DIR", ""))


@lru_cache(maxsize=2)
def _usual(_file: str, _folder: str) -> ssl.SSLContext:
    """To read them takes a tenth of a second, so they are kept for the process."""
    import httpx

    return httpx.create_ssl_context()


def _trusting(authorities: str) -> ssl.SSLContext:
    """Trust what is trusted usually, and the authorities in a file besides."""
    import httpx

    context = httpx.create_ssl_context()
    try:
        context.load_verify_locations(cafile=authorities)
    except OSError as error:
        sentence = _("The certificates in {file} cannot be read.").format(file=authorities)
        raise SourceFailed(sentence, detail=repr(error)) from error
    return context


def retry_after(answer: "Answer") -> float | None:
    """Seconds that the service asks to wait, a number or a date; a day at most."""
    text = answer.headers.get("Retry-After", "").strip()
    try:
        asked = float(text) if text.isdecimal() else (parsedate_to_datetime(text) - clock.now()).total_seconds()
    except (TypeError, ValueError):
        return None
    return min(max(0.0, asked), _LONGEST_WAIT)
