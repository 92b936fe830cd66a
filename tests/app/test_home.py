"""Home: a card a mission, each standing on its own; an empty house shows the way."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from core.base import clock
from core.base.errors import QueryFailed
from core.base.settings import ROOT
from core.base.status import Verdict
from core.facts.lake import lake
from core.facts.reads import READS
from core.mission.contract import Headline, Task
from core.mission.discovery import missions
from core.people import accounts
from core.people.person import Role
from core.show.about import About
from core.store.engine import store
from core.store.schema import people
from core.ui.words import plain

SignIn = Callable[[Role], None]


@pytest.fixture
def headline(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., Headline]], None]:
    """Give the first mission after home another headline."""

    def give(maker: Callable[..., Headline]) -> None:
        key = next(key for key in missions() if key != "home")
        monkeypatch.setitem(missions(), key, replace(missions()[key], headline=maker))

    return give


def _run() -> AppTest:
    return AppTest.from_file(ROOT / "core" / "ui" / "script.py", default_timeout=120).run()


def _shown(app: AppTest) -> str:
    elements = [*app.metric, *app.markdown, *app.caption, *app.info, *app.error]
    return "\n".join(element.value for element in elements).replace("\\", "")


def _land_a_reading() -> None:
    now = clock.now()
    row = {
        "source": "log", "mission": "pipelines", "read_at": now, "ended_at": now, "covers_until": now, "outcome": "ok",
        "landed": 1, "refused": 0, "error": None,
    }  # fmt: skip
    lake().land(READS, pa.Table.from_pylist([row], schema=READS.schema))


def test_an_empty_house_leads_an_administrator_to_the_sources(sign_in: SignIn) -> None:
    sign_in(Role.ADMIN)
    assert _run().info[0].value == "Vigie n’a encore lu aucune source. Commencez par ajouter la première."


def test_an_empty_house_tells_the_others_who_will_fill_it(sign_in: SignIn) -> None:
    sign_in(Role.SQUAD)
    assert _run().info[0].value.endswith("Les administrateurs savent comment en ajouter une.")


def test_a_house_with_data_asks_for_no_source(sign_in: SignIn) -> None:
    _land_a_reading()
    sign_in(Role.ADMIN)
    assert len(_run().info) == 0


def test_a_card_says_verdict_sentence_freshness_and_what_concerns_my_squads(
    sign_in: SignIn, headline: Callable[..., None]
) -> None:
    told: list[Any] = []

    def maker(reader: Any, person: Any, now: datetime, last_visit: datetime | None) -> Headline:
        told.extend([person.name, reader.scope.squads, last_visit])
        return Headline(
            "Deux familles sur trois sont disponibles.",
            verdict=Verdict.KO,
            number="2 / 3",
            freshness=now - timedelta(minutes=5),
            concerns=("Téléphonie est en retard.",),
            changes=("Solaris est revenu.",),
        )

    headline(maker)
    sign_in(Role.SQUAD)
    shown = _shown(_run())
    assert told == ["squad", frozenset({"Téléphonie"}), None]
    assert "✖ KO" in shown
    assert "2 / 3" in shown
    assert "Deux familles sur trois sont disponibles." in shown
    assert "il y a 5\u202fmin" in shown
    assert "Téléphonie est en retard." in shown
    assert "Solaris est revenu." not in shown  # nothing changed since a visit that never was


def test_what_waits_for_me_stands_first_by_name_and_leads_to_where_it_is_done(
    sign_in: SignIn, headline: Callable[..., None]
) -> None:
    late = Task("Indemnisation\u202f: échec à 02:07", Verdict.KO, {"night": "2026-11-20", "family": "indem"})
    waiting = (Task("Solaris\u202f: relancé", Verdict.WARNING), late, *(Task(f"Revue {n}") for n in range(8)))
    headline(lambda *_: Headline("Une famille est KO.", tasks=waiting))
    _land_a_reading()
    sign_in(Role.DUTY)
    app = _run()
    assert [one.value for one in app.header][:2] == ["À faire", "Missions"]
    links = [link.proto for link in app.main.get("page_link")]
    assert links[0].label == ":red-badge[✖ KO] Indemnisation\u202f\\: échec à 02\\:07"
    assert links[0].query_string == "night=2026-11-20&family=indem"
    assert [one.label for one in links[1:9]] == [
        ":orange-badge[▲ WARNING] Solaris\u202f\\: relancé",
        *(f"Revue {n}" for n in range(6)),
        "La nuit dernière\u202f: 2 autres",
    ]


def test_where_nothing_waits_it_is_said(sign_in: SignIn, headline: Callable[..., None]) -> None:
    headline(lambda *_: Headline("Tout va bien."))
    _land_a_reading()
    sign_in(Role.SQUAD)
    assert "Rien ne vous attend." in _shown(_run())


def test_a_card_says_what_changed_since_the_last_visit(sign_in: SignIn, headline: Callable[..., None]) -> None:
    headline(lambda *_: Headline("Tout va bien.", changes=("Solaris est revenu.",)))
    with store().write() as connection:
        connection.execute(sa.update(people).values(seen_at=datetime(2026, 11, 19, 7, 2, tzinfo=UTC)))
    sign_in(Role.DUTY)
    shown = _shown(_run())
    assert "Depuis le 19 nov. 2026, 08:02" in shown
    assert "Solaris est revenu." in shown


def test_a_card_says_that_nothing_changed_since_the_last_visit(sign_in: SignIn, headline: Callable[..., None]) -> None:
    headline(lambda *_: Headline("Tout va bien."))
    with store().write() as connection:
        connection.execute(sa.update(people).values(seen_at=datetime(2026, 11, 19, 7, 2, tzinfo=UTC)))
    sign_in(Role.DUTY)
    assert "Rien de nouveau depuis le 19 nov. 2026, 08:02" in _shown(_run())


def test_a_cards_figure_has_its_i(sign_in: SignIn, headline: Callable[..., None]) -> None:
    headline(lambda *_: Headline("177 runs", about=About("How many ran.", "the log")))
    sign_in(Role.DUTY)
    (card,) = [element for element in _run().markdown if element.value.startswith("177 runs")]
    assert card.help.startswith("How many ran.\n\nSource\u202f: the log")


@pytest.mark.parametrize("error", [QueryFailed("Les données ne répondent pas."), ZeroDivisionError("secret")])
def test_a_failing_headline_stays_in_its_card(sign_in: SignIn, headline: Callable[..., None], error: Exception) -> None:
    def maker(*_: Any) -> Headline:
        raise error

    headline(maker)
    sign_in(Role.ADMIN)
    app = _run()
    assert len(app.error) == 1
    assert "secret" not in _shown(app)
    assert len(app.exception) == 0
    assert len(app.get("page_link")) >= len(missions()) - 1


def test_only_the_missions_of_ones_role_have_a_card(sign_in: SignIn) -> None:
    sign_in(Role.SQUAD)
    app = _run()
    assert "accounts" in missions()
    assert not [link for link in app.get("page_link") if link.proto.page == "accounts"]


def test_a_persons_corner_says_who_they_are(sign_in: SignIn) -> None:
    sign_in(Role.SQUAD)
    sidebar = _run().sidebar
    assert "Camille Roux" in sidebar.markdown[0].value
    assert "Membre de squad" in sidebar.markdown[0].value
    assert sidebar.caption[0].value == "Squads\u202f: Téléphonie"


def test_a_name_that_a_provider_gave_is_a_name_and_nothing_else(sign_in: SignIn) -> None:
    named = "![](http://e.fr/x) :red[z] $x$ a@b.fr"
    with store().write() as connection:
        accounts.change(connection, who="oidc", name="squad", version=1, display_name=f"{named}\n# \u202eAna")
    sign_in(Role.SQUAD)
    corner = _run().sidebar.markdown[0].value
    assert corner.startswith(f"**{plain(f'{named} # Ana')}** (squad)")
    assert not re.search(r"(?<!\\)[\[!$:]|http:|\w@", corner.partition("** (")[0])


def test_a_chosen_language_is_kept_in_the_store(sign_in: SignIn) -> None:
    sign_in(Role.DUTY)
    app = _run()
    assert app.title[0].value == "Accueil"
    app.sidebar.radio[0].set_value("en").run()
    assert app.title[0].value == "Home"
    with store().read() as connection:
        assert connection.scalar(sa.select(people.c.language).where(people.c.name == "duty")) == "en"
    assert _run().title[0].value == "Home"


def test_the_tour_of_a_first_visit_is_closed_for_good_unless_it_is_asked_for_again(sign_in: SignIn) -> None:
    sign_in(Role.LEAD)
    app = AppTest.from_file(str(ROOT / "core/ui/script.py"), default_timeout=30).run()
    assert any("Première visite" in one.value for one in app.markdown)
    next(one for one in app.button if one.label == "Ne plus montrer").click().run()
    assert not any("Première visite" in one.value for one in app.markdown)
    again = AppTest.from_file(str(ROOT / "core/ui/script.py"), default_timeout=30).run()
    assert not any("Première visite" in one.value for one in again.markdown)
    next(one for one in again.button if one.label == "Revoir la première visite").click().run()
    once_more = AppTest.from_file(str(ROOT / "core/ui/script.py"), default_timeout=30).run()
    assert any("Première visite" in one.value for one in once_more.markdown)


def test_an_address_opens_the_guide_at_a_section_and_forgets_it(sign_in: SignIn) -> None:
    sign_in(Role.SQUAD)
    app = AppTest.from_file(ROOT / "core" / "ui" / "script.py", default_timeout=120)
    app.query_params["guide"] = "2"
    app.run()
    assert not app.exception
    told = [one.value for one in app.markdown]
    assert next(text for text in told if text.startswith("**Missions**"))
    assert "guide" not in app.query_params
    assert [text for text in [one.value for one in app.run().markdown] if text.startswith("**Missions**")] == []
