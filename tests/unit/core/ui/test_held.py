"""What a session holds is looked up by its key; a page finds in it what it finds in Streamlit's own."""

from typing import Any

import pytest
from streamlit.runtime.state import SafeSessionState
from streamlit.testing.v1 import AppTest

from core.ui import held


@pytest.fixture(autouse=True)
def _as_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SafeSessionState, "filtered_state", SafeSessionState.filtered_state)
    held.begin()


def page() -> None:
    import streamlit as st

    st.session_state.setdefault("kept", 1)
    st.session_state.setdefault("emptied", None)
    st.text_input("Emptied", "at first", key="emptied")
    st.text_input("Typed", "at first", key="typed")
    st.text_input("Without a key", "at first")
    st.text_area("Long", "at first", key="long")
    st.selectbox("Chosen", ["a", "b"], key="chosen")
    st.json({name: st.session_state[name] for name in sorted(st.session_state)})


def test_boxes_show_what_the_session_holds() -> None:
    app = AppTest.from_function(page).run()
    assert [box.value for box in app.text_input] == [None, "at first", "at first"]
    app.text_input(key="emptied").set_value("now").run()
    app.selectbox(key="chosen").select("b").run()
    assert [box.value for box in app.text_input] == ["now", "at first", "at first"]
    assert (app.text_area(key="long").value, app.selectbox(key="chosen").value) == ("at first", "b")


def test_a_page_finds_all_keys_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = AppTest.from_function(page).run().json[0].value
    monkeypatch.undo()
    assert AppTest.from_function(page).run().json[0].value == ours


def test_a_value_is_looked_up_without_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_state: Any) -> dict[str, Any]:
        raise AssertionError("copied")

    def boxes() -> None:
        import streamlit as st

        st.text_input("Typed", key="typed")
        st.selectbox("Chosen", ["a", "b"], key="chosen")

    monkeypatch.setattr(held, "_copied", never)
    assert not AppTest.from_function(boxes).run().exception
