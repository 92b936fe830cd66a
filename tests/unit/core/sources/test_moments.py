"""Moments as people and schedulers write them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.sources.values.moments import (
    filled,
    open_order,
    read_days,
    read_durations,
    read_moments,
    tell_order,
    tell_unit,
    trim,
)

PARIS = "Europe/Paris"
MONTHS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]


def one(text: str, zone: str = PARIS, *, day_first: bool = True) -> datetime | None:
    read = read_moments(pa.array([text]), zone, day_first=day_first)
    assert read.unreadable[0].as_py() is (read.first[0].as_py() is None)
    return read.first[0].as_py()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("08/04/2025 06:43:45", datetime(2025, 4, 8, 4, 43, 45, tzinfo=UTC)),
        ("8/4/2025 6:43", datetime(2025, 4, 8, 4, 43, tzinfo=UTC)),
        ("08-04-25", datetime(2025, 4, 7, 22, tzinfo=UTC)),
        ("08.04.2025\u00a006:43:45", datetime(2025, 4, 8, 4, 43, 45, tzinfo=UTC)),
        ("2018-06-16T00:37:44.6257014Z", datetime(2018, 6, 16, 0, 37, 44, 625701, tzinfo=UTC)),
        ("2020-06-23T18:20:58.999+0800", datetime(2020, 6, 23, 10, 20, 58, 999000, tzinfo=UTC)),
        ("2026-11-20 09:14:34.155473", datetime(2026, 11, 20, 8, 14, 34, 155473, tzinfo=UTC)),
        ("2026-08-06T00:14:49-03:30", datetime(2026, 8, 6, 3, 44, 49, tzinfo=UTC)),
        ("08/04/2025 12:05 AM", datetime(2025, 4, 7, 22, 5, tzinfo=UTC)),
        ("08/04/2025 12:05 PM", datetime(2025, 4, 8, 10, 5, tzinfo=UTC)),
        ("29/02/2024", datetime(2024, 2, 28, 23, tzinfo=UTC)),
        ("19/févr./26 7:31 PM", datetime(2026, 2, 19, 18, 31, tzinfo=UTC)),
        ("1/août/25 12:00 AM", datetime(2025, 7, 31, 22, tzinfo=UTC)),
        ("1er décembre 2025", datetime(2025, 11, 30, 23, tzinfo=UTC)),
        ("1544033574000", datetime(2018, 12, 5, 18, 12, 54, tzinfo=UTC)),
        ("1544033574", datetime(2018, 12, 5, 18, 12, 54, tzinfo=UTC)),
    ],
)
def test_it_reads_a_moment(text: str, expected: datetime) -> None:
    assert one(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "31/02/2025",
        "31/févr./26",
        "12/foo/26",
        "29/02/2025",
        "2025-13-01",
        "08/04/2025 24:01",
        "08/04/2025 25h00",
        "20112026",
        "lundi",
        "20/11/2026 à midi",
        "Smarch 20, 2026",
        "2026-11-20 00:12 XYZ",
        "08/04/2025 13:00 PM",
        "hier",
        "12",
        "0/0/0",
        "08/04/2025 06:61",
        "2025-04-08T06:43:45 oops",
    ],
)
def test_it_refuses_what_is_no_moment(text: str) -> None:
    assert one(text) is None


TWELVE_PAST = datetime(2026, 11, 19, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "20 nov. 2026 00:12",
        "2026-11-20 00:12:00 CET",
        "2026-11-19 23:12 (UTC)",
        "2026-11-20 00:12 UTC+1",
        "2026-11-20T00:12:00+01:00[Europe/Paris]",
        "20/11/2026 00h12",
        "2026-11-20 0 h 12",
        "20/11/2026 à 00h12m00s",
        "20/11/2026, 12:12:00 AM",
        "20/11/2026 12:12 a.m.",
        "00:12 le 20/11/2026",
        "le vendredi 20 novembre 2026 à 00:12",
        "20261120 001200",
        "20261120T001200",
        "202611200012",
        "20261119T231200Z",
        "20-NOV-26 12.12.00 AM",
        "20-NOV-26 12.12.00.000000 AM",
        "20NOV2026:00:12:00",
        "20/Nov/2026:00:12:00 +0100",
        "2026-11-20-00.12.00.000000",
        "20.11.2026 00.12",
        "Fri, 20 Nov 2026 00:12:00 +0100",
        "Fri Nov 20 00:12:00 CET 2026",
        "November 20, 2026, 12:12:00 AM",
        "2026-Nov-20 00:12",
        "46346.008333333",
        "46346,008333333",
        "1795129920",
        "1795129920000",
        "1795129920000000",
        "1795129920000000000",
    ],
)
def test_one_moment_is_read_in_whatever_way_it_is_written(text: str) -> None:
    assert one(text) == TWELVE_PAST


def test_the_end_of_a_day_is_the_beginning_of_the_next() -> None:
    assert one("20/11/2026 24:00:00") == one("21/11/2026 00:00") == datetime(2026, 11, 20, 23, tzinfo=UTC)
    assert one("31/12/2026 24h00") == datetime(2026, 12, 31, 23, tzinfo=UTC)


def test_a_portal_writes_month_first_with_a_comma() -> None:
    expected = datetime(2026, 11, 20, 0, 45, 10, 391000, tzinfo=UTC)
    assert one("11/20/2026, 12:45:10.391 AM", "UTC", day_first=False) == expected


def test_a_whole_day_of_a_spreadsheet_is_read_beside_one_with_its_hour() -> None:
    read = read_moments(pa.array(["46346", "46346.5"]), "UTC").first.to_pylist()
    assert read == [datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 11, 20, 12, tzinfo=UTC)]
    assert one("46346") is None


FRENCH_MONTHS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
ENGLISH_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WAYS = (
    "{d:02}/{m:02}/{y} {H:02}:{M:02}:{S:02}",
    "{d}.{m}.{y} {H}.{M:02}.{S:02}",
    "{d:02}-{m:02}-{y} à {H}h{M:02}m{S:02}s",
    "{y}-{m:02}-{d:02}T{H:02}:{M:02}:{S:02}",
    "{y}/{m:02}/{d:02}, {H:02}:{M:02}:{S:02}",
    "{y}{m:02}{d:02} {H:02}{M:02}{S:02}",
    "{y}{m:02}{d:02}{H:02}{M:02}{S:02}",
    "{y}-{m:02}-{d:02}-{H:02}.{M:02}.{S:02}.000000",
    "{d} {french} {y} {H:02}:{M:02}:{S:02}",
    "{d} {french} {y} à {H}h{M:02}:{S:02}",
    "{d:02}-{english}-{y} {I}.{M:02}.{S:02} {half}",
    "{english} {d}, {y}, {I}:{M:02}:{S:02} {half}",
    "{d:02}{english}{y}:{H:02}:{M:02}:{S:02}",
    "{d:02}/{english}/{y}:{H:02}:{M:02}:{S:02}",
    "{H:02}:{M:02}:{S:02} le {d:02}/{m:02}/{y}",
)


def written(way: str, moment: datetime) -> str:
    return way.format(
        y=moment.year,
        m=moment.month,
        d=moment.day,
        H=moment.hour,
        M=moment.minute,
        S=moment.second,
        I=(moment.hour - 1) % 12 + 1,
        half="AM" if moment.hour < 12 else "PM",
        french=FRENCH_MONTHS[moment.month - 1],
        english=ENGLISH_MONTHS[moment.month - 1],
    )


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.datetimes(datetime(1971, 1, 1), datetime(2037, 12, 31)), st.sampled_from(WAYS)), min_size=1),
    st.sampled_from([("", 0), (" UTC", 0), ("Z", 0), (" CET", -1), (" +02:00", -2), (" GMT-5", 5)]),
)
def test_whatever_way_a_moment_is_written_in_it_reads_back(
    moments: list[tuple[datetime, str]], zone: tuple[str, int]
) -> None:
    plain = [(moment.replace(microsecond=0), way) for moment, way in moments]
    named, hours = zone
    said = pa.array([written(way, moment) + ("" if way.startswith("{H:02}:") else named) for moment, way in plain])
    expected = [
        (moment + timedelta(hours=0 if way.startswith("{H:02}:") else hours)).replace(tzinfo=UTC)
        for moment, way in plain
    ]
    assert read_moments(said, "UTC").first.to_pylist() == expected


def test_an_empty_cell_is_no_error() -> None:
    read = read_moments(pa.array(["", None, " \u202f"]), PARIS)
    assert read.first.to_pylist() == [None, None, None]
    assert read.unreadable.to_pylist() == [False, False, False]


def test_a_day_is_typed_or_written_in_figures_or_words_and_an_impossible_one_is_none() -> None:
    said = ["2025-05-29 00:00:00", "29/05/2025", "1er mai 2025", "31/02/2025", "2025-05-29 01:08:57", "45806", " "]
    days, unreadable = read_days(pa.array(said))
    assert days.to_pylist() == [date(2025, 5, 29), date(2025, 5, 29), date(2025, 5, 1), None, None, None, None]
    assert unreadable.to_pylist() == [False, False, False, True, True, True, False]


def test_the_declared_order_decides_of_a_day_in_figures_but_not_of_one_in_words() -> None:
    said = pa.array(["05/04/2025", "13/04/2025", "5 avril 2025"])
    assert read_days(said, day_first=False)[0].to_pylist() == [date(2025, 5, 4), None, date(2025, 4, 5)]
    assert read_days(said)[0].to_pylist() == [date(2025, 4, 5), date(2025, 4, 13), date(2025, 4, 5)]


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)), st.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "mois"]))
def test_a_day_written_in_any_supported_way_reads_back(day: date, form: str) -> None:
    said = f"{day.day} {MONTHS[day.month - 1]} {day.year}" if form == "mois" else day.strftime(form)
    assert read_days(pa.array([said]))[0].to_pylist() == [day]


def test_month_first_when_the_source_says_so() -> None:
    assert one("04/08/2025", day_first=False) == datetime(2025, 4, 7, 22, tzinfo=UTC)


def test_an_hour_that_does_not_exist_is_read_with_the_offset_before_or_after_the_change() -> None:
    read = read_moments(pa.array(["29/03/2026 02:30"]), PARIS)
    assert read.first.to_pylist() == [datetime(2026, 3, 29, 1, 30, tzinfo=UTC)]
    assert read.second.to_pylist() == [datetime(2026, 3, 29, 0, 30, tzinfo=UTC)]


def test_an_hour_that_happens_twice_has_two_readings() -> None:
    read = read_moments(pa.array(["25/10/2026 02:30", "25/10/2026 03:30"]), PARIS)
    assert read.first.to_pylist() == [
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 2, 30, tzinfo=UTC),
    ]
    assert read.second.to_pylist() == [
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 2, 30, tzinfo=UTC),
    ]


@given(
    st.one_of(
        st.datetimes(datetime(1971, 1, 1), datetime(2037, 12, 31)),
        st.datetimes(datetime(2026, 3, 29), datetime(2026, 3, 29, 5)),
        st.datetimes(datetime(2026, 10, 25), datetime(2026, 10, 25, 5)),
    ),
    st.sampled_from([PARIS, "UTC", "America/New_York"]),
    st.sampled_from(["%d/%m/%Y %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%d.%m.%Y %H:%M:%S"]),
)
def test_it_agrees_with_the_standard_library(moment: datetime, zone: str, pattern: str) -> None:
    wall = moment.replace(microsecond=moment.microsecond if "%f" in pattern else 0, fold=0)
    read = read_moments(pa.array([wall.strftime(pattern)]), zone)
    aware = wall.replace(tzinfo=ZoneInfo(zone))
    assert read.first[0].as_py() == aware.astimezone(UTC)
    assert read.second[0].as_py() == aware.replace(fold=1).astimezone(UTC)


@given(st.text(max_size=30))
def test_no_text_makes_it_fail(text: str) -> None:
    read = read_moments(pa.array([text]), PARIS)
    assert read.unreadable[0].as_py() in (True, False)


@pytest.mark.parametrize(
    ("text", "unit", "seconds"),
    [
        ("5", "s", 5.0),
        ("28105", "ms", 28.105),
        ("1,5", "min", 90.0),
        ("1 234,5", "s", 1234.5),
        ("1:02:03", "min", 3723.0),
        ("0:05", "s", 300.0),
        ("1 h 02 min 03 s", "ms", 3723.0),
        ("1h02", "s", 3720.0),
        ("2 min 30", "s", 150.0),
        ("1,5 h", "s", 5400.0),
        ("PT1H2M3.5S", "ms", 3723.5),
        ("28105 ms", "s", 28.105),
        ("90 secondes", "min", 90.0),
        ("1 day, 2:03:04", "s", 93_784.0),
        ("1.02:03:04.5", "s", 93_784.5),
        ("2 j 3 h", "s", 183_600.0),
        ("1 02:00:00", "s", 93_600.0),
        ("+000 00:12:03", "s", 723.0),
        ("1h05'", "s", 3900.0),
        ("3'20''", "s", 200.0),
        ("12:03", "m:s", 723.0),
    ],
)
def test_it_reads_a_duration(text: str, unit: str, seconds: float) -> None:
    values, unreadable = read_durations(pa.array([text]), unit)
    assert values.to_pylist() == [pytest.approx(seconds)]
    assert unreadable.to_pylist() == [False]


@pytest.mark.parametrize("text", ["1" + "0" * 20, "9" * 400, f"{10**9}:00", "4000000 h"])
def test_a_duration_that_leads_out_of_the_calendar_is_none(text: str) -> None:
    values, unreadable = read_durations(pa.array([text, "30"]), "s")
    assert (values.to_pylist(), unreadable.to_pylist()) == ([None, 30.0], [True, False])


@pytest.mark.parametrize("text", ["-5", "cinq", "1:75", "h", "5 s 3", "PT", "1 mois"])
def test_it_refuses_what_is_no_duration(text: str) -> None:
    values, unreadable = read_durations(pa.array([text]), "s")
    assert values.to_pylist() == [None]
    assert unreadable.to_pylist() == [True]


def test_blanks_of_every_kind_are_trimmed() -> None:
    assert trim(pa.array(["\u00a0a\u202f b ", "", "c"])).to_pylist() == ["a b", None, "c"]


def test_the_order_of_day_and_month_is_told_by_a_part_that_is_no_month() -> None:
    assert tell_order([pa.array(["11/20/2026, 12:45:10 AM", "11/08/2026"])]) is False
    assert tell_order([pa.array(["08/11/2026"]), pa.array(["20/11/2026"])]) is True
    assert tell_order([pa.array(["08/11/2026", "2026-11-20", "20 nov. 2026", ""])]) is None
    assert tell_order([pa.array(["20/11/2026", "11/20/2026"])]) is None
    assert tell_order([pa.array(["11/3/2026, 12:12:00 AM", ""])]) is False
    assert tell_order([pa.array(["20/11/2026 12:12 AM", "3/11/2026"])]) is True
    assert tell_order([pa.array(["3/11/2026, 12:12:00 am", "19/févr./26 7:31 PM"])]) is None


def test_the_first_and_last_days_that_programs_know_are_none() -> None:
    texts = ["1/1/1601, 12:00:00.000 AM", "0001-01-01T00:00:00", "31/12/9999", "01/01/1970 01:00:00", "01/01/2026"]
    assert filled(pa.array(texts)).to_pylist() == [None, None, None, None, "01/01/2026"]


def test_a_moment_that_names_the_zone_of_its_source_and_seconds_with_a_fraction_are_read() -> None:
    texts = pa.array(["27-NOV-26 10.12.06.5 PM EUROPE/PARIS", "1795816803.123"])
    read = read_moments(texts, PARIS).first.to_pylist()
    assert [f"{moment:%d %H:%M:%S.%f}" for moment in read] == ["27 21:12:06.500000", "27 22:00:03.123000"]


def test_days_of_iso_weeks_are_days() -> None:
    texts = pa.array(["2026-W48-5", "2026W485", "2026-W48-5 01:10", "2026-W60-1"])
    days, unreadable = read_days(texts)
    assert days.to_pylist() == [date(2026, 11, 27), date(2026, 11, 27), None, None]
    assert unreadable.to_pylist() == [False, False, True, True]
    assert read_moments(texts, "UTC").first[2].as_py() == datetime(2026, 11, 27, 1, 10, tzinfo=UTC)


def test_durations_whose_figures_are_hours_minutes_and_seconds() -> None:
    read, unreadable = read_durations(pa.array(["13005", "0", "59", "1000000", "99", "6000", "1:30:05"]), "hms")
    assert read.to_pylist() == [5_405.0, 0.0, 59.0, 360_000.0, None, None, 5_405.0]
    assert unreadable.to_pylist() == [False, False, False, False, True, True, False]


BRITISH = ["03/11/2026 01:10:00 AM", "04/11/2026 01:10:00 AM", "05/11/2026 01:10:00 AM"]
PORTAL = ["11/3/2026, 12:12:00 AM", "11/4/2026, 12:12:00 AM", "11/5/2026, 12:12:00 AM"]
IN_TURN = ["11/03/2026 01:10 AM", "12/03/2026 01:10 AM", "01/04/2026 01:10 AM"]


def test_of_hours_in_halves_the_order_by_which_rows_follow_or_are_near_is_proposed() -> None:
    assert tell_order([pa.array(BRITISH)]) is True
    assert tell_order([pa.array(PORTAL)]) is False
    assert tell_order([pa.array(IN_TURN)]) is True


@pytest.mark.parametrize(
    ("cells", "asked"),
    [
        (BRITISH, BRITISH[0]),
        (PORTAL, PORTAL[0]),
        (PORTAL[:1], PORTAL[0]),
        (["11/3/2026 00:12", "11/4/2026 00:12", "11/5/2026 00:12"], "11/3/2026 00:12"),
        (IN_TURN, ""),
        (["03/11/2026 00:12", "04/11/2026 00:12"], ""),
        (["01/09/2026", "01/10/2026", "01/11/2026"], ""),
        (["11/20/2026 12:12 AM", "11/3/2026 12:12 AM"], ""),
        (["2026-11-03 12:12 AM"], ""),
        ([], ""),
    ],
)
def test_what_no_row_proves_of_days_and_months_is_asked(cells: list[str], asked: str) -> None:
    assert open_order([pa.array(cells, pa.string())]) == asked


@pytest.mark.parametrize(
    ("column", "unit"),
    [
        ("durationInMs", "ms"),
        ("Durée (min)", "min"),
        ("elapsed_s", "s"),
        ("Durée", ""),
        ("amount", ""),
        ("minimum", ""),
    ],
)
def test_the_unit_of_durations_is_told_by_the_name_of_the_column(column: str, unit: str) -> None:
    assert tell_unit(column) == unit
