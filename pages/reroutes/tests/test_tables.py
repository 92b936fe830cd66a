"""The team's table of reroutes and the routed volumes, read by real syncs; what the queries then count."""

import csv
import io
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import yaml

from core.base.periods import Grain
from core.run.sources import read as read_sources
from core.show import export
from pages.reroutes import frames, queries, rules, watch
from pages.reroutes.figures import distribution, extract, hours, matrix, waits
from pages.reroutes.figures.extract import TEAM
from pages.reroutes.queries import Slice
from pages.reroutes.rules import Scope
from pages.reroutes.sources.reroutes import RerouteMapping
from pages.reroutes.tests.reading import (
    ALWAYS,
    ask,
    change,
    declare,
    log,
    moves,
    read,
    reader,
    refused,
    values,
    write,
)
from pages.reroutes.words import recipients

pytestmark = pytest.mark.usefixtures("data")
NAMES = ";".join(TEAM)
LINES = (
    '2-AAA;2501.1-01;SGRC;RECC;Siège;Recla Contrat;Reclamation;"[""ged@exemple.fr""]"\n'
    '2-BBB;2502.1-01;C13D;C17V;;DECLARATION;CDR Corporel;"[""un@exemple.fr"", ""deux@exemple.fr""]"\n'
    '2-CCC;2503.1-01;SGRS;C54G;Sinistre;Recla Sinistre;Gestion;"[""ged@exemple.fr"\n'
)
TEAM_COLUMNS = {field: name for name, field in TEAM.items()}
MARCH = {"period_start": "2026-03-01", "period_end": "31/03/2026"}


def team(text: str = LINES, **options: str) -> None:
    write("team.csv", f"{NAMES}\n{text}")
    declare("team", "reroutes", path="team.csv", columns=TEAM_COLUMNS, **options)


def test_the_teams_rows_land_as_they_are_for_the_period_that_is_given() -> None:
    team(**MARCH)
    assert read("team").error == ""
    found = ask(extract.extract)
    assert list(found.columns) == list(TEAM)
    assert values(found, ["act_row_id", "filiere_cible"]) == [
        ("2-AAA", "Siège"),
        ("2-BBB", None),
        ("2-CCC", "Sinistre"),
    ]
    assert found["mail_destinataire"][1] == '["un@exemple.fr", "deux@exemple.fr"]'


def test_rows_without_a_date_count_where_their_whole_period_lies_within_and_in_no_chart_over_time() -> None:
    team(**MARCH)
    read("team")
    march = Slice(date(2026, 3, 1), date(2026, 3, 31))
    for asked, expected in ((march, 3), (Slice(date(2026, 3, 2), date(2026, 3, 31)), 0), (ALWAYS, 3)):
        assert ask(queries.undated, asked)["handovers"][0] == expected
        assert len(ask(queries.by_day, asked)) == 0
    assert len(ask(matrix.pairs, march)) == 3
    assert ask(queries.counted, march)["tasks"][0] == 3
    assert len(ask(waits.waits, march)) == len(ask(hours.hours, march)) == 0


def test_rows_without_a_date_are_refused_until_a_period_is_given() -> None:
    write("team.csv", f"{NAMES};quand\n" + LINES.replace("\n", ";\n"))
    declare("team", "reroutes", path="team.csv", columns={**TEAM_COLUMNS, "moved_at": "quand"})
    read("team")
    assert (
        refused("team")
        == ["La ligne n’a pas de date\u202f: donnez la période du fichier dans les réglages de la source."] * 3
    )
    change("team", **MARCH)
    read("team")
    assert len(moves()) == 3
    assert refused("team") == []


def test_a_period_may_be_written_as_a_date_of_yaml(data: Path) -> None:
    write("team.csv", f"{NAMES}\n{LINES}")
    said = [{"name": "team", "mission": "reroutes", "kind": "reroutes"}]
    said[0]["options"] = {"path": "team.csv", "columns": TEAM_COLUMNS, "period_start": "D1", "period_end": "D2"}  # type: ignore[assignment]
    written = yaml.safe_dump(said).replace("D1", "2026-03-01").replace("D2", "2026-03-31")
    (data / "sources.yml").write_text(written, encoding="utf-8")
    mapping = read_sources(data / "sources.yml")[0].options
    assert isinstance(mapping, RerouteMapping)
    assert (mapping.period_start, mapping.period_end) == ("2026-03-01", "2026-03-31")


def test_another_period_takes_the_place_of_the_one_before() -> None:
    team(**MARCH)
    read("team")
    change("team", period_start="2026-04-01", period_end="2026-04-30")
    read("team")
    assert len(moves()) == 3
    assert len(moves(Slice(date(2026, 4, 1), date(2026, 4, 30)))) == 3


