"""What the answers of a record do not say together: each collection declares its rules (`Collection.coherent`)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Doubt:
    """Two answers that contradict each other, or one that contradicts the law.

    `code` names the rule, by which records are filtered; `path` is the field that is to be looked at, as
    `transfers[0].guarantee`; `sentence` is already translated; `basis` is what asks for it (`Form.basis`). Until one
    that `blocks` is settled no step is taken that asks for a whole record; others are hints.
    """

    code: str
    path: str
    sentence: str
    basis: str
    blocks: bool = True


Coherent = Callable[[Any, date], Iterable[Doubt]]
"""(typed content, today) → what is doubtful about it."""
