"""Lists of jobs as conman prints them become runs."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.base import clock
from core.base.errors import SourceFailed
from core.base.i18n import speaking
from core.sources.base import Batch, Cursor, Source
from pages.pipelines.sources.tws import Tws, TwsOptions
from pages.pipelines.tests.schedulers import rows
from pages.pipelines.tests.test_sources import left, reasons

PRINTED = datetime(2026, 11, 20, 0, 50, tzinfo=UTC)
LIST = """\
TWS for UNIX (SOLARIS)/CONMAN 10.2
Installed for user 'twsuser'.
Schedule (Exp) 11/19/26 (#5120) on MASTER. Batchman LIVES. Limit: 10
%sj @#@.@
                                                            (Est)   (Est)
CPU     Schedule   SchedTime  Job            State  Pr  Start   Elapse  RetCode  Deps

SRVPROD#NIGHT_CLM  2300 11/19 ************** ABEND  10  23:01   02:00
                              LOAD_CLAIMS    SUCC   10  23:01   00:45        0
                              CLEAN          ABEND  10  00:14   00:03       12
                              >> rerun as
                              CLEAN          SUCC   10  00:30   00:05        0
                              (FTA01#)SEND   SUCC  +10  00:36   00:02        0  #J12077
                              URGENT         SUCC   GO  00:39   00:01        0  #J12080
                              EXPORT         EXEC   10  01:40  (00:20)
                              MAIL           READY  10 (02:00) (00:01)           EXPORT
SRVPROD #DAY       0600 11/20 ************** HOLD   10 (06:00)
                              >> every run POLL SUCC 10 11/20 00:01 0
                              WAITS          DONE   10
wrapped at the end of a narrow terminal
"""


def read(
    path: Path, text: str, cursor: Cursor | None = None, printed: datetime = PRINTED, **options: Any
) -> list[Batch]:
    path.write_text(text, encoding="cp1252")
    os.utime(path, (printed.timestamp(),) * 2)
    told = TwsOptions(path=str(path), **options)
    with clock.at(printed), speaking("en"):
        return list(Tws().pull(Source("tws", "pipelines", "tws", told), cursor or {}))


def test_a_list_tells_jobs_and_streams_past_midnight(data: Path) -> None:
    batches = read(data / "sj.txt", LIST)
    night, day = "SRVPROD#NIGHT_CLM@2026-11-19T23:00", "SRVPROD#DAY@2026-11-20T06:00"
    at = datetime(2026, 11, 19, 22, 1, tzinfo=UTC)
    assert rows(batches, "pipeline", "run_id", "status", "started_at", "duration_s") == [
        ("NIGHT_CLM", night, "FAILED", at, 7200.0),
        ("NIGHT_CLM/LOAD_CLAIMS", f"{night}.LOAD_CLAIMS", "SUCCEEDED", at, 2700.0),
        ("NIGHT_CLM/CLEAN", f"{night}.CLEAN", "FAILED", datetime(2026, 11, 19, 23, 14, tzinfo=UTC), 180.0),
        ("NIGHT_CLM/CLEAN", f"{night}.CLEAN#2", "SUCCEEDED", datetime(2026, 11, 19, 23, 30, tzinfo=UTC), 300.0),
        ("NIGHT_CLM/SEND", f"{night}.SEND", "SUCCEEDED", datetime(2026, 11, 19, 23, 36, tzinfo=UTC), 120.0),
        ("NIGHT_CLM/URGENT", f"{night}.URGENT", "SUCCEEDED", datetime(2026, 11, 19, 23, 39, tzinfo=UTC), 60.0),
        ("NIGHT_CLM/EXPORT", f"{night}.EXPORT", "RUNNING", datetime(2026, 11, 20, 0, 40, tzinfo=UTC), None),
        ("NIGHT_CLM/MAIL", f"{night}.MAIL", "QUEUED", None, None),
        ("DAY", day, "QUEUED", None, None),
        ("DAY/POLL", f"{day}.POLL", "SUCCEEDED", None, None),
        ("DAY/WAITS", f"{day}.WAITS", "UNKNOWN", None, None),
    ]
    assert rows(batches, "error_code", "attempt", "rerun_of", "parent_run_id", "trigger")[2:4] == [
        ("12", 1, None, night, None),
        (None, 2, f"{night}.CLEAN", night, "rerun as"),
    ]
    assert rows(batches, "trigger")[9] == ("every run",)
    assert reasons(batches) == ["This is no line of a list of jobs: it may have been wrapped (MAESTROCOLUMNS)."]
    assert batches[-1].covers_until == PRINTED


def test_a_list_that_did_not_change_is_not_read_again(data: Path) -> None:
    cursor = left(read(data / "sj.txt", LIST), {})
    assert rows(read(data / "sj.txt", LIST, cursor), "run_id") == []
    assert len(rows(read(data / "sj.txt", LIST, cursor, datetime(2026, 11, 20, 1, tzinfo=UTC)), "run_id")) == 11


@pytest.mark.parametrize(
    ("day", "options", "printed", "scheduled"),
    [
        ("12/31", {}, datetime(2027, 1, 1, 6, tzinfo=UTC), datetime(2026, 12, 31, 22, tzinfo=UTC)),
        ("01/01", {}, datetime(2026, 12, 31, 22, tzinfo=UTC), datetime(2027, 1, 1, 22, tzinfo=UTC)),
        ("02/29", {}, datetime(2027, 3, 1, tzinfo=UTC), datetime(2028, 2, 29, 22, tzinfo=UTC)),
        ("05/11", {"day_first": True}, datetime(2026, 11, 6, tzinfo=UTC), datetime(2026, 11, 5, 22, tzinfo=UTC)),
        ("19/11", {}, PRINTED, datetime(2026, 11, 19, 22, tzinfo=UTC)),
    ],
)
def test_the_year_is_the_one_nearest_to_the_file(
    data: Path, day: str, options: dict[str, Any], printed: datetime, scheduled: datetime
) -> None:
    text = (
        f"UT  Planning  HeurePlan  Travail  \xc9tat Pr D\xe9but Dur\xe9e CodRet D\xe9p\nA#FLOT 2300 {day} JOB HOLD 10\n"
    )
    assert rows(read(data / "sj.txt", text, printed=printed, **options), "scheduled_at") == [(scheduled,)]


@pytest.mark.parametrize(
    "headings",
    [
        "CPU  Schedul.  OraSched  Job  Stato  Pr  Inizio  Durata  CodRit  Dip",
        "Workstation  Ablauf  Planzeit  Jobname  Status  Prio  Beginn  Dauer  RC  Abh",
    ],
    ids=["Italian", "German"],
)
def test_a_list_is_known_by_its_streams_whatever_the_language_of_its_headings(data: Path, headings: str) -> None:
    wide = " " * 40
    text = (
        f"%sj @#@.@\n{headings}\nPRD_1{wide}#CHAIN{wide}2300 11/19{wide}*****{wide}SUCC 10 23:01 25:05\n"
        f"{wide}{'A' * 40}{wide}SUCC{wide}10{wide}23:01{wide}01:05{wide}0\n"
    )
    batches = read(data / "sj.txt", text)
    assert rows(batches, "pipeline", "status", "duration_s") == [
        ("CHAIN", "SUCCEEDED", 90_300.0),
        (f"CHAIN/{'A' * 40}", "SUCCEEDED", 3_900.0),
    ]
    assert reasons(batches) == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "sj.txt is no list of jobs as conman sj prints it."),
        ("Nom;Statut\na;OK\n", "sj.txt is no list of jobs as conman sj prints it."),
    ],
)
def test_a_file_that_is_no_list_says_so(data: Path, text: str, sentence: str) -> None:
    with pytest.raises(SourceFailed) as failed:
        read(data / "sj.txt", text)
    assert failed.value.sentence == sentence


@pytest.mark.parametrize("line", ["A#B 2300 13/13 JOB SUCC 10", "   JOB SUCC 10 23:00", "A#B 2300 02/30 JOB SUCC"])
def test_a_job_of_no_stream_or_no_day_is_refused(data: Path, line: str) -> None:
    batches = read(data / "sj.txt", f"CPU Schedule SchedTime Job State Pr Start Elapse RetCode Deps\n{line}\n")
    assert (rows(batches, "run_id"), len(reasons(batches))) == ([], 1)


def test_a_zone_that_is_none_is_told() -> None:
    with speaking("en"), pytest.raises(ValueError, match="Europe/Parys is no time zone"):
        TwsOptions(path="incoming/a.txt", timezone="Europe/Parys")
