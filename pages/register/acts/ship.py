"""Vigie's own treatments, which the register holds from the first start."""

from core.records import acts, records
from core.store.engine import store
from pages.register.collection import TREATMENTS
from pages.register.templates import own


def ship() -> None:
    """Put Vigie's own treatments into the register as drafts, those that it does not hold yet."""
    with store().write() as connection:
        held = records.refs(connection, "treatment")
        acts.ship(connection, TREATMENTS, [content for content in own().values() if content["ref"] not in held])
