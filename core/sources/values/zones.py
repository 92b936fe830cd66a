"""Time zones that people name: in an option, in the name of a column (`Start [UTC]`, `fin_utc`, `Début (UTC+1)`,
`at (Europe/London)`), or in a column beside the moments (`Fuseau horaire`, `TimeZone`)."""

import re
from collections.abc import Iterable
from typing import Annotated
from zoneinfo import ZoneInfo

import pyarrow as pa
from babel.core import get_global
from pydantic import AfterValidator

from core.base.i18n import _
from core.sources.values.spellings import in_order

_OFFSET = re.compile(r"(?<![a-z])(?:utc|gmt) ?([+-]) ?(\d{1,2})(?::?00)?(?![\d:])")
_NAME = re.compile(r"(?<![a-z])(utc|gmt|cet)(?![a-z]| ?[+-] ?\d)")
_COLUMN = re.compile(r"(?i)(?:fuseaux?|time[ _-]?zone|zone[ _-]horaire|zeitzone|tz)(?:[ _-](?:horaire|name|id))?")
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


def column(names: Iterable[str]) -> str | None:
    """The column that says the zone of its row's moments; None where there is none, or more than one."""
    columns = [name for name in names if _COLUMN.fullmatch(name.strip())]
    return columns[0] if len(columns) == 1 else None


def named(cell: str) -> str | None:
    """The zone that a cell says, by its name in the tz database, that of Windows, its letters or its offset in whole
    hours; None where it says none that is known."""
    try:
        return ZoneInfo(get_global("windows_zone_mapping").get(cell, cell)).key
    except (ValueError, OSError, KeyError):
        spelled = in_order(pa.array([f"2026-01-01 00:00 {cell}"]))[0].as_py()
        offset = re.fullmatch(r"[-\d]+ 00:00 ?([+-]\d\d:?00|Z)", spelled)
        return told(f"UTC{offset[1].strip('Z')}" if offset else cell)
