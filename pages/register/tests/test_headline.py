"""The register's card on the home page: what it counts, and whose treatments they are."""

from datetime import UTC, date, datetime

from core.base.i18n import speaking
from core.mission.contract import Headline
from core.mission.discovery import warehouse
from core.people import accounts
from core.records import acts, records
from core.store.engine import Store
from pages.register.acts.ship import ship
from pages.register.collection import TREATMENTS
from pages.register.headline import headline
from pages.register.tests.conftest import People
from pages.register.tests.samples import WHOLE

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


def card(house: Store) -> Headline:
    with house.read() as connection:
        ines = accounts.existing(connection, "ines").person
    with speaking("en"):
        return headline(warehouse().reader(ines.scope), ines, NOW, None)


def test_an_empty_house_holds_vigies_own_drafts_and_says_so(house: Store, people: People) -> None:
    ship()
    shown = card(house)
    assert (shown.number, shown.concerns) == ("6", ())
    assert shown.sentence == "drafts about Vigie itself, to be reviewed; there is no other treatment yet."


def test_the_houses_treatments_are_counted_and_vigies_own_drafts_named_apart(house: Store, people: People) -> None:
    ship()
    with house.write() as connection:
        acts.add(connection, TREATMENTS, people["lea"], {**WHOLE, "review_on": date(2026, 11, 20).isoformat()})
        acts.add(connection, TREATMENTS, people["lea"], {"name": "Badges"})
        own = records.named(connection, "treatment", "VIGIE-COMPTES")
        acts.save(connection, TREATMENTS, people["lea"], own.id, 1, {**own.data, "notes": "Relu."})
    shown = card(house)
    assert (shown.number, shown.sentence) == ("8", "treatments, of which 1 are complete.")
    assert [(task.text, dict(task.params)) for task in shown.tasks] == [
        ("1 review is overdue", {"look": "due"}),
        ("5 drafts about Vigie itself to review", {"state": "draft", "author": "vigie"}),
    ]


def test_a_register_without_anything_counts_nothing(house: Store, people: People) -> None:
    assert (card(house).number, card(house).sentence) == ("0", "treatments, of which 0 are complete.")
