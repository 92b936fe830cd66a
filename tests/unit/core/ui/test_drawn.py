"""What only shows is drawn once, and sent again as it was to whoever asks for the same at the same place."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd
import pytest
import streamlit as st
from streamlit.cursor import RunningCursor
from streamlit.delta_generator import DeltaGenerator
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState
from streamlit.testing.v1 import AppTest

from core.ui import drawn


@pytest.fixture(autouse=True)
def _anew() -> None:
    drawn._kept.clear()


def cards(*texts: str) -> None:
    for text in texts:
        with st.container(border=True):
            st.markdown(text)
            drawn.once(st.caption, "within")


def as_streamlit(draw: Callable[..., Any], *given: Any, **how: Any) -> Any:
    return draw(*given, **how)


def picked_as_streamlit(draw: Callable[..., Any], changed: Callable[[], None], *given: Any, **how: Any) -> None:
    draw(*given, **how, on_select=changed)


ROWS = pd.DataFrame({"name": ["a", "b"]})


def table(rows: drawn.The, *, key: str, on_select: Any) -> None:
    st.dataframe(rows.thing, key=key, on_select=on_select, selection_mode="single-cell")


def heard(squad: str) -> None:
    st.session_state["heard"] = squad


def button_as_streamlit(label: str, clicked: Callable[[], None], **how: Any) -> bool:
    return st.button(label, on_click=clicked, **how)


def tabs_as_streamlit(labels: tuple[str, ...], key: str) -> list[Any]:
    return list(st.tabs(labels, key=key, on_change="rerun"))


AS_STREAMLIT = as_streamlit, picked_as_streamlit, as_streamlit, button_as_streamlit, tabs_as_streamlit


def page(
    once: Callable[..., Any],
    picked: Callable[..., Any],
    block: Callable[..., Any],
    button: Callable[..., bool],
    tabs: Callable[..., list[Any]],
) -> None:
    squad = st.session_state.get("squad", "blue")
    line = block(st.container, horizontal=True, key="line")
    with line:
        once(st.header, f"Of {squad}", anchor=False)
        menu = block(st.popover, "More", key="menu", on_change="rerun")
    once(cards, f"of {squad}", "of all")
    st.text_input("Name", key="name")
    picked(table, partial(heard, squad), drawn.The(ROWS), key="rows")
    if menu.open:
        with menu:
            once(st.text, "opened")
    if button("Go", partial(heard, squad), key="go", help="Now"):
        once(st.caption, "gone")
    for tab in tabs(("First", f"Of {squad}"), "part"):
        if tab.open:
            with tab:
                once(st.caption, "in a tab")
    with line:
        once(st.caption, "after")


def kept() -> None:
    import streamlit as st

    from core.ui import drawn
    from tests.unit.core.ui.test_drawn import AS_STREAMLIT, page

    if st.session_state.get("plain"):
        page(*AS_STREAMLIT)
    else:
        page(drawn.once, drawn.picked, drawn.block, drawn.button, drawn.tabs)


def sent(monkeypatch: pytest.MonkeyPatch, *states: dict[str, Any]) -> list[list[ForwardMsg]]:
    """What a browser is sent of a page, run after run, a session state each."""
    runs: list[list[ForwardMsg]] = []
    app = AppTest.from_function(kept)
    for state in states:
        for name, value in state.items():
            app.session_state[name] = value
        with monkeypatch.context() as patched:
            got: list[ForwardMsg] = []
            enqueue = drawn.ScriptRunContext.enqueue

            def noted(context: Any, msg: ForwardMsg, got: Any = got, enqueue: Any = enqueue) -> None:
                enqueue(context, msg)
                got.append(ForwardMsg.FromString(msg.SerializeToString()))

            patched.setattr(drawn.ScriptRunContext, "enqueue", noted)
            app.run()
        assert not app.exception
        runs.append(got)
    return runs


STATES: tuple[dict[str, Any], ...] = (
    {},
    {"squad": "red"},
    {"menu": True, "part": "Of red"},
    {"menu": False},
    {"squad": "blue"},
    {"part": "of nobody"},
)


def test_what_is_kept_is_sent_as_streamlit_sends_it_in_every_run(monkeypatch: pytest.MonkeyPatch) -> None:
    as_it_is = sent(monkeypatch, {"plain": True}, *STATES)
    assert [len(run) for run in as_it_is] == [17, 17, 17, 18, 17, 17, 17]
    for _session in range(2):
        assert sent(monkeypatch, {"plain": False}, *STATES) == as_it_is


def test_nothing_of_what_was_drawn_before_runs_again(monkeypatch: pytest.MonkeyPatch) -> None:
    app = AppTest.from_function(kept).run().run()
    built: list[str] = []
    enqueue = DeltaGenerator._enqueue
    monkeypatch.setattr(DeltaGenerator, "_block", lambda *_given, **_named: built.append("block"))
    monkeypatch.setattr(
        DeltaGenerator,
        "_enqueue",
        lambda place, kind, *given, **named: built.append(kind) or enqueue(place, kind, *given, **named),
    )
    app.run()
    assert [one.value for one in app.markdown] == ["of blue", "of all"]
    assert built == ["text_input"]


def test_two_who_are_shown_different_things_are_never_shown_each_others() -> None:
    for squad in ("blue", "red", "blue"):
        app = AppTest.from_function(kept)
        app.session_state["squad"] = squad
        app.run()
        assert [one.value for one in app.markdown] == [f"of {squad}", "of all"]
        assert [one.value for one in app.header] == [f"Of {squad}"]


def test_a_popover_is_open_for_whoever_opened_it_alone() -> None:
    mine, theirs = AppTest.from_function(kept), AppTest.from_function(kept)
    mine.session_state["menu"] = True
    for _run in range(2):
        assert [one.value for one in mine.run().text] == ["opened"]
        assert not theirs.run().text


def test_whoever_picks_something_is_heard_themselves() -> None:
    for squad in ("blue", "red", "blue"):
        app = AppTest.from_function(kept)
        app.session_state["squad"] = squad
        app.run()
        state = app.session_state._state._state
        its = next(one for one in state._new_widget_state.widget_metadata.values() if one.id.endswith("-rows"))
        assert its.callback is not None
        assert its.callback.args == (squad,)


def test_whoever_presses_something_is_heard_themselves_and_once() -> None:
    for squad in ("blue", "red", "blue"):
        app = AppTest.from_function(kept)
        app.session_state["squad"] = squad
        app.run()
        assert app.button(key="go").click().run().session_state["heard"] == squad
        assert [one.value for one in app.caption if one.value == "gone"] == ["gone"]
        assert "gone" not in [one.value for one in app.run().caption]


def test_a_tab_is_open_for_whoever_opened_it_alone() -> None:
    mine, theirs = AppTest.from_function(kept), AppTest.from_function(kept)
    mine.session_state["part"] = "Of blue"
    for _run in range(2):
        assert [bool(tab.caption) for tab in mine.run().tabs] == [False, True]
        assert [bool(tab.caption) for tab in theirs.run().tabs] == [True, False]


def test_a_key_that_is_drawn_twice_is_refused_as_ever() -> None:
    def twice() -> None:
        import streamlit as st
        from streamlit.errors import DuplicateWidgetID

        from core.ui import drawn

        try:
            for _time in range(2):
                with st.container():
                    drawn.block(st.popover, "More", key="menu", on_change="rerun")
        except DuplicateWidgetID as error:
            st.text(error)

    for _time in range(3):
        assert "menu" in AppTest.from_function(twice).run().text[0].value


@pytest.mark.parametrize("session", range(2))
def test_a_widget_is_not_drawn_once(session: int) -> None:
    def page() -> None:
        import streamlit as st

        from core.ui import drawn

        try:
            drawn.once(st.text_input, "Name")
        except TypeError as error:
            st.text(error)

    assert "no widget and no key" in AppTest.from_function(page).run().text[0].value


def test_what_is_used_of_streamlit_is_there_in_this_one() -> None:
    def page() -> None:
        import streamlit as st
        from streamlit.runtime.scriptrunner import get_script_run_ctx

        with st.container() as _none:
            made = st.popover("More", key="menu", on_change="rerun")
        context = get_script_run_ctx()
        assert context is not None
        assert made._block_type == "popover"
        tab, _other = st.tabs(["a", "b"], key="part", on_change="rerun")
        assert (tab._block_type, tab._parent._block_type) == ("tab", "tab_container")
        assert hasattr(made, "_form_data")
        assert hasattr(made, "_creating_fragment_id")
        assert len(context.shared.widget_ids_this_run.snapshot()) == 2
        assert callable(context.enqueue)
        assert callable(context.session_state.register_widget)
        assert not {"enqueue"} & vars(context).keys()

    assert get_script_run_ctx(suppress_warning=True) is None
    assert not AppTest.from_function(page).run().exception
    cursor = RunningCursor(0)
    assert (cursor.root_container, cursor.parent_path, cursor.index, cursor.is_locked) == (0, (), 0, False)
    cursor.lock_element()
    assert cursor.open_block().parent_path == (1,)
    assert {"fragment_id", "active_script_hash"} <= {
        *ThreadState.get.__globals__["FragmentThreadState"].__annotations__
    }


def test_what_streamlit_puts_elsewhere_is_not_drawn_once() -> None:
    def page() -> None:
        import streamlit as st

        from core.ui import drawn

        try:
            drawn.once(st.html, "<style>p { color: red }</style>")
        except TypeError as error:
            st.text(error)

    assert AppTest.from_function(page).run().text[0].value == "what is drawn once stands where it is drawn"
