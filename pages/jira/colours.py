"""Colours of the charts, told apart also by eyes that do not tell red from green."""

from collections.abc import Mapping, Sequence
from itertools import cycle

OTHERS = "\x00others"
"""The code of the others together: several, so that no mark of theirs is picked."""
HUES = ("#0072b2", "#da730b", "#8bd4f9", "#8d356f", "#35d49f", "#a02222", "#8b8bf9", "#bad435", "#bc4e60")
NONE_HUE, OTHERS_HUE = "#8d99a6", "#b9c1c9"
"""Greys: what has no value is no type or client, and the others together are several."""


def hues(codes: Sequence[str], colours: Mapping[str, str]) -> tuple[str, ...]:
    """A colour for each code: its own where it has one, grey for none and for the others, else one that is unlike."""
    own = {code: colours[code] for code in codes if code in colours}
    own |= {code: OTHERS_HUE if code == OTHERS else NONE_HUE for code in codes if code == OTHERS or is_none(code)}
    free = list(HUES)
    for colour in own.values():
        free = sorted(free, key=lambda hue: _unlike(hue, colour))[1:] or free
    left = cycle(hue for hue in HUES if hue in free)
    return tuple(own.get(code) or next(left) for code in codes)


def is_none(code: str) -> bool:
    """Whether a code stands for no type, or for no client of a project (`DATA/`)."""
    return not code or code.endswith("/")


def _unlike(one: str, other: str) -> int:
    """How much two colours differ, between their reds, greens and blues."""
    return sum((int(one[at : at + 2], 16) - int(other[at : at + 2], 16)) ** 2 for at in (1, 3, 5))
