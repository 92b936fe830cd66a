"""Colours of the charts, told apart also by eyes that do not tell red from green."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import cbrt, dist
from types import MappingProxyType

OTHERS = "\x00others"
"""The code of the others together: several, so that no mark of theirs is picked."""
HUES = ("#0072b2", "#da730b", "#8bd4f9", "#8d356f", "#35d49f", "#a02222", "#8b8bf9", "#bad435", "#bc4e60")
NONE_HUE, OTHERS_HUE = "#8d99a6", "#dce4ec"
"""Greys: what has no value is no type or client, and the others together are several."""
ALIKE = 0.04
"""Difference below which two colours look alike; 0.02 is just noticeable side by side."""
SIGHTS = (
    ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
)
"""How linear red, green and blue are seen: by most, without green, without red (Machado, Oliveira, Fernandes 2009)."""
_LMS = ((0.4122214708, 0.5363325363, 0.0514459929), (0.2119034982, 0.6806995451, 0.1073969566),
        (0.0883024619, 0.2817188376, 0.6299787005))  # fmt: skip
_LAB = ((0.2104542553, 0.793617785, -0.0040720468), (1.9779984951, -2.428592205, 0.4505937099),
        (0.0259040371, 0.7827717662, -0.808675766))  # fmt: skip
_Triple = tuple[float, ...]


def palette(
    codes: Sequence[str], own: Mapping[str, str] = MappingProxyType({}), chosen: Sequence[str] = ()
) -> dict[str, str]:
    """A colour for each code that charts name, in the order in which they show them; the others together are last.

    `codes` are those of all that there is, whatever the period, the most frequent first: as many as there are colours
    are named. The colours follow the codes by themselves, not by their numbers, so they stay while the same are named.
    A code that is `chosen` in a filter is named too, in the place of one that is not.
    """
    kept = list(codes if len(codes) <= len(HUES) else codes[: len(HUES) - 1])
    by_code = dict(zip(sorted(kept), hues(sorted(kept), own), strict=True))
    hues_of = {code: by_code[code] for code in kept}
    late = [code for code in chosen if code in codes and code not in hues_of]
    for code, other in zip(late, [code for code in reversed(kept) if code not in chosen], strict=False):
        hues_of[code] = hues_of.pop(other)
    return {**hues_of, OTHERS: OTHERS_HUE}


def hues(codes: Sequence[str], colours: Mapping[str, str]) -> tuple[str, ...]:
    """A colour for each code, no two alike: its own where it has one and no code before it looks so, grey for none and
    for the others, else the one that is most unlike those in use. For at most as many codes as HUES."""
    used: dict[str, str] = {}
    for code in codes:
        own = OTHERS_HUE if code == OTHERS else NONE_HUE if is_none(code) else colours.get(code)
        if own and all(difference(own, other) > ALIKE for other in used.values()):
            used[code] = own
    for code in codes:
        if code not in used:
            used[code] = max(HUES, key=lambda hue: min((difference(hue, taken) for taken in used.values()), default=0))
    return tuple(used[code] for code in codes)


def is_none(code: str) -> bool:
    """Whether a code stands for no type, or for no client of a project (`DATA/`)."""
    return not code or code.endswith("/")


@lru_cache(maxsize=2_000)
def difference(colour: str, other: str) -> float:
    """How much two colours differ, in OKLab, to whoever tells them least apart."""
    return min(dist(a, b) for a, b in zip(_seen(colour), _seen(other), strict=True))


def _seen(colour: str) -> tuple[_Triple, ...]:
    shares = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = tuple(share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return tuple(_lab(tuple(min(max(part, 0.0), 1.0) for part in _times(sight, linear))) for sight in SIGHTS)


def _lab(linear: _Triple) -> _Triple:
    return _times(_LAB, tuple(cbrt(part) for part in _times(_LMS, linear)))


def _times(matrix: tuple[_Triple, ...], vector: _Triple) -> _Triple:
    return tuple(sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
