"""The register at work: list, search, open, save, import, and twenty people who edit the same records at once.

Each size has a store and a process of its own. What a screen asks for is asked as the screen asks it, without drawing
it: once right after a change (`first`), and again (`again`), when what was counted still holds.
"""

import itertools
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from core.base import clock
from tests.bench.bench_register_files import content
from tests.bench.measure import Row, medians, milliseconds

if TYPE_CHECKING:
    from core.records.importing.plan import Plan

SIZES = (180, 5_000, 50_000)
"""Treatments."""
PEOPLE = 20
SECONDS = 8.0
SHARED = 10
"""Records that the twenty edit: two people on each at any moment."""
THINKING = 0.05
IMMEDIATE = 150.0
"""Milliseconds in which an answer feels immediate, the drawing left out."""
TIMES = 5


def measure(sizes: Sequence[int]) -> Iterator[Row]:
    """Figures for each size of the register."""
    for count in sizes:
        with TemporaryDirectory(prefix="vigie-bench-") as folder, get_context("spawn").Pool(1) as pool:
            yield from pool.apply(_measured, (folder, count))


def _measured(folder: str, count: int) -> list[Row]:
    os.environ["VIGIE_DATA"] = folder
    row = partial(Row, "register", count)
    officer = _house()
    found = [row(what, value, unit, aim) for what, value, unit, aim in _imports(Path(folder), officer, count)]
    found += [row(what, value, "ms", IMMEDIATE) for what, value in _screens(officer, count)]
    found += [row(what, value, unit, aim) for what, value, unit, aim in _editing()]
    return found


Figure = tuple[str, float, str, float | None]


def _house() -> int:
    """A store with compliance officers. Returns the id of one."""
    from core.people import accounts
    from core.people.person import Role
    from core.store.engine import store

    store().upgrade()
    with store().write() as connection:
        made = [accounts.add(connection, who="bench", name=f"p{n}", role=Role.COMPLIANCE) for n in range(PEOPLE)]
    return made[0].person.id


def _imports(folder: Path, officer: int, count: int) -> Iterator[Figure]:
    """A file of new records, then the same file with one field of each changed."""
    from core.records import json_file
    from pages.register.collection import TREATMENTS
    from pages.register.tests.files import Kept

    for what, extra in {"new": {}, "changed": {"notes": "Revu en comité."}}.items():
        path = folder / f"{what}.json"
        contents = ({**content(number), "ref": f"B-{number:05}", **extra} for number in range(count))
        with path.open("wb") as file:
            json_file.write(file, TREATMENTS, map(Kept, contents))
        made: list[Plan] = []
        preview = milliseconds(lambda path=path, made=made: made.append(_plan(path))) / 1000
        assert made[0].writes == count
        held = _carry_out(officer, made[0])
        yield f"import, all {what}: preview", preview, "s", None
        yield f"import, all {what}: others wait", held, "s", 10.0
        yield f"import, all {what}: in all", preview + held, "s", 60.0


def _plan(path: Path) -> "Plan":
    from core.records.importing import imports, plan
    from core.store.engine import store
    from pages.register.collection import TREATMENTS

    with store().read() as connection:
        lists = TREATMENTS.lists(connection)
        opened = imports.look(path, TREATMENTS, lists)
        return plan.make(connection, TREATMENTS, lists, imports.rows(opened, TREATMENTS, lists))


def _carry_out(officer: int, made: "Plan") -> float:
    """Seconds for which the import keeps other writers waiting, its commit included."""
    from core.records.importing import plan
    from core.store.engine import store

    begun = 0.0
    with store().write() as connection:
        begun = time.perf_counter()
        plan.carry_out(connection, officer, made)
    return time.perf_counter() - begun


