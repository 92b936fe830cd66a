"""A view keeps the days that were chosen, and those that nobody chose as they move with the calendar."""

from streamlit.testing.v1 import AppTest


def _page() -> None:
    from datetime import date

    import streamlit as st

    from core.show.filters import Days
    from core.ui.views import _days

    first, today = date(2026, 1, 1), date(2026, 11, 20)
    one = Days("Période", default=(date(2025, 11, 1), today), today=today)
    chosen = st.session_state.get("chosen")
    value = (first, today) if chosen else one.default
    said = chosen or one.encode(value)
    st.session_state["kept"] = _days(one, value, said, "days")


def _kept(chosen: str) -> str:
    app = AppTest.from_function(_page)
    app.session_state["chosen"] = chosen
    app.run()
    assert not app.exception
    kept: str = app.session_state["kept"]
    return kept


def test_days_that_nobody_chose_are_kept_as_they_are_at_first() -> None:
    assert _kept("") == "-"


def test_chosen_days_are_kept_as_they_are() -> None:
    assert _kept("2026-01-01_2026-11-20") == "2026-01-01_2026-11-20"
    assert _kept("months-3") == "months-3"
