"""Texts of a CSV file that a spreadsheet would take for something else: an apostrophe stands before them.

Excel and LibreOffice compute what begins like a formula, and turn `007`, `1/2` or `mars 2025` into a number or a date.
`off(on(text)) == text` for every text.
"""

import re

_MONTHS = "jan|f[ée]v|feb|mar|apr|avr|may|mai|jun|jui|aug|ao[uû]|sep|oct|nov|d[ée]c"
_TAKEN = re.compile(
    r"[=+\-@\t\r\n'\"\u2212\uff1d\uff0b\uff0d\uff20]"
    r"|[\s(]*[\d.,%€$£][\d\s.,:/%€$£()eE+\-]*$"
    rf"|\d{{1,2}}[\s./-]?({_MONTHS})"
    rf"|({_MONTHS})\w*\.?[\s/-]*\d"
    r"|(true|false|vrai|faux)$",
    re.IGNORECASE,
)


def on(text: str) -> str:
    """The text as it is written."""
    return f"'{text}" if _TAKEN.match(text) else text


def off(text: str) -> str:
    """The text that was meant."""
    return text[1:] if text.startswith("'") and _TAKEN.match(text[1:]) else text
