"""What stands behind a figure: the text of its "i"."""

from dataclasses import dataclass


@dataclass(frozen=True)
class About:
    """A figure's definition in plain words, its source and whom to ask; source strings, translated when shown.

    Freshness is not here: it is read from the data at the moment of showing.
    """

    definition: str
    source: str
    contact: str = ""
