"""Every string of a screen is French where it should be; words, dates and numbers follow the language."""

import ast
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from core.base import i18n
from core.base.i18n import one_line, speaking
from core.base.settings import ROOT

MARKS = {"_", "N_", "ngettext"}
MISSIONS = sorted(folder.name for folder in (ROOT / "pages").iterdir() if (folder / "__init__.py").exists())
LOOSE = re.compile(r"[^\u202f][;?!»:](\s|$)|«[^\u202f]|\d[ \u00a0](%|\d{3}\b)")
"""What the house writes with one blank, narrow and without a break, and these write otherwise."""
HOMES = ["core", *(f"pages/{mission}" for mission in MISSIONS)]


def _said(folder: Path) -> set[str]:
    """Every message that the folder's code marks, a plural by its singular."""
    return set().union(*(_marked(file.read_text()) for file in folder.rglob("*.py")))


def _marked(code: str) -> set[str]:
    """Read from the syntax tree, since an extractor of tokens passes over what stands inside an f-string."""
    return {
        node.args[0].value
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS
        if isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
    }


def _catalog(folder: Path) -> Catalog:
    file = folder / "locales" / "fr.po"
    if not file.exists():
        return Catalog(locale="fr")
    with file.open("rb") as handle:
        return read_po(handle, locale="fr")


def _entries(folder: Path) -> dict[str, Message]:
    return {
        message.id if isinstance(message.id, str) else message.id[0]: message
        for message in _catalog(folder)
        if message.id
    }


def _translations(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def _sources(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def test_a_message_inside_an_f_string_is_seen() -> None:
    assert _marked("f\"**{_('Inspection ' 'file')}**\" + ngettext('{n} run', '{n} runs', n)") == {
        "Inspection file",
        "{n} run",
    }


@pytest.mark.parametrize("home", HOMES)
def test_every_message_is_said_in_french(home: str) -> None:
    known = {
        source
        for folder in {ROOT / "core", ROOT / home}
        for source, message in _entries(folder).items()
        if all(_translations(message)) and not message.fuzzy
    }
    assert sorted(_said(ROOT / home) - known) == []


@pytest.mark.parametrize("home", HOMES)
def test_no_french_message_is_left_over(home: str) -> None:
    users = _said(ROOT / home) | (_said(ROOT / "pages") if home == "core" else set())
    assert sorted(set(_entries(ROOT / home)) - users) == []


def test_one_message_is_said_the_same_by_every_mission() -> None:
    said: dict[str, set[str]] = {}
    for home in HOMES:
        for source, message in _entries(ROOT / home).items():
            said.setdefault(source, set()).add("|".join(_translations(message)))
    assert {source: words for source, words in said.items() if len(words) > 1} == {}


@pytest.mark.parametrize("home", HOMES)
def test_a_french_message_fills_the_same_places_as_the_english_one(home: str) -> None:
    for message in _entries(ROOT / home).values():
        places = {frozenset(re.findall(r"\{(\w+)", text)) for text in [*_sources(message), *_translations(message)]}
        assert len(places - {frozenset()}) <= 1, message.id
        if isinstance(message.id, str):
            assert len(places) == 1, message.id


@pytest.mark.parametrize("home", HOMES)
def test_a_french_message_keeps_high_punctuation_with_its_word(home: str) -> None:
    texts = [text for message in _entries(ROOT / home).values() for text in _translations(message)]
    assert [text for text in texts if LOOSE.search(text)] == []


def test_a_moment_is_shown_in_local_time_in_either_language() -> None:
    moment = datetime(2026, 11, 20, 7, 2, tzinfo=UTC)
    with speaking("fr"):
        assert i18n.show_moment(moment) == "20 nov. 2026, 08:02"
    with speaking("en"):
        assert i18n.show_moment(moment) == "Nov 20, 2026, 08:02"


def test_a_day_is_shown_in_either_language() -> None:
    with speaking("fr"):
        assert i18n.show_date(date(2026, 8, 1)) == "1 août 2026"
    with speaking("en"):
        assert i18n.show_date(date(2026, 8, 1)) == "Aug 1, 2026"


def test_numbers_and_shares_follow_the_language() -> None:
    with speaking("fr"):
        assert (i18n.show_number(12345.67, 1), i18n.show_percent(0.254)) == ("12\u202f345,7", "25\u202f%")
    with speaking("en"):
        assert (i18n.show_number(12345.67, 1), i18n.show_percent(0.254)) == ("12,345.7", "25%")


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_what_is_below_zero_has_a_true_minus_sign(language: str) -> None:
    with speaking(language):
        assert (i18n.show_number(-3), i18n.show_number(-1.26, 1)[:2]) == ("−3", "−1")
        assert i18n.show_percent(-0.2)[:3] == "−20"


def test_nothing_is_below_zero_that_rounds_to_zero() -> None:
    assert (i18n.show_number(-0.04, 1), i18n.show_percent(-0.001)) == ("0,0", "0\u202f%")


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (5, "5\u202fs"),
        (75, "1\u202fmin\u202f15\u202fs"),
        (120, "2\u202fmin"),
        (3725, "1\u202fh\u202f02\u202fmin"),
        (86_399, "23\u202fh\u202f59\u202fmin"),
        (86_400, "1\u202fj"),
        (101 * 3600 + 1140, "4\u202fj\u202f5\u202fh"),
        (357_730_000, "4\u202f140\u202fj\u202f9\u202fh"),
    ],
)
def test_a_duration_is_told_in_its_two_largest_units(seconds: int, shown: str) -> None:
    assert i18n.show_duration(seconds) == shown


def test_a_day_of_work_has_its_own_hours() -> None:
    assert i18n.show_duration(101 * 3600, 7.5 * 3600) == "13\u202fj\u202f3\u202fh"
    with i18n.speaking("en"):
        assert i18n.show_duration(101 * 3600, 7.5 * 3600) == "13\u202fd\u202f3\u202fh"


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        i18n.local(datetime(2026, 11, 20, 8))


def test_an_unknown_message_stays_as_it_was_written() -> None:
    assert i18n._("Never translated") == "Never translated"


def test_all_of_a_word_follows_its_gender_which_its_catalogue_knows() -> None:
    with speaking("fr"):
        assert [i18n.every(i18n._(label)) for label in ("Squad", "Client", "Families")] == ["Toutes", "Tous", "Toutes"]
    with speaking("en"):
        assert i18n.every("Squad") == "All"


@pytest.mark.parametrize("home", HOMES)
def test_what_is_mailed_has_one_word_in_french(home: str) -> None:
    texts = [text for message in _entries(ROOT / home).values() for text in _translations(message)]
    assert [text for text in texts if re.search(r"\b(e-?)?mails?\b", text, re.I)] == []


def test_a_text_on_one_line_keeps_its_french_blanks() -> None:
    assert one_line("Nuit\u202f: 1\u00a0KO\r\nBcc: a@example.fr\n\n") == "Nuit\u202f: 1\u00a0KO Bcc: a@example.fr"
