"""Which runs count where several sources tell: one run counts once, a source that was removed is not heard."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from pages.pipelines.known import OPEN, Run


def witnessed(runs: Iterable[Run], removed: Mapping[str, datetime], end: datetime) -> list[Run]:
    """The runs of a night, in order of their start, each as often as it was.

    Two sources tell of one run where they give it the same pipeline, start, end and state, or where one of them only
    saw it open; where they contradict each other both runs stay. A source that was removed (`removed`: when, UTC) is
    heard of nights that had ended by then, and only of pipelines that no other source tells of.
    """
    all_runs = list(runs)
    standing = {run.pipeline for run in all_runs if run.source not in removed}
    heard = [
        run
        for run in all_runs
        if run.source not in removed or (end <= removed[run.source] and run.pipeline not in standing)
    ]
    alike: defaultdict[tuple[str, datetime | None], dict[str, list[Run]]] = defaultdict(dict)
    for run in heard:
        alike[run.pipeline, run.started_at].setdefault(run.source, []).append(run)
    doubled: set[int] = set()
    for (_pipeline, started_at), by_source in alike.items():
        if len(by_source) > 1 and started_at is not None:
            doubled |= _doubled([by_source[source] for source in sorted(by_source)])
    return [run for run in heard if id(run) not in doubled]


def _doubled(by_source: list[list[Run]]) -> set[int]:
    """Identities of the runs that another source tells of as well or better; of each source, the runs of one start."""
    kept, doubled = list(by_source[0]), set[int]()
    for others in by_source[1:]:
        free = list(kept)
        for run in others:
            same = next((twin for twin in free if _same(twin, run)), None)
            if same is None:
                kept.append(run)
                continue
            free.remove(same)
            worse = same if same.status in OPEN else run
            doubled.add(id(worse))
            if worse is same:
                kept[kept.index(same)] = run
    return doubled


def _same(run: Run, other: Run) -> bool:
    told_open = (run.status in OPEN) != (other.status in OPEN)
    return told_open or (run.status, run.end) == (other.status, other.end)
