"""Files of the register: imported into an empty store, compared once more, exported, each with its time and memory.

Each figure is taken in a process of its own, so that its memory is its own: what it needed beyond a fresh start.
"""

import os
import resource
import time
from collections.abc import Iterator, Sequence
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.measure import Row

SIZES = (180, 5_000, 50_000)
"""Treatments."""


def measure(sizes: Sequence[int]) -> Iterator[Row]:
    """Figures for each size of the register."""
    for count in sizes:
        with TemporaryDirectory(prefix="vigie-bench-") as folder:
            row = partial(Row, "register files", count)
            for what in STEPS:
                seconds, megabytes = _apart(what, Path(folder), count)
                if seconds is not None:
                    yield row(what, seconds, "s")
                    yield row(f"{what}, memory", megabytes, "MB")


def _apart(what: str, folder: Path, count: int) -> tuple[float | None, float]:
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(_step, (what, str(folder), count))


def _step(what: str, folder: str, count: int) -> tuple[float | None, float]:
    os.environ["VIGIE_DATA"] = folder
    work = STEPS[what](Path(folder), count)
    if work is None:
        return None, 0.0
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter()
    work()
    seconds = time.perf_counter() - begun
    return seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def content(number: int) -> dict[str, Any]:
    """A record as people fill it, unlike its neighbours."""
    actor = {"name": f"Direction {number % 40}", "email": f"direction{number % 40}@assurance.example"}
    return {
        "name": f"Traitement {number} de la direction {number % 40}",
        "description": f"Ce que fait le traitement {number}, en une phrase ou deux.\nEt pour qui.",
        "controller": [actor],
        "joint_controllers": [],
        "representative": [],
        "dpo": [actor],
        "purposes": [{"name": f"Finalité {n} du {number}", "legal_bases": ["contract"]} for n in range(1 + number % 3)],
        "typologies": ["pp", "client"],
        "data_categories": [
            {"category": code, "description": f"Données {code}", "retention": "5 ans", "retention_months": 60}
            for code in ("identity", "contract", "claims")
        ],
        "sensitive_data": [],
        "nir": [],
        "persons": [{"category": "clients"}, {"category": "beneficiaries", "detail": "Ayants droit"}],
        "recipients": [{"name": f"Squad {number % 12}", "type": "internal"}],
        "transfers": [],
        "measures": [{"type": "access"}, {"type": "tracing", "detail": "Journal conservé un an"}],
        "storage": [{"medium": "table", "write_mode": "replace"}],
        "zones_read": ["ZA"],
        "zones_written": ["ZP"],
        "aipd_criteria": [],
        "pipelines": [f"pl_{number}", f"pl_{number}_fin"],
    }


def _prepare(folder: Path, count: int) -> Any:
    """A store with a compliance officer, and a JSON file of records to import; not measured."""
    from core.people import accounts
    from core.people.person import Role
    from core.records import json_file
    from core.store.engine import store
    from pages.register.collection import TREATMENTS
    from pages.register.tests.files import Kept

    store().upgrade()
    with store().write() as connection:
        accounts.add(connection, who="bench", name="ines", role=Role.COMPLIANCE)
    with (folder / "neuf.json").open("wb") as file:
        json_file.write(file, TREATMENTS, (Kept(content(number)) for number in range(count)))


def _import(name: str) -> Any:
    """Look at a file, compare it with the register, and keep what is new or changed."""

    def prepared(folder: Path, _count: int) -> Any:
        from core.records.importing import imports, plan
        from core.store.engine import store
        from pages.register.collection import TREATMENTS

        if not (folder / name).exists():
            return None

        def work() -> None:
            with store().write() as connection:
                lists = TREATMENTS.lists(connection)
                opened = imports.look(folder / name, TREATMENTS, lists)
                made = plan.make(connection, TREATMENTS, lists, imports.rows(opened, TREATMENTS, lists))
                assert made.count(plan.Fate.REFUSED) == 0
                plan.carry_out(connection, 1, made)

        return work

    return prepared


def _export(name: str, most: int | None = None) -> Any:
    """Write the whole register to a file; no more than `most` records where its kind takes no more."""

    def prepared(folder: Path, count: int) -> Any:
        from core.records import json_file, records
        from core.records.exporting import exports, pdf
        from core.store.engine import store
        from pages.register.collection import TREATMENTS
        from pages.register.files import cnil_write
        from pages.register.model import TREATMENT
        from pages.register.tests.files import NOTE

        if most is not None and count > most:
            return None

        def work() -> None:
            with store().read() as connection, (folder / name).open("wb") as file:
                lists = TREATMENTS.lists(connection)
                read = partial(records.contents, connection, "treatment")
                match name:
                    case "plat.xlsx":
                        exports.write_excel(file, TREATMENTS, lists, read, NOTE)
                    case "plat.csv":
                        exports.write_csv(file, TREATMENTS, lists, read)
                    case "tout.json":
                        json_file.write(file, TREATMENTS, read())
                    case "cnil.xlsx":
                        cnil_write.write(file, TREATMENT, lists, read())
                    case _:
                        pdf.write_all(file, TREATMENTS, lists, read, title="Registre")

        return work

    return prepared


STEPS = {
    "prepare": _prepare,
    "import new records from JSON": _import("neuf.json"),
    "export CSV": _export("plat.csv"),
    "export Excel": _export("plat.xlsx"),
    "export JSON": _export("tout.json"),
    "export the CNIL's layout": _export("cnil.xlsx", 2_000),
    "export PDF": _export("register.pdf", 2_000),
    "import CSV, nothing changed": _import("plat.csv"),
    "import Excel, nothing changed": _import("plat.xlsx"),
    "import the CNIL's layout, nothing changed": _import("cnil.xlsx"),
}
