"""TWS (HCL Workload Automation): the list of jobs as `conman "sj @#@.@"` prints it, kept in a file.

Set `MAESTROCOLUMNS=140` and `MAESTROLINES=0` where it is printed, or lines wrap. A list says no year and, of a start,
no day: the year is the one nearest to the date of the file, and a start lies at or after the moment that its stream was
scheduled for, so past midnight where its hour is the smaller one. A time in brackets is an estimate, and nothing began.
Where the list was printed on another day it says the day of a start without its hour: the start is not known then.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pyarrow as pa
from pydantic import Field as Option

from core.base.errors import SourceFailed
from core.base.i18n import N_, _
from core.facts.check import Refused
from core.sources import folders, limits
from core.sources.base import Batch, Cursor, Options, Source
from core.sources.formats import delimited, documents
from core.sources.mapping import plain
from core.sources.reach import Files
from core.sources.values.zones import Zone
from pages.pipelines.facts import RunStatus
from pages.pipelines.sources.asked import Runs, landed
from pages.pipelines.sources.runs import RunMapping

MAPPING = RunMapping(
    columns={
        "pipeline": "pipeline",
        "run_id": "run",
        "status": "state",
        "scheduled_at": "scheduled",
        "started_at": "start",
        "duration_s": "elapsed",
        "error_code": "return code",
        "parent_run_id": "stream",
        "rerun_of": "first",
        "attempt": "attempt",
        "trigger": "why",
    },
    key=["run"],
    statuses={"DONE": RunStatus.UNKNOWN.value},
)
"""TWS calls a job DONE that ended in a state that it does not know."""

_HEADINGS = {
    "cpu",
    "ut",
    "poste",
    "schedule",
    "planning",
    "flot",
    "schedtime",
    "job",
    "travail",
    "state",
    "etat",
    "deps",
}
_LEAST_HEADINGS = 3
_LONGEST = 1_000
_MONTHS = 12
_STREAM = re.compile(
    r"\s*(?P<cpu>[^\s#]+)\s*#\s*(?P<stream>\S+)\s+(?P<time>\d{4})\s+(?P<one>\d\d)/(?P<other>\d\d)\s+(?P<job>.+)"
)
_AGAIN = re.compile(
    r"\s*>>\s*(?P<why>rerun(?: as| step| \d+ of \d+)?|every run|recovery)\b\s*(?P<job>.*)", re.IGNORECASE
)
_JOB = re.compile(
    r"\s*(?:\([^\s#]+#\s*\))?(?P<job>\S+)\s+(?P<state>[A-Z]{3,6})(?=\s|$)(?:\s+\+?(?:\d{1,3}|HI|GO)(?=\s|$))?"
    r"(?:\s+(?P<start>\(?\d\d[:/]\d\d\)?)(?=\s|$))?(?:\s+(?P<elapsed>\(?\d{1,3}:\d\d\)?)(?=\s|$))?"
    r"(?:\s+(?P<code>-?\d+)(?=\s|$))?.*"
)
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")


class TwsOptions(Options):
    """Lists of jobs that conman printed into files."""

    path: Files = Option(
        title=N_("Path"), description=N_("A file or a pattern, e.g. incoming/tws-*.txt; relative to the data folder")
    )
    timezone: Zone = Option(default="Europe/Paris", title=N_("Time zone"), description=N_("Of the master's clock"))
    day_first: bool = Option(default=False, title=N_("Day first"), description=N_("19/11 is 19 November; else 11/19"))


class Tws(Runs):
    """Jobs and job streams of TWS, from lists in files. One that did not change is not read again."""

    kind: ClassVar[str] = "tws"
    title: ClassVar[str] = N_("TWS, list of jobs (conman sj)")
    options: ClassVar[type[Options]] = TwsOptions
    own_mapping: ClassVar[RunMapping] = MAPPING

    def mapping(self, source: Source) -> RunMapping:
        options = source.options
        assert isinstance(options, TwsOptions)
        return MAPPING.model_copy(update={"timezone": options.timezone})

    def pull(self, source: Source, cursor: Cursor) -> Iterator[Batch]:
        """The runs of each list, the oldest list first. Complete up to the date of the newest.

        Raises SourceFailed.
        """
        options = source.options
        assert isinstance(options, TwsOptions)
        paths = sorted(folders.found(options.path), key=lambda path: (path.stat().st_mtime_ns, path))
        if not paths:
            raise SourceFailed(_("No file matches {pattern}.").format(pattern=options.path))
        read = cursor.get("read", {})
        shaper = self.shaper(source)
        for done, path in enumerate(paths, start=1):
            version = path.stat().st_mtime_ns
            printed = datetime.fromtimestamp(version // 1000 / 1_000_000, UTC)
            if read.get(str(path)) != version:
                jobs = Jobs(path.name, printed.astimezone(ZoneInfo(options.timezone)), options.day_first)
                jobs.read(_text(path))
                cells = replace(self.cells(jobs.rows, path.name), lines=jobs.lines)
                yield landed(shaper.shape(cells, printed), jobs.refused, done, len(paths))
        kept = {str(path): path.stat().st_mtime_ns for path in paths}
        cursor = {**cursor, "read": kept}
        yield Batch(pa.table({}), cursor=cursor, covers_until=printed, done=len(paths), total=len(paths))
        yield from self.corrected(source, cursor)


@dataclass
class Jobs:
    """The rows of one list. `printed`: when, on the wall clock of the master."""

    where: str
    printed: datetime
    day_first: bool
    rows: list[dict[str, Any]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    _stream: str = ""
    _id: str = ""
    _scheduled: datetime = field(init=False)
    _runs: Counter[str] = field(default_factory=Counter)

    def read(self, text: str) -> None:
        """Every job and stream below the headings, which may be in a language that nobody foresaw. Raises SourceFailed
        where there are none."""
        headed, why = False, ""
        for number, line in enumerate(text.splitlines(), start=1):
            if _is_heading(line):
                headed = True
                continue
            headed = headed or _STREAM.fullmatch(line[:_LONGEST]) is not None
            if not headed or _says_nothing(line):
                continue
            if again := _AGAIN.fullmatch(line[:_LONGEST]):
                why = again["why"].lower()
                if again["job"]:
                    why = self._job(number, again["job"], why)
            else:
                stream = _STREAM.fullmatch(line[:_LONGEST])
                if stream and not self._begin(stream):
                    self._refuse(number, line)
                    continue
                why = self._job(number, stream["job"] if stream else line, why)
        if not headed:
            raise SourceFailed(_("{file} is no list of jobs as conman sj prints it.").format(file=self.where))

    def _begin(self, stream: re.Match[str]) -> bool:
        """Take note of a stream that begins; whether its date is one."""
        month, day = int(stream["one"]), int(stream["other"])
        if (self.day_first and day <= _MONTHS) or month > _MONTHS:
            month, day = day, month
        hour, minute = int(stream["time"][:2]), int(stream["time"][2:])
        near = []
        for year in (self.printed.year - 1, self.printed.year, self.printed.year + 1):
            try:
                near.append(
                    self.printed.replace(
                        year=year, month=month, day=day, hour=hour, minute=minute, second=0, microsecond=0
                    )
                )
            except ValueError:
                continue
        if not near:
            return False
        self._scheduled = min(near, key=lambda moment: abs(moment - self.printed))
        self._stream, self._runs = stream["stream"], Counter()
        self._id = f"{stream['cpu']}#{self._stream}@{self._scheduled:%Y-%m-%dT%H:%M}"
        return True

    def _job(self, number: int, line: str, why: str) -> str:
        """Take note of a job, or of the stream itself; gives why the next one runs: nothing is known of it yet."""
        job = _JOB.fullmatch(line[:_LONGEST])
        if job is None or not self._id:
            self._refuse(number, line)
            return ""
        of_stream = not job["job"].strip("*")
        name = self._id if of_stream else f"{self._id}.{job['job']}"
        self._runs[name] += 1
        count = self._runs[name]
        again = count > 1 and not why.startswith("every")
        self.rows.append(
            {
                "pipeline": self._stream if of_stream else f"{self._stream}/{job['job']}",
                "run": name if count == 1 else f"{name}#{count}",
                "state": job["state"],
                "scheduled": f"{self._scheduled:%Y-%m-%d %H:%M}",
                "start": self._start(job["start"] or ""),
                "elapsed": job["elapsed"]
                if _TIME.fullmatch(job["start"] or "") and "(" not in (job["elapsed"] or "")
                else None,
                "return code": job["code"] if job["code"] != "0" else None,
                "stream": None if of_stream else self._id,
                "first": name if again else None,
                "attempt": count if again else 1,
                "why": why or None,
            }
        )
        self.lines.append(number)
        return ""

    def _start(self, text: str) -> str | None:
        """When a job began: at or after the moment that its stream was scheduled for; None where it is not known."""
        if not _TIME.fullmatch(text):
            return None
        at = self._scheduled.replace(hour=int(text[:2]), minute=int(text[3:]))
        return f"{at if at >= self._scheduled else at + timedelta(days=1):%Y-%m-%d %H:%M}"

    def _refuse(self, number: int, line: str) -> None:
        sentence = _("This is no line of a list of jobs: it may have been wrapped (MAESTROCOLUMNS).")
        self.refused.append(Refused(f"{self.where}:{number}", {"": line.strip()[:200]}, sentence))


def _is_heading(line: str) -> bool:
    words = {plain(word) for word in line[:_LONGEST].split()}
    return len(words & _HEADINGS) >= _LEAST_HEADINGS


def _says_nothing(line: str) -> bool:
    """Whether a line is a rule, the upper line of the headings, or conman's own."""
    return not any(map(str.isalnum, line)) or line.lstrip().startswith(("%", "(Est)"))


def _text(path: Path) -> str:
    if path.stat().st_size > limits.LARGEST_ANSWER:
        raise documents.too_large(path.name)
    encoding = delimited.find_encoding(path)
    try:
        return path.read_bytes().decode(encoding, "replace").removeprefix("\ufeff")
    except OSError as error:
        sentence = _("{file} cannot be read ({reason}).").format(file=path.name, reason=error.strerror)
        raise SourceFailed(sentence, detail=repr(error)) from error
