"""What a cell of a source may be."""

from enum import StrEnum


class Kind(StrEnum):
    """How the cells of a field are read, and what becomes of them.

    TEXT: trimmed text. MOMENT: UTC microseconds. DAY: a date. DURATION: seconds (float). COUNT: a whole number from
    zero on. AMOUNT: a number (float), of the source's currency where one is named. SHARE: a part of one (float), from
    percents. FLAG: true or false.
    """

    TEXT = "text"
    MOMENT = "moment"
    DAY = "day"
    DURATION = "duration"
    COUNT = "count"
    AMOUNT = "amount"
    SHARE = "share"
    FLAG = "flag"


NUMBERS = frozenset((Kind.COUNT, Kind.AMOUNT, Kind.SHARE))
"""The kinds that a decimal mark decides about."""

DATES = frozenset((Kind.MOMENT, Kind.DAY))
"""The kinds that the order of day and month decides about."""
