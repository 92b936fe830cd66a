"""The widgets of filters."""

from streamlit.testing.v1 import AppTest


def _page() -> None:
    import streamlit as st

    from core.show.filters import OneOf
    from core.ui.filters import draw

    for n in (7, 8):
        st.session_state.setdefault(f"of-{n}", "1")
        draw(OneOf("Figure", default="1", options={str(one): str(one) for one in range(n)}), f"of-{n}")


def test_seven_choices_stand_side_by_side_and_eight_are_a_list() -> None:
    app = AppTest.from_function(_page).run()
    assert [one.key for one in app.radio] == ["of-7"]
    assert [one.key for one in app.selectbox] == ["of-8"]
