"""An export belongs to the session that asked for it, and goes with it."""

import re
from collections.abc import Callable

from streamlit.proto.WidgetStates_pb2 import WidgetState

from core.base import clock
from core.people import sessions
from core.people.person import Role
from tests.client import Browser, Tab
from tests.live.conftest import PASSWORD
from tests.servers import Server

MEDIA = re.compile(r"/media/[0-9a-f]+[.]csv")


def open_exports(tab: Tab) -> None:
    """Open the menu of the first table's exports, which draws its buttons."""
    blocks = (one.delta.add_block for one in tab.messages if one.WhichOneof("type") == "delta")
    menu = next(
        block.id or block.popover.id for block in blocks if block.HasField("popover") and ".export" in str(block)
    )
    tab.run(WidgetState(id=menu, bool_value=True))


def deferred(tab: Tab) -> str:
    """Id of the first export as CSV that the screen offers."""
    buttons = (one.download_button for one in tab.elements if one.HasField("download_button"))
    return next(one.deferred_file_id for one in buttons if "csv" in one.id)


def test_an_export_is_the_sessions_that_asked_for_it_and_goes_with_it(
    server: Server, browse: Callable[[], Browser], join: Callable[..., str]
) -> None:
    mine, others = browse(), browse()
    tab = mine.sign_in(join(Role.ADMIN), PASSWORD, path="/accounts")
    other = others.sign_in(join(Role.ADMIN), PASSWORD)
    open_exports(tab)
    file = deferred(tab)
    assert other.asked(file, seconds=5) == ""
    address = tab.asked(file)
    assert MEDIA.search(address)
    assert mine.http.get(address).status_code == 200
    assert others.http.get(address).status_code == 404
    with server.store.write() as connection:
        sessions.end(connection, str(mine.cookie), clock.now())
    assert mine.http.get(address).status_code == 401
    mine.sign_in(join(Role.ADMIN), PASSWORD)
    assert mine.http.get(address).status_code == 404
