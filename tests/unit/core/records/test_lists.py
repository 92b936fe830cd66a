"""Lists of values: what is shipped, what people made of it, and that nothing is ever taken out."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from core.base.errors import Conflict, InputInvalid
from core.base.i18n import speaking
from core.records import lists
from core.records.lists import Lists, Value
from core.store import schema
from core.store.engine import Store

MAIL = Value("mail", {"fr": "Courriel", "en": "Mail"}, notes={"fr": "Par la poste électronique"}, also=("e-mail",))
TABLE = Value("table", {"fr": "Table"}, facts={"lasting": True})
FAX = Value("fax", {"fr": "Télécopie", "en": "Fax"}, retired=True)
SHIPPED = Lists({"media": {one.code: one for one in (MAIL, TABLE, FAX)}, "zones": {}})


pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def made(tmp_path: Path) -> Store:
    made = Store(f"sqlite:///{tmp_path / 'vigie.db'}")
    made.upgrade()
    return made


def now(made: Store) -> Lists:
    with made.read() as connection:
        return lists.load(connection, SHIPPED)


def add(made: Store, words: dict[str, str], name: str = "media", note: str = "") -> str:
    with made.write() as connection:
        return lists.add(connection, lists.load(connection, SHIPPED), name, words, who="ana", note=note)


def change(made: Store, code: str, version: int, labels: dict[str, str] | None = None, **said: bool) -> None:
    with made.write() as connection:
        known = lists.load(connection, SHIPPED)
        lists.change(connection, known, "media", code, version=version, who="ana", labels=labels, **said)


def audited(made: Store) -> list[tuple[str, str]]:
    with made.read() as connection:
        rows = connection.execute(sa.select(schema.audit).order_by(schema.audit.c.id))
        return [(row.key, row.action) for row in rows]


def test_without_changes_the_lists_are_those_shipped(made: Store) -> None:
    assert now(made) == SHIPPED


def test_a_value_speaks_the_persons_language_else_french() -> None:
    assert (SHIPPED.label("media", "mail"), SHIPPED.label("media", "table")) == ("Mail", "Table")
    with speaking("fr"):
        assert (SHIPPED.label("media", "mail"), MAIL.note) == ("Courriel", "Par la poste électronique")
    assert MAIL.note == "Par la poste électronique"


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert SHIPPED.label("media", "pigeon") == "pigeon"


@pytest.mark.parametrize("words", ["Courriel", "  courriel ", "MAIL", "E-mail", "mail", "télécopie", "TELECOPIE"])
def test_a_code_is_found_by_its_words_in_any_language_accents_and_case(words: str) -> None:
    assert SHIPPED.code("media", words) in ("mail", "fax")
    assert SHIPPED.code("zones", words) is None


def test_a_kind_of_apostrophe_does_not_matter() -> None:
    known = Lists({"rights": {"a": Value("a", {"fr": "Droit d’accès"})}})
    assert known.code("rights", "droit d'acces") == "a"


def test_a_retired_value_is_offered_only_where_it_is_used() -> None:
    assert SHIPPED.options("media") == ["mail", "table"]
    assert SHIPPED.options("media", keep=["fax"]) == ["mail", "table", "fax"]


def test_an_added_value_has_its_french_words_as_code_and_is_audited(made: Store) -> None:
    assert add(made, {"fr": "  Coffre   fort ", "en": "Safe"}, note="Au sous-sol") == "Coffre fort"
    value = now(made).values["media"]["Coffre fort"]
    assert (value.label, value.note, value.version, value.retired) == ("Safe", "Au sous-sol", 1, False)
    assert now(made).options("media") == ["mail", "table", "Coffre fort"]
    assert audited(made) == [("media/Coffre fort", "add")]


@pytest.mark.parametrize("words", [{"fr": "Courriel"}, {"fr": "Nouveau", "en": "MAIL"}, {"fr": "e-mail"}])
def test_a_value_that_the_list_has_already_is_refused(made: Store, words: dict[str, str]) -> None:
    with pytest.raises(InputInvalid, match="The list has the value"):
        add(made, words)
    assert now(made) == SHIPPED


@pytest.mark.parametrize("words", [{"fr": " "}, {"en": "Safe"}, {"fr": "x" * 101}, {"fr": "x", "en": "y" * 101}])
def test_a_value_without_french_words_or_too_long_is_refused(made: Store, words: dict[str, str]) -> None:
    with pytest.raises(InputInvalid, match="A value needs French words, at most 100 characters"):
        add(made, words)


def test_a_value_of_no_list_is_refused(made: Store) -> None:
    with pytest.raises(InputInvalid):
        add(made, {"fr": "Coffre"}, name="no such list")


def test_other_words_for_a_shipped_value_keep_its_code_its_facts_and_its_other_words(made: Store) -> None:
    change(made, "table", 0, {"fr": "Tableau", "en": "Sheet"})
    value = now(made).values["media"]["table"]
    assert (value.labels, value.facts, value.version) == ({"fr": "Tableau", "en": "Sheet"}, {"lasting": True}, 1)
    change(made, "mail", 0, {"en": "Letter"})
    renamed = now(made).values["media"]["mail"]
    assert (renamed.labels, renamed.also, renamed.note) == (
        {"fr": "Courriel", "en": "Letter"},
        ("e-mail",),
        "Par la poste électronique",
    )


def test_a_value_is_retired_and_offered_again(made: Store) -> None:
    change(made, "mail", 0, retired=True)
    assert now(made).options("media") == ["table"]
    assert now(made).code("media", "Courriel") == "mail"
    change(made, "mail", 1, retired=False)
    assert now(made).options("media") == ["mail", "table"]
    assert audited(made) == [("media/mail", "retire"), ("media/mail", "restore")]


def test_the_second_of_two_who_change_a_value_is_told(made: Store) -> None:
    change(made, "mail", 0, {"en": "Letter"})
    for version in (0, 2):
        with pytest.raises(Conflict, match="Somebody changed this value meanwhile"):
            change(made, "mail", version, {"en": "Post"})
    assert now(made).values["media"]["mail"].labels["en"] == "Letter"


def test_a_value_that_the_list_does_not_have_cannot_be_changed(made: Store) -> None:
    with pytest.raises(InputInvalid, match="The list has no value “pigeon”"):
        change(made, "pigeon", 0, retired=True)
