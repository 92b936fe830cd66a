"""Every door that was found open names the tests that hold it shut, and these exist."""

import re

from core.base.settings import ROOT

DOORS = re.compile(r"^\| (S\d\d) \|.*$", re.MULTILINE)
TESTS = re.compile(r"`([\w/]+\.py)::(test_\w+)`")


def test_each_door_is_held_by_tests_that_exist() -> None:
    told = (ROOT / "docs/security.md").read_text(encoding="utf-8")
    held = {row[1]: TESTS.findall(row[0]) for row in DOORS.finditer(told)}
    assert list(held) == [f"S{number:02}" for number in range(1, 30)]
    assert [door for door, tests in held.items() if not tests] == []
    every = {test for tests in held.values() for test in tests}
    gone = [name for file, name in every if f"def {name}(" not in (ROOT / file).read_text(encoding="utf-8")]
    assert gone == []
