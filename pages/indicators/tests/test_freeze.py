"""Months are looked at and published by the calendar: once, late where they are late, and never changed."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from core.base.errors import RulesInvalid
from core.facts.lake import lake
from core.facts.reads import READS, REMOVED, begun
from core.mission.discovery import missions, warehouse
from core.people.person import EVERYTHING, Person, Role, Scope
from core.records import freeze as frozen
from core.show import filters, slides_pdf
from core.show import slides as shown
from core.show.columns import show
from core.store.engine import store
from pages.indicators import published, slides, taking
from pages.indicators.acts import keep
from pages.indicators.acts.scheduled import freeze
from pages.indicators.figures import months
from pages.indicators.figures.notes import HELD
from pages.indicators.look import IndicatorLook, opening
from pages.indicators.published import Publication
from pages.indicators.queries import LOOKS
from tests.decks import slides_of
from tests.declaring import declare
from tests.pdf_text import text_of

EXTRACT = """
extract: cheques_sent
title: Chèques
meaning: Un chèque par ligne.
columns:
  - {name: number, title: Numéro}
  - {name: sent_at, title: Émis le, kind: moment}
  - {name: squad, title: Squad}
key: [number]
time: sent_at
"""
INDICATOR = """
indicator: cheques
title: Chèques émis
meaning: Nombre de chèques émis.
tables: [cheques_sent]
select: |
  SELECT date_trunc('month', sent_at) AS period, squad, count(*) AS value FROM cheques_sent
  WHERE CAST(sent_at AS DATE) BETWEEN $first AND $last GROUP BY ALL
