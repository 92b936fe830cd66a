"""One look at a mission: who looks, when, through which filters; what every figure of it is asked through."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol

import pandas as pd
import pyarrow as pa

from core.base.cache import hashable
from core.base.i18n import language
from core.facts.query import Query, Reader, Result
from core.people.person import Person
from core.show.filters import Chosen, Filter


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a mission's figures work with; a mission derives its own from it, with its rules and what it knows.

    `now` is UTC. `params` are what questions are given by name: a question takes those that it names. `cut` collects
    the questions whose answer their cap cut, with that cap, for the screen to say so.
    """

    reader: Reader
    person: Person
    now: datetime
    chosen: Chosen
    params: Mapping[str, Any] = field(default_factory=dict)
    cut: dict[str, int] = field(default_factory=dict, compare=False)

    def answer(self, query: Query, **more: Any) -> Result:
        """The answer to a question, under the filters and what is given more. Raises QueryFailed."""
        result = self.reader.run(query, **self.filled(query, more))
        if result.truncated:
            self.cut[query.name] = query.cap
        return result

    def ask(self, query: Query, **more: Any) -> pd.DataFrame:
        """The same as a frame, which is kept and shared: nobody writes into it."""
        return self.answer(query, **more).shared()

    def stream(self, query: Query, **more: Any) -> Iterator[pa.RecordBatch]:
        """Every row of an answer, without the question's cap, for an export. Raises QueryFailed."""
        return self.reader.stream(query, **self.filled(query, more))

    def filled(self, query: Query, more: Mapping[str, Any]) -> dict[str, Any]:
        """What a question takes, of what the look gives and of what is given more."""
        values = {**self.params, **more}
        return {name: values[name] for name in query.params}

    @property
    def source(self) -> object | None:
        """What figures without a question are made of, e.g. a board that was judged: they are kept as long as it is."""
        return None

    @property
    def content(self) -> Hashable:
        """What a mission's own look knows beside its filters and parameters, e.g. the digest of its rules: figures
        are kept by it, so it must differ where they would."""
        return ()

    @cached_property
    def key(self) -> Hashable:
        """What figures made through this look are kept by: equal looks show the same of equal answers."""
        chosen = tuple((name, hashable(value)) for name, value in self.chosen.values.items())
        params = tuple((name, hashable(value)) for name, value in sorted(self.params.items()))
        return chosen, params, self.content, language()


class Opening(Protocol):
    """A mission before its filters are read: what they offer, and the look that chosen ones mean."""

    @property
    def filters(self) -> Mapping[str, Filter[Any]]:
        """The filters, by the name that their address parameter bears."""
        ...

    def look(self, chosen: Chosen) -> Look:
        """The look that these filters mean."""
        ...


OpeningMaker = Callable[[Reader, Person, datetime], Opening | None]
"""(reader scoped to the person, person, now in UTC) → the mission's opening; None while there is nothing to show.
The reader and the person decide what is shown; the filters only choose among it. Raises VigieError."""
