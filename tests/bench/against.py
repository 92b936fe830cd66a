"""This tree beside another one: `python -m tests.bench.against CHECKOUT [--sync | --screens]`.

What readings and first draws of screens take of the processor, in turns, so that whatever else the machine does falls
on both; and their ratio. A checkout of an older tree is enough: nothing of it but its commands and pages is used.
"""

import argparse
import compileall
import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from core.base.settings import ROOT
from core.people.demo import PASSWORDS
from core.people.person import Role
from tests.bench.bench_acts import processor
from tests.client import Browser
from tests.moments import MORNING
from tests.servers import free_port, wait_for

ROWS, MORE, ROUNDS = 20_000, 1_000, 3
SCREENS = {
    "": Role.DUTY,
    "pipelines": Role.DUTY,
    "jira": Role.LEAD,
    "reroutes": Role.LEAD,
    "register": Role.COMPLIANCE,
    "sources": Role.ADMIN,
    "accounts": Role.ADMIN,
}
"""Those that both trees have, each with who looks."""
COLUMNS = {"pipeline": "Pipeline", "status": "Statut", "started_at": "Début", "ended_at": "Fin"}


def main() -> None:
    """Print a line for each thing measured: the other tree, this one, how many times."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.against", description=__doc__)
    parser.add_argument("checkout", type=Path)
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--sync", action="store_true")
    only.add_argument("--screens", action="store_true")
    asked = parser.parse_args()
    trees = (asked.checkout.resolve(), ROOT)
    for tree in trees:  # else the larger one pays for its size, at each start where nothing compiled is kept
        for room in ("core", "pages"):
            compileall.compile_dir(tree / room, quiet=1)
    with TemporaryDirectory(prefix="vigie-against-") as folder:
        for measure in () if asked.screens else (readings,):
            _show(measure(trees, Path(folder)))
        for measure in () if asked.sync else (screens,):
            _show(measure(trees, Path(folder)))


def _show(lines: Iterator[tuple[str, list[float]]]) -> None:
    for what, (then, now) in lines:
        sys.stdout.write(f"{what}: {then * 1000:,.0f} → {now * 1000:,.0f} ms, × {now / then:.2f}\n")
        sys.stdout.flush()


def readings(trees: tuple[Path, ...], folder: Path) -> Iterator[tuple[str, list[float]]]:
    """Seconds of processor of `sync` in each tree: the first reading, nothing new, some new runs."""
    log = folder / "log.csv"
    log.write_text("Pipeline;Statut;Début;Fin\n" + _runs(0, ROWS), encoding="utf-8")
    options = {"path": str(log), "columns": COLUMNS}
    declared = folder / "source.yml"
    source = {"name": "log", "mission": "pipelines", "kind": "file", "options": options}
    declared.write_text(yaml.safe_dump(source), encoding="utf-8")
    for number, tree in enumerate(trees):
        _command(tree, folder / f"{number}", "sources", "add", str(declared))

    def read() -> list[float]:
        return [_command(tree, folder / f"{number}", "sync") for number, tree in enumerate(trees)]

    yield f"first reading of {ROWS:,} runs", read()
    yield "nothing new", _medians(read)
    written = ROWS

    def more() -> list[float]:
        nonlocal written
        with log.open("a", encoding="utf-8") as handle:
            handle.write(_runs(written, MORE))
        written += MORE
        return read()

    yield f"{MORE:,} new runs", _medians(more)


def _medians(taken: Callable[[], list[float]]) -> list[float]:
    rounds = [taken() for _ in range(ROUNDS)]
    return [statistics.median(each) for each in zip(*rounds, strict=True)]


def _runs(first: int, count: int) -> str:
    lines = []
    for n in range(first, first + count):
        day, minute = 1 + n // 1_000 % 28, n % 1_000
        began = f"{day:02d}/{1 + n // 28_000:02d}/2026 {minute // 60:02d}:{minute % 60:02d}:00"
        lines.append(f"famille_{n % 10}_flux_{n % 200};SUCCESS;{began};{began[:-2]}30\n")
    return "".join(lines)


def _command(tree: Path, data: Path, module: str, *arguments: str) -> float:
    """Seconds of processor that a command of a tree takes, its children included. Raises CalledProcessError."""
    room = "core.run" if (tree / f"core/run/{module}.py").exists() else "core"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", f"{room}.{module}", *arguments],
        cwd=tree,
        env=_environment(data, VIGIE_SOURCE_FOLDERS=str(data.parent)),
        check=True,
        stdout=subprocess.DEVNULL,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _environment(data: Path, **more: str) -> Mapping[str, str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("VIGIE_")}
    return environ | {"VIGIE_DATA": str(data), **more}


def screens(trees: tuple[Path, ...], folder: Path) -> Iterator[tuple[str, list[float]]]:
    """Seconds of the server's processor until a screen stands in a new tab: for the first person, and later."""
    with ExitStack() as stack:
        servers = [stack.enter_context(_serving(tree, folder / f"demo{n}")) for n, tree in enumerate(trees)]
        for page, role in SCREENS.items():
            browsers = [Browser(url, "fr") for url, _process in servers]
            for browser in browsers:
                browser.sign_in(role.value, PASSWORDS[role], "/account").close()

            def drawn(page: str = page, browsers: list[Browser] = browsers) -> list[float]:
                return [_drawn(browser, page, pid) for browser, (_url, pid) in zip(browsers, servers, strict=True)]

            yield f"/{page}, the first time", drawn()
            yield f"/{page}, later", _medians(drawn)


def _drawn(browser: Browser, page: str, process: int) -> float:
    before = processor(process)
    browser.open(f"/{page}").close()
    return processor(process) - before


@contextmanager
def _serving(tree: Path, data: Path) -> Iterator[tuple[str, int]]:
    """A tree's server with its demo: its address and its process."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    environ = _environment(data, VIGIE_DEMO="1", VIGIE_NOW=MORNING.isoformat())
    process = subprocess.Popen(command, cwd=tree, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        url = f"http://localhost:{port}"
        wait_for(f"{url}/healthz", process)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
