"""The one record that every scheduler's runs become, and the words that schedulers say a run's state with."""

import re
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

import pyarrow as pa
import pyarrow.compute as pc

from core.facts.tables import FLAG, INTEGER, MOMENT, NUMBER, TEXT, Column, FactTable
from core.sources.mapping import plain


class RunStatus(StrEnum):
    """State of a run, whatever its scheduler calls it."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    WARNING = "WARNING"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    SKIPPED = "SKIPPED"
    UNKNOWN = "UNKNOWN"


_SAID = {
    RunStatus.QUEUED: (
        "rescheduled",
        "queued", "pending", "scheduled", "waiting", "wait", "blocked", "requested", "submitted", "not started",
        "up_for_retry", "up_for_reschedule", "waiting_for_retry", "deferred", "hold", "held", "ready", "sched", "pend",
        "fence", "bound", "en attente", "en file", "en file d'attente", "planifié", "programmé", "non démarré",
        "non lancé", "pas lancé", "à lancer", "à venir", "wait condition", "wait resource", "wait host", "wait user",
        "wait time", "event wait", "launch wait", "attente", "manual", "late", "prêt", "created", "released", "on hold",
        "retenu", "qw", "wartend", "geplant",
    ),
    RunStatus.RUNNING: (
        "running", "inprogress", "retrying", "started", "executing", "restarting", "exec", "intro", "succp", "susp",
        "begin", "start", "début", "canceling", "cancelling", "stopping", "terminating",
        "en cours", "en cours d'exécution", "démarré", "lancé",
        "en exécution", "active", "ru", "läuft",
    ),
    RunStatus.SUCCEEDED: (
        "success", "succeeded", "successful", "complete", "completed", "ok", "pass", "passed", "done", "finished",
        "succ", "succès", "en succès", "réussi", "terminé", "terminé avec succès", "fini", "achevé", "exécuté",
        "ended ok", "fin normale", "terminé ok", "réussite", "finished ok", "completed normally", "terminé normalement",
        "ras", "end", "fin", "su", "vert", "green", "erfolgreich", "beendet", "abgeschlossen",
    ),
    RunStatus.WARNING: (
        "warning", "warn", "success_with_failures", "succeeded with issues", "partially succeeded", "partial success",
        "success with warnings", "completed with warnings", "avertissement", "partiellement réussi",
        "terminé avec avertissement", "ok avec avertissement", "succès avec avertissement", "terminé avec anomalie",
        "terminé avec réserve", "ok avec réserve", "succès partiel", "unstable", "terminé avec warning",
        "partially completed", "ok après relance", "relancé ok", "succeeded after retry", "forcé ok",
        "marked finished ok", "orange", "amber", "jaune", "yellow", "warnung",
    ),
    RunStatus.FAILED: (
        "failed", "failure", "fail", "error", "errored", "ko", "nok", "not ok", "timedout", "timeout", "crashed",
        "crash", "fatal", "internal_error", "upstream_failed", "startup_failure", "abend", "abended", "abenp",
        "stuck", "échec", "en échec", "échoué", "erreur", "en erreur", "terminé en erreur", "terminé en échec",
        "terminé avec erreur", "completed with errors", "planté", "délai dépassé",
        "ended not ok", "ended error", "terminé non ok", "terminé not ok", "terminé ko", "fin anormale",
        "incident", "incidenté", "pas ok", "non ok", "rejeté", "unsuccessful", "terminé anormalement", "en anomalie",
        "ended abnormally", "finished with errors", "start failure", "initialization error",
        "failed_and_auto_suspended", "failure_with_task", "fa", "rouge", "red", "fehlgeschlagen", "fehler",
    ),
    RunStatus.CANCELLED: (
        "cancelled", "canceled", "aborted", "killed", "stopped", "cancl", "annulé", "abandonné", "interrompu", "arrêté",
        "te", "abgebrochen",
    ),
    RunStatus.SKIPPED: (
        "skipped", "excluded", "suppr", "ignoré", "sauté", "non exécuté", "not built", "déplanifié", "non planifié",
        "désactivé", "disabled", "bypassed", "on ice", "oi", "übersprungen",
    ),
}  # fmt: skip

WORDS: dict[str, RunStatus] = {
    plain(form): status
    for status, words in _SAID.items()
    for word in words
    for form in (word, re.sub("^terminé ", "terminée ", word))
}
"""What schedulers write, in English and in French, without case, accents, blanks and punctuation."""

SIGNS: dict[str, RunStatus] = {
    sign: status
    for status, signs in (
        (RunStatus.SUCCEEDED, "✓✔☑✅🟢🟩"),
        (RunStatus.WARNING, "⚠🟠🟡🟧🟨"),
        (RunStatus.FAILED, "✗✘✖❌🔴🟥"),
    )
    for sign in signs
}
"""What people draw in the cell of a state, where nothing else stands in it."""

_ENDINGS = ("", "e", "s", "es")
"""What French adds to a word that is said of something feminine, or of several."""


def statuses(raw: pa.Array, own: Mapping[str, str]) -> pa.Array:
    """States of runs from their schedulers' words, those of a source's `own` first; UNKNOWN for a word that nobody
    declared, or for none. A text that begins with a word of failure and goes on after a mark, a figure or `by` is that
    failure: `KO - relance`, `ABEND S0C7`, `Failed (exit 1)`, but not `Erreurs : 0`. Of several words that a slash parts
    the worst counts, `completed/failed`, `OK/KO`; an unknown one is worse than all but a failure or an end by hand."""
    states = {**WORDS, **{plain(word): RunStatus(status) for word, status in own.items()}}
    words = raw.dictionary_encode()
    statuses = [_status(word or "", states).value for word in words.dictionary.to_pylist()]
    return pc.fill_null(pc.take(pa.array(statuses, pa.string()), words.indices), RunStatus.UNKNOWN.value)


_GOES_ON = re.compile(r"\s*[-–—:(,;/]\s*|\s+(?=\S*\d|(?:par|by)\s)")
_WAITS = re.compile(r"(?i)^\s*(?:(?:en )?attente|waiting|wait)(?=\s)|(?<=\w )wait$")
"""What it waits for makes no difference: `En attente de condition`, `Resource Wait`."""
_NO_FAILURE = re.compile(r"[\W_]*(?:0+|none|aucune?|non|no)[\W_]*")


_WORST_LAST = (
    RunStatus.SUCCEEDED,
    RunStatus.SKIPPED,
    RunStatus.WARNING,
    RunStatus.QUEUED,
    RunStatus.RUNNING,
    RunStatus.UNKNOWN,
    RunStatus.CANCELLED,
    RunStatus.FAILED,
)


def _status(text: str, states: Mapping[str, RunStatus]) -> RunStatus:
    if (known := _known(plain(text), states)) != RunStatus.UNKNOWN:
        return known
    if "/" in text:
        worst = max((_status(part, states) for part in text.split("/")), key=_WORST_LAST.index)
        if worst != RunStatus.UNKNOWN:
            return worst
    if sign := SIGNS.get(text.strip().removesuffix("\ufe0f")):
        return sign
    if waits := _WAITS.search(text):
        return _known(plain(waits[0]), states)
    first, *rest = _GOES_ON.split(text.strip(), maxsplit=1)
    begun = _known(plain(first), states) if rest and not _NO_FAILURE.fullmatch(rest[0].casefold()) else known
    return begun if begun in (RunStatus.FAILED, RunStatus.CANCELLED) else known


def _known(word: str, states: Mapping[str, RunStatus]) -> RunStatus:
    stems = [word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending)]
    return next((states[stem] for stem in stems if stem in states), RunStatus.UNKNOWN)


PIPELINE_RUNS = FactTable(
    name="pipeline_runs",
    columns=(
        Column("source", TEXT, "name of the source that reported the run", required=True),
        Column(
            "run_id",
            TEXT,
            "the scheduler's id of run and attempt; pipeline and start in a log without ids",
            True,
        ),
        Column("parent_run_id", TEXT, "run that started this one"),
        Column("rerun_of", TEXT, "run that this one repeats"),
        Column("attempt", INTEGER, "1 for the first try"),
        Column("pipeline", TEXT, "name of the pipeline, as the scheduler writes it", True),
        Column(
            "at", MOMENT, "first known of scheduled, queued, started, ended, observed; at most APART from start", True
        ),
        Column("started_at", MOMENT, "when it began to work"),
        Column("ended_at", MOMENT, "when it ended; null while it runs"),
        Column("queued_at", MOMENT, "when it was put in the queue"),
        Column("scheduled_at", MOMENT, "when it was meant to start"),
        Column("duration_s", NUMBER, "seconds from start to end"),
        Column("status", TEXT, "one of RunStatus", True),
        Column("raw_status", TEXT, "the scheduler's own word"),
        Column("error_code", TEXT, "the scheduler's code of the error"),
        Column("error_message", TEXT, "the text of the error"),
        Column("trigger", TEXT, "what started it: schedule, manual, master…"),
        Column("run_url", TEXT, "address of the run in its scheduler"),
        Column("squad", TEXT, "squad whose run it is; null: nobody's, everyone sees it"),
        Column("observed_at", MOMENT, "when the source said so", True),
    ),
    key=("source", "pipeline", "run_id"),
    time="at",
    observed="observed_at",
    squad="squad",
)


JUDGED_NIGHTS = FactTable(
    name="judged_nights",
    columns=(
        Column("family", TEXT, "key of the family", True),
        Column("pipeline", TEXT, "pipeline of the family, or WHOLE", True),
        Column("at", MOMENT, "the night's date, as midnight UTC", True),
        Column("verdict", TEXT, "one of Verdict, with all that was known of the night when it was judged", True),
        Column("expected", FLAG, "whether something was expected of it", True),
        Column("failed", FLAG, "whether it was KO, or some run of it failed and was caught up", True),
        Column("kind", TEXT, "kind of the error, where it was KO"),
        Column("runs", INTEGER, "runs that were judged", True),
        Column("reruns", INTEGER, "those of them that came after a failed one, or were no first attempt", True),
        Column("basis", TEXT, "what the night was judged by: another one means that it is to be judged again", True),
        Column("squad", TEXT, "squad whose rows it is made of; null: nobody's, everyone sees it"),
    ),
    key=("family", "pipeline", "at"),
    time="at",
    squad="squad",
    newest_apart=False,
    made_of=PIPELINE_RUNS,
)
"""Nights that are over, judged: one row a family and night, and one each of its pipelines (`past` writes them)."""
WHOLE = "*"
"""Stands for the family as a whole in `judged_nights`."""

APART = timedelta(days=2)
"""No run's `at` lies farther from its start: whoever asks for what started in a night need not look farther."""


