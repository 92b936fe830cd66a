"""Rows that a check judged go to the collection that takes them."""

from core.facts.query import Reader
from core.records.collection import Taken
from core.store.engine import store
from pages.checks import running
from pages.checks.definitions import Check, Slot
from pages.checks.running import Run
from pages.checks.standing import questions, takes


def feed(check: Check, reader: Reader, slot: Slot, run: Run) -> None:
    """Hand over all rows of a run, not those alone that are kept; none of a run that could not be made. Raises
    QueryFailed."""
    collection = takes(check.feeds.collection) if check.feeds else None
    if check.feeds is None or collection is None or collection.takes is None or run.told.get("error"):
        return
    fed, wanted = {*check.feeds.found}, {*check.feeds.found, *check.feeds.over}
    rows = running.answered(reader, questions(check).whole, check.bounds(slot.day, slot.at))
    taken = [
        Taken(
            row["key"],
            row["outcome"] in fed,
            check.words[row["outcome"]],
            slot.day,
            row["squad"],
            {field.name: row.get(field.column) for field in check.feeds.fields},
        )
        for row in rows
        if row["outcome"] in wanted and row["key"]
    ]
    with store().write() as connection:
        collection.takes(connection, taken)
