"""Texts from elsewhere, shown as they are."""

import re

_SIGNS = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$:])")


def plain(text: str) -> str:
    """A text that came with data, for a place that reads Markdown: none of its signs hides, styles or loads anything.

    A bare web or mail address in it still becomes a link.
    """
    return _SIGNS.sub(r"\\\1", text)
