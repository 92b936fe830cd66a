"""What a log of few lines and a rule of few words make of a night: landed, asked and judged as a screen does it.

A line is `pipeline;state;start;end`, in the clock of Paris; without a date, of 20 November 2026, a Friday.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.base.i18n import speaking
from core.base.periods import Grain
from core.base.status import Verdict
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from pages.pipelines import rules
from pages.pipelines.board import Board, Known
from pages.pipelines.board import board as board_of_runs
from pages.pipelines.facts import RunStatus
from pages.pipelines.figures import rates
from pages.pipelines.known import Run
from pages.pipelines.night import board_of
from pages.pipelines.passing import passing
from pages.pipelines.streaks import Streak, streaks
from pages.pipelines.tests.landed import land_reads, land_runs, run
from pages.pipelines.why import sentence

pytestmark = pytest.mark.usefixtures("data")
PARIS = ZoneInfo("Europe/Paris")
NIGHT = 'night: {turns_at: "18:00", due_by: "07:00"}\n'
BEFORE = "p;SUCCESS;18/11/2026 00:10;18/11/2026 00:20"
"""So that the source has told of p before."""


def family(*rest: str, pipelines: str = "p") -> str:
    members = ", ".join(f"{{pipeline: {name}, required: true}}" for name in pipelines.split())
    return f"{NIGHT}families: [{{{', '.join(('key: a', 'name: A', f'members: [{members}]', *rest))}}}]\n"


def window(opens: str, closes: str) -> str:
    return f'window: {{from: "{opens}", to: "{closes}"}}'


def cron(text: str, *rest: str) -> str:
    return f"calendar: {{{', '.join((f'cron: {text!r}', *rest))}}}"


BARE = family()
ONE = family(window("00:00", "01:30"))
STEPS = f"""{NIGHT}families:
  - key: a
    name: A
    steps: [{{name: c}}, {{name: k}}]
    members: [{{pipeline: clients, step: c}}, {{pipeline: contrats, step: k}}]
