"""The chains of sectors of which an `.xls` is made, looked through before the reader of workbooks follows them.

Format: [MS-CFB], "Compound File Binary File Format". A file says of each sector which one comes next; where that leads
in a circle, a reader goes round until its time or its memory ends.
"""

from array import array
from mmap import mmap

_END = 0xFFFFFFFA
"""The first number that names no sector."""
_MINI = 4_096
"""Bytes below which a stream lies in small sectors, of which the root keeps the table."""
_STREAM, _ROOT = 2, 5
_ENTRY = 128


def check(raw: mmap) -> None:
    """Raise ValueError where the sectors of a compound file's streams lead in a circle."""
    shift = _numbers(raw[30:32], "H")[0]
    if shift not in (9, 12):
        raise ValueError("sectors of no known size")
    size = 1 << shift
    header = _numbers(raw[48:76], "I")
    table, further = [*_numbers(raw[76:512], "I")], header[5]
    while further < _END and len(table) * size < len(raw):
        *named, further = _sector(raw, further, size) or [_END]
        table += named
    following = array("I")
    for number in table[: len(raw) // size + 1]:
        following.extend(_sector(raw, number, size) if number < _END else ())
    chains, small = _Chains(following), header[3]
    streams = b"".join(raw[(n + 1) * size : (n + 2) * size] for n in chains.follow(header[0]))
    in_small = [n for sector in chains.follow(small) for n in _sector(raw, sector, size)]
    small_chains = _Chains(array("I", in_small))
    for at in range(0, len(streams) - _ENTRY + 1, _ENTRY):
        kind, (start, length) = streams[at + 66], _numbers(streams[at + 116 : at + 124], "I")
        if length and kind in (_STREAM, _ROOT):
            (small_chains if kind == _STREAM and length < _MINI else chains).follow(start)


class _Chains:
    """Chains of sectors, which together have no more of them than there are."""

    def __init__(self, following: "array[int]") -> None:
        self._following = following
        self._left = len(following)

    def follow(self, sector: int) -> list[int]:
        """The sectors from one on. Raises ValueError once there were more than there are."""
        met = []
        while sector < len(self._following):
            if not self._left:
                raise ValueError("sectors lead in a circle")
            self._left -= 1
            met.append(sector)
            sector = self._following[sector]
        return met


def _sector(raw: mmap, number: int, size: int) -> "array[int]":
    part = raw[(number + 1) * size : (number + 2) * size]
    return _numbers(part[: len(part) // 4 * 4], "I")


def _numbers(raw: bytes, kind: str) -> "array[int]":
    return array(kind, raw)