def _screens(officer: int, count: int) -> Iterator[tuple[str, float]]:
    """What the screens of the register ask of the store."""
    from core.mission.discovery import missions, warehouse
    from core.people.person import EVERYTHING, Person
    from core.people.rights import require
    from core.records import acts, check, drafts, listing, records
    from core.records.completeness import judge
    from core.records.records import NOTHING
    from core.store.engine import store
    from core.ui.records import SIZE
    from pages.register.collection import TREATMENTS
    from pages.register.headline import headline
    from pages.register.model import TREATMENT
    from pages.register.workflow import VALIDATION

    now, reader = clock.now(), warehouse().reader(EVERYTHING)
    numbers = itertools.cycle(range(1, count, max(1, count // 97)))

    def a_list(order: str = "ref", page: int = 1, **said: Any) -> None:
        with store().read() as connection:
            lists = TREATMENTS.lists(connection)
            wanted = listing.wanted(TREATMENTS, said, now, TREATMENTS.lists(connection))
            for facet in (one for one in listing.filtered(TREATMENTS) if not listing.is_rare(TREATMENTS, one)):
                listing.options(connection, TREATMENTS, facet, wanted, lists)
            column, descending, _word = listing.ORDERS[order]
            listing.total(connection, "treatment", wanted)
            offset = (page - 1) * SIZE
            assert listing.lines(
                connection, "treatment", wanted, column, descending=descending, offset=offset, limit=SIZE
            )

    def one() -> None:
        with store().read() as connection:
            record = records.named(connection, "treatment", f"B-{next(numbers):05}")
            TREATMENTS.lists(connection)
            drafts.find(connection, officer, [record.id])
            acts.situation(connection, TREATMENTS, person, record)
            acts.problem(connection, TREATMENTS, VALIDATION)
            judge(TREATMENT, check.stored(TREATMENT, record.data))
            for facet in ("squad", "pipeline", "table", "jira"):
                listing.counts(connection, "treatment", facet, NOTHING)

    def a_save() -> None:
        with store().write() as connection:
            record = records.named(connection, "treatment", f"B-{next(numbers):05}")
            data = {**record.data, "notes": f"{record.data['notes']} x"}
            acts.save(connection, TREATMENTS, officer, record.id, record.version, data)

    def figures() -> None:
        with store().read() as connection:
            listing.figures(connection, TREATMENTS, now)
            for facet in (name for name, one in TREATMENTS.facets.items() if one.counts):
                listing.counts(connection, "treatment", facet, TREATMENTS.live)

    with store().read() as connection:
        person: Person = require(connection, officer, missions()["register"], act=True)
    works = {
        "list": a_list,
        "list, last page by name": partial(a_list, order="title", page=-(-count // SIZE)),
        "list, searched": partial(a_list, words="direction 17"),
        "list, filtered": partial(a_list, typology=["client"], squad=[], medium=["table"]),
        "figures": figures,
        "a record opened": one,
        "home page's card": lambda: headline(reader, person, now, None),
    }
    for what, work in works.items():
        [first] = medians(TIMES, work, before=a_save)
        yield f"{what}: first after a change", first
        if what != "a record opened":
            [again] = medians(TIMES, work)
            yield f"{what}: again", again
    [saved] = medians(TIMES, a_save)
    yield "a record saved", saved


def _editing() -> Iterator[Figure]:
    """Twenty people on ten records: each reads one, thinks, saves; who was too late merges and saves again."""
    from core.records import records
    from core.store import audit
    from core.store.engine import store

    refs = [f"B-{number:05}" for number in range(SHARED)]
    done: Counter[str] = Counter()
    said: dict[str, set[str]] = {ref: set() for ref in refs}
    with store().read() as connection:
        before = sum(records.named(connection, "treatment", ref).version for ref in refs)
    deadline = time.monotonic() + SECONDS
    threads = [threading.Thread(target=_edit, args=(n + 1, refs, deadline, done, said)) for n in range(PEOPLE)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    with store().read() as connection:
        held = [records.named(connection, "treatment", ref) for ref in refs]
        assert sum(record.version for record in held) - before == done["saved"]
        assert audit.verify(connection).whole
    lost = sum(len(said[record.ref] - set(record.data["pipelines"])) for record in held)
    assert sum(map(len, said.values())) == done["saved"]
    yield f"{PEOPLE} people: saves", done["saved"] / seconds, "a second", None
    yield f"{PEOPLE} people: saves in all", done["saved"], "", None
    yield f"{PEOPLE} people: conflicts found and merged", done["conflicts"], "", None
    yield f"{PEOPLE} people: edits lost", lost, "", 0.0


def _edit(person: int, refs: list[str], deadline: float, done: Counter[str], said: dict[str, set[str]]) -> None:
    """One person: every edit adds a pipeline of a name that nobody else gives."""
    from core.base.errors import Conflict
    from core.records import acts, records
    from core.store.engine import store
    from pages.register.collection import TREATMENTS

    for turn in itertools.count():
        if time.monotonic() > deadline:
            return
        ref, name = refs[(person + turn) % len(refs)], f"pl_{person}_{turn}"
        with store().read() as connection:
            record = records.named(connection, "treatment", ref)
        base, mine = record.version, {**record.data, "pipelines": [*record.data["pipelines"], name]}
        time.sleep(THINKING)
        while True:
            try:
                with store().write() as connection:
                    acts.save(connection, TREATMENTS, person, record.id, base, mine)
                break
            except Conflict:
                with store().read() as connection:
                    merged = acts.reconcile(connection, TREATMENTS, record.id, base, mine)
                    base = records.get(connection, "treatment", record.id).version
                assert not merged.clashes
                mine = merged.data
                with LOCK:
                    done["conflicts"] += 1
        with LOCK:
            done["saved"] += 1
            said[ref].add(name)


LOCK = threading.Lock()
