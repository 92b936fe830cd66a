"""Texts from elsewhere, shown as they are, in places that read Markdown."""

import re
from functools import lru_cache

_SIGNS = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$:=&^])")
_JOINER = "\N{WORD JOINER}"
_MADE_AFTERWARDS = re.compile(
    r"(?<=http)(?=s?://)|(?<=https)(?=://)|(?<=www)(?=\.)|(?<=\S)(?=@)|(?<=:)(?=[\w+/-]+:)", re.IGNORECASE
)
"""Where the browser, once Markdown is read, would still find an address to link, or the name of a small picture."""
_BEGINS_BLANK = re.compile(r"^[ \t]+", re.MULTILINE)


@lru_cache(maxsize=5000)
def plain(text: str) -> str:
    """A text that came with data: none of its signs hides, styles, links, calculates or loads anything.

    What cannot be escaped is kept apart by a sign without width; blanks that begin a line become ones that stay.
    A screen asks for the same hundred texts at every act: what was made is kept.
    """
    apart = _MADE_AFTERWARDS.sub(_JOINER, text)
    kept = _BEGINS_BLANK.sub(lambda blanks: "\N{NO-BREAK SPACE}" * len(blanks.group()), apart)
    return _SIGNS.sub(r"\\\1", kept)


def code(text: str) -> str:
    """A text that came with data as one piece of code, whatever stands in it: to be copied as it is."""
    one_line = " ".join(text.split())
    longest = max((len(ticks) for ticks in re.findall(r"`+", one_line)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if longest else ""
    return f"{fence}{pad}{one_line}{pad}{fence}"
