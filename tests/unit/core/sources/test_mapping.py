"""Columns are guessed by name, cells are read by type, and what cannot be read says why."""

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from pydantic import ValidationError

from core.base.errors import SourceFailed
from core.base.i18n import speaking
from core.sources.cells import Cells, find_header, unique_names
from core.sources.mapping import ColumnMapping, Field, Reasons, convert, guess, irrelevant, known_names, plain
from core.sources.values.kinds import Kind

FIELDS = (
    Field("name", "Name", Kind.TEXT, ("pipeline", "name", "nom")),
    Field("started_at", "Start", Kind.MOMENT, ("started at", "start", "début")),
    Field("took_s", "Duration", Kind.DURATION, ("duration", "durée")),
    Field("attempt", "Attempt", Kind.COUNT, ("attempt", "essai")),
    Field("message", "Message", Kind.TEXT, ("message",), prose=True),
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


def test_hours_are_those_of_the_zone_that_stands_beside_them() -> None:
    wall = "08/04/2025 06:43"
    source = cells(
        n=["a"] * 7,
        d=[wall, wall, wall, wall, "2025-04-08T06:43Z", "", "2025-04-08 06:43 Europe/London"],
        Fuseau=["Europe/London", "UTC", "", "Mars", "Mars", "Mars", "Europe/London"],
    )
    reasons = Reasons(source)
    read = convert(source, FIELDS, ColumnMapping(columns={"name": "n", "started_at": "d"}), reasons)
    hours = [at and at.hour for at in read.columns["started_at"].to_pylist()]
    assert hours == [5, 6, 4, 4, 6, None, 5]
    assert [(row.position, row.reason) for row in reasons.refused(0, {})] == [
        (source.position(3), "Fuseau\u202f: «\u202fMars\u202f» n’est pas un fuseau horaire connu.")
    ]


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
    assert failed.value.sentence == "journal.csv lacks the column Nom. Of those it should have it holds: –."


def test_a_time_zone_must_exist() -> None:
    with pytest.raises(ValidationError, match="Europe/Pari "):
        ColumnMapping(timezone="Europe/Pari ")


INVOICE = (
    Field("number", "Number", Kind.TEXT, ()),
    Field("amount", "Amount", Kind.AMOUNT, ()),
    Field("paid_on", "Paid on", Kind.DAY, ()),
    Field("urgent", "Urgent", Kind.FLAG, ()),
)


def test_amounts_days_and_flags_are_kinds_like_moments() -> None:
    source = cells(
        m=["-12", "1 200 €", "(3,5)"], d=["29/05/2025", "2025-05-29 00:00:00", "1er mai 2025"], u=["x", "non", ""]
    )
    mapping = ColumnMapping(columns={"amount": "m", "paid_on": "d", "urgent": "u"})
    read = convert(source, INVOICE, mapping, reasons := Reasons(source)).columns
    assert read["amount"].to_pylist() == [-12.0, 1200.0, -3.5]
    assert read["paid_on"].to_pylist() == [date(2025, 5, 29), date(2025, 5, 29), date(2025, 5, 1)]
    assert read["urgent"].to_pylist() == [True, False, None]
    assert reasons.refused(0, {}) == []


def test_what_is_no_amount_day_or_flag_says_why() -> None:
    source = cells(m=["1.234", "12 $", "1", "1"], d=["", "", "31/02/2025", ""], u=["", "", "", "peut-être"])
    mapping = ColumnMapping(columns={"amount": "m", "paid_on": "d", "urgent": "u"})
    with speaking("en"):
        convert(source, INVOICE, mapping, reasons := Reasons(source))
    assert [refused.reason for refused in reasons.refused(0, {})] == [
        "m: “1.234” may be two numbers: declare the decimal mark of the source.",
        "m: “12 $” is not an amount in the currency of the source.",
        "d: “31/02/2025” is not a day.",
        "u: “peut-être” is neither yes nor no.",
    ]


def test_the_named_groups_of_a_pattern_fill_fields_and_a_cell_that_does_not_fit_is_refused() -> None:
    source = cells(t=["Facture N° 12 du 29/05/2025 : 1 200,50 €", "sans rien", ""])
    mapping = ColumnMapping(patterns={"t": r"N° (?P<number>\d+) du (?P<paid_on>[\d/]+)(?: : (?P<amount>.+))?"})
    with speaking("en"):
        read = convert(source, INVOICE, mapping, reasons := Reasons(source)).columns
    assert {name: read[name].to_pylist() for name in ("number", "paid_on", "amount")} == {
        "number": ["12", None, None],
        "paid_on": [date(2025, 5, 29), None, None],
        "amount": [1200.5, None, None],
    }
    assert [(refused.position, refused.reason) for refused in reasons.refused(0, {})] == [
        ("journal.csv:3", "t: “sans rien” does not fit the pattern.")
    ]


@pytest.mark.parametrize("pattern", ["(", "sans groupe", "(?P<a>x)(y)", "(?=a)(?P<a>x)", "(?P<a>x)" * 200])
def test_a_pattern_must_be_one_with_named_groups_that_reads_in_linear_time(pattern: str) -> None:
    with pytest.raises(ValidationError):
        ColumnMapping(patterns={"t": pattern})


def test_options_that_no_column_uses_are_known() -> None:
    assert irrelevant(ColumnMapping, INVOICE) == ("timezone", "duration_unit", "share_unit")


def test_columns_that_are_joined_may_all_be_empty_in_a_row() -> None:
    held = cells(depot=["web", "", "", "api"], flow=["tests", "", "tests", ""])
    mapping = ColumnMapping(columns={"name": "depot / flow"})
    assert convert(held, FIELDS[:1], mapping, Reasons(held)).columns["name"].to_pylist() == [
        "web/tests",
        None,
        "tests",
        "api",
    ]


def test_a_text_that_a_row_must_name_is_no_day_and_no_number() -> None:
    field = Field("job", "Job", Kind.TEXT, ("traitement", "erreur"), needed=True)
    assert guess(["Date de traitement", "Nb erreurs", "Nom du traitement"], [field]) == {"job": "Nom du traitement"}


def test_what_was_planned_and_a_reason_are_no_moment_that_came() -> None:
    start, end = Field("start", "Start", Kind.MOMENT, ("démarrage",)), Field("end", "End", Kind.MOMENT, ("arrêt",))
    due = Field("due", "Due", Kind.MOMENT, ("livraison prévue",))
    names = ["Démarrage prévu", "Démarrage réel", "Motif d'arrêt", "Date de livraison prévue"]
    assert guess(names, [start, end, due]) == {"start": "Démarrage réel", "due": "Date de livraison prévue"}


def test_a_date_that_has_its_month_first_says_what_to_change() -> None:
    source = cells(n=["a", "b", "c"], d=["4/19/2026", "31/31/2026", "19/4/2026"])
    reasons = Reasons(source)
    with speaking("en"):
        convert(source, FIELDS[:2], ColumnMapping(columns={"name": "n", "started_at": "d"}), reasons)
    assert [one.reason for one in reasons.refused(0, {})] == [
        "d: “4/19/2026” is a date whose day and month stand the other way round: change “Day first” of the source "
        "(day_first).",
        "d: “31/31/2026” is not a date.",
    ]


@pytest.mark.parametrize(
    ("day_first", "dates", "shown"),
    [
        (True, ["08/11/2026", "09/25/2010", "09/25/2010 10:00", "20/11/2026"], "09/25/2010"),
        (False, ["08/11/2026", "25/09/2010"], "25/09/2010"),
    ],
)
def test_dates_in_the_other_order_refuse_the_reading_since_the_rest_would_land_on_wrong_days(
    day_first: bool, dates: list[str], shown: str
) -> None:
    mapping = ColumnMapping(columns={"started_at": "d"}, day_first=day_first)
    source = cells(d=dates)
    with speaking("en"), pytest.raises(SourceFailed) as failed:
        convert(source, FIELDS[1:2], mapping, Reasons(source))
    assert failed.value.sentence == (
        f"journal.csv: in the column d day and month stand the other way round, “{shown}” for one: change “Day first” "
        "of the source (day_first)."
    )


def test_the_order_that_a_source_says_is_followed() -> None:
    source = cells(d=["08/11/2026", "09/25/2010"])
    mapping = ColumnMapping(columns={"started_at": "d"}, day_first=False, timezone="UTC")
    read = convert(source, FIELDS[1:2], mapping, Reasons(source)).columns["started_at"]
    assert [f"{day:%Y-%m-%d}" for day in read.to_pylist()] == ["2026-08-11", "2010-09-25"]


def test_one_date_in_the_other_order_is_refused_alone_where_more_prove_that_of_the_source() -> None:
    source = cells(d=["20/11/2026", "21/11/2026", "11/22/2026"], h=["22:00"] * 3)
    reasons = Reasons(source)
    convert(source, FIELDS[1:2], ColumnMapping(columns={"started_at": "d / h"}), reasons)
    assert reasons.good().to_pylist() == [True, True, False]


def test_a_corrected_row_in_the_other_order_is_refused_alone() -> None:
    source = cells(vigie_row=["1"], d=["11/22/2026"])
    reasons = Reasons(source)
    convert(source, FIELDS[1:2], ColumnMapping(columns={"started_at": "d"}), reasons)
    assert reasons.good().to_pylist() == [False]
