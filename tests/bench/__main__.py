"""Measure everything, or one part: `python -m tests.bench [SIZE…] [--part NAME]`.

A part is a module `tests/bench/bench_<name>.py` with `measure(sizes) -> Iterable[Row]`. The figures are shown as a
table and written to `bench/results.md` and `bench/results.json`. Nothing fails on a slow machine.
"""

import argparse
import importlib
import json
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from core.settings import ROOT
from tests.bench.measure import Row

SIZES = [100_000, 1_000_000, 10_000_000]
PARTS = sorted(file.stem.removeprefix("bench_") for file in Path(__file__).parent.glob("bench_*.py"))
MARKS = {True: "✔", False: "✖", None: ""}
HEADINGS = ("Part", "Size", "What", "Value", "Aim", "")


def show(value: float) -> str:
    """Three figures or whole numbers: 0.0123, 1.23, 12.3, 123, 12,345."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def cells(row: Row) -> tuple[str, ...]:
    aim = "" if row.aim is None else f"≤ {show(row.aim)} {row.unit}"
    return (row.part, f"{row.size:,}", row.what, f"{show(row.value)} {row.unit}", aim, MARKS[row.met])


def machine() -> dict[str, str | int]:
    """What the figures depend on."""
    libraries = {name: version(name) for name in ("duckdb", "deltalake", "pyarrow", "sqlalchemy", "streamlit")}
    return {
        "cores": os.cpu_count() or 0,
        "system": platform.platform(),
        "python": platform.python_version(),
        **libraries,
    }


def write(folder: Path, rows: list[Row]) -> None:
    """The figures as a page and as data."""
    folder.mkdir(exist_ok=True)
    measured = {"measured_at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine()}
    facts = [asdict(row) | {"met": row.met} for row in rows]
    text = json.dumps(measured | {"rows": facts}, indent=1, ensure_ascii=False)
    (folder / "results.json").write_text(text + "\n", encoding="utf-8")
    on = ", ".join(f"{name} {value}" for name, value in machine().items())
    lines = [HEADINGS, ("---", "--:", "---", "--:", "--:", "---"), *map(cells, rows)]
    page = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    (folder / "results.md").write_text(f"# Bench\n\n{measured['measured_at']}: {on}\n\n{page}\n", encoding="utf-8")


def main() -> None:
    """Run the parts, telling each figure as it comes."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure Vigie.")
    parser.add_argument("sizes", type=int, nargs="*", default=SIZES, help="runs in the log (default: %(default)s)")
    parser.add_argument("--part", choices=PARTS, action="append", help="only this part")
    chosen = parser.parse_args()
    console = Console()
    rows: list[Row] = []
    for part in chosen.part or PARTS:
        measured: Iterable[Row] = importlib.import_module(f"tests.bench.bench_{part}").measure(chosen.sizes)
        for row in measured:
            rows.append(row)
            console.print("  ".join(cells(row)), style="dim", highlight=False)
    table = Table(*HEADINGS)
    for row in rows:
        table.add_row(*cells(row))
    console.print(table)
    write(ROOT / "bench", rows)


if __name__ == "__main__":
    main()
