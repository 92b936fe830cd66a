"""Moments whose day and hour stand in two columns."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from core.base.i18n import speaking
from core.sources.cells import Cells
from core.sources.mapping import ColumnMapping, Field, Reasons, convert
from core.sources.values.hours import on_days, paired
from core.sources.values.kinds import Kind


def _cells(header: str, *rows: str) -> Cells:
    columns = zip(*(row.split(";") for row in rows), strict=True)
    table = pa.table({name: pa.array(column) for name, column in zip(header.split(";"), columns, strict=True)})
    return Cells(table, range(2, len(rows) + 2), "log.csv")


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        (["22:45", "0:05"], ["2026-11-27 22:45", "2026-11-27 0:05"]),
        (["22h45", "1h", "7h05"], ["2026-11-27 22:45", "2026-11-27 1:00", "2026-11-27 7:05"]),
        (["22:45:10", "10:45 PM"], ["2026-11-27 22:45:10", "2026-11-27 10:45 PM"]),
        (["2245", "130", "5"], ["2026-11-27 22:45", "2026-11-27 01:30", "2026-11-27 5"]),
        (["224510", "3000", "130"], ["2026-11-27 22:45:10", "2026-11-27 00:30:00", "2026-11-27 00:01:30"]),
        (["1899-12-30 22:45:00", "1900-01-01 01:00:00"], ["2026-11-27 22:45:00", "2026-11-27 01:00:00"]),
        (["", "25:00"], [None, "2026-11-27 25:00"]),
    ],
)
def test_an_hour_is_put_on_its_day_however_it_is_written(hours: list[str], told: list[str | None]) -> None:
    days = pa.array(["27/11/2026"] * len(hours))
    assert on_days(days, pa.array(hours), day_first=True).to_pylist() == told


def test_a_day_is_read_in_the_order_of_its_source_and_one_that_is_none_stands_as_it_is() -> None:
    days, hours = pa.array(["11/27/2026", "2026-11-27 00:00:00", "jeudi", ""]), pa.array(["01:00"] * 4)
    assert on_days(days, hours, day_first=False).to_pylist() == [
        "2026-11-27 01:00",
        "2026-11-27 01:00",
        "jeudi 01:00",
        "01:00",
    ]
    assert on_days(days, hours, day_first=False, later=1).to_pylist()[:2] == ["2026-11-28 01:00", "2026-11-28 01:00"]


@pytest.mark.parametrize(
    ("header", "row", "guessed", "expected"),
    [
        (
            "Flux;Date d'exécution;Heure de début;Heure de fin",
            "a;27/11/2026;22:45;00:12",
            {"start": "Heure de début", "end": "Heure de fin"},
            {"start": "Date d'exécution / Heure de début", "end": "Date d'exécution / Heure de fin"},
        ),
        (
            "Date début;Heure début;Date fin;Heure fin",
            "27/11/2026;23h50;28/11/2026;00h20",
            {"start": "Date début", "end": "Date fin"},
            {"start": "Date début / Heure début", "end": "Date fin / Heure fin"},
        ),
        (
            "StartDate;StartTime;EndDate;EndTime",
            "20261127;224500;20261128;1000",
            {"start": "StartTime", "end": "EndDate"},
            {"start": "StartDate / StartTime", "end": "EndDate / EndTime"},
        ),
        (
            "Début;Fin",
            "27/11/2026 22:45;28/11/2026",
            {"start": "Début", "end": "Fin"},
            {"start": "Début", "end": "Fin"},
        ),
        ("Début;Fin", "22:45;23:10", {"start": "Début", "end": "Fin"}, {"start": "Début", "end": "Fin"}),
    ],
)
def test_a_day_and_an_hour_that_belong_together_are_proposed_as_one(
    header: str, row: str, guessed: dict[str, str], expected: dict[str, str]
) -> None:
    assert paired(_cells(header, row), guessed, ["start", "end"], " / ") == expected


def test_an_hour_without_its_day_is_refused_with_what_to_do() -> None:
    fields = (Field("start", "Start", Kind.MOMENT, ()),)
    cells = _cells("Jour;Heure", "27/11/2026;22:45", ";23:00", "27/11/2026;--", "27/11/2026;")
    mapping = ColumnMapping(columns={"start": "Jour / Heure"})
    reasons = Reasons(cells)
    with speaking("en"):
        read = convert(cells, fields, mapping, reasons).columns["start"].to_pylist()
    assert read == [datetime(2026, 11, 27, 21, 45, tzinfo=UTC), None, None, None]
    assert [(one.position, one.reason) for one in reasons.refused(0, {})] == [
        (
            "log.csv:3",
            "Jour / Heure: “23:00” is an hour without its day: name the column of the day before it, “Day / Hour”.",
        )
    ]


@pytest.mark.parametrize("kind", [Kind.MOMENT, Kind.DAY, Kind.DURATION])
def test_cells_that_only_say_that_there_is_nothing_are_empty(kind: Kind) -> None:
    words = ["--", "-", "—", "N/A", "n/d", "null", "[Null]", "None", "NaN", "s.o.", "0000-00-00"]
    cells = _cells("c", *words)
    reasons = Reasons(cells)
    read = convert(cells, (Field("f", "F", kind, ()),), ColumnMapping(columns={"f": "c"}), reasons).columns["f"]
    assert read.to_pylist() == [None] * len(words)
    assert reasons.refused(0, {}) == []


@pytest.mark.parametrize(
    ("name", "morning"),
    [
        *((name, "27 08:30") for name in ("Date d'exploitation", "Business date", "ODATE", "Order Date")),
        ("Nuit du", "28 08:30"),
    ],
)
def test_a_day_of_operation_and_a_night_go_on_after_midnight(name: str, morning: str) -> None:
    hours = ("22:45", "00h30", "06:59", "09:30", "1:00 PM", "12:30 AM")
    cells = _cells(f"{name};Heure", *(f"27/11/2026;{hour}" for hour in hours))
    fields = (Field("at", "Start", Kind.MOMENT, ()),)
    read = convert(cells, fields, ColumnMapping(columns={"at": f"{name} / Heure"}), Reasons(cells)).columns["at"]
    told = [f"{moment:%d %H:%M}" for moment in read.to_pylist()]
    assert told == ["27 21:45", "27 23:30", "28 05:59", morning, "27 12:00", "27 23:30"]
