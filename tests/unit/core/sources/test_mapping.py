"""Columns are guessed by name, cells are read by type, and what cannot be read says why."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest
from pydantic import ValidationError

from core.base.errors import SourceFailed
from core.base.i18n import speaking
from core.facts.tables import INTEGER, MOMENT, NUMBER, TEXT
from core.sources.cells import Cells, find_header, unique_names
from core.sources.mapping import ColumnMapping, Field, Reasons, convert, guess, known_names, plain

FIELDS = (
    Field("name", "Name", TEXT, ("pipeline", "name", "nom")),
    Field("started_at", "Start", MOMENT, ("started at", "start", "début")),
    Field("took_s", "Duration", NUMBER, ("duration", "durée")),
    Field("attempt", "Attempt", INTEGER, ("attempt", "essai")),
    Field("message", "Message", TEXT, ("message",), prose=True),
)


def cells(**columns: list[str]) -> Cells:
    table = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    return Cells(table, range(2, 2 + len(table)), "journal.csv")


def test_names_are_compared_without_case_accents_and_punctuation() -> None:
    assert plain("Début d'Exécution_") == "debutdexecution"


def test_columns_are_guessed_by_equal_names_before_parts_of_names() -> None:
    found = guess(["Message", "Nom du pipeline", "StartedAt", "Start", "DURÉE (s)"], FIELDS)
    assert found == {"name": "Nom du pipeline", "started_at": "StartedAt", "took_s": "DURÉE (s)", "message": "Message"}


def test_a_header_is_found_by_known_names_or_by_the_fullest_row() -> None:
    known = known_names(FIELDS, ColumnMapping(columns={"name": "Chaîne"}))
    assert known("CHAINE")
    assert find_header([["Relevé", ""], ["Chaîne", "Start"], ["a", "b"]], known) == 1
    assert find_header([["Relevé", ""], ["x", "y"], ["a", "b"]], lambda _name: False) == 1


def test_column_names_become_unique() -> None:
    assert unique_names(["a", "\ufeffa", "", "a\u00a0 b", "De\u0301but"]) == ("a", "a (2)", "#3", "a b", "Début")


def test_cells_are_read_by_the_type_of_their_field() -> None:
    source = cells(n=["a", "b"], d=["08/04/2025 06:43", ""], t=["1,5", "90"], e=["2", ""], m=["", "x\ufffd"])
    mapping = ColumnMapping(
        columns={"name": "n", "started_at": "d", "took_s": "t", "attempt": "e", "message": "m"},
        constants={"attempt": "1"},
        duration_unit="min",
    )
    reasons = Reasons(source)
    read = convert(source, FIELDS, mapping, reasons)
    assert {name: values.to_pylist() for name, values in read.columns.items()} == {
        "name": ["a", "b"],
        "started_at": [datetime(2025, 4, 8, 4, 43, tzinfo=UTC), None],
        "took_s": [90.0, 5400.0],
        "attempt": [2, 1],
        "message": [None, "x\ufffd"],
    }
    assert reasons.refused(0, {}) == []


def test_each_refused_row_says_which_column_and_value() -> None:
    source = cells(n=["a\ufffd", "b", "c", "d"], d=["", "hier", "", ""], t=["", "", "-3", ""], e=["", "", "", "deux"])
    mapping = ColumnMapping(columns={"name": "n", "started_at": "d", "took_s": "t", "attempt": "e"})
    reasons = Reasons(source)
    with speaking("en"):
        convert(source, FIELDS, mapping, reasons)
    refused = reasons.refused(1, {"extra": pa.array(["v", "x", None, None])})
    assert [(r.position, r.reason) for r in refused] == [
        ("journal.csv:3", "d: “hier” is not a date."),
        ("journal.csv:4", "t: “-3” is not a duration."),
        ("journal.csv:5", "e: “deux” is not a whole number."),
    ]
    assert refused[0].row == {"n": "b", "d": "hier", "t": "", "e": "", "extra": "x"}
    assert reasons.refused(0, {})[0].reason == (
        "n: “a\ufffd” holds bytes that are no text: the file is damaged or mis-encoded."
    )
    assert reasons.good().to_pylist() == [False] * 4


def test_a_missing_column_says_which_were_found() -> None:
    source = cells(Etat=["a"], Debut=["b"])
    with speaking("en"), pytest.raises(SourceFailed) as failed:
        convert(source, FIELDS, ColumnMapping(columns={"name": "Nom"}), Reasons(source))
    assert failed.value.sentence == "journal.csv lacks the column Nom. Columns found: Etat, Debut."


def test_a_time_zone_must_exist() -> None:
    with pytest.raises(ValidationError, match="Europe/Pari "):
        ColumnMapping(timezone="Europe/Pari ")
