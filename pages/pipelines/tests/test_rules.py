"""Rules are data: what may be written, and how a mistake is told."""

from collections.abc import Callable
from datetime import date, time
from pathlib import Path

import pytest

from core.base.errors import RulesInvalid
from core.base.i18n import speaking
from pages.pipelines import rules
from pages.pipelines.expected import expect
from pages.pipelines.rules import Calendar, Family, Member, Rules

NIGHT = 'night: {turns_at: "18:00", due_by: "07:00"}\n'
TURNS = """night:
  - {turns_at: "18:00", due_by: "07:00", until: 2026-11-19}
  - {turns_at: "20:00", due_by: "08:00", since: 2026-11-20}
"""
FAMILY = """families:
  - key: paie
    name: Paie
    window: {from: 00:30, to: 02:00}
    members:
      - pipeline: paie_master
"""
Written = Callable[[str], Rules]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def load(text: str) -> Rules:
        file = tmp_path / "rules.yml"
        file.write_text(text, encoding="utf-8")
        return rules.load(file)

    return load


def problem(written: Written, text: str) -> str:
    with speaking("en"), pytest.raises(RulesInvalid) as caught:
        written(text)
    return caught.value.sentence


def test_an_unquoted_time_is_a_time(written: Written) -> None:
    window = written(NIGHT + FAMILY).families[0].window
    assert window is not None
    assert window.to.isoformat() == "02:00:00"


def test_without_demo_data_no_family_is_there_from_the_beginning() -> None:
    house = rules.load(rules.HERE / "rules.yml")
    assert (house.families, house.data_sets, house.mails) == ((), (), ())


def test_the_rules_of_the_demo_are_right() -> None:
    house = rules.load(rules.HERE / "rules.yml", rules.HERE / "demo_rules.yml")
    assert {family.name: len(family.members) for family in house.families[:3]} == {
        "Téléphonie": 2,
        "Solaris": 4,
        "Sitecom": 20,
    }
    assert [m.pipeline for m in house.families[0].members if m.required] == [
        "telephonie_master",
        "telephonie_ods_cti_export_incremental",
    ]
    assert {needed for data_set in house.data_sets for needed in data_set.pipelines} <= house.pipelines


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            NIGHT + FAMILY.replace("    name: Paie\n", ""),
            "rules.yml, line 3, families[0].name: is missing.",
        ),
        (
            NIGHT + FAMILY + "    colour: red\n",
            "rules.yml, line 8, families[0].colour: there is no such field.",
        ),
        (
            NIGHT + FAMILY.replace("02:00", "26:00"),
            "rules.yml, line 5, families[0].window.to: “26:00” is no hour, as 08:00.",
        ),
        (
            NIGHT + FAMILY.replace("00:30, to: 02:00", "02:00, to: 00:30"),
            "rules.yml, line 5, families[0].window: "
            "the window ends before it starts, or contains the turn of the night.",
        ),
        (
            NIGHT + FAMILY + "      - pipeline: paie_master\n",
            "rules.yml, line 8, families[0].members[1].pipeline: “paie_master” is already used.",
        ),
        (
            NIGHT + FAMILY + "        step: B\n    steps: [{name: A}]\n",
            "rules.yml, line 8, families[0].members[0].step: “B” is no step of the family.",
        ),
        (
            NIGHT + FAMILY + "        step: A\n    steps:\n      - name: A\n      - name: B\n",
            "rules.yml, line 11, families[0].steps[1]: no pipeline is in this step.",
        ),
        (
            NIGHT + FAMILY + "    time_zone: Europe/Pari\n",
            "rules.yml, line 8, families[0].time_zone: “Europe/Pari” is not a time zone.",
        ),
        (
            NIGHT + FAMILY + "        calendar: {cron: 61 * * * *}\n",
            "rules.yml, line 8, families[0].members[0].calendar.cron: "
            "not a cron expression: '61 * * * *' (Bad minute).",
        ),
        (
            NIGHT + FAMILY + "        calendar: sometimes\n",
            "rules.yml, line 8, families[0].members[0].calendar: fields and their values are expected here.",
        ),
        (
            NIGHT + FAMILY + "    maintenance:\n      - {from: 2026-11-20 04:00, to: 2026-11-20 02:00, reason: x}\n",
            "rules.yml, line 9, families[0].maintenance[0]: a maintenance ends after it starts.",
        ),
        (
            NIGHT + FAMILY + "data_sets:\n  - {name: Paie, pipelines: [paie_mastr]}\n",
            "rules.yml, line 9, data_sets[0].pipelines[0]: “paie_mastr” is in no family.",
        ),
        (
            NIGHT + FAMILY + "        calendar: {cron: 0 5 * * 0, days: working}\n",
            "rules.yml, line 8, families[0].members[0].calendar: this calendar has no day at all.",
        ),
        (
            NIGHT + FAMILY + "        calendar: {day_of_month: 1, working_day_of_month: 10}\n",
            "rules.yml, line 8, families[0].members[0].calendar: this calendar has no day at all.",
        ),
        (
            NIGHT + FAMILY + "        calendar: {working_day_of_month: 0}\n",
            "rules.yml, line 8, families[0].members[0].calendar: "
            "working days are counted from 1, or from the end with -1.",
        ),
        (
            NIGHT + FAMILY + "        since: 2026-12-01\n        until: 2026-11-30\n",
            "rules.yml, line 7, families[0].members[0]: a rule ends after it begins.",
        ),
        (
            NIGHT + FAMILY + "        until: 2026-12-01\n      - {pipeline: paie_master, since: 2026-12-01}\n",
            "rules.yml, line 9, families[0].members[1].pipeline: “paie_master” is already used.",
        ),
        (FAMILY, "rules.yml, line 1, night: is missing."),
        ("", "rules.yml, line 1, night: is missing."),
        ("- night", "rules.yml, line 1, file: fields and their values are expected here."),
        (NIGHT + "night: {}\n", "rules.yml, line 1, night: written twice."),
        (NIGHT.replace("18:00", "25:00"), "rules.yml, line 1, night.turns_at: “25:00” is no hour, as 08:00."),
        (
            TURNS.replace("2026-11-20", "2026-11-22") + FAMILY,
            "rules.yml, line 3, night[1].since: it does not begin where the rule before it ends.",
        ),
        (
            TURNS.replace(", until: 2026-11-19", "") + FAMILY,
            "rules.yml, line 3, night[1].since: it does not begin where the rule before it ends.",
        ),
        (
            TURNS.replace("since: 2026-11-20", "since: 2026-11-20, until: 2026-11-30") + FAMILY,
            "rules.yml, line 3, night[1].until: no rule of the night follows this one.",
        ),
        (
            TURNS + FAMILY.replace("00:30, to: 02:00", '"19:00", to: "21:00"'),
            "rules.yml, line 7, families[0].window: "
            "the window ends before it starts, or contains the turn of the night.",
        ),
        (
            NIGHT + "families: [\n",
            "rules.yml, line 3: a quote or a bracket is not closed here, or the line begins too far left or right.",
        ),
    ],
)
def test_a_mistake_names_file_line_and_field(written: Written, text: str, sentence: str) -> None:
    assert problem(written, text) == sentence