def complete(rows: pa.Table) -> pa.Table:
    """Rows of `pipeline_runs` with every column in order and `at` and `duration_s` filled where they can be.

    Missing columns become null; moments must already be UTC timestamps. A given `duration_s` is kept, and one is
    computed only for a run that has a start and an end in order.
    """
    columns = {
        field.name: rows[field.name].cast(field.type)
        if field.name in rows.column_names
        else pa.chunked_array([pa.nulls(len(rows), field.type)])
        for field in PIPELINE_RUNS.schema
    }
    seconds = pc.divide(
        pc.cast(pc.microseconds_between(columns["started_at"], columns["ended_at"]), pa.float64()), 1_000_000.0
    )
    measured = pc.if_else(pc.greater_equal(seconds, 0.0), seconds, pa.scalar(None, pa.float64()))
    columns["duration_s"] = pc.coalesce(columns["duration_s"], measured)
    columns["at"] = _at(columns)
    return pa.table(columns)


def _at(columns: Mapping[str, pa.ChunkedArray]) -> pa.ChunkedArray:
    """The first moment known of each run; its start where the plan lies farther from it than `APART`."""
    moments = ("scheduled_at", "queued_at", "started_at", "ended_at", "observed_at")
    first = pc.coalesce(*(columns[name] for name in moments))
    length = pc.cast(pc.round(pc.multiply(columns["duration_s"], 1e6)), pa.int64()).cast(pa.duration("us"))
    began = pc.coalesce(columns["started_at"], pc.subtract(columns["ended_at"], length))
    apart = pc.greater(pc.abs(pc.microseconds_between(first, began)), APART // timedelta(microseconds=1))
    return pc.if_else(pc.fill_null(apart, False), began, first)
