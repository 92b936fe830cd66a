"""Rules of a mission are read in one way: its own file in the data folder changes them, a mistake has file and line."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from pydantic import Field

from core.base.errors import RulesInvalid
from core.base.i18n import speaking
from core.mission.discovery import missions
from core.rules.__main__ import main, rules_of
from core.rules.document import Where
from core.rules.ruleset import Rule, RuleSet


class Scope(Rule):
    key: str


class House(Rule):
    limit: int = Field(ge=1)
    shade: Literal["blue", "green"] = "blue"
    scopes: tuple[Scope, ...] = ()


def twice(house: House) -> Iterator[tuple[Where, str]]:
    keys = [scope.key for scope in house.scopes]
    yield from ((("scopes", at, "key"), "is used twice") for at, key in enumerate(keys) if key in keys[:at])


@pytest.fixture
def rules(data: Path) -> RuleSet[House]:
    folder = data / "invoices"
    folder.mkdir()
    (folder / "rules.yml").write_text("limit: 3\nscopes:\n  - key: a\n", encoding="utf-8")
    return RuleSet(House, folder / "rules.yml", grow=("scopes",), contradictions=twice)


def sentence(rules: RuleSet[House]) -> str:
    with speaking("en"), pytest.raises(RulesInvalid) as wrong:
        rules.in_force()
    return wrong.value.sentence


def test_the_file_of_ones_own_takes_the_place_of_what_it_repeats(rules: RuleSet[House], data: Path) -> None:
    assert rules.in_force() == House(limit=3, scopes=(Scope(key="a"),))
    (data / "invoices_rules.yml").write_text("scopes: [{key: b}]\n", encoding="utf-8")
    assert rules.in_force() == House(limit=3, scopes=(Scope(key="b"),))
    assert rules.said() == {"scopes": [{"key": "b"}]}


def test_what_is_said_once_may_be_named_again(rules: RuleSet[House], data: Path) -> None:
    (data / "invoices_rules.yml").write_text("limit: &n 4\nscopes:\n  - &first {key: a}\n  - {<<: *first, key: b}\n")
    assert rules.in_force() == House(limit=4, scopes=(Scope(key="a"), Scope(key="b")))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("scopes: &all [*all]\n", "invoices_rules.yml is nested too deeply."),
        ("scopes: [&one {key: a, <<: *one}]\n", "invoices_rules.yml is nested too deeply."),
        (
            "scopes: [{key: a, <<: b}]\n",
            "invoices_rules.yml, line 1, scopes[0].<<: fields and their values are expected here.",
        ),
    ],
)
def test_what_names_itself_or_no_fields_is_refused(rules: RuleSet[House], data: Path, text: str, said: str) -> None:
    (data / "invoices_rules.yml").write_text(text)
    assert sentence(rules) == said


def test_demo_rules_go_on_with_the_lists(rules: RuleSet[House], data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    more = data / "invoices" / "demo_rules.yml"
    more.write_text("scopes:\n  - key: b\n", encoding="utf-8")
    assert rules.load(data / "invoices" / "rules.yml", more).scopes == (Scope(key="a"), Scope(key="b"))
    assert rules.in_force().scopes == (Scope(key="a"),)


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ("limit: none\n", "invoices_rules.yml, line 1, limit: “none” is no whole number"),
        ("shade: red\n", "invoices_rules.yml, line 1, shade: “red” is none of these: blue, green."),
        ("# mine\ncolour: red\n", "invoices_rules.yml, line 2, colour: there is no such field."),
        ("scopes:\n  - key: b\n  - {}\n", "invoices_rules.yml, line 3, scopes[1].key: is missing."),
        ("scopes:\n  - key: b\n  - key: b\n", "invoices_rules.yml, line 3, scopes[1].key: is used twice."),
        ("limit: 1\nlimit: 2\n", "invoices_rules.yml, line 1, limit: written twice."),
        (
            "limit: [\n",
            "invoices_rules.yml, line 2: a quote or a bracket is not closed here, or the line begins too far "
            "left or right.",
        ),
        ('limit: "\\d"\n', "invoices_rules.yml, line 1: between double quotes a backslash (\\) begins a sign"),
        ("limit: a: b\n", "invoices_rules.yml, line 1: a text that holds “: ” stands between quotes"),
        ("- a\n", "invoices_rules.yml, line 1, file: fields and their values are expected here."),
        ("? [a, b]\n: c\n", "invoices_rules.yml, line 1, file: a field's name is expected here."),
    ],
)
def test_a_mistake_names_file_line_and_field(rules: RuleSet[House], data: Path, own: str, said: str) -> None:
    (data / "invoices_rules.yml").write_text(own, encoding="utf-8")
    assert sentence(rules).startswith(said)


DEEP = "a: " + "[" * 50_000
LAUGHS = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))


@pytest.mark.parametrize("own", [DEEP, LAUGHS, "a: &a [*a]", "# " + "x" * 2**20])
def test_rules_that_would_fill_memory_or_never_end_are_refused_in_a_sentence(
    rules: RuleSet[House], data: Path, own: str
) -> None:
    (data / "invoices_rules.yml").write_text(own, encoding="utf-8")
    assert sentence(rules) in (
        "invoices_rules.yml is nested too deeply.",
        "invoices_rules.yml holds too much to be read whole: split it.",
    )


def test_a_mistake_of_a_later_file_names_that_file(rules: RuleSet[House], data: Path) -> None:
    more = data / "more.yml"
    more.write_text("\nscopes:\n  - key: a\n", encoding="utf-8")
    with speaking("en"), pytest.raises(RulesInvalid) as wrong:
        rules.load(data / "invoices" / "rules.yml", more)
    assert wrong.value.sentence == "more.yml, line 3, scopes[0].key: is used twice."


def test_rules_are_kept_by_what_the_files_say(rules: RuleSet[House], data: Path) -> None:
    first = rules.in_force()
    own = data / "invoices_rules.yml"
    own.write_text("limit: 4\n", encoding="utf-8")
    assert rules.in_force().limit == 4
    own.write_text("limit: 5\n", encoding="utf-8")
    assert rules.in_force().limit == 5
    own.unlink()
    assert rules.in_force() is first


def test_every_mission_with_rules_takes_a_file_of_ones_own(data: Path) -> None:
    found = {key: rules.own for key in missions() if (rules := rules_of(key))}
    assert found.keys() >= {"jira", "pipelines", "reroutes"}
    assert found == {key: data / f"{key}_rules.yml" for key in found}


def test_check_tells_file_line_and_field_and_ends_with_1(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with speaking("en"):
        assert main(["check"]) == 0
        (data / "reroutes_rules.yml").write_text("alert:\n  scopes: [nobody]\n", encoding="utf-8")
        assert main(["check", "jira"]) == 0
        assert main(["check"]) == 1
    told = capsys.readouterr()
    assert told.err == (
        "reroutes: reroutes_rules.yml, line 2, alert.scopes[0]: the alert names the scope nobody, which is none.\n"
    )
    assert "jira: the rules are right.\n" in told.out


def test_a_changed_copy_of_rules_has_a_digest_of_its_own() -> None:
    house = House(limit=3)
    known = house.digest
    assert house.model_copy(update={"limit": 4}).digest == House(limit=4).digest != known
    assert house.digest == known
