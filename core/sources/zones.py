"""Time zones that people name, and those that the name of a column says: `Start [UTC]`, `fin_utc`, `Début (UTC+1)`,
`at (Europe/London)`."""

import re
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator

from core.base.i18n import _

_OFFSET = re.compile(r"(?<![a-z])(?:utc|gmt) ?([+-]) ?(\d{1,2})(?::?00)?(?!\d)")
_NAME = re.compile(r"(?<![a-z])(utc|gmt|cet)(?![a-z])")
_PLACE = re.compile(r"[A-Z][A-Za-z]+/[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_]+)?")


def check(name: str) -> str:
    """The name of a time zone. Raises ValueError with a sentence where it is none."""
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, KeyError) as error:
        raise ValueError(_("{value} is no time zone.").format(value=name)) from error


Zone = Annotated[str, AfterValidator(check)]
"""An option that names a time zone."""


def told(column: str) -> str | None:
    """The zone that a column's name says, by its name in the tz database; None where it says none."""
    if place := _PLACE.search(column):
        try:
            return ZoneInfo(place[0]).key
        except (ValueError, OSError, KeyError):
            return None
    words = re.sub(r"(?<=[a-z])(?=(?:UTC|GMT)\b)", " ", column).replace("_", " ").casefold()
    if offset := _OFFSET.search(words):
        hours = int(offset[2])
        # The names of fixed zones count hours west of Greenwich.
        return f"Etc/GMT{'-' if offset[1] == '+' else '+'}{hours}" if 0 < hours <= 12 else "UTC" if hours == 0 else None
    if name := _NAME.search(words):
        return "CET" if name[1] == "cet" else "UTC"
    return None