"""


def evening(calendar: str) -> str:
    return family(window("20:30", "21:00"), f"calendar: {calendar}")


def paris(text: str) -> datetime:
    day, _space, hour = text.strip().rpartition(" ")
    form = "%d/%m/%Y %H:%M:%S.%f" if "." in hour else "%d/%m/%Y %H:%M:%S" if hour.count(":") == 2 else "%d/%m/%Y %H:%M"
    return datetime.strptime(f"{day or '20/11/2026'} {hour}", form).replace(tzinfo=PARIS).astimezone(UTC)


def utc_text(text: str) -> str:
    return paris(text).replace(tzinfo=None).isoformat(" ") if text.strip() else ""


def land(*lines: str, source: str = "journal") -> None:
    rows = []
    for number, line in enumerate(lines):
        pipeline, word, start, end, *more = line.split(";")
        given = dict(one.split("=") for one in more)
        told = run(pipeline, utc_text(start or end), utc_text(end), word, run_id=f"{number}", source=source)
        plan = {"scheduled_at": paris(given.pop("scheduled_at"))} if "scheduled_at" in given else {}
        length = {"duration_s": float(given.pop("duration_s")), "started_at": None} if "duration_s" in given else {}
        rows.append({**told, **given, **plan, **length})
    land_runs(*rows)


def judged(rule: str, *, night: str = "2026-11-20", asked: str = "08:00", read: str | None = None) -> Board:
    """The board at a moment (of the night's date, Paris), the source read just before it."""
    file = Path("rules.yml")
    file.write_text(rule, encoding="utf-8")
    day = f"{date.fromisoformat(night):%d/%m/%Y}"
    as_of = paris(asked if "/" in asked else f"{day} {asked}")
    read = read or f"{as_of.astimezone(PARIS):%d/%m/%Y %H:%M}"
    land_reads(utc_text(read if "/" in read else f"{day} {read}"))
    told = rules.load(file)
    return board_of(warehouse().reader(EVERYTHING), told, told.night_of(date.fromisoformat(night)), as_of, replay=False)


def said(board: Board) -> tuple[str, str]:
    [one] = board.families
    with speaking("en"):
        return one.verdict.value, sentence(one.why).replace("\u202f", " ").replace("\u00a0", " ")


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@dataclass(frozen=True)
class Case:
    """What holds, the rule, the log, and what the family's line says; `asked` and `read` are hours of the night."""

    what: str
    rule: str
    log: tuple[str, ...]
    verdict: str
    why: str
    night: str = "2026-11-20"
    asked: str = "08:00"
    read: str | None = None


def nightly(hour: str, *days: int, minutes: int = 8) -> tuple[str, ...]:
    """A good run at an hour of some days of November."""
    start = datetime.strptime(hour, "%H:%M")
    end = f"{start.hour:02}:{start.minute + minutes:02}"
    return tuple(f"p;SUCCESS;{day:02}/11/2026 {hour};{day:02}/11/2026 {end}" for day in days)


PROVEN = [
    Case("a good run stays good whatever the source is not known of", BARE, ("p;SUCCESS;02:00;02:10",), "OK",
         "1 of 1 in success", asked="07:01", read="06:59"),
    Case("a failure stays one", BARE, ("p;FAILED;02:00;02:10",), "KO", "p: started at 02:00; failed at 02:10",
         asked="07:01", read="06:59"),
    Case("a late run stays late", ONE, ("p;SUCCESS;02:00;02:10",), "WARNING",
         "p: started at 02:00, 30 min after the window; ended in success", read="02:11"),
    Case("absence is unknown", BARE, (BEFORE,), "UNKNOWN",
         "source journal is known until Nov 20, 2026 at 06:59 only, before the window closed (07:00)",
         asked="07:01", read="06:59"),
    Case("what was at work in a window that has closed since is unknown", ONE, ("p;RUNNING;00:10;",), "UNKNOWN",
         "source journal is known until Nov 20, 2026 at 01:00 only, before the window closed (01:30)", read="01:00"),
    Case("what has started by the hour when it must have, has", BARE, ("p;RUNNING;06:50;",), "RUNNING",
         "p: started at 06:50; still at work at 06:59", asked="07:01", read="06:59"),
    Case("no reading knows what comes after it", BARE, (BEFORE,), "UNKNOWN",
         "source journal is known until Nov 20, 2026 at 06:00 only, before the window closed (07:00)", read="06:00"),
]  # fmt: skip
NEAR = [
    Case("a failure before the window that the night's run caught up", ONE,
         ("p;FAILED;19/11/2026 19:00;19/11/2026 19:20", "p;SUCCESS;00:10;00:20"), "WARNING",
         "p: failed at 19:20; caught up by a rerun that ended in success at 00:20"),
    Case("a failure before the window and nothing since", ONE, (BEFORE, "p;FAILED;19/11/2026 19:00;19/11/2026 19:20"),
         "KO", "p: started at 19:00, 5 h 00 min before the window; failed at 19:20"),
    Case("a failure and its rerun before the window", ONE,
         ("p;FAILED;19/11/2026 19:00;19/11/2026 19:20", "p;SUCCESS;19/11/2026 19:30;19/11/2026 19:40"), "KO",
         "p: ended in success at 19:40, before the window; never started again by 01:30"),
    Case("a run that hangs since the night before", ONE, (BEFORE, "p;RUNNING;19/11/2026 00:10;"), "KO",
         "p: at work since Nov 19, 2026 at 00:10"),
    Case("one that hangs for a week", BARE, (BEFORE, "p;RUNNING;13/11/2026 00:10;"), "KO", "p: never started by 07:00"),
    Case("one that hangs for a week and was the last", BARE, ("p;RUNNING;13/11/2026 00:10;",), "KO",
         "p: at work since Nov 13, 2026 at 00:10"),
    Case("one that hangs, before the hour", ONE, ("p;RUNNING;19/11/2026 17:50;",), "RUNNING",
         "p: at work since Nov 19, 2026 at 17:50", asked="00:30"),
    Case("one that waits since the night before", ONE, (BEFORE, "p;QUEUED;19/11/2026 00:10;"), "KO",
         "p: never started by 01:30; queued since Nov 19, 2026 at 00:10"),
    Case("a run of the day before that reached the window", ONE, (BEFORE, "p;SUCCESS;19/11/2026 17:55;00:40"),
         "WARNING", "p: started at 17:55, 6 h 05 min before the window; ended in success at 00:40"),
    Case("one that failed in the window", ONE, (BEFORE, "p;FAILED;19/11/2026 17:55;00:40"), "KO",
         "p: started at 17:55, 6 h 05 min before the window; failed at 00:40"),
    Case("one that was over before the window", ONE, (BEFORE, "p;SUCCESS;19/11/2026 17:55;19/11/2026 18:40"), "KO",
         "p: never started by 01:30"),
    Case("an early run within the grace", family(window("01:00", "01:30"), "grace: 10"),
         (BEFORE, "p;SUCCESS;00:59:30;00:59:55"), "OK", "1 of 1 in success"),
    Case("an early run that ended in the window", family(window("01:00", "01:30"), "grace: 10"),
         (BEFORE, "p;SUCCESS;00:59:30;01:10"), "OK", "1 of 1 in success"),
    Case("an early run beyond the grace", family(window("01:00", "01:30"), "grace: 10"),
         (BEFORE, "p;SUCCESS;00:49;01:10"), "WARNING",
         "p: started at 00:49, 11 min before the window; ended in success at 01:10"),
    Case("an early run, and the window still open", ONE, ("p;SUCCESS;19/11/2026 19:00;19/11/2026 19:20",), "NOT DUE",
         "p: not started yet, expected from 00:00 to 01:30; ended in success at 19:20, before the window",
         asked="00:30"),
    Case("a cancelled early run", ONE, ("p;CANCELLED;19/11/2026 19:00;19/11/2026 19:20",), "KO",
         "p: cancelled at 19:20, before the window; never started again by 01:30"),
    Case("a name in another case", family(pipelines="telephonie_master"), ("Telephonie_Master;SUCCESS;02:00;02:10",),
         "OK", "1 of 1 in success"),
    Case("a plan is no reading", BARE, (BEFORE, "q;QUEUED;01/01/2099 00:00;;scheduled_at=01/01/2099 00:00"), "UNKNOWN",
         "source journal is known until Nov 19, 2026 at 00:10 only, before the window closed (07:00)",
         read="19/11/2026 00:10"),
    Case("a source that told of it long ago", family(cron("10 0 1 1,4,7,10 *")),
         ("p;SUCCESS;01/07/2026 00:10;01/07/2026 00:20",), "KO", "p: never started by 07:00", night="2026-10-01"),
]  # fmt: skip
CALENDARS = [
    Case("an evening job of a Friday", evening("working days"), nightly("20:35", 16, 17, 18, 19), "KO",
         "p: never started by 21:00", night="2026-11-21"),
    Case("no evening job of a Sunday", evening("working days"), nightly("20:35", 16, 17, 18, 19), "NOT DUE",
         "nothing is expected this night", night="2026-11-23"),
    Case("an evening job that is late", evening("working days"),
         (*nightly("20:35", 16, 17, 18, 19), *nightly("23:00", 20, minutes=10)), "WARNING",
         "p: started at 23:00, 2 h 00 min after the window; ended in success", night="2026-11-21"),
    Case("no evening job of the first on the day before", evening("{day_of_month: 1}"), nightly("20:35", 9), "NOT DUE",
         "nothing is expected this night", night="2026-12-01"),
    Case("an evening job of the first", evening("{day_of_month: 1}"), nightly("20:35", 9), "KO",
         "p: never started by 21:00", night="2026-12-02"),
    Case("a cron and working days speak of one date", evening("{cron: '30 20 * * 1-5', days: working}"),
         nightly("20:35", 9), "KO", "p: never started by 21:00", night="2026-11-21"),
    Case("a cron and a public holiday", evening("{cron: '30 20 * * 1-5', days: working}"), nightly("20:35", 9),
         "NOT DUE", "nothing is expected this night", night="2026-11-12"),
    Case("a family goes by its own clock", family(window("03:00", "04:00"), "time_zone: Pacific/Noumea"),
         ("p;SUCCESS;19/11/2026 17:10;19/11/2026 17:20",), "OK", "1 of 1 in success"),
    Case("its run of the next night is another one's", family(window("03:00", "04:00"), "time_zone: Pacific/Noumea"),
         (BEFORE, "p;SUCCESS;20/11/2026 17:10;20/11/2026 17:20"), "KO", "p: never started by 18:00", asked="17:50"),
    Case("a first of the month on a Sunday is due on the next working day",
         family("calendar: {days: working, day_of_month: 1}"), nightly("02:00", 1), "KO", "p: never started by 07:00",
         night="2026-11-02"),
    Case("and on that day alone", family("calendar: {days: working, day_of_month: 1}"), nightly("02:00", 1), "NOT DUE",
         "nothing is expected this night", night="2026-11-03"),
    Case("a last of the month on a Saturday is due in the next month",
         family("calendar: {days: working, day_of_month: 31}"), nightly("02:00", 1), "KO", "p: never started by 07:00",
         night="2026-11-02"),
]  # fmt: skip
HOW_OFTEN = [
    Case("hourly, once in a night", family(cron("0 * * * *")), (BEFORE, "p;SUCCESS;19/11/2026 19:00;19/11/2026 19:02"),
         "KO", "p: 13 of 14 starts never came: 18:00, 20:00, 21:00…"),
    Case("hourly, one hour lacks", family(cron("0 * * * *")),
         tuple(f"p;SUCCESS;19/11/2026 {hour}:00;19/11/2026 {hour}:02" for hour in (18, 19, 21, 22)), "WARNING",
         "p: 1 of 5 starts never came: 20:00", asked="19/11/2026 23:10"),
    Case("hourly, every hour some seconds early or late", family(cron("0 * * * *")),
         ("p;SUCCESS;19/11/2026 18:00;19/11/2026 18:02", "p;SUCCESS;19/11/2026 18:59:50;19/11/2026 19:02",
          "p;SUCCESS;19/11/2026 20:00:40;19/11/2026 20:02"), "OK", "1 of 1 in success", asked="19/11/2026 21:10"),
    Case("twice a night, the second lacks", family(cron("45 9,19 * * *")),
         (BEFORE, "p;SUCCESS;19/11/2026 19:45;19/11/2026 19:47"), "KO", "p: 1 of 2 starts never came: 09:45",
         asked="11:00"),
    Case("twice a night, the second to come", family(cron("45 9,19 * * *")),
         ("p;SUCCESS;19/11/2026 19:45;19/11/2026 19:47",), "OK", "1 of 1 in success"),
    Case("twice a night, the source not known so far", family(cron("45 9,19 * * *")),
         ("p;SUCCESS;19/11/2026 19:45;19/11/2026 19:47",), "UNKNOWN",
         "source journal is known until Nov 20, 2026 at 09:00 only, before the window closed (10:45)", asked="11:00",
         read="09:00"),
    Case("not before its hour", family(cron("45 9 * * *")), (BEFORE,), "NOT DUE", "p: not started yet, due at 09:45"),
    Case("after its hour", family(cron("45 9 * * *")), (BEFORE,), "KO", "p: never started by 10:45", asked="11:00"),
    Case("a window says it where there is one", family(cron("45 9 * * *"), window("09:45", "10:15")), (BEFORE,),
         "NOT DUE", "p: not started yet, expected from 09:45 to 10:15"),
    Case("a run of long before its hour is another one", family(cron("45 9 * * *")), ("p;SUCCESS;02:00;02:10",), "KO",
         "p: 1 of 1 starts never came: 09:45", asked="11:00"),
]  # fmt: skip
ORDER = [
    Case("whole seconds, a duration of less", STEPS,
         ("clients;OK;02:14:37;02:14:37.91", "contrats;OK;02:14:37;02:14:38"), "OK",
         "c ended at 02:14, then k started at 02:14"),
    Case("a start by subtraction", STEPS,
         ("clients;OK;02:14:36;02:14:37", "contrats;OK;;02:14:37;duration_s=0.47"), "OK",
         "c ended at 02:14, then k started at 02:14"),
    Case("a minute of minutes", STEPS, ("clients;OK;01:20;01:40", "contrats;OK;01:39;02:00"), "WARNING",
         "k started at 01:39, before c ended at 01:40; 2 of 2 in success"),
    Case("the same minute", STEPS, ("clients;OK;01:20;01:40", "contrats;OK;01:40;02:00"), "OK",
         "c ended at 01:40, then k started at 01:40"),
    Case("two seconds of seconds", STEPS, ("clients;OK;01:20:00;01:40:03", "contrats;OK;01:40:01;02:00:00"), "WARNING",
         "k started at 01:40, before c ended at 01:40; 2 of 2 in success"),
    Case("a hundredth of hundredths", STEPS, ("clients;OK;01:20:00;01:40:03.02", "contrats;OK;01:40:03.01;02:00:00"),
         "WARNING", "k started at 01:40, before c ended at 01:40; 2 of 2 in success"),
]  # fmt: skip
CLOCK = [
    Case("an opening that the clock skips", family(window("02:00", "02:45")),
         ("p;SUCCESS;29/03/2026 01:30;29/03/2026 03:05",), "OK", "1 of 1 in success", night="2026-03-29"),
    Case("a start after the skipped hour", family(window("02:00", "02:45")),
         ("p;SUCCESS;29/03/2026 03:30;29/03/2026 03:40",), "OK", "1 of 1 in success", night="2026-03-29"),
    Case("a start before the hour that the clock skips", family(window("02:00", "02:45")),
         ("p;SUCCESS;29/03/2026 00:50;29/03/2026 03:05",), "WARNING",
         "p: started at 00:50, 1 h 10 min before the window; ended in success at 03:05", night="2026-03-29"),
]  # fmt: skip
LENGTH = [
    Case("at work for longer than it may", family("longest: 120"), ("p;RUNNING;00:10;",), "WARNING",
         "p: started at 00:10; at work for 2 h 00 min, 2 h 00 min at most", asked="02:10"),
    Case("at work for as long as it may", family("longest: 120"), ("p;RUNNING;00:10;",), "RUNNING",
         "p: started at 00:10; still at work at 02:09", asked="02:09"),
    Case("took longer than it may", family("longest: 120"), ("p;SUCCESS;00:10;02:11",), "WARNING",
         "p: started at 00:10; took 2 h 01 min, 2 h 00 min at most"),
    Case("took as long as it may", family("longest: 120"), ("p;SUCCESS;00:10;02:10",), "OK", "1 of 1 in success"),
]  # fmt: skip
DATES = f"""{NIGHT}families:
  - key: a
    name: A
    until: 2026-11-19
    window: {{from: "00:00", to: "01:30"}}
    members: [{{pipeline: q, required: true}}, {{pipeline: p, required: true, since: 2026-11-20}}]
  - key: a
    name: A
    since: 2026-11-20
    window: {{from: "02:00", to: "03:30"}}
    members: [{{pipeline: q, required: true}}, {{pipeline: p, required: true, since: 2026-11-20}}]
"""
PAST = [
    Case("a pipeline is not expected before its rule", DATES, ("q;SUCCESS;10/11/2026 00:10;10/11/2026 00:20",
         "p;SUCCESS;02:00;02:10"), "OK", "1 of 1 in success", night="2026-11-10"),
    Case("a night keeps the window of then", DATES, ("q;SUCCESS;19/11/2026 00:10;19/11/2026 00:20",
         "p;SUCCESS;02:00;02:10"), "OK", "1 of 1 in success", night="2026-11-19"),
    Case("and another one that of now", DATES, ("q;SUCCESS;00:10;00:20", "p;SUCCESS;02:00;02:10"), "KO",
         "q: ended in success at 00:20, before the window; never started again by 03:30"),
]  # fmt: skip
CASES = [*PAST, *PROVEN, *NEAR, *CALENDARS, *HOW_OFTEN, *ORDER, *CLOCK, *LENGTH]


@pytest.mark.parametrize("case", CASES, ids=[case.what for case in CASES])
def test_a_log_and_a_rule_make_a_verdict(case: Case) -> None:
    land(*case.log)
    board = judged(case.rule, night=case.night, asked=case.asked, read=case.read)
    assert said(board) == (case.verdict, case.why)


CHILD = """{night}families:
  - {{key: a, name: A, child_rerun: {follows}, members: [{{pipeline: m, required: true}}]}}
"""


@pytest.mark.parametrize(("follows", "verdict"), [("KO", "KO"), ("WARNING", "WARNING")])
def test_a_failure_through_a_child_names_it_and_its_rerun(follows: str, verdict: str) -> None:
    land(
        "m;FAILED;01:00;01:30;run_id=m1",
        "c;FAILED;01:10;01:29;run_id=c1;parent_run_id=m1",
        "c;SUCCESS;06:00;06:20;run_id=c2;rerun_of=c1",
    )
    board = judged(CHILD.format(night=NIGHT, follows=follows))
    why = "m: started at 01:00; failed at 01:30; its child c failed at 01:29 and succeeded in a rerun at 06:20"
    assert said(board) == (verdict, why)


def test_a_family_follows_no_child_that_was_not_run_again() -> None:
    land(
        "m;FAILED;01:00;01:30;run_id=m1",
        "c;FAILED;01:10;01:29;run_id=c1;parent_run_id=m1",
        "d;FAILED;01:10;01:29;run_id=d1;parent_run_id=c1",
    )
    board = judged(CHILD.format(night=NIGHT, follows="WARNING"))
    assert said(board) == ("KO", "m: started at 01:00; failed at 01:30; its child d failed at 01:29")


def test_what_takes_unusually_long_is_an_incident_and_keeps_its_verdict() -> None:
    land(*nightly("02:00", *range(1, 20), minutes=30), "p;SUCCESS;02:00;06:00")
    [incident] = judged(BARE).incidents
    with speaking("en"):
        told = sentence(incident.why).replace("\u202f", " ")
    assert incident.verdict == "OK"
    assert told == "started at 02:00; ended in success at 06:00; unusually long: 4 h 00 min, usually 30 min"


def test_a_run_that_hangs_is_told_beside_the_night_s_own() -> None:
    land("p;RUNNING;19/11/2026 00:10;", "p;SUCCESS;00:10;00:20")
    board = judged(ONE)
    assert said(board)[0] == "OK"
    with speaking("en"):
        assert sentence(board.members[0].judged.remarks) == "another run at work since Nov 19, 2026 at 00:10"


def test_a_run_that_was_planned_long_before_or_after_its_start_is_on_its_night() -> None:
    land("p;SUCCESS;01:00;01:10;scheduled_at=01/09/2026 00:00", "q;SUCCESS;17:50;17:55;scheduled_at=20/11/2026 19:00")
    assert [run.pipeline for run in judged(family(pipelines="other")).unassigned] == ["p", "q"]


def test_a_pipeline_that_fails_night_after_night_says_how_many() -> None:
    land(
        *nightly("02:00", 12, 13),
        *(f"p;FAILED;{day}/11/2026 02:00;{day}/11/2026 02:10" for day in (14, 16, 17, 18, 20)),
        "p;FAILED;19/11/2026 02:00;19/11/2026 02:10",
        "p;SUCCESS;19/11/2026 03:00;19/11/2026 03:10",
    )
    rule = family("calendar: {cron: '0 2 * * 1-6'}")
    boards = (judged(rule, night=f"2026-11-{20 - age}", asked="20/11/2026 08:00") for age in range(9))
    assert streaks(boards) == {("a", "p"): Streak(6, date(2026, 11, 14))}


def test_nights_that_went_well_are_counted_by_month_and_week() -> None:
    days = [date(2026, 10, 26) + timedelta(days=n) for n in range(20)]
    well = [*[Verdict.OK] * 12, *[Verdict.WARNING] * 3, *[Verdict.KO] * 2, *[Verdict.OK] * 3]
    more = [
        (date(2026, 10, 25), Verdict.NOT_DUE),
        (date(2026, 11, 15), Verdict.RUNNING),
        (date(2026, 11, 14), Verdict.UNKNOWN),
        (date(2026, 9, 3), Verdict.UNKNOWN),
    ]
    with speaking("en"):
        verdicts = [
            (pd.Timestamp(day, tz="UTC"), verdict.value, 1) for day, verdict in (*zip(days, well, strict=True), *more)
        ]
        told = pd.DataFrame(verdicts, columns=["at", "verdict", "families"])
        months, weeks = (rates.rows(told, grain) for grain in (Grain.MONTH, Grain.WEEK))
    columns = ["period", "share", "nights", "OK", "WARNING", "KO", "UNKNOWN"]
    assert months[columns].values.tolist() == [
        ["November 2026", 9 / 14, 14, 9, 3, 2, 1],
        ["October 2026", 1.0, 6, 6, 0, 0, 0],
    ]
    assert weeks[columns].values.tolist() == [
        ["week of Nov 9, 2026", 3 / 6, 6, 3, 1, 2, 1],
        ["week of Nov 2, 2026", 5 / 7, 7, 5, 2, 0, 0],
        ["week of Oct 26, 2026", 1.0, 7, 7, 0, 0, 0],
    ]


moments = st.integers(0, 4 * 24 * 60).map(lambda minute: datetime(2026, 11, 18, tzinfo=UTC) + timedelta(minutes=minute))


@st.composite
def logs(draw: st.DrawFn) -> list[Run]:
    """Runs of four days, of pipelines in families and in none, planned, started and ended in any way."""
    runs = []
    for number in range(draw(st.integers(0, 12))):
        start, took = draw(st.one_of(st.none(), moments)), timedelta(minutes=draw(st.integers(0, 1500)))
        at = draw(moments) if start is None else start
        end = draw(st.sampled_from([None, at + took]))
        length = draw(st.sampled_from([None, took.total_seconds()]))
        name, state = draw(st.sampled_from(["p", "P", "q", "stray"])), draw(st.sampled_from(list(RunStatus)))
        runs.append(Run("journal", f"{number}", None, name, at, start, end, length, state))
    return sorted(runs, key=lambda run: run.order)


RULES_OF_ZONES = """families:
  - {key: a, name: A, members: [{pipeline: p}], window: {from: "22:00", to: "01:30"}}
  - {key: b, name: B, members: [{pipeline: q}], time_zone: Pacific/Noumea}
"""


@given(logs())
def test_every_run_is_on_the_board_of_one_night_as_a_member_s_or_as_nobody_s(runs: list[Run]) -> None:
    (Path("zones.yml")).write_text(NIGHT + RULES_OF_ZONES, encoding="utf-8")
    told, as_of = rules.load(Path("zones.yml")), datetime(2026, 11, 25, tzinfo=UTC)
    days = [date(2026, 11, 16) + timedelta(days=n) for n in range(9)]
    boards = [board_of_runs(runs, Known({"journal": as_of}), told, told.night_of(day), as_of) for day in days]
    seen = [run for one in boards for m in one.members for run in m.judged.counted]
    seen += [run for one in boards for run in one.unassigned]
    assert sorted(run.run_id for run in seen) == sorted(run.run_id for run in runs)


@given(logs())
def test_no_failure_is_passed_over_in_silence_and_classes_add_up(runs: list[Run]) -> None:
    (Path("zones.yml")).write_text(NIGHT + RULES_OF_ZONES, encoding="utf-8")
    told, as_of = rules.load(Path("zones.yml")), datetime(2026, 11, 25, tzinfo=UTC)
    for day in (date(2026, 11, 16) + timedelta(days=n) for n in range(9)):
        one = board_of_runs(runs, Known({"journal": as_of}), told, told.night_of(day), as_of)
        failed = {m.member.pipeline for m in one.members if m.judged.failed}
        assert failed <= {incident.pipeline for incident in one.incidents}
        assert sum(len(passing(one, (), (verdict,), None).members) for verdict in Verdict) == len(one.members)
