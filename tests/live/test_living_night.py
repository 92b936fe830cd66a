"""The screen of the night lives: looked at each minute, drawn again only when something landed."""

from collections.abc import Callable
from datetime import timedelta

import pyarrow as pa

from core.base import clock
from core.facts.lake import lake
from core.facts.reads import READS
from core.people.person import Role
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


def looked_again(tab: Tab) -> tuple[int, bool]:
    """What a look sends, in bytes, and whether the whole screen was drawn after it."""
    fragment = next(one.auto_rerun.fragment_id for one in tab.messages[::-1] if one.WhichOneof("type") == "auto_rerun")
    before = len(tab.messages)
    tab.run(fragment_id=fragment, is_auto_rerun=True)
    sent = tab.messages[before:]
    whole = any(one.WhichOneof("type") == "new_session" and not one.metadata.run.fragment_ids for one in sent)
    return sum(one.ByteSize() for one in sent), whole


def test_a_look_that_finds_nothing_new_is_small_and_draws_nothing_and_one_that_finds_a_run_draws_the_screen(
    server: Server, browse: Callable[[], Browser], join: Callable[..., str]
) -> None:
    land(server, "first_master")
    tab = browse().sign_in(join(Role.DUTY), PASSWORD, path="/pipelines")
    size, whole = looked_again(tab)
    assert not whole
    assert size < 2_000
    land(server, "second_master")
    assert looked_again(tab)[1]
