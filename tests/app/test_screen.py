"""What every mission's screen does: rights, the four states, filters in the address, figures and tables explained."""

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from core.base import clock
from core.base.i18n import speaking
from core.base.settings import ROOT
from core.facts.lake import lake
from core.facts.reads import READS
from core.mission.discovery import missions
from core.people import accounts
from core.people.person import Role
from core.run import registry
from core.show.about import About
from core.sources.base import Source
from core.store.engine import store
from core.ui.figure import explained

SignIn = Callable[[Role], None]


def _page() -> None:
    from dataclasses import replace
    from datetime import date

    import pandas as pd
    import streamlit as st

    from core.base.status import Verdict
    from core.facts.reads import READS
    from core.show.about import About
    from core.show.columns import Column, Kind
    from core.show.filters import Choices, Day
    from core.ui.screen import screen
    from pages.home import MISSION

    about = About("How many runs began.", "the scheduler's log", "the data team")
    with screen(replace(MISSION, tables=(READS,))) as s:
        chosen = s.filters(
            night=Day("Nuit", default=date(2026, 11, 19), last=date(2026, 11, 20)),
            family=Choices("Famille", options={"tel": "Téléphonie", "sol": "Solaris"}),
        )
        st.text(f"{chosen.night} {chosen.family}")
        s.figure("Exécutions", "12", about, verdict=Verdict.KO)
        frame = pd.DataFrame(
            {
                "verdict": ["OK", "KO", None],
                "at": pd.to_datetime(["2026-11-20T00:42:00Z", None, None]),
                "seconds": [75.0, None, 3725.0],
                "secret": ["not", "for the", "browser"],
            }
        )
        s.table(
            frame,
            title="Exécutions",
            columns=[
                Column("verdict", "Statut", Kind.STATUS),
                Column("at", "Début", Kind.MOMENT),
                Column("seconds", "Durée", Kind.DURATION),
            ],
            about=about,
            name="runs",
        )


def _chart() -> None:
    import pandas as pd

    from core.show import counted
    from core.show.about import About
    from core.show.columns import Column, Kind
    from core.ui.screen import screen
    from pages.home import MISSION

    with screen(MISSION) as s:
        frame = pd.DataFrame({"value": ["a", "b"], "n": [2, 1]})
        columns = (Column("value", "Valeur"), Column("n", "Nombre", Kind.NUMBER))
        s.chart(
            counted.bars(frame),
            title="Valeurs",
            about=About("How many.", "the log"),
            frame=frame,
            columns=columns,
            name="values",
        )


def _told_failure() -> None:
    from core.base.errors import QueryFailed
    from core.ui.screen import screen
    from pages.home import MISSION

    with screen(MISSION):
        raise QueryFailed("Les données ne peuvent pas être lues.", detail="SELECT secret FROM runs")


def _unforeseen_failure() -> None:
    import streamlit as st

    from core.ui.screen import screen
    from pages.home import MISSION

    with screen(MISSION):
        st.text("before")
        raise KeyError("secret")


def _nothing_yet() -> None:
    import streamlit as st

    from core.ui.screen import screen
    from pages.home import MISSION

    with screen(MISSION) as s:
        s.empty("Aucune exécution cette nuit.", hint="Choisissez une autre nuit.")
        st.text("never reached")


def _accounts() -> None:
    import streamlit as st

    from core.ui.screen import screen
    from pages.accounts import MISSION

    with screen(MISSION):
        st.text("never reached")


def _read(source: str, outcome: str, at: datetime, error: str | None = None) -> None:
    row = {
        "source": source, "mission": "home", "read_at": at, "ended_at": at, "covers_until": at, "outcome": outcome,
        "landed": 1, "refused": 0, "error": error,
    }  # fmt: skip
    lake().land(READS, pa.Table.from_pylist([row], schema=READS.schema))


def _plain(text: str) -> str:
    return text.replace("\\", "")


def _run(page: Callable[[], None], **address: str) -> AppTest:
    app = AppTest.from_function(page, default_timeout=120)
    for name, value in address.items():
        app.query_params[name] = value
    return app.run()


