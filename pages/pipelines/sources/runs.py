"""Runs as log files and tables tell of them: which columns there may be, and what else a source may say."""

import math
import re
from collections.abc import Collection, Mapping
from typing import Any, Literal, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field as Option
from pydantic import field_validator, model_validator

from core.base.errors import SourceFailed
from core.base.i18n import N_, _
from core.sources.cells import Cells
from core.sources.mapping import EITHER, JOIN, ColumnMapping, Field, parts, plain
from core.sources.values.hours import all_days
from core.sources.values.kinds import Kind
from core.sources.values.moments import (
    UNITS,
    filled,
    read_days,
    read_durations,
    read_moments,
    tell_order,
    tell_unit,
    trim,
)
from pages.pipelines.facts import SIGNS, RunStatus, statuses

RUN_FIELDS = (
    Field("pipeline", N_("Pipeline"), Kind.TEXT, (
        "pipeline", "pipeline name", "nom du pipeline", "dag_id", "run_name", "job_name", "nom du job", "job",
        "workflow name", "workflow", "chaîne", "traitement", "nom du traitement", "flux", "nom du flux",
        "nom de la chaîne", "nom de la tâche", "nom du workflow", "process", "job stream", "uproc", "definition.name",
        "flow name", "flow id", "programme", "program", "lot", "nom du lot", "libellé du lot", "unique_id",
        "package name", "instance name", "nom de l'instance", "asset name", "dataset", "jeu de données",
        "entity", "entité", "task", "tâche", "nom", "name", "source", "task name", "connector name", "connector id",
        "spec.workflowTemplateRef.name",
    ), needed=True),
    Field("status", N_("Status"), Kind.TEXT, (
        "conclusion", "status humanized", "dernier résultat", "last result", "last run result", "last task result",
        "status", "statut", "state", "état", "result_state", "status.termination_details.code", "state.current",
        "job status", "disposition", "résultat", "result", "compte rendu", "ok/ko", "state.result_state", "code retour",
        "code de retour", "return code", "exit code", "exit status", "rc", "cr", "st/ex", "type d'événement",
        "événement", "message type", "type de message", "status.phase", "phase", "feu", "voyant", "météo", "couleur",
    ), needed=True),
    Field("started_at", N_("Start"), Kind.MOMENT, (
        "started at", "start time", "start date", "run start", "start", "début", "date de début", "heure de début",
        "date début", "début réel", "démarré à", "démarré le", "lancé le", "lancement", "démarré", "lancé",
        "actual start", "run started at", "createDateTime", "created date", "created at", "créé le", "démarrage",
        "heure début", "started", "state.start date", "last start", "last run", "last run time", "dernière exécution",
        "heure de la dernière exécution", "horodatage", "timestamp", "moment", "date d'exécution", "date exécution",
        "heure réelle", "heure effective", "début effectif", "startzeit", "beginn", "date-started.date",
        "timing[].started_at", "begin", "begin ts", "run date", "sync start",
        "status.startedAt", "date", "jour", "heure",
    )),
    Field("ended_at", N_("End"), Kind.MOMENT, (
        "ended at", "end time", "end date", "run end", "finished at", "completed at", "end", "fin", "date de fin",
        "heure de fin", "date fin", "fin réelle", "terminé à", "terminé le", "terminé", "fini", "fini le",
        "actual end", "stopped at", "finish time", "completed date", "heure fin", "arrêt", "finished", "completed",
        "ended", "stopped", "state.end date", "last end", "fin d'exécution", "fin de l'exécution", "fin effective",
        "endzeit", "ende", "fin exécution", "end ts", "date-ended.date", "timing[].completed_at",
        "sync end", "status.finishedAt",
    )),
    Field("duration_s", N_("Duration"), Kind.DURATION, (
        "duration", "durée", "durationInMs", "run_duration", "elapsed", "elapse", "elapsed time",
        "durée d'exécution", "temps d'exécution", "temps", "time duration", "runtime", "execution time",
        "total run time", "state.duration", "dauer", "laufzeit",
    )),
    Field("error_message", N_("Error"), Kind.TEXT, (
        "error message", "error_msg", "status message", "message d'erreur", "erreur", "error", "message", "messages",
        "commentaire",
    ), prose=True),
    Field("error_code", N_("Error code"), Kind.TEXT, ("error code", "code erreur", "resultCode", "failure type")),
    Field("run_id", N_("Run id"), Kind.TEXT, (
        "run_id", "dag_run_id", "identifiant", "id du run", "id d'exécution", "execution id", "database id",
        "numéro d'exécution",
    )),
    Field("observed_at", N_("Reported"), Kind.MOMENT, (
        "generation time", "time generated", "last updated", "observed at", "updated at", "date de génération",
        "date d'extraction",
    )),
    Field("queued_at", N_("Queued"), Kind.MOMENT, (
        "queued at", "queued", "queued time", "queue time", "mise en file", "en file à", "created at",
    )),
    Field("scheduled_at", N_("Scheduled"), Kind.MOMENT, (
        "scheduled at", "scheduled time", "planned start", "prévu à", "heure prévue", "prévu", "prévu le",
        "planifié", "planifié à",
    )),
    Field("trigger", N_("Trigger"), Kind.TEXT, (
        "trigger", "run_type", "event", "invoked by", "triggered by", "déclencheur", "déclenché par",
    )),
    Field("parent_run_id", N_("Parent run"), Kind.TEXT, ("parent_run_id", "parent run", "run parent")),
    Field("rerun_of", N_("Rerun of"), Kind.TEXT, ("rerun_of", "relance de")),
    Field("attempt", N_("Attempt"), Kind.COUNT, (
        "attempt", "run_attempt", "attempt number", "try number", "rerun number", "tentative", "numéro de tentative",
        "essai", "run counter",
    )),
    Field("squad", N_("Squad"), Kind.TEXT, ("squad", "équipe")),
)  # fmt: skip
"""What a log may say of a run."""


