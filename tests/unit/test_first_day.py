"""What the README has people write on their first day is right, and names every kind of source."""

import re
from pathlib import Path

import pytest

from core.base.settings import ROOT
from core.mission.discovery import missions
from core.rules import __main__ as rules
from core.run import sources

BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.M | re.S)
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(start: str) -> str:
    """The YAML that begins so."""
    [found] = [text for text in BLOCK.findall(README) if text.startswith(start)]
    return str(found)


def test_the_family_of_the_readme_is_right(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (data / "pipelines_rules.yml").write_text(block("families:"), encoding="utf-8")
    assert rules.main(["check", "pipelines"]) == 0, capsys.readouterr().err


def test_the_readme_shows_a_right_source_of_every_kind(data: Path) -> None:
    file = data / "sources.yml"
    file.write_text(block("# Last night"), encoding="utf-8")
    shown = {(one.mission, one.kind.removesuffix("_sql")) for one in sources.read(file)}
    assert {
        (m.key, one.kind.removesuffix("_sql")) for m in missions().values() for one in m.connectors
    } - shown == set()
