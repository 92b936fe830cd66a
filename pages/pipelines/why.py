"""Why a verdict is what it is: sentences kept untranslated, so that judging stays pure and can be shared."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeAlias

from core.base.i18n import N_, _, show_date, show_duration, show_time

Value: TypeAlias = "str | int | datetime | date | timedelta | Why | tuple[datetime, ...]"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A source string and what fills it: UTC moments are shown as local hours, spans as durations."""

    message: str
    values: dict[str, Value] = field(default_factory=dict)

    def text(self) -> str:
        """The phrase in the person's language."""
        return _(self.message).format(**{name: _shown(value) for name, value in self.values.items()})


Why: TypeAlias = tuple[Phrase, ...]


def say(message: str, **values: Value) -> Phrase:
    """A phrase; `message` is marked with `N_` where it is written."""
    return Phrase(message, values)


def sentence(why: Why) -> str:
    """All phrases as one sentence, e.g. «démarré à 01:42, 12 min après la fenêtre ; terminé en succès»."""
    return _(SEMICOLON).join(phrase.text() for phrase in why)


SEMICOLON = N_("; ")


def _shown(value: "Value | Phrase") -> str:
    if isinstance(value, tuple):
        return (", " if all(isinstance(part, datetime) for part in value) else _(SEMICOLON)).join(map(_shown, value))
    if isinstance(value, Phrase):
        return value.text()
    if isinstance(value, datetime):
        return show_time(value)
    if isinstance(value, date):
        return show_date(value)
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
        return show_duration(seconds if seconds < 60 else seconds // 60 * 60)
    return str(value)