class RunMapping(ColumnMapping):
    """How a log's columns and words become runs.

    A run is known by its pipeline and by its `key`; without one, by its run id and attempt; without a run id either, by
    its start, look-alikes being numbered in the order of their file (limits: `core.sources.identity`; a run that a log
    first shows without its start and later with it becomes two).
    """

    statuses: dict[str, str] = Option(
        default_factory=dict, title=N_("Words of status"), description=N_("Word of the source: status of Vigie")
    )
    key: list[str] = Option(
        default_factory=list, title=N_("Key"), description=N_("Columns of the source that together name a run")
    )
    complete_until: Literal["source", "last_row"] = Option(
        default="source",
        title=N_("Complete until"),
        description=N_("Up to when no run is missing: what did not run by then is told as missing"),
        json_schema_extra={
            "words": {"source": N_("the date of the file, or of the reading"), "last_row": N_("its latest row")}
        },
    )
    run_url: str = Option(
        default="",
        title=N_("Address of a run"),
        description=N_("With {run_id} and {pipeline}, e.g. https://host/runs/{run_id}"),
    )

    @field_validator("statuses")
    @classmethod
    def _names_statuses(cls, value: dict[str, str]) -> dict[str, str]:
        for status in value.values():
            if status not in list(RunStatus):
                raise ValueError(
                    _("{name} is no status; they are {all}.").format(name=status, all=", ".join(RunStatus))
                )
        return value

    @model_validator(mode="after")
    def _knows_runs_again(self) -> Self:
        since = getattr(self, "since", "")  # of a table in a database
        known = self.key or "run_id" in self.columns or since == self.columns.get("started_at")
        if since and not known:
            raise ValueError(_("With a growing column, map the run id, give a key, or let the start be that column."))
        return self

    @field_validator("run_url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError(_("An address begins with https:// or http://."))
        return value


MOST_STATES = 30
"""A column of more words than this holds no states."""
_LAST_RESULTS = frozenset(map(plain, ("dernier résultat", "last result", "last run result", "last task result")))
"""What the last run came to, beside a column that tells whether the job waits for its next one."""
_ERROR_CODES = frozenset(map(plain, ("code erreur", "error code", "error_result.reason")))
_RETURN_CODES = _LAST_RESULTS | _ERROR_CODES | frozenset(map(plain, (
    "rc", "cr", "code retour", "code de retour", "return code", "exit code", "exit status",
)))  # fmt: skip
_OF_TOOLS: dict[tuple[str, ...], dict[str, str]] = {
    ("runstatus", "rundate", "runduration"): {
        "0": RunStatus.FAILED, "1": RunStatus.SUCCEEDED, "2": RunStatus.RUNNING, "3": RunStatus.CANCELLED,
        "4": RunStatus.RUNNING,
    },
    ("executionid", "packagename"): {
        "1": RunStatus.QUEUED, "2": RunStatus.RUNNING, "3": RunStatus.CANCELLED, "4": RunStatus.FAILED,
        "5": RunStatus.QUEUED, "6": RunStatus.FAILED, "7": RunStatus.SUCCEEDED, "8": RunStatus.RUNNING,
        "9": RunStatus.SUCCEEDED,
    },
    ("statusterminationdetailscode",): {
        **dict.fromkeys((
            "INTERNAL_ERROR", "DRIVER_ERROR", "CLUSTER_ERROR", "REPOSITORY_CHECKOUT_FAILED", "INVALID_CLUSTER_REQUEST",
            "WORKSPACE_RUN_LIMIT_EXCEEDED", "FEATURE_DISABLED", "CLUSTER_REQUEST_LIMIT_EXCEEDED",
            "STORAGE_ACCESS_ERROR", "RUN_EXECUTION_ERROR", "UNAUTHORIZED_ERROR", "LIBRARY_INSTALLATION_ERROR",
            "MAX_SPARK_CONTEXTS_EXCEEDED", "RESOURCE_NOT_FOUND", "INVALID_RUN_CONFIGURATION", "CLOUD_FAILURE",
        ), RunStatus.FAILED),
        "USER_CANCELED": RunStatus.CANCELLED, "UPSTREAM_CANCELED": RunStatus.CANCELLED,
        "MAX_CONCURRENT_RUNS_EXCEEDED": RunStatus.SKIPPED, "MAX_JOB_QUEUE_SIZE_EXCEEDED": RunStatus.SKIPPED,
    },
}  # fmt: skip
"""Columns that tell a tool → what its codes mean: SQL Server Agent's history (2: a step is tried again), the catalog of
Integration Services (6: it ended unexpectedly), the newer answers of Databricks."""
_WENT_WELL = frozenset(map(plain, ("ok", "success", "succès", "réussi")))
"""Columns of yes and no. They are no words of the field: a cell that says OK is no name of a column."""
_YES = {"true": RunStatus.SUCCEEDED, "oui": RunStatus.SUCCEEDED, "yes": RunStatus.SUCCEEDED}
_NO = {"false": RunStatus.FAILED, "non": RunStatus.FAILED, "no": RunStatus.FAILED}
OF_RERUN = re.compile(r"(?i)relance|rerun|retry|reprise")
"""What the column of states of a later attempt is called, in the row of the first."""
_OF_WINDOWS = {"267008": RunStatus.QUEUED, "267009": RunStatus.RUNNING, "267011": RunStatus.QUEUED}
"""Codes of Windows' task scheduler that tell of no end: ready, running, not run yet."""


def guesses(cells: Cells, columns: dict[str, str]) -> dict[str, Any]:
    """What a first look at a log proposes besides the columns that are called as the fields are.

    A service that tells a state and, once a run is over, its conclusion: the conclusion counts where there is one, and
    what was last written of the run is its end. Other columns of states are joined, so that the worst counts: a run
    that is `completed` may have `failed`, one that is `Terminé` may have ended with code 12. A column `id` that no two
    rows share is the run's. Steps of one run are pipelines of their own (`dag/task`). Of a column of return codes 0 is
    a success, and every other number that the first rows hold a failure: only its name says so (other schedulers write
    0 for a failure), so that it stands among what a person confirms, as words that nobody declared do. A day alone is
    no hour at which a run was to start, and none at which one did whose end has an hour of that day. The unit of
    durations is the one in which they fit starts and ends.
    """
    _require_no_grid(cells)
    names = {plain(name): name for name in cells.table.column_names}
    guessed = dict(columns)
    if all_days(cells, guessed.get("scheduled_at", "")):
        del guessed["scheduled_at"]
    if guessed.get("started_at", "") in parts(guessed.get("ended_at", ""), cells.table.column_names)[:-1]:
        del guessed["started_at"]
    if well := next((names[name] for name in names if name in _WENT_WELL), ""):
        guessed.setdefault("status", well)
    if before := names.get(_UNTIL_OVER.get(plain(guessed.get("status", "")), "")):
        guessed["status"] = EITHER.join((guessed["status"], before))
        if not {"ended_at", "duration_s"} & set(guessed) and "updatedat" in names:
            guessed["ended_at"] = names["updatedat"]
    elif "status" in guessed and plain(guessed["status"]) not in _LAST_RESULTS:
        guessed["status"] = JOIN.join(_states(cells, guessed["status"], set(guessed.values())))
    if "run_id" not in guessed and "id" in names and _distinct(cells, [names["id"]]) == len(cells.lines):
        guessed["run_id"] = names["id"]
    guessed |= _steps(cells, guessed)
    held = parts(guessed.get("status", ""), cells.table.column_names)
    words = {word: status for column in held for word, status in _unknown(cells, column).items()}
    words |= {code: status for column in held for code, status in _return_codes(cells, column).items()}
    unit = _unit(cells, guessed)
    for tool, codes in _OF_TOOLS.items():
        if set(tool) <= set(names):
            words |= {code: str(status) for code, status in codes.items() if code in words}
            unit = "hms" if "runduration" in tool else unit
    return {
        "columns": guessed,
        "key": guess_key(cells, guessed),
        **({"statuses": words} if words else {}),
        **({"duration_unit": unit} if unit else {}),
    }


_DAY = re.compile(r"(?i)(?:(?:lun|mar|mer|jeu|ven|sam|dim)[a-z]*\.?|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)? ?(.*)")
_TICKS = frozenset("☒xXvV-–/").union(SIGNS)


def _require_no_grid(cells: Cells) -> None:
    """Raise SourceFailed where each column is a day and each cell how it went: hours are told nowhere, nor runs."""
    names = [name for name in cells.table.column_names if _is_day(name)]
    held = [cell for name in names for cell in trim(cells.text(name)).drop_null().unique().to_pylist()]
    known = statuses(pa.array(held, pa.string()), {}).to_pylist()
    ticks = [cell in _TICKS or status != RunStatus.UNKNOWN for cell, status in zip(held, known, strict=True)]
    if len(names) > 1 and held and all(ticks):
        raise SourceFailed(
            _(
                "Each column here is a day, from “{first}” to “{last}”: Vigie reads one row a run. In Excel, “Data”, "
                "“From Table”, “Unpivot Other Columns” makes rows of pipeline, day and state of them."
            ).format(first=names[0], last=names[-1])
        )


def _is_day(name: str) -> bool:
    match = _DAY.fullmatch(name.strip())
    day = match[1] if match else name
    texts = pa.array([day, f"{day}/2000", f"{day} 2000"], pa.string())  # without a year too
    return bool(day) and read_days(texts)[0].null_count < len(texts)


_MESSAGES = frozenset(("message", "messages"))
_TELLING = _MESSAGES | _ERROR_CODES
"""Columns that are taken for something else, and tell a state as well: `success`, `ORA-01555`."""
_UNTIL_OVER = {
    "conclusion": "status",
    "stateresultstate": "statelifecyclestate",
    "statusterminationdetailscode": "statusstate",
}
"""Column of conclusions → the column of states that counts until there is one."""
_OF_STATES = tuple(
    map(plain, ("status", "statut", "state", "état", "result", "résultat", "conclusion", "disposition", "outcome"))
)
_OF_BEFORE = re.compile(r"(?i)pr[ée]c[ée]d|previous|last|dernier|attendu|expected|initial|veille|\b[jdn] ?- ?\d")


def _states(cells: Cells, first: str, taken: set[str]) -> list[str]:
    """The column of states, and the others whose cells are states too, or return codes where it knows no failure; none
    of another day's, or of what was expected, where there is another, and none of what the row is only a part of."""
    known = _said(cells, first)
    states = [first]
    for name in cells.table.column_names:
        within = name.rpartition(".")[0]
        of_another = within and " " not in name and within != first.rpartition(".")[0]
        if (name in taken and plain(name) not in _TELLING) or _OF_BEFORE.search(name) or of_another or name == first:
            continue
        of_states = any(word in plain(name) for word in (*_OF_STATES, *_MESSAGES))
        meanings = _said(cells, name) if of_states else set()
        telling = bool(known) and RunStatus.FAILED not in known and bool(_return_codes(cells, name))
        if telling or (meanings and RunStatus.UNKNOWN not in meanings):
            states.append(name)
    return states[1:] if states[1:] and _OF_BEFORE.search(first) else states


def _said(cells: Cells, column: str) -> set[str]:
    """The states that the words of a column mean; none where they are too many to be states."""
    words = trim(cells.text(column)).unique().drop_null() if column in cells.table.column_names else ()
    return set(statuses(words, {}).to_pylist()) if 0 < len(words) <= MOST_STATES else set()


_FINER = tuple(map(plain, (
    "task_id", "task_key", "task", "step", "étape", "step name", "nom de l'étape", "tâche", "activity name", "job name",
)))  # fmt: skip
"""Columns that name a step of a run, the most telling first."""


def _steps(cells: Cells, columns: Mapping[str, str]) -> dict[str, str]:
    """Pipeline and step as the pipeline, where each row tells of a step: they start apart, and a step that succeeds
    makes no failed one good."""
    if "pipeline" not in columns:
        return {}
    key = [columns[name] for name in ("run_id", "pipeline", "attempt") if name in columns]
    free = {plain(name): name for name in cells.table.column_names if name not in columns.values()}
    step = next((free[word] for word in _FINER if word in free), "")
    called = [name for name in free.values() if _is_step(name) and _filled(cells, name)]
    step = step or min(called, key=lambda name: pc.all(pc.utf8_is_digit(cells.text(name))).as_py(), default="")
    if step and _distinct(cells, [*key, step]) > _distinct(cells, key):
        return {"pipeline": JOIN.join((columns["pipeline"], step))}
    return {}


def of_steps(mapping: RunMapping, names: Collection[str]) -> bool:
    """Whether what a mapping takes for pipelines are steps of runs."""
    finer = parts(mapping.columns.get("pipeline", ""), names)[1:]
    return any(plain(part) in _FINER or _is_step(part) for part in finer)


def _is_step(name: str) -> bool:
    """Whether a column names a step of a run, and not one at which it failed or stands."""
    return bool(re.search(r"(?i)[ée]tape|\bstep", name)) and not re.search(
        r"(?i)err|[ée]chec|fail|\bko\b|cours|current|derni|last|nb|nombre|count", name
    )


def _filled(cells: Cells, name: str) -> bool:
    return not trim(cells.text(name)).null_count


def _unit(cells: Cells, columns: Mapping[str, str]) -> str:
    """The unit in which a column of bare numbers is nearest to what lies between starts and ends, or `m:s` where that
    is what `12:03` fits, or where as hours it would be a day; empty where no row tells, or seconds are."""
    names = [columns.get(name, "") for name in ("started_at", "ended_at", "duration_s")]
    if names[2] not in cells.table.column_names or tell_unit(names[2]):
        return ""
    if not set(names) <= set(cells.table.column_names):
        clocks = trim(cells.text(names[2]))
        return "m:s" if pc.any(pc.match_substring_regex(clocks, r"^(?:2[4-9]|[3-5]\d):[0-5]\d$")).as_py() else ""
    day_first = tell_order([cells.text(name) for name in names[:2]]) is not False
    start, end = (read_moments(filled(cells.text(name)), "UTC", day_first=day_first).first for name in names[:2])
    between = pc.divide(pc.cast(pc.microseconds_between(start, end), pa.float64()), 1e6)
    written = filled(cells.text(names[2]))
    durations, _unreadable = read_durations(written, "s")
    short = bool(pc.any(pc.match_substring_regex(written, r"^\d+:\d\d$")).as_py())
    both = pc.and_(pc.greater(between, 0), pc.greater(durations, 0))
    ratios = pc.divide(between, durations).filter(pc.fill_null(both, False))
    if not len(ratios):
        return ""
    middle = float(np.median(ratios.to_numpy()))
    units = {"s": 1.0, "m:s": 1 / 60} if short else UNITS
    unit = min(units, key=lambda unit: abs(math.log(middle / units[unit])))
    return "" if unit == "s" else unit


def _return_codes(cells: Cells, column: str) -> dict[str, str]:
    """Status of each whole number of a column of return codes; empty where it is another one."""
    if column not in cells.table.column_names or plain(column) not in _RETURN_CODES:
        return {}
    held = [cell for cell in trim(cells.text(column)).unique().to_pylist() if cell]
    codes = {cell for cell in held if cell.isdecimal() or plain(column) in _ERROR_CODES}
    statuses: dict[str, str] = {
        code: RunStatus.FAILED if not code.isdecimal() or int(code) else RunStatus.SUCCEEDED for code in sorted(codes)
    }
    return statuses | {code: status for code, status in _OF_WINDOWS.items() if code in codes}


def _unknown(cells: Cells, column: str) -> dict[str, str]:
    """The words of a column of states that nobody declared, for a person to say what they mean; empty where they are
    too many to be states."""
    if column not in cells.table.column_names:
        return {}
    words = trim(cells.text(column)).unique().drop_null()
    unknown = words.filter(pc.equal(statuses(words, {}), RunStatus.UNKNOWN.value)).to_pylist()
    meanings = {word: (_YES | _NO).get(word.casefold(), RunStatus.UNKNOWN).value for word in unknown}
    return meanings if len(words) <= MOST_STATES else {}


def guess_key(cells: Cells, mapping: dict[str, str]) -> list[str]:
    """The key to propose where run ids repeat: the run id, and of pipeline and attempt what tells those runs apart."""
    if "run_id" not in mapping:
        return []
    key = [mapping["run_id"]]
    for name in ("pipeline", "attempt"):
        more = parts(mapping[name], cells.table.column_names) if name in mapping else []
        wider = [*more, *key] if name == "pipeline" else [*key, *more]
        if _distinct(cells, wider) > _distinct(cells, key):
            key = wider
    return key if len(key) > 1 else []


def _distinct(cells: Cells, columns: list[str]) -> int:
    return len(cells.table.select(columns).group_by(columns).aggregate([]))
