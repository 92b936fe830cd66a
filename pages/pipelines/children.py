"""The failed children of a run that started others, and what became of them. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pages.pipelines.facts import RunStatus
from pages.pipelines.known import GOOD, Run


@dataclass(frozen=True, slots=True)
class Child:
    """A run that failed below another one, and the good run of its pipeline that came after it, if one did."""

    run: Run
    rerun: Run | None


class Children:
    """Who started whom among some runs."""

    def __init__(self, runs: Iterable[Run]) -> None:
        self._of: dict[tuple[str, str], list[Run]] = {}
        self._good: dict[tuple[str, str], list[Run]] = {}
        for run in runs:
            if run.parent_run_id:
                self._of.setdefault((run.source, run.parent_run_id), []).append(run)
            if run.status in GOOD:
                self._good.setdefault((run.source, run.pipeline), []).append(run)

    def failed(self, parent: Run) -> Sequence[Child]:
        """The failed runs that a run started. Where those failed through runs of their own, the lowest are told."""
        return tuple(self._failed(parent, frozenset()))

    def _failed(self, parent: Run, above: frozenset[str]) -> Iterable[Child]:
        for run in self._of.get((parent.source, parent.run_id), ()):
            if run.status != RunStatus.FAILED or run.run_id in above:
                continue
            rerun = next(
                (good for good in self._good.get((run.source, run.pipeline), ()) if good.begin > run.begin), None
            )
            lower = () if rerun else tuple(self._failed(run, above | {parent.run_id, run.run_id}))
            yield from lower or (Child(run, rerun),)
