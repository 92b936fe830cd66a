"""Nothing writes while a screen is drawn: what draws reaches no transaction of its own, but the doors that check."""

import ast
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from core.base.settings import ROOT
from tests.unit.test_layers import imported

DOORS = {
    "core/ui/forms.py",  # whatever belongs to a mission: rights are checked in the transaction
    "core/ui/account.py",  # a person's own password, which asks for the one in use
    "core/ui/session.py",  # the end of a person's own session
    "core/ui/signin.py",  # the beginning of one
}
LANDING = {"land", "replace", "empty", "remove", "take_out", "purge", "drop", "forget", "erase", "compact"}
DRAWING = ("page.py", "headline.py", "picture.py", "related.py")
SCREENS = sorted(file for name in DRAWING for file in (ROOT / "pages").rglob(name) if "tests" not in file.parts)


def writes(file: Path, hooks: Collection[str] = ()) -> Iterator[int]:
    """Lines that open a transaction of the store, or write to the lake, outside of some functions."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    own = {id(node) for hook in tree.body if getattr(hook, "name", None) in hooks for node in ast.walk(hook)}
    for node in ast.walk(tree):
        if id(node) in own:
            continue
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of = node.func.value
            opens = node.func.attr == "write" and ast.unparse(of) in ("store()", "store", "self._store")
            lands = isinstance(of, ast.Call) and isinstance(of.func, ast.Name) and of.func.id == "lake"
            if opens or (lands and node.func.attr in LANDING):
                yield node.lineno


def reached(file: Path) -> set[Path]:
    """The files of its mission that a screen imports, and that these import."""
    found, waiting = {file}, [file]
    while waiting:
        for name in imported(waiting.pop()):
            module = ROOT.joinpath(*name.split("."))
            for candidate in (module.with_suffix(".py"), module.parent.with_suffix(".py")):
                if name.startswith("pages.") and candidate.is_file() and candidate not in found:
                    found.add(candidate)
                    waiting.append(candidate)
    return found


def hooks(mission: Path, file: Path, files: set[Path]) -> set[str]:
    """The functions of a file that the mission declares for commands to call, and that nothing which draws imports."""
    module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
    named = {name for name in imported(mission / "__init__.py") if name.startswith(f"{module}.")}
    return {name.rpartition(".")[2] for name in named - set().union(*map(imported, files))}


@pytest.mark.parametrize("screen", SCREENS, ids=lambda file: str(file.relative_to(ROOT / "pages")))
def test_what_a_screen_draws_with_opens_no_transaction(screen: Path) -> None:
    files = reached(screen)
    mission = ROOT / "pages" / screen.relative_to(ROOT / "pages").parts[0]
    found = [
        f"{file.relative_to(ROOT)}:{line}"
        for file in sorted(files)
        for line in writes(file, hooks(mission, file, files))
    ]
    assert found == [], "a screen writes through core.ui.forms, which checks the right"


def test_the_machinery_of_screens_writes_through_its_doors_alone() -> None:
    drawing = [*(ROOT / "core" / "ui").rglob("*.py"), *(ROOT / "core" / "show").rglob("*.py")]
    assert {str(file.relative_to(ROOT)) for file in drawing if any(writes(file))} == DOORS
