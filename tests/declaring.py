"""Declarations of a team, written into the data folder of a test."""

from pathlib import Path


def declare(data: Path, kind: str, name: str, text: str) -> None:
    """Declare something of a kind (extracts, checks, indicators) in a file of a name, anew where it is there."""
    folder = data / "declarations" / kind
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.yml").write_text(text, encoding="utf-8")
