"""Dropped files are kept under safe names, once, where their source reads them."""

import json
import os
from pathlib import Path

import pyarrow as pa
import pytest

from core.base.errors import SourceFailed
from core.base.i18n import speaking
from core.sources import drops, limits
from core.sources.files import corrections, uploads
from core.sources.mapping import Field, known_names
from core.sources.values.kinds import Kind


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("nuit.csv", "nuit.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\nuit.csv", "nuit.csv"),
        (".hidden.csv", "hidden.csv"),
        ("~$nuit.xlsx", "nuit.xlsx"),
        ("a*b?[c]\n.csv", "a_b__c__.csv"),
        ("é" * 300 + ".csv", "é" * 120 + ".csv"),
        ("", "file.csv"),
        ("facture\u202exslx.exe\ud800.csv", "facture_xslx.exe_.csv"),
    ],
)
def test_a_name_becomes_one_that_harms_nothing(name: str, safe: str) -> None:
    assert drops.safe_name(name) == safe


def test_a_dropped_file_is_staged_once_and_old_ones_go(data: Path) -> None:
    first = drops.stage("nuit.csv", b"a")
    assert drops.stage("nuit.csv", b"a") == first
    os.utime(first.parent, (0, 0))
    second = drops.stage("nuit.csv", b"b")
    assert second.read_bytes() == b"b"
    assert not first.exists()


def test_the_same_content_is_kept_once_and_another_gets_a_number(data: Path) -> None:
    path = drops.pattern("nuit")
    first = drops.keep(drops.stage("nuit.csv", b"a"), "nuit", path)
    assert first == uploads("nuit") / "nuit.csv"
    assert drops.keep(drops.stage("nuit.csv", b"a"), "nuit", path) == first
    assert drops.keep(drops.stage("nuit.csv", b"b"), "nuit", path).name == "nuit (2).csv"
    assert sorted(one.name for one in uploads("nuit").iterdir()) == ["nuit (2).csv", "nuit.csv"]


def test_a_file_for_a_source_elsewhere_goes_to_its_corrections(data: Path) -> None:
    kept = drops.keep(drops.stage("nuit.csv", b"a"), "airflow", "/logs/*.csv")
    assert kept == corrections("airflow") / "nuit.csv"


def test_a_file_that_cannot_be_kept_is_told(data: Path) -> None:
    (data / "uploads").write_text("a file where a folder should be")
    with speaking("en"), pytest.raises(SourceFailed, match="The file cannot be kept"):
        drops.stage("nuit.csv", b"a")


def test_a_file_without_rows_is_told(data: Path) -> None:
    with speaking("en"), pytest.raises(SourceFailed, match=r"nuit\.csv holds no rows\."):
        drops.look(drops.stage("nuit.csv", b"Nom;Statut\n"), lambda name: name == "Nom")


def test_rows_with_a_known_key_are_not_new() -> None:
    rows = pa.table({"source": ["s", "s"], "run_id": ["1", "2"], "more": [1, 2]})
    known = pa.table({"source": ["s"], "run_id": ["2"]})
    assert drops.new_keys(rows, known, ("source", "run_id")) == 1


def test_a_staged_file_is_read_once_for_the_same_names(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    staged = drops.stage("nuit.json", json.dumps([{"Nom": "a"}]).encode())
    read: list[Path] = []
    real = drops.look
    monkeypatch.setattr(drops, "look", lambda path, *more: read.append(path) or real(path, *more))
    one, same, other = (known_names([Field("n", "n", Kind.TEXT, (word,))]) for word in ("Nom", "Nom", "Name"))
    assert drops.looked(staged, one) is drops.looked(staged, same)
    assert drops.looked(staged, other).table.to_pydict() == {"Nom": ["a"]}
    assert len(read) == 2
    corrected = drops.stage("nuit.json", json.dumps([{"Nom": "b"}]).encode())
    assert drops.looked(corrected, one).table.to_pydict() == {"Nom": ["b"]}


def test_of_json_the_first_ten_thousand_rows_are_looked_at(data: Path) -> None:
    staged = drops.stage("nuit.json", json.dumps({"jobs": [{"id": n} for n in range(10_050)], "page": 1}).encode())
    found = drops.look(staged, lambda name: name == "id")
    assert (len(found.lines), found.lines[-1], found.text("id")[-1].as_py()) == (10_000, 10_000, "9999")
    lines = drops.stage("nuit.jsonl", b'{"id": 1}\n' * 10_000 + b"{\n" * (limits.MOST_BROKEN + 1))
    assert len(drops.look(lines, lambda name: name == "id").lines) == 10_000