periods: 3
"""
BEFORE, DUE = datetime(2026, 11, 6, 5, tzinfo=UTC), datetime(2026, 11, 6, 7, tzinfo=UTC)
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


def land(*rows: tuple[str, datetime, str | None]) -> None:
    (table,) = missions()["extracts"].tables
    told = [{"source": "mine", "number": number, "sent_at": at, "squad": squad} for number, at, squad in rows]
    lake().land(table, pa.Table.from_pylist(told, table.schema))


def publications(scope: Scope = EVERYTHING) -> tuple[Publication, ...]:
    with store().read() as connection:
        return published.every(connection, scope)


def values(one: Publication) -> list[float]:
    return [value["value"] for value in one.values]


@pytest.fixture(autouse=True)
def _declared(data: Path) -> None:
    store().upgrade()
    declare(data, "extracts", "cheques", EXTRACT)
    declare(data, "indicators", "cheques", INDICATOR)
    land(*((str(day), datetime(2026, 10, day, 12, tzinfo=UTC), "T") for day in (1, 2, 3)))
    land(("sept", datetime(2026, 9, 9, tzinfo=UTC), "U"))


def test_a_month_is_published_from_its_moment_on_and_once() -> None:
    freeze(BEFORE)
    assert publications() == ()
    freeze(DUE)
    freeze(DUE)
    assert [(one.month, one.squad, values(one)) for one in publications()] == [
        (OCTOBER, None, [3.0]),
        (OCTOBER, "T", [3.0]),
    ]
    assert publications()[0].data["origin"] == "scheduled"


def test_a_published_month_stays_and_its_drift_is_seen() -> None:
    freeze(DUE)
    land(("late", datetime(2026, 10, 30, tzinfo=UTC), "T"))
    freeze(datetime(2026, 12, 7, 7, tzinfo=UTC))
    told = {(one.month, one.squad): values(one) for one in publications()}
    assert told[OCTOBER, None] == [3.0]
    looks = warehouse().reader(EVERYTHING).run(LOOKS, indicator="cheques").table.to_pylist()
    of_october = [(row["seen_on"], row["value"]) for row in looks if row["period"] == OCTOBER]
    assert of_october == [(date(2026, 11, 6), 3.0), (date(2026, 12, 7), 4.0)]


def test_missed_months_are_published_late_and_say_so() -> None:
    freeze(DUE)
    freeze(datetime(2027, 1, 20, 7, tzinfo=UTC))
    told = [(one.month, one.data["origin"]) for one in publications() if one.squad is None]
    assert told == [(OCTOBER, "scheduled"), (NOVEMBER, "late"), (date(2026, 12, 1), "late")]


def test_a_squad_reads_what_was_published_for_it_and_nothing_of_the_house() -> None:
    freeze(DUE)
    assert [one.squad for one in publications(Scope(frozenset({"T"})))] == ["T"]
    assert publications(Scope(frozenset({"U"}))) == ()


def test_what_is_counted_over_all_squads_is_no_squad_s(data: Path) -> None:
    declare(data, "indicators", "cheques", INDICATOR.replace("period, squad,", "period,"))
    freeze(DUE)
    seen = {
        squad: len(warehouse().reader(Scope(squads)).run(LOOKS, indicator="cheques").table)
        for squad, squads in (("T", frozenset({"T"})), ("all", None))
    }
    assert seen == {"T": 0, "all": 2}
    assert publications(Scope(frozenset({"T"}))) == ()


def test_a_kill_between_the_look_and_its_publication_is_made_good() -> None:
    indicator = taking.declared_now().things[0]
    ready = taking.take(indicator, warehouse().reader(EVERYTHING), DUE, [OCTOBER], ())
    lake().land(missions()["indicators"].tables[0], ready.rows)
    freeze(DUE)
    freeze(DUE)
    assert len(publications()) == 2
    assert len(warehouse().reader(EVERYTHING).run(LOOKS, indicator="cheques").table) == len(ready.rows)


def test_a_changed_count_wants_a_new_version(data: Path) -> None:
    freeze(DUE)
    declare(data, "indicators", "cheques", INDICATOR.replace("count(*)", "2 * count(*)"))
    december = datetime(2026, 12, 7, 7, tzinfo=UTC)
    with pytest.raises(RulesInvalid, match="écrivez version\u202f: 2"):
        freeze(december)
    declare(data, "indicators", "cheques", INDICATOR.replace("count(*)", "2 * count(*)") + "version: 2\nwhy: doublé\n")
    freeze(december)
    assert [(one.month, one.data["version"]) for one in publications() if one.squad is None] == [
        (OCTOBER, 1),
        (NOVEMBER, 2),
    ]


def test_the_same_day_is_looked_at_again_with_a_reason_and_both_are_kept() -> None:
    freeze(DUE)
    land(("late", datetime(2026, 10, 30, tzinfo=UTC), "T"))
    indicator, reader = taking.declared_now().things[0], warehouse().reader(EVERYTHING)
    quiet = taking.take(indicator, reader, DUE, [], publications())
    assert len(quiet.rows) == 0
    assert quiet.doubt.startswith("1 valeur diffère")
    again = taking.take(indicator, reader, DUE, [], publications(), reason="fichier corrigé", source="ana")
    with store().write() as connection:
        keep.keep(connection, [again], who="ana")
    looks = warehouse().reader(EVERYTHING).run(LOOKS, indicator="cheques").table.to_pylist()
    assert [(row["take"], row["value"]) for row in looks if row["period"] == OCTOBER] == [(1, 3.0), (2, 4.0)]
    assert values(publications()[0]) == [3.0]


def test_one_that_is_wrong_stops_no_other(data: Path) -> None:
    declare(
        data,
        "indicators",
        "broken",
        INDICATOR.replace("indicator: cheques", "indicator: other").replace("$last", "$end"),
    )
    declare(data, "indicators", "no_yaml", "indicator: [")
    freeze(DUE)
    assert len(publications()) == 2
    first, second = taking.declared_now().problems
    assert first == (
        "no_yaml.yml, ligne 2\u202f: une apostrophe, un guillemet ou un crochet n’est pas fermé ici, ou la ligne "
        "commence trop à gauche ou à droite."
    )
    assert "il n’y a pas de paramètre $end" in second


def test_a_select_that_lacks_a_column_is_told_with_its_line_before_any_look(data: Path) -> None:
    declare(data, "indicators", "cheques", INDICATOR.replace("AS period", "AS mois"))
    assert taking.declared_now().problems == (
        "cheques.yml, ligne 6, select\u202f: son SELECT ne donne pas de colonne period.",
    )


def test_an_indicator_that_names_another_table_is_not_run(data: Path) -> None:
    declare(data, "indicators", "cheques", INDICATOR.replace("FROM cheques_sent", "FROM pipeline_runs"))
    assert taking.declared_now().things == ()
    assert "pipeline_runs" in taking.declared_now().problems[0]


def test_a_column_that_is_not_there_is_told_with_its_place_before_the_freeze_day(data: Path) -> None:
    declare(data, "indicators", "cheques", INDICATOR.replace("count(*)", "sum(amout)"))
    assert taking.declared_now().things == ()
    assert "il n’y a pas de colonne «\u202famout\u202f»\u202f: ligne" in taking.declared_now().problems[0]


def test_it_waits_for_pipelines_that_are_not_known_to_have_gone_well(data: Path) -> None:
    declare(data, "indicators", "cheques", INDICATOR + "waits_for: [load_cheques]\n")
    freeze(DUE)
    assert publications() == ()


def read(outcome: str, moment: datetime, **told: object) -> None:
    """A reading of the source whose rows are counted."""
    row = {"source": "mine", "mission": "extracts", "read_at": moment, "ended_at": moment, "outcome": outcome}
    lake().land(READS, pa.Table.from_pylist([{**row, "landed": 0, "refused": 0, **told}], READS.schema))


def held() -> str:
    """What is said of the month that waits; nothing of it is published."""
    assert publications() == ()
    return " ".join(HELD.say(shown_at(DUE)))


def test_after_a_reading_that_failed_half_way_nothing_is_published_and_late_once_the_source_is_back() -> None:
    read("failed", DUE - timedelta(minutes=5))
    freeze(DUE)
    assert held() == (
        "Chèques émis, octobre 2026\u202f: le relevé attend. La dernière lecture de mine a échoué\u202f: des lignes de "
        "cheques_sent manquent peut-être."
    )
    back = DUE + timedelta(days=1)
    read("ok", back, landed=1)
    freeze(back)
    assert [(one.month, one.data["origin"]) for one in publications() if one.squad is None] == [(OCTOBER, "late")]


def test_a_reading_that_was_killed_or_goes_on_holds_what_is_counted_of_its_rows() -> None:
    begun("mine").parent.mkdir()
    begun("mine").touch()
    freeze(DUE)
    assert "Une lecture de mine n’est pas allée à son terme" in held()
    begun("mine").unlink()
    freeze(DUE)
    assert len(publications()) == 2


def test_the_mark_of_a_killed_reading_holds_nothing_once_its_source_is_removed() -> None:
    begun("mine").parent.mkdir()
    begun("mine").touch()
    read(REMOVED, DUE - timedelta(minutes=5))
    freeze(DUE)
    assert len(publications()) == 2


def test_one_late_source_of_two_holds_the_month_while_it_lives() -> None:
    (table,) = missions()["extracts"].tables
    rows = [
        {"source": source, "number": source, "sent_at": at, "squad": "T"}
        for source, at in (("other", datetime(2026, 10, 9, tzinfo=UTC)), ("old", datetime(2026, 5, 9, tzinfo=UTC)))
    ]
    lake().land(table, pa.Table.from_pylist(rows, table.schema))
    read("ok", DUE - timedelta(minutes=5), covers_until=DUE)
    for source in ("other", "old"):
        read("ok", DUE - timedelta(minutes=5), source=source, covers_until=datetime(2026, 10, 20, tzinfo=UTC))
    freeze(DUE)
    assert held() == (
        "Chèques émis, octobre 2026\u202f: le relevé attend. Rien n’est venu de other depuis la fin du mois\u202f: des "
        "lignes de cheques_sent manquent. Si plus rien n’en vient, retirez cette source."
    )
    read(REMOVED, DUE, source="other")
    freeze(DUE)
    assert len(publications()) == 2


def test_a_source_that_never_said_until_when_is_known_up_to_its_newest_row() -> None:
    read("ok", DUE - timedelta(minutes=5))
    freeze(DUE)
    assert "Rien n’est venu de mine depuis la fin du mois" in held()
    land(("new", datetime(2026, 11, 2, tzinfo=UTC), "T"))
    freeze(DUE)
    assert len(publications()) == 2


def test_an_older_month_that_is_complete_does_not_wait_with_the_newest() -> None:
    december = datetime(2026, 12, 7, 7, tzinfo=UTC)
    freeze(DUE)
    january = datetime(2027, 1, 11, 7, tzinfo=UTC)
    read("ok", december - timedelta(minutes=5), covers_until=datetime(2026, 12, 15, tzinfo=UTC))
    land(("nov", datetime(2026, 11, 9, tzinfo=UTC), "T"))
    freeze(january)
    assert [one.month for one in publications() if one.squad is None] == [OCTOBER, NOVEMBER]
    assert HELD.say(shown_at(january)) == [
        "Chèques émis, décembre 2026\u202f: le relevé attend. Rien n’est venu de mine depuis la fin du mois\u202f: des "
        "lignes de cheques_sent manquent. Si plus rien n’en vient, retirez cette source."
    ]


@pytest.mark.parametrize(
    ("covers", "landed", "published"),
    [(OCTOBER, 0, 0), (OCTOBER, 5, 2), (NOVEMBER, 0, 2)],
    ids=["nothing came since the month", "rows came after it", "known beyond it"],
)
def test_a_source_that_is_late_on_the_day_holds_its_month(covers: date, landed: int, published: int) -> None:
    until = datetime(covers.year, covers.month, 20, tzinfo=UTC)
    read("ok", DUE - timedelta(minutes=5), covers_until=until, landed=landed)
    freeze(DUE)
    said = "Rien n’est venu de mine depuis la fin du mois\u202f: des lignes de cheques_sent manquent."
    assert (len(publications()), said in " ".join(HELD.say(shown_at(DUE)))) == (published, not published)


@pytest.mark.parametrize(
    ("named_at", "counts", "published"),
    [
        (datetime(2020, 1, 1, tzinfo=UTC), NOVEMBER, 2),
        (datetime(2020, 1, 1, tzinfo=UTC), OCTOBER, 0),
        (datetime(2026, 9, 30, tzinfo=UTC), NOVEMBER, 0),
    ],
    ids=["a list of old names is whole", "a list of old names proves no month", "a table that lives is late"],
)
def test_a_table_that_does_not_live_holds_no_month_that_others_reach(
    data: Path, named_at: datetime, counts: date, published: int
) -> None:
    declare(data, "extracts", "names", EXTRACT.replace("cheques_sent", "names").replace("sent_at", "since"))
    declare(data, "indicators", "cheques", INDICATOR.replace("[cheques_sent]", "[cheques_sent, names]"))
    names = next(table for table in missions()["extracts"].tables if table.name == "names")
    row = {"source": "list", "number": "1", "since": named_at, "squad": None}
    lake().land(names, pa.Table.from_pylist([row], names.schema))
    read("ok", DUE - timedelta(minutes=5), covers_until=datetime(counts.year, counts.month, 5, tzinfo=UTC))
    read("ok", DUE - timedelta(minutes=5), source="list", covers_until=datetime(2026, 10, 10, tzinfo=UTC))
    freeze(DUE)
    assert len(publications()) == published


@pytest.mark.parametrize(("counted", "written"), [("count(*)", "3"), ("count(*) / 2", "1,5")])
def test_the_table_writes_values_as_the_number_above_it_does(data: Path, counted: str, written: str) -> None:
    declare(data, "indicators", "cheques", INDICATOR.replace("count(*)", counted))
    freeze(DUE)
    look = shown_at(DUE)
    [row] = [row for row in months.told(look).to_dict("records") if row["period"] == OCTOBER]
    cells = {column.name: show(row[column.name], column) for column in months.columns(look)}
    assert (cells["published"], cells["value"]) == (written, written)


def test_words_are_kept_beside_the_figures_and_carried_to_the_next_month() -> None:
    freeze(DUE)
    with store().write() as connection:
        frozen.write(connection, publications()[0].record, " En hausse. ", who="ana")
    freeze(datetime(2026, 12, 7, 7, tzinfo=UTC))
    house = [one for one in publications() if one.squad is None]
    assert [one.words for one in house] == ["En hausse.", "En hausse."]
    assert values(house[0]) == [3.0]


def test_slides_hold_what_was_published_and_say_the_same_a_year_later(data: Path) -> None:
    declare(data, "indicators", "cheques", INDICATOR + "unit: €\n")
    freeze(DUE)
    made = shown.made(slides.deck(publications(), OCTOBER))
    land(("late", datetime(2026, 10, 30, tzinfo=UTC), "T"))
    freeze(datetime(2026, 12, 7, 7, tzinfo=UTC))
    assert shown.made(slides.deck(publications(), OCTOBER)) == made
    cover, changes, cheques = slides_of(made)
    assert cover.title == "Indicateurs, octobre 2026"
    assert changes.words == "Chèques émis\u202f: 3\u00a0€ (non publié le mois précédent)"
    assert cheques.title == "Chèques émis\u202f: 3\u00a0€"
    assert cheques.lines[0].values[-1] == 3.0
    pdf = text_of(slides_pdf.made(slides.deck(publications(), OCTOBER))).split()
    texts = (cover.title, changes.words, cheques.title, cheques.alt)
    assert [word for text in texts for word in text.split() if word not in pdf] == []
    assert "SELECT" in cheques.notes


KNOWN_BY = INDICATOR.replace(
    "BETWEEN $first AND $last", "BETWEEN $first AND $last AND sent_at < CAST($seen_on AS DATE)"
)
SECOND = KNOWN_BY.replace("count(*)", "10 * count(*)") + "version: 2\nwhy: dizaines\n"


def shown_at(now: datetime) -> IndicatorLook:
    opened = opening(warehouse().reader(EVERYTHING), Person(1, "ana", "Ana", Role.LEAD, frozenset()), now)
    assert opened is not None
    return opened.look(filters.read(opened.filters, {"indicator": "cheques"}))


def months_of(now: datetime) -> pd.DataFrame:
    return shown_at(now).months[["period", "version", "published", "rebuilt", "value"]]


def test_the_past_of_a_new_version_is_rebuilt_beside_what_was_published_and_once(data: Path) -> None:
    declare(data, "indicators", "cheques", KNOWN_BY)
    land(("1", datetime(2026, 9, 10, tzinfo=UTC), None), ("2", datetime(2026, 10, 10, tzinfo=UTC), None))
    freeze(DUE)
    before = publications()
    assert months_of(DUE)["rebuilt"].isna().all()
    declare(data, "indicators", "cheques", SECOND)
    indicator, reader = taking.declared_now().things[0], warehouse().reader(EVERYTHING)
    assert taking.unseen(indicator, reader, DUE + timedelta(days=1)) == [
        date(2026, 8, 7), date(2026, 9, 7), date(2026, 10, 7), date(2026, 11, 6),
    ]  # fmt: skip
    grown = shown_at(DUE + timedelta(days=1)).triangle
    ready = taking.rebuild(indicator, reader, DUE + timedelta(days=1), source="ana", reason="dizaines")
    with store().write() as connection:
        keep.keep(connection, [ready], who="ana")
    assert publications() == before
    assert shown_at(DUE + timedelta(days=1)).triangle.to_dict() == grown.to_dict()
    told = months_of(DUE + timedelta(days=1)).astype(object).fillna("–").to_dict("records")
    assert [tuple(row.values()) for row in told[-2:]] == [
        (date(2026, 9, 1), 1, "–", 10.0, 1.0),
        (OCTOBER, 1, 1.0, 10.0, 1.0),
    ]
    assert taking.unseen(indicator, warehouse().reader(EVERYTHING), DUE + timedelta(days=1)) == []


def test_the_past_is_not_rebuilt_where_nothing_says_what_was_known_then() -> None:
    indicator = taking.declared_now().things[0]
    assert taking.unseen(indicator, warehouse().reader(EVERYTHING), DUE) == []
