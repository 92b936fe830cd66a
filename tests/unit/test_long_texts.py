"""A cell, a name or a mail of one sign without an end is read in the time of any text of its length: where a pattern
looked through it again from each of its places, one of them would keep Vigie busy for minutes, or hours.
"""

import signal
from collections.abc import Callable, Iterator

import pytest

from core.mission.discovery import missions
from core.records import answers, cells, guard
from core.records.importing import mappings
from core.records.lists import Lists, Value
from core.sources.cells import unique_names
from core.sources.mapping import Field, guess, known_names
from core.sources.values.kinds import Kind
from pages.jira.blots import Blots
from pages.register import retention
from pages.reroutes.router import mask

LENGTH = 40_000
PATIENCE = 60
"""Seconds after which a test gives up on what would take far longer."""
UNITS = (
    " ",
    "a",
    "A",
    "1",
    "-",
    "(",
    ".",
    "_",
    "\n",
    "a ",
    "A ",
    "1 ",
    "a@",
    "x.x@",
    "- ",
    ", a",
    ": ",
    ">",
    "= ",
    "l'",
)
FIELDS = [Field("at", "At", Kind.MOMENT, ("Start", "Begin")), Field("state", "State", Kind.TEXT, ("Status",))]
TREATMENTS = missions()["register"].collections[0]
LISTS = Lists({"kinds": {"a": Value("a", {"fr": "A", "en": "A"})}})
READERS: dict[str, Callable[[str], object]] = {
    "mask": mask.masked,
    "sender": mask.masked_sender,
    "own words": mask.own_words,
    "names in texts": lambda text: Blots(["Ann Bell", text], alone=True).texts([text, f"{text}@"]),
    "period": retention.read,
    "retention": lambda text: retention.phases(f"5 ans{text}"),
    "answer": answers.answer,
    "put off": lambda text: answers.is_put_off(f"Possible{text * 8}x"),
    "list": lambda text: LISTS.parse("kinds", text),
    "names": cells.names,
    "parts": cells.split,
    "day": cells.read_day,
    "guard": guard.on,
    "name": lambda text: known_names(FIELDS)(text),
    "columns": lambda text: guess(unique_names([text, f"x{text}"]), FIELDS),
    "column of records": lambda text: mappings.known(TREATMENTS, text),
    "columns of records": lambda text: mappings.propose(TREATMENTS, unique_names([text])),
}


@pytest.fixture(autouse=True)
def _in_time() -> Iterator[None]:
    def give_up(*_given: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(PATIENCE)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("name", READERS)
def test_a_text_without_an_end_is_read_like_any_other(name: str) -> None:
    for unit in UNITS:
        READERS[name](unit * (LENGTH // len(unit)))
