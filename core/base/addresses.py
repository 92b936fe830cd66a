"""Mail addresses that may be written to."""

import re

_ONE = re.compile(r"[A-Za-z0-9.#$&'*+/=?^_`{|}~-]{1,64}@(?=.{1,190}$)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", re.ASCII)


def one(text: str | None) -> str | None:
    """The mail address, if the text is exactly one; None for a list, a name beside it, a line break, anything else."""
    address = (text or "").strip(" ")
    return address if _ONE.fullmatch(address) else None
