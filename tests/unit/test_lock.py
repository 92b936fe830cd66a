"""What is installed: every package that was chosen stands in the lock, as chosen, and everything there has hashes."""

import re

import pytest

from core.base.settings import ROOT

CHOSEN = re.compile(r"^([\w.-]+)(?:\[[\w,]+\])?==(\S+)$", re.M)
LOCKED = re.compile(r"^([\w.-]+)(?:\[[\w,]+\])?==(\S+) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.M)

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def chosen(file: str) -> dict[str, str]:
    return {normal(name): version for name, version in CHOSEN.findall((ROOT / file).read_text(encoding="utf-8"))}


def locked(file: str) -> dict[str, str]:
    """Versions by package. Fails on a line that is not a package with its hashes."""
    text = (ROOT / file).read_text(encoding="utf-8")
    assert not LOCKED.sub("", text).strip(), f"{file}: without a hash"
    return {normal(name): version for name, version, _hashes in LOCKED.findall(text)}


@pytest.mark.parametrize(
    ("wanted", "lock"), [("requirements.txt", "requirements.lock"), ("requirements-dev.txt", "requirements-dev.lock")]
)
def test_the_lock_holds_what_was_chosen_with_hashes_alone(wanted: str, lock: str) -> None:
    assert chosen(wanted).items() <= locked(lock).items(), "run `make lock`"


def test_tests_run_on_what_people_run_on() -> None:
    assert locked("requirements.lock").items() <= locked("requirements-dev.lock").items(), "run `make lock`"


def test_make_installs_from_the_lock_alone() -> None:
    installs = re.findall(r"^INSTALL := .*|^\t.*pip install.*|^\t\$\(INSTALL\).*", MAKEFILE, re.M)
    assert len(installs) == 3
    assert "--require-hashes" in installs[0]
    assert all("-r requirements" in line and ".lock" in line for line in installs[1:])
