"""What holds of every verdict, whatever the runs."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.base.i18n import speaking
from core.base.status import LOOKS, Verdict
from pages.pipelines import rules
from pages.pipelines.expected import Expected, expect
from pages.pipelines.facts import RunStatus
from pages.pipelines.known import Reading, Run, Usual
from pages.pipelines.verdicts import Beside, Judged, judge
from pages.pipelines.why import sentence

RULES = rules.load(rules.HERE / "rules.yml", rules.HERE / "demo_rules.yml")
NIGHT = RULES.night_of(date(2026, 11, 20))
FAMILY = RULES.families[0]
WINDOWED = expect(FAMILY.members[0], FAMILY, NIGHT, RULES.night[0].due_by)
DUE_BY = NIGHT.start + timedelta(hours=13)
OPEN_ENDED = replace(WINDOWED, windowed=False, opens=NIGHT.start, earliest=NIGHT.start, closes=DUE_BY, deadline=DUE_BY)
MONTHLY = replace(OPEN_ENDED, due=False)


@st.composite
def some_run(draw: st.DrawFn, status: RunStatus | None = None) -> Run:
    state = status or draw(st.sampled_from(list(RunStatus)))
    begin = NIGHT.start + timedelta(minutes=draw(st.integers(0, 1200)))
    end = begin + timedelta(minutes=draw(st.integers(0, 120)))
    ended = state not in (RunStatus.RUNNING, RunStatus.QUEUED)
    return Run(
        source="essai",
        run_id=draw(st.text("abcdef", min_size=12, max_size=12)),
        attempt=draw(st.sampled_from([None, 1, 2])),
        pipeline="telephonie_master",
        at=begin,
        started_at=None if state is RunStatus.QUEUED else begin,
        ended_at=end if ended else None,
        duration_s=None,
        status=state,
    )


some_runs = st.lists(some_run(), max_size=6, unique_by=lambda run: run.run_id)
expectations = st.sampled_from([WINDOWED, OPEN_ENDED, MONTHLY])
moments = st.integers(0, 1440).map(lambda minutes: NIGHT.start + timedelta(minutes=minutes))
readings = st.one_of(st.just(Reading(None, None)), moments.map(lambda until: Reading("essai", until)))


def severity(judged: Judged) -> int:
    return LOOKS[judged.verdict].severity


@given(some_runs, some_run(RunStatus.FAILED), expectations, readings, moments)
def test_one_more_failure_never_makes_a_verdict_greener(
    runs: list[Run], failure: Run, expected: Expected, reading: Reading, as_of: datetime
) -> None:
    before = judge(runs, expected, reading, as_of)
    after = judge([*runs, failure], expected, reading, as_of)
    assert severity(after) >= severity(before)


@given(st.data(), some_runs, expectations, readings, moments)
def test_the_order_in_which_runs_are_told_changes_nothing(
    data: st.DataObject, runs: list[Run], expected: Expected, reading: Reading, as_of: datetime
) -> None:
    shuffled = data.draw(st.permutations(runs))
    assert judge(shuffled, expected, reading, as_of) == judge(runs, expected, reading, as_of)


@given(st.lists(some_run(RunStatus.QUEUED), max_size=2), expectations, readings, moments)
def test_before_the_deadline_absence_is_never_ko(
    queued: list[Run], expected: Expected, reading: Reading, as_of: datetime
) -> None:
    early = min(as_of, expected.deadline - timedelta(seconds=1))
    assert judge(queued, expected, reading, early).verdict is not Verdict.KO


@given(some_runs, expectations, readings, readings, moments)
def test_what_a_source_is_not_known_of_decides_about_absence_alone(
    runs: list[Run], expected: Expected, reading: Reading, later: Reading, as_of: datetime
) -> None:
    before, after = sorted((reading, later), key=lambda one: one.until or NIGHT.start)
    if judge(runs, expected, before, as_of).verdict in (Verdict.KO, Verdict.OK):
        assert severity(judge(runs, expected, after, as_of)) >= severity(judge(runs, expected, before, as_of))


@given(st.lists(some_run(RunStatus.QUEUED), max_size=2), expectations, moments)
def test_absence_is_unknown_where_the_source_was_last_read_before_the_deadline(
    queued: list[Run], expected: Expected, as_of: datetime
) -> None:
    late, early = max(as_of, expected.deadline), Reading("essai", expected.deadline - timedelta(seconds=1))
    verdict = judge(queued, expected, early, late).verdict
    assert verdict is Verdict.UNKNOWN or not expected.due


@given(some_runs, expectations, readings, moments)
def test_only_good_runs_and_nothing_else_give_ok(
    runs: list[Run], expected: Expected, reading: Reading, as_of: datetime
) -> None:
    judged = judge(runs, expected, reading, as_of)
    if judged.verdict is Verdict.OK:
        harmless = {RunStatus.SUCCEEDED, RunStatus.WARNING, RunStatus.CANCELLED, RunStatus.SKIPPED}
        assert {run.status for run in judged.counted} <= harmless
        assert judged.decisive is not None
        assert judged.decisive.status is RunStatus.SUCCEEDED


@given(some_runs, expectations, readings, moments, st.sampled_from(["fr", "en"]))
def test_every_verdict_says_why_in_one_sentence(
    runs: list[Run], expected: Expected, reading: Reading, as_of: datetime, language: str
) -> None:
    with speaking(language):
        said = sentence(judge(runs, expected, reading, as_of).told)
    assert said
    assert "{" not in said


def ran(minutes: int, status: RunStatus = RunStatus.SUCCEEDED) -> Run:
    begin = datetime(2026, 11, 19, 23, 5, tzinfo=UTC)
    ended = None if status is RunStatus.RUNNING else begin + timedelta(minutes=minutes)
    return Run("essai", "1", 1, "telephonie_master", begin, begin, ended, None, status)


AS_OF = datetime(2026, 11, 20, 0, 20, tzinfo=UTC)
READ = Reading("essai", AS_OF)
USUAL = Usual(middle=720.0, deviation=0.0, count=30)


def test_a_run_much_slower_than_its_history_gets_a_remark_and_keeps_its_verdict() -> None:
    slow = judge([ran(48)], WINDOWED, READ, AS_OF, Beside(USUAL))
    assert slow.verdict is Verdict.OK
    with speaking("en"):
        assert sentence(slow.remarks) == "unusually long: 48\u202fmin, usually 12\u202fmin"


def test_a_usual_run_a_run_without_enough_history_and_a_failure_get_none() -> None:
    assert judge([ran(13)], WINDOWED, READ, AS_OF, Beside(USUAL)).remarks == ()
    assert judge([ran(48)], WINDOWED, READ, AS_OF, Beside(replace(USUAL, count=9))).remarks == ()
    assert judge([ran(48)], WINDOWED, READ, AS_OF).remarks == ()
    assert judge([ran(48, RunStatus.FAILED)], WINDOWED, READ, AS_OF, Beside(USUAL)).remarks == ()


def test_a_run_at_work_for_much_longer_than_usual_gets_a_remark() -> None:
    judged = judge([ran(0, RunStatus.RUNNING)], WINDOWED, READ, AS_OF, Beside(USUAL))
    assert judged.verdict is Verdict.RUNNING
    with speaking("en"):
        assert sentence(judged.remarks) == "unusually long: 1\u202fh\u202f15\u202fmin, usually 12\u202fmin"


def test_of_two_attempts_started_together_the_second_counts() -> None:
    failed = replace(ran(3, RunStatus.FAILED), run_id="1")
    again = replace(ran(8), run_id="2", attempt=2)
    assert judge([failed, again], WINDOWED, READ, AS_OF).verdict is Verdict.WARNING
    assert judge([replace(failed, attempt=2), replace(again, attempt=1)], WINDOWED, READ, AS_OF).verdict is Verdict.KO


def test_two_equal_rows_are_two_runs() -> None:
    judged = judge([ran(5), replace(ran(5), run_id="2")], WINDOWED, READ, AS_OF)
    assert (judged.verdict, len(judged.counted)) == (Verdict.OK, 2)
