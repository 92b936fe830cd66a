"""The demo's story: deterministic, told in full, and as its rules expect it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

import pyarrow as pa
import pyarrow.compute as pc
import pytest
import sqlalchemy as sa

from core.base.i18n import local
from core.base.settings import settings
from core.base.status import Verdict
from core.facts.check import check
from core.facts.lake import lake
from core.facts.reads import READS
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from core.store.engine import store
from core.store.schema import incident_steps, outbox
from pages.pipelines import demo, demo_desk, rules
from pages.pipelines.acts.morning import messages
from pages.pipelines.board import Board
from pages.pipelines.desk import desk_at
from pages.pipelines.facts import PIPELINE_RUNS
from pages.pipelines.night import board_of
from tests.conftest import housed

UNTIL = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
RULES = rules.load(rules.HERE / "rules.yml", rules.HERE / "demo_rules.yml")


@pytest.fixture(scope="module")
def story() -> tuple[pa.Table, pa.Table]:
    return demo.story(7, UNTIL)


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory, story: tuple[pa.Table, pa.Table]) -> Iterator[None]:
    """The story in a lake that its tests only read."""
    with housed(tmp_path_factory.mktemp("landed")):
        lake().land(READS, story[0])
        lake().land(PIPELINE_RUNS, story[1])
        yield


def board(day: str, as_of: datetime = UNTIL) -> Board:
    return board_of(warehouse().reader(EVERYTHING), RULES, RULES.night_of(date.fromisoformat(day)), as_of, replay=False)


def verdicts(board: Board) -> dict[str, Verdict]:
    return {member.member.pipeline: member.judged.verdict for member in board.members}


def test_the_same_seed_and_moment_tell_the_same_story() -> None:
    story = demo.story(7, UNTIL, length=40)
    assert demo.story(7, UNTIL, length=40) == story
    assert demo.story(8, UNTIL, length=40)[1] != story[1]


def test_every_row_says_it_is_demo_and_can_land(story: tuple[pa.Table, pa.Table]) -> None:
    for table, rows in zip((READS, PIPELINE_RUNS), story, strict=True):
        assert pc.unique(rows["source"]).to_pylist() == ["demo-pipelines"]
        assert check(table, rows)[1] == []


def test_it_tells_two_years_of_about_forty_pipelines(story: tuple[pa.Table, pa.Table]) -> None:
    runs = story[1]
    assert pc.min(runs["at"]).as_py() < UNTIL - timedelta(days=729)
    assert pc.max(runs["observed_at"]).as_py() <= UNTIL
    assert len(pc.unique(runs["pipeline"])) == len(demo.HABITS) == 45
    assert RULES.pipelines <= demo.HABITS.keys()


@pytest.mark.usefixtures("landed")
def test_last_night_has_a_few_incidents_and_one_run_still_at_work() -> None:
    found = verdicts(board("2026-11-20"))
    assert found["telephonie_master"] is Verdict.WARNING
    assert found["indem_paiements_master"] is Verdict.KO
    assert found["sitecom_claims_master"] is Verdict.KO
    assert found["sitecom_external_lesfurets_master"] is Verdict.WARNING
    assert found["client_scoring"] is Verdict.RUNNING
    assert found["accounting_cube_monthly_master"] is Verdict.NOT_DUE


def test_one_flow_gets_slower_by_the_day(story: tuple[pa.Table, pa.Table]) -> None:
    runs = story[1]
    mine = runs.filter(
        pc.and_(pc.equal(runs["pipeline"], "sitecom_accounting_master"), pc.is_valid(runs["duration_s"]))
    )
    took = mine.sort_by("at")["duration_s"].to_pylist()
    assert median(took[-5:]) > 2 * median(took[-70:-60])


@pytest.mark.usefixtures("landed")
def test_one_night_a_family_never_started() -> None:
    night = board((date(2026, 11, 20) - timedelta(days=demo.MISSING_NIGHT)).isoformat())
    assert {f.family.key: f.verdict for f in night.families}["solaris"] is Verdict.KO


@pytest.mark.usefixtures("landed")
def test_vigies_own_backups_and_readings_are_judged_as_any_other() -> None:
    last, then = (board((date(2026, 11, 20) - timedelta(days=age)).isoformat()) for age in (0, demo.SAME_SIZE_NIGHT))
    mine = [
        {name: verdict for name, verdict in verdicts(one).items() if name.startswith("vigie_")} for one in (last, then)
    ]
    assert mine == [
        {"vigie_backup": Verdict.OK, "vigie_read_demo-jira": Verdict.OK},
        {"vigie_backup": Verdict.WARNING, "vigie_read_demo-jira": Verdict.OK},
    ]


@pytest.mark.usefixtures("landed")
@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_the_nights_when_the_clock_changes_are_whole(day: str, hours: int) -> None:
    found = board(day)
    assert found.night.end - found.night.start == timedelta(hours=hours)
    assert all(m.judged.counted for m in found.members if m.expected.due)


@pytest.mark.usefixtures("landed")
def test_the_week_of_incidents_is_worse_than_an_ordinary_one() -> None:
    def incidents(ages: range) -> int:
        return sum(len(board((date(2026, 11, 20) - timedelta(days=age)).isoformat()).incidents) for age in ages)

    assert incidents(demo.INCIDENT_WEEK) > 3 * incidents(range(18, 25))


@pytest.mark.usefixtures("landed")
def test_pipelines_in_no_family_are_listed() -> None:
    names = {run.pipeline for run in board("2026-11-20").unassigned}
    assert names == {"essai_migration_ventes", "sitecom_ctr_master_v2"}


@pytest.mark.parametrize("hour", [3, 23])
def test_at_any_hour_the_last_whole_night_has_its_incidents(hour: int) -> None:
    until = datetime(2026, 11, 20, hour, 30, tzinfo=UTC)
    runs = demo.story(7, until, length=3)[1]
    last = "2026-11-19" if hour < 6 else "2026-11-20"
    night = RULES.night_of(date.fromisoformat(last))
    failed = runs.filter(
        pc.and_(
            pc.equal(runs["status"], "FAILED"),
            pc.and_(pc.greater_equal(runs["at"], night.start), pc.less(runs["at"], night.end)),
        )
    )
    assert {"indem_paiements_master", "sitecom_claims_master"} <= set(failed["pipeline"].to_pylist())


@pytest.mark.usefixtures("data")
def test_told_anew_a_day_later_the_story_stands_in_place_of_the_older_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIE_DEMO_DAYS", "5")
    settings.cache_clear()
    demo.make(7, UNTIL)
    demo.make(7, UNTIL + timedelta(days=1))
    reads, runs = demo.story(7, UNTIL + timedelta(days=1), length=5)
    assert lake().scan("pipeline_runs").read_all().num_rows == len(pc.unique(runs["run_id"]))
    assert lake().scan("source_reads").read_all().num_rows == len(reads)


def test_on_every_day_the_planted_incidents_are_the_same() -> None:
    for age in range(400):
        until = UNTIL + timedelta(days=age)
        runs = demo.story(7, until, length=1)[1]
        last = runs.filter(pc.greater_equal(runs["at"], RULES.night_of(until.date()).start)).to_pylist()
        ended = {run["pipeline"]: run for run in last if run["ended_at"] and run["attempt"] == 1}
        assert f"{local(ended['telephonie_master']['started_at']):%H:%M}" == "01:42", until
        failed = {pipeline for pipeline, run in ended.items() if run["status"] == "FAILED"}
        planted = {"indem_paiements_master", "sitecom_claims_master", "sitecom_external_lesfurets_master"}
        assert failed == planted, until
        assert {run["pipeline"] for run in last if run["attempt"] == 2} == {"sitecom_external_lesfurets_master"}, until
        assert "client_scoring" not in ended, until


def test_the_desk_tells_of_incidents_with_past_notes_one_closed_one_silenced_and_a_message_sent(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIGIE_DEMO", "1")
    monkeypatch.setenv("VIGIE_DEMO_DAYS", "70")
    settings.cache_clear()
    store().upgrade()
    for _again in range(2):
        demo_desk.make(7, UNTIL)
    with store().read() as connection:
        desk = desk_at(connection, [family.key for family in RULES.families], UNTIL)
        steps = connection.scalars(sa.select(incident_steps.c.action)).all()
        waits = connection.scalars(sa.select(outbox.c.state)).all()
        [message] = messages(connection, date(2026, 11, 20))
    (worst,) = [one for one in desk.open.values() if one.verdict is Verdict.KO]
    assert worst.scope == "indemnisation/indem_paiements_master"
    with store().read() as connection:
        known = desk_at(connection, ["indemnisation"], UNTIL, [worst.scope])
    assert [len(one.notes) for one in known.last_times(worst.key)] == [1, 1, 1]
    assert [one.until > UNTIL for one in desk.silences] == [True]
    assert steps.count("closed") == 1
    assert sorted(waits) == ["held", "sent"]
    assert (message.night, message.who, message.sent_at is not None) == (date(2026, 11, 19), "duty", True)
