"""JSON that is encoded once, before the store is locked, and written as it is."""

import hashlib
import json
from typing import Any

_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False).encode


class Encoded(str):
    """A value as JSON: a JSON column takes it as it is; the audit's chain too, where `encode` made it."""

    __slots__ = ()


def canonical(value: Any) -> str:
    """JSON that is the same for equal values: names sorted, no spaces, ASCII only. Raises ValueError on NaN."""
    return value if isinstance(value, Encoded) else _encode(value)


def encode(value: Any) -> Encoded:
    """A plain JSON value in its canonical form."""
    return Encoded(_encode(value))


def in_order(value: Any) -> Encoded:
    """A plain JSON value whose names keep their order."""
    return Encoded(json.dumps(value))


def serialize(value: Any) -> str:
    """What a JSON column holds of a value."""
    return value if isinstance(value, Encoded) else json.dumps(value)


def digest(value: Any) -> str:
    """SHA-256 of a JSON value in its canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()
