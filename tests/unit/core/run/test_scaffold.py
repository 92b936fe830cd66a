"""`make mission NAME` makes a mission that works, and the guide makes one of its own of it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.base.settings import ROOT
from core.run.scaffold.__main__ import make

PARTS = ("app.py", "conftest.py", "core", "pages", "tests", "docs", "pyproject.toml", "README.md", "Makefile")
GUIDE = (ROOT / "docs" / "guide" / "mission.md").read_text(encoding="utf-8")
BLOCKS: dict[str, str] = dict(re.findall(r"```\w+ (\S+)\n(.*?)```", GUIDE, re.DOTALL))
GOES = ("figures/by_day.py", "figures/days.py", "tests/test_rules.py")
MISSIONS = ("corporate_kpis", "invoices")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project beside itself with two missions more: one as it is made, one as the guide goes on from there."""
    copy = tmp_path_factory.mktemp("vigie")
    # With what mypy knows of core, where `make check` has run: to find it out anew takes a minute.
    known = [".mypy_cache"] if (ROOT / ".mypy_cache").is_dir() else []
    for part in (*PARTS, ".streamlit", *known):
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / part, copy / part)
    for mission in MISSIONS:
        make(mission, copy)
    for name in GOES:
        (copy / "pages" / "invoices" / name).unlink()
    for name, text in BLOCKS.items():
        (copy / name).write_text(text, encoding="utf-8")
    return copy


def run(*command: str, cwd: Path) -> str:
    done = subprocess.run([sys.executable, "-m", *command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_both_missions_pass_their_own_tests_and_those_over_all_missions(made: Path) -> None:
    over_all = [
        f"tests/unit/{file}" for file in ("test_layers.py", "core/base/test_i18n.py", "pages/test_demo_sources.py")
    ]
    theirs = "corporate_kpis or invoices or one_message or demo_sources"
    run("pytest", *(f"pages/{key}" for key in MISSIONS), *over_all, "-k", theirs, "-p", "no:cacheprovider", cwd=made)


def test_both_missions_keep_the_rules_of_the_house(made: Path) -> None:
    own = [f"pages/{mission}" for mission in MISSIONS]
    run("ruff", "check", *own, cwd=made)
    run("ruff", "format", "--check", *own, cwd=made)
    run("mypy", *(part for mission in MISSIONS for part in ("-p", f"pages.{mission}")), cwd=made)
    assert run("core.rules", "check", "invoices", cwd=made)


def test_the_guide_writes_less_than_150_lines_without_words_and_tests(tmp_path: Path) -> None:
    make("invoices", tmp_path)
    written = 0
    for name, text in BLOCKS.items():
        if "/tests/" not in name and not name.endswith(".po"):
            generated = (tmp_path / name).read_text(encoding="utf-8") if (tmp_path / name).exists() else ""
            written += sum(bool(line.strip()) and line not in generated.splitlines() for line in text.splitlines())
    assert 100 < written < 150


@pytest.mark.parametrize("key", ["", "Ab", "../x", "with space", "9lives"])
def test_a_name_that_is_no_folder_name_is_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="make mission"):
        make(key, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_mission_that_stands_is_never_overwritten(tmp_path: Path) -> None:
    make("corporate_kpis", tmp_path)
    page = tmp_path / "pages" / "corporate_kpis" / "page.py"
    page.write_text("mine", encoding="utf-8")
    with pytest.raises(ValueError, match="corporate_kpis"):
        make("corporate_kpis", tmp_path)
    assert page.read_text(encoding="utf-8") == "mine"
