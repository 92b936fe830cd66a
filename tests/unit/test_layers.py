"""Imports run one way: app → core/ui → (discovered) pages → core; a mission never imports another."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from core.base.settings import ROOT

TESTS = set(ROOT.glob("pages/*/tests/**/*.py"))
FILES = sorted({ROOT / "app.py", *ROOT.glob("core/**/*.py"), *ROOT.glob("pages/**/*.py")} - TESTS)


@cache
def imported(file: Path) -> frozenset[str]:
    """Every module a file imports, at its top or inside a function."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(found)


def roots(file: Path, package: str) -> list[str]:
    return sorted(name for name in imported(file) if name == package or name.startswith(f"{package}."))


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(ROOT)))
def test_imports_run_one_way(file: Path) -> None:
    where = file.relative_to(ROOT)
    assert roots(file, "tests") == [], "what runs needs no test"
    inside_ui = where.parts[:2] == ("core", "ui")
    is_page = where.parts[0] == "pages" and where.name == "page.py"
    if not (inside_ui or is_page or where.name == "app.py"):
        assert roots(file, "streamlit") == [], "only app.py, pages/*/page.py and core/ui import Streamlit"
        assert roots(file, "core.ui") == [], "the machinery and the missions' rules know no screen"
    if where.parts[0] == "core":
        assert roots(file, "pages") == [], "core knows pages only as the folder it walks"
    if where.parts[0] == "pages" and len(where.parts) > 2:
        own = f"pages.{where.parts[1]}"
        assert [name for name in roots(file, "pages") if name != "pages" and not f"{name}.".startswith(f"{own}.")] == []


def test_every_mission_is_a_folder_with_a_page_and_nothing_lies_flat() -> None:
    assert [p.name for p in (ROOT / "pages").glob("*.py") if p.name != "__init__.py"] == []
    for folder in (ROOT / "pages").iterdir():
        if folder.is_dir() and not folder.name.startswith("__"):
            assert (folder / "page.py").is_file(), folder.name


def _imported_at_once(tree: ast.AST) -> Iterator[str]:
    """Modules imported when a file is: not inside functions, not for the type checker alone."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        yield from _imported_at_once(node)


def test_no_circle_runs_between_the_rooms_of_core() -> None:
    rooms = {folder.name: set[str]() for folder in (ROOT / "core").iterdir() if (folder / "__init__.py").exists()}
    for file in (ROOT / "core").glob("*/**/*.py"):
        room = file.relative_to(ROOT / "core").parts[0]
        names = (name.split(".") for name in _imported_at_once(ast.parse(file.read_text(encoding="utf-8"))))
        rooms[room] |= {name[1] for name in names if name[0] == "core" and len(name) > 1 and name[1] != room} & set(
            rooms
        )
    while free := [room for room, others in rooms.items() if not others & set(rooms)]:
        for room in free:
            del rooms[room]
    assert rooms == {}, "these rooms import each other, or stand on some that do"


def test_a_page_can_be_read_at_a_glance() -> None:
    long = {
        str(p.relative_to(ROOT)) for p in (ROOT / "pages").glob("**/page.py") if len(p.read_text().splitlines()) > 60
    }
    assert long == set()


def test_nothing_lies_flat_in_core() -> None:
    assert [p.name for p in (ROOT / "core").glob("*.py") if p.name != "__init__.py"] == []
