"""The screen of the night lives: looked at each minute, drawn again only when something landed."""

import inspect
from collections.abc import Callable
from datetime import timedelta

import pyarrow as pa
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from core.base import clock
from core.facts.lake import lake
from core.facts.reads import READS
from core.people.person import Role
from core.ui import live
from pages.pipelines.tests.landed import land_runs, run
from tests.client import Browser, Tab
from tests.conftest import housed
from tests.live.conftest import PASSWORD
from tests.servers import Server


def land(server: Server, pipeline: str) -> None:
    now = clock.now()
    start, end = (f"{moment:%Y-%m-%d %H:%M}" for moment in (now - timedelta(minutes=20), now - timedelta(minutes=10)))
    reading = {
        "source": "journal", "mission": "pipelines", "read_at": now, "ended_at": now, "covers_until": now,
        "outcome": "ok", "landed": 1, "refused": 0, "error": None,
    }  # fmt: skip
    with housed(server.data):
        land_runs(run(pipeline, start, end))
        lake().land(READS, pa.Table.from_pylist([reading], schema=READS.schema))


def look(tab: Tab) -> None:
    """What a browser asks each minute."""
    fragment = next(one.auto_rerun.fragment_id for one in tab.messages[::-1] if one.WhichOneof("type") == "auto_rerun")
    tab.send_rerun(fragment_id=fragment, is_auto_rerun=True)


def runs_until(tab: Tab, kind: str) -> list[bool]:
    """The runs that a browser is sent, up to a message of a kind: whether each was of a part alone."""
    runs: list[bool] = []
    for message in tab.received(30):
        if message.WhichOneof("type") == "new_session":
            runs.append(bool(message.metadata.run.fragment_ids))
        if message.WhichOneof("type") == kind and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
            return runs
    raise TimeoutError(tab.text())


def test_a_look_that_finds_nothing_new_sends_nothing_and_one_that_finds_a_run_draws_the_screen(
    server: Server, browse: Callable[[], Browser], join: Callable[..., str]
) -> None:
    land(server, "first_master")
    tab = browse().sign_in(join(Role.DUTY), PASSWORD, path="/pipelines")
    look(tab)
    tab.send(BackMsg(app_heartbeat=True))
    assert runs_until(tab, "heartbeat_ack") == []
    land(server, "second_master")
    look(tab)
    assert runs_until(tab, "script_finished") == [True, False], "the look, then the screen"


def test_a_look_of_somebody_who_signed_out_elsewhere_leads_to_the_sign_in(
    server: Server, browse: Callable[[], Browser], join: Callable[..., str]
) -> None:
    browser = browse()
    tab = browser.sign_in(join(Role.DUTY), PASSWORD, path="/pipelines")
    browser.open("/").click("Sign out")
    look(tab)
    assert tab.hung_up()
    assert tab.redirect == "/pipelines"


def test_what_is_replaced_is_there_in_this_streamlit() -> None:
    assert inspect.signature(live._run).parameters.keys() == {"self", "client_state"}
    assert "is_auto_rerun" in ClientState.DESCRIPTOR.fields_by_name
