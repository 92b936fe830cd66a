"""Messages of strangers are rebuilt from what was drawn for them; nobody's messages are dropped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from core.ui import protocol

FORM_WIDGET = "$$ID-0123-sign-in"


def shown_form() -> protocol.SignInForm:
    form = protocol.form()
    session = ForwardMsg()
    session.new_session.page_script_hash = "page"
    session.new_session.main_script_hash = "main"
    field = ForwardMsg()
    field.delta.new_element.text_input.id = FORM_WIDGET
    heading = ForwardMsg()
    heading.delta.new_element.heading.body = "Vigie"
    block = ForwardMsg()
    block.delta.add_block.vertical.border = True
    for message in (session, field, heading, block):
        form.shown(message.SerializeToString())
    return form


def admitted(**asked: object) -> BackMsg:
    data = shown_form().admitted(BackMsg(rerun_script=asked).SerializeToString())
    assert data is not None
    return BackMsg.FromString(data)


def test_the_forms_own_values_pass() -> None:
    state = {"id": FORM_WIDGET, "string_value": "ana"}
    asked = {
        "query_string": "x=1",
        "page_name": "pipelines",
        "page_script_hash": "page",
        "widget_states": {"widgets": [state]},
    }
    assert admitted(**asked) == BackMsg(rerun_script=asked)


def test_other_widgets_pages_and_fragments_do_not() -> None:
    forged = admitted(
        page_script_hash="another",
        fragment_id="f",
        is_auto_rerun=True,
        is_history_navigation=True,
        cached_message_hashes=["h"],
        widget_states={"widgets": [{"id": "$$ID-9-other", "trigger_value": True}]},
    )
    assert forged == BackMsg(rerun_script={"widget_states": {}})


@given(st.lists(st.text(max_size=20), max_size=5))
def test_no_made_up_widget_passes(ids: list[str]) -> None:
    widgets = [{"id": made_up, "trigger_value": True} for made_up in ids]
    passed = admitted(widget_states={"widgets": widgets}).rerun_script.widget_states.widgets
    assert [widget.id for widget in passed] == [made_up for made_up in ids if made_up == FORM_WIDGET]


@pytest.mark.parametrize("kind", [field.name for field in BackMsg.DESCRIPTOR.fields])
def test_of_all_messages_a_stranger_sends_three_kinds(kind: str) -> None:
    assert (shown_form().admitted(of_kind(kind)) is not None) == (
        kind in ("rerun_script", "app_heartbeat", "stop_script")
    )


@pytest.mark.parametrize("kind", [field.name for field in BackMsg.DESCRIPTOR.fields])
def test_of_all_messages_people_send_those_of_a_page(kind: str) -> None:
    allowed = ("rerun_script", "app_heartbeat", "stop_script", "file_urls_request")
    assert (protocol.for_people(of_kind(kind)) is not None) == (kind in allowed)


@pytest.mark.parametrize(
    ("operation", "passes"),
    [("deferred_file", True), ("dataframe_chunk", True), ("install_skills", False), ("dismiss_skills_nudge", False)],
)
def test_of_all_operations_people_ask_for_files_and_rows(operation: str, passes: bool) -> None:
    data = BackMsg(backend_operation_request={operation: {}}).SerializeToString()
    assert (protocol.for_people(data) == data) == passes


@pytest.mark.parametrize("data", [b"", b"\xff\xff", b"x" * 100_000])
def test_garbage_passes_for_nobody(data: bytes) -> None:
    assert protocol.for_people(data) is None
    assert shown_form().admitted(data) is None


def test_a_strangers_message_is_small() -> None:
    assert shown_form().admitted(BackMsg(rerun_script={"query_string": "x" * 70_000}).SerializeToString()) is None


@pytest.mark.parametrize(
    ("url", "query", "link"),
    [
        ("https://vigie.example/pipelines", "x=1", "/pipelines?x=1"),
        ("https://vigie.example/", "", "/"),
        ("", "", "/"),
        ("https://vigie.example//evil.example", "", "/"),
    ],
)
def test_a_browser_whose_session_ended_loads_its_own_link_again(url: str, query: str, link: str) -> None:
    asked = BackMsg(rerun_script={"query_string": query, "context_info": {"url": url}})
    assert ForwardMsg.FromString(protocol.reload(asked.SerializeToString())).auth_redirect.url == link


def of_kind(kind: str) -> bytes:
    message = BackMsg()
    if BackMsg.DESCRIPTOR.fields_by_name[kind].message_type:
        getattr(message, kind).SetInParent()
    else:
        setattr(message, kind, True)
    return bytes(message.SerializeToString())