def test_a_row_without_entities_or_that_goes_nowhere_is_kept_with_its_sentence() -> None:
    team("2-A;r;;B;;;;\n2-B;r;A;;;;;\n2-C;r;A;A;;;;\n;r;A;B;;;;\n2-D;r;A;B;;;;\n", **MARCH)
    read("team")
    assert moves() == ["2-D A→B"]
    assert refused("team") == [
        "La ligne ne dit pas quelle entité avait la tâche avant.",
        "La ligne ne dit pas quelle entité l’a maintenant.",
        "«\u202fA\u202f» est à la fois l’entité d’avant et d’après\u202f: rien n’a été rerouté.",
        "La ligne ne nomme pas de tâche.",
    ]


def test_the_extract_is_the_teams_eight_columns_whole() -> None:
    team(**MARCH)
    read("team")
    file = io.BytesIO()
    stream = reader().stream(extract.extract, **ALWAYS.params(extract.extract))
    assert export.write_csv(file, stream, extract.EXTRACT.columns) == 3
    written = list(csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig")), delimiter=";"))
    given = list(csv.reader(io.StringIO(f"{NAMES}\n{LINES}"), delimiter=";"))
    assert written == given


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('["a@x.fr"]', "a@x.fr"),
        ('["a@x.fr", "b@x.fr"]', "a@x.fr, b@x.fr"),
        ("['a@x.fr']", "a@x.fr"),
        ("a@x.fr", "a@x.fr"),
        ('["a@x.fr"', '["a@x.fr"'),
        ("[]", ""),
        (None, ""),
    ],
)
def test_a_list_written_as_text_is_read(text: str | None, shown: str) -> None:
    assert recipients(text) == shown


def volumes(text: str, **options: str) -> None:
    write("volumes.csv", f"mois;entite;volume\n{text}")
    mapping = {"start": "mois", "entity": "entite", "routed": "volume"}
    declare("volumes", "volumes", path="volumes.csv", columns=mapping, **options)
    read("volumes")


def rated(first: date, last: date, grain: Grain) -> watch.Watched:
    return watch.watch(reader(), Slice(first, last), grain, watch.known(reader()), 7)


def test_a_rate_takes_the_volume_of_its_month_and_a_missing_month_is_said() -> None:
    log(
        "".join(
            f"T{n};0{n}/0{m}/2026 08:00;0;A\nT{n};0{n}/0{m}/2026 09:00;1;B\n" for m in (1, 2, 3) for n in (m, m + 3)
        )
    )
    volumes("2026-01;A;10\n03/2026;A;20\n")
    watched = rated(date(2026, 1, 1), date(2026, 3, 31), Grain.MONTH)
    assert [(one.hits, one.size) for one in watched.rates.periods] == [(2, 10), (0, 0), (2, 20)]
    assert watched.rates.missing == (date(2026, 2, 1),)
    assert any("février 2026" in sentence for sentence in watch.sentences(watched))


def test_volumes_of_a_month_make_no_rate_by_week_and_say_so() -> None:
    log("T1;02/03/2026 08:00;0;A\nT1;03/03/2026 09:00;1;B\n")
    volumes("2026-03-01;A;10\n")
    watched = rated(date(2026, 3, 2), date(2026, 3, 29), Grain.WEEK)
    assert watched.why_not.startswith("Pas de taux")


def test_volumes_that_do_not_begin_a_period_are_refused() -> None:
    volumes("2026-03-02;A;10\n2026-03-01;A;beaucoup\n;A;1\n2026-03-01;B;4\n")
    assert refused("volumes") == [
        "«\u202f2026-03-02\u202f» n’est pas le premier jour d’un mois.",
        "volume\u202f: «\u202fbeaucoup\u202f» n’est pas un nombre entier.",
        "La ligne n’a pas de date.",
    ]
    assert values(ask(queries.ROUTED), ["entity", "routed"]) == [("B", 4)]


def test_a_scope_goes_by_the_rerouters_centre_and_by_entity_where_there_is_none() -> None:
    write(
        "log.csv",
        "tache;date;n;entite;centre\nT1;01/03/2026 08:00;0;R;\nT1;01/03/2026 09:00;1;B;Niort\n"
        "T2;01/03/2026 08:00;0;A;\nT2;01/03/2026 09:00;1;B;Réclamations\n"
        "T3;01/03/2026 08:00;0;A;\nT3;01/03/2026 09:00;1;B;\nT4;01/03/2026 08:00;0;R;\nT4;01/03/2026 09:00;1;B;\n",
    )
    mapping = {"task": "tache", "moved_at": "date", "counter": "n", "entity": "entite", "centre": "centre"}
    declare("log", "task_log", path="log.csv", columns=mapping)
    read("log")
    scope = Scope.model_validate(
        {"key": "x", "name": {}, "entities": ["R"], "centres": ["réclam*"], "except": True, "end": "origin"}
    )
    there = watch.known(reader())
    assert there.without_centre == 2
    asked = Slice(ALWAYS.first, ALWAYS.last, watch.resolved(scope, there))
    assert moves(asked) == ["T1 R→B", "T3 A→B"]