def test_a_file_that_lacks_is_told(tmp_path: Path) -> None:
    with speaking("en"), pytest.raises(RulesInvalid, match=r"The rules file none\.yml cannot be read"):
        rules.load(tmp_path / "none.yml")


def test_a_second_file_adds_families_and_may_not_take_a_key_again(tmp_path: Path) -> None:
    first, second = tmp_path / "rules.yml", tmp_path / "more.yml"
    first.write_text(NIGHT + FAMILY, encoding="utf-8")
    second.write_text(FAMILY.replace("key: paie", "key: ventes"), encoding="utf-8")
    assert [family.key for family in rules.load(first, second).families] == ["paie", "ventes"]
    second.write_text(FAMILY, encoding="utf-8")
    with speaking("en"), pytest.raises(RulesInvalid, match=r"more.yml, line 2, families\[0\].key"):
        rules.load(first, second)


@pytest.mark.parametrize(
    ("written_calendar", "due", "not_due"),
    [
        ("every night", ["2026-11-20", "2026-11-22"], []),
        ("working days", ["2026-11-20"], ["2026-11-22", "2026-11-11"]),
        ({"day_of_month": 1}, ["2026-12-01"], ["2026-12-02"]),
        ({"day_of_month": 31}, ["2026-02-28", "2026-12-31"], ["2026-12-30", "2026-02-27"]),
        ({"working_day_of_month": 1}, ["2026-11-02", "2027-01-04"], ["2026-11-01", "2027-01-01"]),
        ({"working_day_of_month": -1}, ["2026-10-30"], ["2026-10-31", "2026-10-29"]),
        ({"working_day_of_month": 23}, ["2026-11-30", "2026-07-31"], ["2026-11-27"]),
        ({"working_day_of_month": -23}, ["2026-11-02"], ["2026-11-03"]),
        ({"days": "working", "day_of_month": 1}, ["2026-11-02", "2026-12-01"], ["2026-11-01", "2026-11-03"]),
        ({"days": "working", "day_of_month": 31}, ["2026-11-02", "2026-11-30"], ["2026-10-30", "2026-10-31"]),
        ({"days": "working", "holidays": "67"}, ["2026-04-02"], ["2026-04-03"]),
        ({"cron": "30 2 * * 2-6"}, ["2026-11-20"], ["2026-11-22", "2026-11-23"]),
    ],
)
def test_a_calendar_tells_the_nights_when_something_is_expected(
    written_calendar: object, due: list[str], not_due: list[str]
) -> None:
    calendar = Calendar.model_validate(written_calendar)
    member, family = Member(pipeline="p", calendar=calendar), Family(key="f", name="F", members=(Member(pipeline="p"),))
    house = rules.load(rules.HERE / "rules.yml")
    nights = {day: house.night_of(date.fromisoformat(day)) for day in (*due, *not_due)}
    expected = {day: expect(member, family, night, time(7)).due for day, night in nights.items()}
    assert expected == {**dict.fromkeys(due, True), **dict.fromkeys(not_due, False)}
