"""Words, dates and numbers in the person's language. Source strings are English; French lies in `locales/fr.po`.

`_` translates when it is called, `N_` only marks a string so that it is collected. The language comes from a
resolver (core/ui registers the session's); without one, e.g. in a command or a test, it is French.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import lru_cache
from gettext import GNUTranslations
from io import BytesIO
from zoneinfo import ZoneInfo

import babel.dates
import babel.numbers
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from core.base.settings import ROOT, settings

LANGUAGES = ("fr", "en")
_forced: ContextVar[str | None] = ContextVar("language", default=None)
_resolver: Callable[[], str] = lambda: "fr"  # noqa: E731


def register_resolver(resolver: Callable[[], str]) -> None:
    """Tell how to find the language of the person being served ("fr" or "en")."""
    global _resolver
    _resolver = resolver


def language() -> str:
    """The language in force: "fr" or "en"."""
    return _forced.get() or _resolver()


def preferred(accept: str) -> str:
    """The first language of an Accept-Language header that Vigie speaks, by the browser's preference."""
    wishes = []
    for wish in accept.split(","):
        code, _semicolon, quality = wish.partition(";q=")
        try:
            wishes.append((-float(quality or 1), code.strip().lower().partition("-")[0]))
        except ValueError:
            continue
    return next((code for _quality, code in sorted(wishes, key=lambda wish: wish[0]) if code in LANGUAGES), "fr")


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Force a language, for a mail, an export or a test."""
    token = _forced.set(code)
    try:
        yield
    finally:
        _forced.reset(token)


@lru_cache
def _words(code: str) -> Catalog:
    """One catalog of core's and every mission's words: a chain of them would look each word up in each."""
    merged = Catalog(code)
    for file in [*ROOT.glob(f"core/locales/{code}.po"), *sorted(ROOT.glob(f"pages/*/locales/{code}.po"))]:
        with file.open("rb") as handle:
            for message in read_po(handle, locale=code):
                if message.id:
                    merged.delete(message.id, message.context)
                    merged[message.id] = message
    return merged


@lru_cache
def _feminine(code: str) -> frozenset[str]:
    """The words of a language that its catalog marks as feminine (`#, feminine`), as they are shown."""
    return frozenset(str(message.string) for message in _words(code) if "feminine" in message.flags)


def every(label: str) -> str:
    """All of what a label names, in the person's language: «Tous», or «Toutes» where the word is feminine."""
    return _("All (feminine)") if label in _feminine(language()) else _("All")


@lru_cache
def _catalog(code: str) -> GNUTranslations:
    """The words of a language, compiled."""
    merged = _words(code)
    compiled = BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return GNUTranslations(compiled)


class Own(str):
    """Words that people wrote, and no source string: they are shown as written."""

    __slots__ = ()


def _(message: str) -> str:
    """The message in the person's language; the English source where the catalog lacks it; people's own as written."""
    if isinstance(message, Own):
        return str(message)
    return _said(language(), message) if message else ""


@lru_cache(maxsize=20_000)
def _said(code: str, message: str) -> str:
    """Kept: a screen says two hundred times what it says at every act."""
    return _catalog(code).gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    """Singular or plural of a message for a count."""
    return _catalog(language()).ngettext(singular, plural, n)


def N_(message: str) -> str:
    """Mark a string to be translated where it is shown."""
    return message


def local(moment: datetime) -> datetime:
    """A UTC-aware moment in the screens' time zone. Raises ValueError on a naive one."""
    if moment.tzinfo is None:
        raise ValueError("naive datetime")
    return moment.astimezone(ZoneInfo(settings().timezone))


def show_date(day: date, style: str = "medium") -> str:
    """E.g. «20 nov. 2026» / "Nov 20, 2026"."""
    return _dated(day, style, language())


@lru_cache(maxsize=10_000)
def _dated(day: date, style: str, code: str) -> str:
    return str(babel.dates.format_date(day, style, locale=code))


def show_time(moment: datetime, seconds: bool = False) -> str:
    """E.g. «01:42» in the screens' time zone, always 24 hours."""
    return local(moment).strftime("%H:%M:%S" if seconds else "%H:%M")


def show_moment(moment: datetime) -> str:
    """E.g. «20 nov. 2026, 08:02» in the screens' time zone."""
    if moment.tzinfo is None:
        raise ValueError("naive datetime")
    return _told(moment, settings().timezone, language())


@lru_cache(maxsize=20_000)
def _told(moment: datetime, zone: str, code: str) -> str:
    at = moment.astimezone(ZoneInfo(zone))
    return f"{_dated(at.date(), 'medium', code)}, {at:%H:%M}"


DAY_S = 86_400
"""Seconds of a day."""
MINUS = "\u2212"
"""As wide as a plus, and never the end of a line; Babel writes a hyphen."""
_SOMETHING = re.compile("[1-9]")


def one_line(text: str) -> str:
    """A text on one line, as a subject or a title has to be; its narrow and its unbroken blanks stay."""
    return " ".join(filter(None, (line.strip() for line in text.splitlines())))


def show_number(value: float, digits: int = 0) -> str:
    """E.g. «12 345,6» / "12,345.6"; «−3» with a true minus sign, and no zero below zero."""
    return _written(round(value, digits), f"#,##0.{'0' * digits}", language())


@lru_cache(maxsize=10_000)
def _written(value: float, pattern: str, code: str) -> str:
    return _signed(str(babel.numbers.format_decimal(value, pattern, locale=code)))


def show_percent(share: float, digits: int = 0) -> str:
    """A share of 1 as a percentage, e.g. 0.254 → «25 %»; its sign as `show_number` writes it."""
    pattern = f"#,##0.{'0' * digits}%" if digits else "#,##0%"
    if language() == "fr":
        pattern = pattern.replace("%", "\u202f%")
    return _signed(str(babel.numbers.format_percent(share, pattern, locale=language())))


def _signed(written: str) -> str:
    return written.replace("-", MINUS if _SOMETHING.search(written) else "")


def show_duration(seconds: float, day_s: float = DAY_S) -> str:
    """In its two largest units, e.g. 363600 → «4 j 5 h»; 3725 → «1 h 02 min»; 75 → «1 min 15 s»; 5 → «5 s».

    `day_s`: seconds of a day, where it is one of work.
    """
    total = round(seconds)
    if total >= day_s:
        days, rest = divmod(total, round(day_s))
        hours = rest // 3600
        shown = f"{show_number(days)}\u202f{'j' if language() == 'fr' else 'd'}"
        return f"{shown}\u202f{hours}\u202fh" if hours else shown
    hours, rest = divmod(total, 3600)
    minutes, secs = divmod(rest, 60)
    if hours:
        return f"{hours}\u202fh\u202f{minutes:02d}\u202fmin"
    if minutes:
        return f"{minutes}\u202fmin\u202f{secs:02d}\u202fs" if secs else f"{minutes}\u202fmin"
    return f"{secs}\u202fs"