def test_every_count_of_a_pair_is_that_of_its_rows() -> None:
    log("".join(f"T{n};01/03/2026 08:00;0;A\nT{n};01/03/2026 09:00;1;{'BC'[n % 2]}\n" for n in range(9)))
    pairs = values(ask(matrix.pairs), ["origin", "target", "handovers"])
    assert values(ask(distribution.ends), ["origin", "target", "line", "handovers"]) == [
        (origin, target, None, count) for origin, target, count in sorted(pairs)
    ]
    for origin, target, count in pairs:
        asked = Slice(ALWAYS.first, ALWAYS.last, origins=(origin,), targets=(target,))
        assert len(moves(asked)) == count == ask(queries.by_day, asked)["handovers"].sum()
    assert list(ask(matrix.pairs)["handovers"]) == [5, 4]


def test_first_and_last_periods_are_partial() -> None:
    log("T1;04/03/2026 08:00;0;A\nT1;25/03/2026 09:00;1;B\n")
    covered = watch.known(reader()).covered
    asked = Slice(date(2026, 3, 1), date(2026, 3, 31))
    shown = frames.trend(ask(queries.by_day), asked, Grain.WEEK, covered)
    assert list(shown["partial"]) == [True, True, False, False, True, True]
    assert shown["handovers"].sum() == 1


def test_an_entity_that_nothing_names_lands_is_offered_and_belongs_to_no_scope_by_name() -> None:
    log(
        "T1;01/03/2026 08:00;0;PM10\nT1;02/03/2026 08:00;1;NEUVE\n"
        "T2;01/03/2026 08:00;0;NEUVE\nT2;02/03/2026 08:00;1;A\n"
    )
    there = watch.known(reader())
    assert there.codes == ["A", "NEUVE", "PM10"]
    named = Scope.model_validate({"key": "x", "name": {}, "entities": ["PM*"], "end": "either"})
    others = Scope.model_validate({"key": "y", "name": {}, "entities": ["PM*"], "except": True, "end": "origin"})
    assert moves(Slice(ALWAYS.first, ALWAYS.last, watch.resolved(named, there))) == ["T1 PM10→NEUVE"]
    assert moves(Slice(ALWAYS.first, ALWAYS.last, watch.resolved(others, there))) == ["T2 NEUVE→A"]


def test_an_entity_renamed_on_a_day_is_so_in_tables_of_reroutes_and_of_volumes(monkeypatch: pytest.MonkeyPatch) -> None:
    said = rules.Rules(aliases=(rules.Alias(was="OLD", now="NEW", since=date(2026, 3, 1)),))
    monkeypatch.setattr(rules, "in_force", lambda: said)
    write("moves.csv", "id;de;vers;quand\nT1;A;OLD;28/02/2026\nT2;A;OLD;02/03/2026\nT3;OLD;NEW;27/02/2026\n")
    mapping = {"task": "id", "origin": "de", "target": "vers", "moved_at": "quand"}
    declare("moves", "reroutes", path="moves.csv", columns=mapping)
    read("moves")
    assert moves() == ["T1 A→NEW", "T2 A→OLD"]
    volumes("2026-02;OLD;7\n2026-03;OLD;5\n2026-03;NEW;3\n")
    told = sorted((one.first.month, one.entity, one.routed) for one in watch.volumes(reader(), ALWAYS))
    assert told == [(2, "NEW", 7), (3, "NEW", 3), (3, "OLD", 5)]


def test_each_period_stands_beside_as_long_a_stretch_before_of_which_the_data_tell_every_day() -> None:
    log("".join(f"T{n};0{n}/03/2026 08:00;0;A\nT{n};0{n}/03/2026 09:00;1;B\n" for n in (1, 2, 3, 5, 6)))
    covered = watch.known(reader()).covered

    def before(first: int, last: int) -> list[object]:
        asked = Slice(date(2026, 3, first), date(2026, 3, last))
        shown = frames.trend(ask(queries.by_day), asked, Grain.DAY, covered)
        return [None if pd.isna(n) else n for n in shown["before"]]

    assert before(4, 6) == [1, 1, 1]
    assert before(3, 5) == [None, 1, 1]
    assert before(1, 3) == [None, None, None]
