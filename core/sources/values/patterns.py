"""Patterns with named groups, applied to a column of text: each group fills a field.

They are RE2's, which reads any text in linear time: a pattern that a person types cannot hang Vigie.
"""

import pyarrow as pa
import pyarrow.compute as pc

from core.base.i18n import _

LONGEST = 1_000


def groups(pattern: str) -> list[str]:
    """The names of a pattern's groups. Raises ValueError with a sentence when it is none, or names no group."""
    if len(pattern) > LONGEST:
        raise ValueError(_("A pattern has {n} characters at most.").format(n=LONGEST))
    try:
        names = [field.name for field in pc.extract_regex(pa.array([""]), pattern).type]
    except pa.ArrowInvalid as error:
        reason = str(error).removeprefix("Invalid regular expression: ")
        raise ValueError(_("“{pattern}” cannot be read ({reason}).").format(pattern=pattern, reason=reason)) from error
    if not names:
        raise ValueError(_("“{pattern}” names no group, as N° (?P<number>[0-9]+) does.").format(pattern=pattern))
    return names


def capture(text: pa.Array, pattern: str) -> tuple[dict[str, pa.Array], pa.Array]:
    """Texts of the groups by name (null where a group is empty), and where a cell has text that does not match."""
    matches = pc.extract_regex(text, pattern)
    parts = {field.name: pc.struct_field(matches, field.name) for field in matches.type}
    return parts, pc.and_(pc.is_valid(text), pc.is_null(matches))
