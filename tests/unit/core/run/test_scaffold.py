"""`make mission NAME` makes a mission that works."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.base.settings import ROOT
from core.run.scaffold.__main__ import make

PARTS = ("app.py", "core", "pages", "tests", "pyproject.toml", "README.md", "Makefile", ".streamlit")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project beside itself, so that a mission can be added to it."""
    for part in PARTS:
        whole = ROOT / part
        if whole.is_dir():
            shutil.copytree(whole, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
        elif whole.exists():
            shutil.copy(whole, tmp_path / part)
    return tmp_path


def run(*command: str, cwd: Path) -> str:
    done = subprocess.run([sys.executable, "-m", *command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_generated_mission_passes_its_own_tests_and_the_house_rules(copy: Path) -> None:
    make("corporate_kpis", copy)
    run("pytest", "tests/unit/pages/corporate_kpis", "tests/unit/test_layers.py", "-p", "no:cacheprovider", cwd=copy)
    run("pytest", "tests/unit/core/base/test_i18n.py", "-p", "no:cacheprovider", cwd=copy)
    run("ruff", "check", "pages/corporate_kpis", "tests/unit/pages/corporate_kpis", cwd=copy)
    run("ruff", "format", "--check", "pages/corporate_kpis", "tests/unit/pages/corporate_kpis", cwd=copy)
    run("mypy", "-p", "pages.corporate_kpis", cwd=copy)
    listed = "from core.mission.discovery import missions; print('corporate_kpis' in missions())"
    assert subprocess.check_output([sys.executable, "-c", listed], cwd=copy, text=True) == "True\n"


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
