"""Measure everything, or some parts: `python -m tests.bench [--part NAME]… [--largest N]`.

A part is a module `tests/bench/bench_<name>.py` with `SIZES` and `measure(sizes) -> Iterable[Row]`. The figures are
shown as a table and written to `bench/results.md`, where
those of the parts that were not measured this time stay. Nothing fails on a slow machine.
"""

import argparse
import importlib
import os
import platform
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from core.base import clock
from core.base.settings import ROOT
from tests.bench.measure import Row

FOLDER = ROOT / "bench"
PARTS = sorted(file.stem.removeprefix("bench_") for file in Path(__file__).parent.glob("bench_*.py"))
MARKS = {True: "✔", False: "✖", None: ""}
HEADINGS = ("Size", "What", "Value", "Aim", "")


def show(value: float) -> str:
    """Three figures or whole numbers: 0.0123, 1.23, 12.3, 123, 12,345."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def cells(row: Row) -> tuple[str, ...]:
    aim = "" if row.aim is None else f"≤ {show(row.aim)} {row.unit}"
    return (f"{row.size:,}", row.what, f"{show(row.value)} {row.unit}", aim, MARKS[row.met])


def machine() -> dict[str, str | int]:
    """What the figures depend on."""
    libraries = {name: version(name) for name in ("duckdb", "deltalake", "pyarrow", "sqlalchemy", "streamlit")}
    return {
        "cores": os.cpu_count() or 0,
        "system": platform.platform(),
        "python": platform.python_version(),
        **libraries,
    }


def write(part: str, rows: list[Row]) -> None:
    """Put the figures of a part in place of those it had in `bench/results.md`."""
    FOLDER.mkdir(exist_ok=True)
    page = FOLDER / "results.md"
    written = page.read_text(encoding="utf-8") if page.exists() else ""
    sections = {text.partition("\n")[0]: text for text in written.split("\n## ")[1:]}
    sections[part] = _section(part, rows)
    page.write_text("\n## ".join(["# Bench\n", *(sections[name] for name in sorted(sections))]), encoding="utf-8")


def _section(part: str, rows: list[Row]) -> str:
    on = ", ".join(f"{name} {value}" for name, value in machine().items())
    lines = [HEADINGS, ("--:", "---", "--:", "--:", "---"), *(cells(row) for row in rows)]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"{part}\n\n{clock.now().isoformat(timespec='seconds')}: {on}\n\n{table}\n"


def main() -> None:
    """Run the parts, telling each figure as it comes."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure Vigie.")
    parser.add_argument("--part", choices=PARTS, action="append", help="only this part")
    parser.add_argument("--largest", type=int, help="leave out larger sizes")
    told = parser.parse_args()
    console = Console()
    for part in told.part or PARTS:
        module = importlib.import_module(f"tests.bench.bench_{part}")
        sizes = [size for size in module.SIZES if told.largest is None or size <= told.largest] or module.SIZES[:1]
        table, rows = Table(*HEADINGS, title=part), []
        for row in module.measure(sizes):
            rows.append(row)
            table.add_row(*cells(row))
            console.print("  ".join(cells(row)), style="dim", highlight=False)
        console.print(table)
        write(part, rows)


if __name__ == "__main__":
    main()
