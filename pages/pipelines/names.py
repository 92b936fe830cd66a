"""Pipelines that were renamed: by which name each goes now, and in the nights up to which. Pure.

A name that another pipeline bears later is that pipeline's from the next night on.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from pages.pipelines.nights import Night

BETWEEN = "\t"
"""Stands between the parts of a span as a question takes it."""


class Names:
    """Former names: `former` are an old name, the last night in which it was borne, and the name that follows it."""

    def __init__(self, former: Iterable[tuple[str, date, str]] = ()) -> None:
        self._former: dict[str, list[tuple[date, str]]] = {}
        for old, until, now in sorted(former, key=lambda renaming: renaming[1]):
            self._former.setdefault(old.casefold(), []).append((until, now))

    @property
    def last_nights(self) -> set[date]:
        """The last night of every former name."""
        return {until for some in self._former.values() for until, _now in some}

    def renamed(self, pipeline: str) -> bool:
        """Whether some pipeline bore this name before."""
        return pipeline.casefold() in self._former

    def name(self, pipeline: str, day: date) -> str:
        """The name that a pipeline of a night's goes by now: its own where it was not renamed since."""
        passed = {pipeline.casefold()}
        while (now := self._next(pipeline, day)) is not None and now.casefold() not in passed:
            passed.add(now.casefold())
            pipeline = now
        return pipeline

    def _next(self, pipeline: str, day: date) -> str | None:
        return next((now for until, now in self._former.get(pipeline.casefold(), ()) if day <= until), None)

    def until(self, old: str, day: date) -> date:
        """The last night in which a former name is the pipeline's that it is in a night."""
        return next(until for until, _now in self._former[old] if day <= until)

    def on(self, day: date) -> Mapping[str, str]:
        """The former names that are other pipelines' in a night, in small letters → the name of now."""
        names = {old: self.name(old, day) for old in self._former}
        return {old: now for old, now in names.items() if now != old}

    def spans(self, night_of: Callable[[date], Night]) -> list[str]:
        """The same for a question (`queries.NAMED`): of each former name and each stretch of nights in which it means
        one pipeline, the name, its first moment and the first moment after it (UTC), and the name of now."""
        spans, since = [], ""
        for until in sorted(self.last_nights):
            end = night_of(until).end.isoformat()
            spans += [BETWEEN.join((old, since, end, now)) for old, now in self.on(until).items()]
            since = end
        return spans