def test_nobody_sees_anything_without_a_session(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.ui.session.browser_id", lambda: None)
    app = _run(_page)
    assert (len(app.title), len(app.text), len(app.error)) == (0, 0, 0)


def test_a_role_that_may_not_see_a_mission_is_told_what_to_do(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in(Role.SQUAD)
    app = _run(_accounts)
    assert app.title[0].value == "Cette page ne vous est pas ouverte"
    assert len(app.text) == 0


def test_an_account_closed_meanwhile_sees_nothing_more(sign_in: SignIn) -> None:
    sign_in(Role.DUTY)
    app = _run(_page)
    assert app.text[0].value == "2026-11-19 []"
    with store().write() as connection:
        accounts.close(connection, who="admin", name="duty")
    assert len(app.run().text) == 0


def test_the_address_says_the_filters_even_where_they_are_the_default(sign_in: SignIn) -> None:
    sign_in(Role.DUTY)
    assert _run(_page).query_params == {"night": "2026-11-19"}


def test_a_shared_link_restores_the_filters(sign_in: SignIn) -> None:
    sign_in(Role.DUTY)
    assert _run(_page, night="2026-11-02", family="sol").text[0].value == "2026-11-02 ['sol']"


def test_a_link_that_says_nonsense_is_put_right(sign_in: SignIn) -> None:
    sign_in(Role.DUTY)
    app = _run(_page, night="2099-01-01", family="nobody", other="kept")
    assert app.text[0].value == "2026-11-19 []"
    assert app.query_params == {"night": "2026-11-19", "other": "kept"}


def test_a_changed_filter_changes_the_address(sign_in: SignIn) -> None:
    sign_in(Role.DUTY)
    app = _run(_page)
    app.button(key="home.night-1").click().run()
    assert len(app.multiselect) == 0, "the widget of a closed filter is not built"
    app.session_state["home.family.chip"] = True  # a click opens it
    app.run().multiselect[0].select("tel").run()
    assert app.text[0].value == "2026-11-18 ['tel']"
    assert app.query_params == {"night": "2026-11-18", "family": "tel"}


def test_every_filter_is_taken_off_at_once(sign_in: SignIn) -> None:
    sign_in(Role.DUTY)
    app = _run(_page, night="2026-11-02", family="sol")
    app.button(key="home.night.reset").click().run()
    assert app.text[0].value == "2026-11-19 []"
    assert app.query_params == {"night": "2026-11-19"}


def test_there_is_no_step_beyond_the_last_day(sign_in: SignIn) -> None:
    sign_in(Role.DUTY)
    app = _run(_page, night="2026-11-20")
    assert app.button(key="home.night+1").disabled
    assert not app.button(key="home.night-1").disabled


def test_every_figure_and_table_says_what_it_is_and_whom_to_ask(sign_in: SignIn) -> None:
    sign_in(Role.DUTY)
    app = _run(_page)
    explained = [element.help for element in [*app.metric, *app.header] if element.help]
    assert len(explained) == 2
    for text in explained:
        assert "How many runs began." in text
        assert "Source\u202f: the scheduler's log" in text
        assert "Contact\u202f: the data team" in text


def test_where_nobody_is_named_an_administrator_is_asked(sign_in: SignIn) -> None:
    with speaking("fr"):
        told = explained(About("How many.", "the log"), datetime(2026, 11, 20, 7, tzinfo=UTC))
    assert told.endswith("\n\nContact\u202f: un administrateur de Vigie")


def test_a_screen_of_the_store_is_as_fresh_as_the_moment(sign_in: SignIn) -> None:
    sign_in(Role.ADMIN)
    app = AppTest.from_file(ROOT / "pages/accounts/page.py", default_timeout=120).run()
    (title, *_others) = app.header
    assert title.value == "Comptes"
    assert "Pas encore de données" not in title.help


def test_a_table_sends_only_its_columns_written_in_the_persons_language(sign_in: SignIn) -> None:
    sign_in(Role.DUTY)
    table = _run(_page).dataframe[0]
    assert list(table.value.columns) == ["verdict", "at", "seconds"]
    shown = pa.ipc.open_stream(BytesIO(table.proto.arrow_data.styler.display_values)).read_all().to_pydict()
    columns = list(shown.values())
    assert columns[0] == ["✔ OK", "✖ KO", ""]
    assert columns[1] == ["20 nov. 2026, 01:42", "", ""]
    assert columns[2] == ["1\u202fmin\u202f15\u202fs", "", "1\u202fh\u202f02\u202fmin"]


def test_a_chart_turns_into_the_table_of_its_data_and_back(sign_in: SignIn) -> None:
    sign_in(Role.DUTY)
    app = AppTest.from_function(_chart, default_timeout=120)
    app.session_state["home-values.export"] = True
    app.run()
    assert (len(app.get("vega_lite_chart")), len(app.dataframe)) == (1, 0)
    app.button(key="home-values.turn").click().run()
    assert (len(app.get("vega_lite_chart")), len(app.dataframe)) == (0, 1)
    assert list(app.dataframe[0].value.columns) == ["value", "n"]
    app.button(key="home-values.turn").click().run()
    assert (len(app.get("vega_lite_chart")), len(app.dataframe)) == (1, 0)


def test_the_menu_of_a_figure_holds_the_address_that_leads_to_it(sign_in: SignIn) -> None:
    sign_in(Role.DUTY)
    app = AppTest.from_function(_chart, default_timeout=120)
    app.session_state["home-values.export"] = True
    app.query_params["tab"] = "time"
    app.run()
    assert app.code[0].value.endswith("?tab=time#home-values")
    assert [header.proto.anchor for header in app.header] == ["home-values"]


def test_verdicts_sort_by_severity(sign_in: SignIn) -> None:
    sign_in(Role.DUTY)
    assert _run(_page).dataframe[0].value["verdict"].tolist()[:2] == [0, 5]


def test_a_screen_without_data_says_so(sign_in: SignIn) -> None:
    sign_in(Role.DUTY)
    assert _run(_page).caption[0].value == "Pas encore de données"


def test_a_screen_says_how_fresh_its_data_are(sign_in: SignIn) -> None:
    sign_in(Role.DUTY)
    _read("log", "ok", clock.now() - timedelta(minutes=12))
    app = _run(_page)
    assert app.caption[0].value.startswith("Données du ")
    assert app.caption[0].value.endswith(", il y a 12\u202fmin")
    assert len(app.warning) == 0


def test_a_source_that_is_down_is_named_above_its_last_good_data(sign_in: SignIn) -> None:
    sign_in(Role.DUTY)
    _read("log", "ok", clock.now() - timedelta(hours=3))
    _read("log", "failed", clock.now(), "Le service ne répond pas.")
    app = _run(_page)
    assert app.caption[0].value.endswith(", il y a 3\u202fh\u202f00\u202fmin")
    assert app.warning[0].value.startswith("La source log ne répond plus depuis le ")
    assert _plain(app.warning[0].value).endswith("Le service ne répond pas.")
    assert len(app.dataframe) == 1


def test_a_source_that_answers_again_is_no_longer_named(sign_in: SignIn) -> None:
    sign_in(Role.DUTY)
    _read("log", "failed", clock.now() - timedelta(hours=3), "Le service ne répond pas.")
    _read("log", "ok", clock.now())
    assert len(_run(_page).warning) == 0


def test_a_removed_source_is_no_longer_named(sign_in: SignIn) -> None:
    sign_in(Role.DUTY)
    options = registry.check(registry.connector("pipelines", "file"), {"path": "log.csv", "columns": {"pipeline": "p"}})
    with store().write() as connection:
        registry.add(connection, Source("log", "pipelines", "file", options), who="test")
    _read("log", "failed", clock.now(), "Le service ne répond pas.")
    assert len(_run(_page).warning) == 1
    with store().write() as connection:
        registry.enable(connection, "log", 1, False, who="test")
    assert len(_run(_page).warning) == 0


def _long_texts() -> None:
    import pandas as pd

    from core.show.about import About
    from core.show.columns import Column, Kind
    from core.ui.screen import screen
    from pages.home import MISSION

    notes = [None] * 30 + ["Relancé à la main, données complètes", "x" * 900]
    frame = pd.DataFrame({"who": ["Nadia"] * 32, "note": notes, "n": range(32), "said": [""] * 31 + ["Une phrase"]})
    columns = (
        Column("who", "Qui"),
        Column("note", "Note"),
        Column("n", "N", Kind.NUMBER),
        Column("said", "Dit", width=30),
    )
    with screen(MISSION) as s:
        s.table(frame, title="Notes", columns=columns, about=About("Notes.", "the desk", "the data team"), name="notes")


def test_a_column_is_as_wide_as_the_longest_text_in_it_needs(sign_in: SignIn) -> None:
    sign_in(Role.DUTY)
    app = _run(_long_texts)
    widths = {name: one.get("width") for name, one in json.loads(app.dataframe[0].proto.columns).items()}
    assert widths["who"] == 7 * (3 + len("Nadia"))
    assert widths["note"] == 400
    assert "n" not in widths or widths["n"] is None
    assert widths["said"] == 30


@pytest.mark.parametrize(("role", "ways"), [(Role.ADMIN, ["Ajouter une source"]), (Role.DUTY, [])])
def test_who_may_add_a_source_is_led_there_where_nothing_was_read(sign_in: SignIn, role: Role, ways: list[str]) -> None:
    sign_in(role)
    app = AppTest.from_file(str(missions()["pipelines"].page), default_timeout=120).run()
    assert app.info[0].value.startswith("Aucune source d’exécutions n’a encore été lue.")
    assert [link.proto.label for link in app.main.get("page_link")] == ways


def test_nothing_yet_is_said_with_what_to_do_and_ends_the_screen(sign_in: SignIn) -> None:
    sign_in(Role.DUTY)
    app = _run(_nothing_yet)
    assert app.info[0].value == "Aucune exécution cette nuit.\n\nChoisissez une autre nuit."
    assert len(app.text) == 0


def test_a_failure_is_one_sentence_and_its_detail_stays_in_the_log(
    sign_in: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    sign_in(Role.DUTY)
    with caplog.at_level(logging.WARNING, logger="vigie.screen"):
        app = _run(_told_failure)
    shown = _plain(app.error[0].value)
    assert shown.startswith("Les données ne peuvent pas être lues.")
    assert "SELECT" not in json.dumps([element.value for element in app.error])
    reference = shown.rpartition("\u202f: ")[2].rstrip("]")
    assert reference in caplog.text
    assert "SELECT secret" in caplog.text


def test_an_unforeseen_failure_shows_no_trace_and_keeps_what_was_drawn(sign_in: SignIn) -> None:
    sign_in(Role.DUTY)
    app = _run(_unforeseen_failure)
    assert app.text[0].value == "before"
    assert _plain(app.error[0].value).startswith("Un problème est survenu sur cet écran.")
    assert len(app.exception) == 0
    assert "secret" not in app.error[0].value
