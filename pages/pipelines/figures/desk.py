"""The duty desk: open incidents, who is on them, what was noted the last times; and what a duty person does there."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pandas as pd
import sqlalchemy as sa

from core.base.errors import InputInvalid
from core.base.i18n import N_, _, ngettext, show_date, show_moment
from core.base.status import Verdict
from core.show.about import About
from core.show.columns import Column, Kind, framed
from core.show.figure import Act, Figure
from core.show.filters import Choice, Filter, Line, OneOf, Words
from pages.pipelines.acts import desk as acts
from pages.pipelines.board import Incident
from pages.pipelines.desk import Action, Key, Silence, Standing, Step, is_one, key_of, scope_of, scope_words
from pages.pipelines.look import NightLook

SOURCE = N_("What happened at the duty desk, kept step by step")
HOURS = (1, 2, 4, 8, 24, 72)
WORDS = {
    Action.OPENED: N_("opened"),
    Action.AGAIN: N_("another night"),
    Action.TAKEN: N_("taken"),
    Action.NOTED: N_("noted"),
    Action.RECOVERED: N_("back to normal"),
    Action.CLOSED: N_("closed by hand"),
}


def lines_of(look: NightLook, incident: Incident) -> Iterator[str]:
    """What the desk says of what stands on the board: who is on it, what is silenced, of a night that is over what was
    noted in it, and what was noted the times before."""
    key, scope = key_of(incident), scope_of(incident)
    over = look.night.day if look.night.end <= look.now else None
    standing = look.desk.open.get(key)
    closed = None if over else look.desk.closed(key, look.night)
    if standing and (taken := standing.taken(look.desk.at)):
        yield _taken(taken.owner or "", taken.until, taken.note)
    elif closed:
        yield _said(look, N_("Closed on {moment} by {who}"), closed)
    elif incident.verdict is Verdict.KO and not over:
        yield _("Nobody is on it yet.")
    if quiet := look.desk.silence(scope):
        yield _silenced(look, quiet)
    for step in look.desk.notes_of(scope, look.night) if over else ():
        yield _said(look, N_("Noted on {moment} by {who}"), step)
    for earlier in look.desk.last_times(key, over or (look.night.day if closed else None)):
        noted = "; ".join(step.note for step in earlier.notes) or _("nothing was noted")
        yield _("The same on {day}: {note}").format(day=show_date(earlier.opened_at), note=noted)


def _said(look: NightLook, label: str, step: Step) -> str:
    words = _(label).format(who=look.book.called(step.who), moment=show_moment(step.at))
    return _("{label}: {value}").format(label=words, value=step.note)


def _taken(owner: str, until: Any, note: str) -> str:
    words = _("{owner} is on it until {moment}").format(owner=owner, moment=show_moment(until))
    return _("{label}: {value}").format(label=words, value=note) if note else words


def _silenced(look: NightLook, silence: Silence) -> str:
    words = _("Silenced by {who} until {moment}").format(
        who=look.book.called(silence.who), moment=show_moment(silence.until)
    )
    return _("{label}: {value}").format(label=words, value=silence.why)


def _shape(look: NightLook) -> pd.DataFrame:
    """One row an incident: those of the night shown that nobody closed, then those that are open since another one."""
    rows = []
    for key, (verdict, _words) in _here(look).items():
        if look.desk.closed(key, look.night):
            continue
        standing = look.desk.open.get(key)
        taken = standing.taken(look.desk.at) if standing else None
        rows.append(
            {
                "scope": scope_words(key[0], look.board),
                "kind": look.desk.words(key[1]),
                "verdict": verdict.value,
                "opened": standing.opened_at if standing else None,
                "nights": standing.nights if standing else None,
                "owner": taken.owner if taken else None,
                "until": taken.until if taken else None,
                "note": standing.notes[-1].note if standing and standing.notes else None,
            }
        )
    return framed(rows, COLUMNS)


def _steps(look: NightLook) -> pd.DataFrame:
    """One row a step of an incident that is open, or was over lately, the newest first."""
    rows = [
        {
            "at": step.at,
            "scope": scope_words(incident.scope, look.board),
            "kind": look.desk.words(incident.kind),
            "action": _(WORDS[step.action]),
            "who": look.book.called(step.who),
            "note": " ".join(filter(None, (step.owner, step.note))) or None,
        }
        for incident in look.desk.incidents
        for step in incident.steps
    ]
    rows.sort(key=lambda row: str(row["at"]), reverse=True)
    return framed(rows, STEP_COLUMNS)


COLUMNS = (
    Column("scope", N_("Family or pipeline"), width=250),
    Column("kind", N_("Kind of error"), width=250),
    Column("verdict", N_("Status"), Kind.STATUS, width=94),
    Column("opened", N_("Since"), Kind.MOMENT),
    Column("nights", N_("Nights"), Kind.NUMBER),
    Column("owner", N_("Who is on it")),
    Column("until", N_("Until"), Kind.MOMENT),
    Column("note", N_("Last note")),
)
STEP_COLUMNS = (
    Column("at", N_("When"), Kind.MOMENT),
    Column("scope", N_("Family or pipeline"), width=250),
    Column("kind", N_("Kind of error"), width=250),
    Column("action", N_("What happened")),
    Column("who", N_("Who")),
    Column("note", N_("Note")),
)
OPEN: Figure[NightLook] = Figure(
    name="desk",
    title=N_("Open incidents"),
    about=About(
        N_(
            "One incident is one kind of error in one family or pipeline while it lasts, over nights too. It is over "
            "once the board says so, or a person."
        ),
        SOURCE,
    ),
    shape=_shape,
    columns=COLUMNS,
    empty=N_("Nothing is followed here yet: the next run of the messages follows what the board shows."),
)
STEPS: Figure[NightLook] = Figure(
    name="desk-steps",
    title=N_("What happened at the desk"),
    about=About(N_("The steps of the incidents that are open, or were over within the last seven days."), SOURCE),
    shape=_steps,
    columns=STEP_COLUMNS,
    when=lambda look: bool(look.desk.incidents),
)


def _here(look: NightLook) -> dict[Key, tuple[Verdict, str]]:
    """What can be taken: what stands on the board, and what is open since before; with its verdict and its words."""
    verdicts = {key_of(incident): incident.verdict for incident in look.board.incidents if is_one(incident)}
    verdicts |= {key: standing.verdict for key, standing in look.desk.open.items() if key not in verdicts}
    return {key: (verdict, _words(look, key)) for key, verdict in verdicts.items()}


def _words(look: NightLook, key: Key) -> str:
    return f"{scope_words(key[0], look.board)} · {look.desk.words(key[1])}"


def _coded(key: Key) -> str:
    return "|".join(key)


def _choice(label: str, options: Mapping[str, str]) -> Filter[Any]:
    return Choice(label, next(iter(options)), options=options, none=_("Choose"))


def chosen(code: str | None) -> str:
    """What was chosen of a list. Raises InputInvalid where nothing was."""
    if code is None:
        raise InputInvalid(_("Choose what it is about."))
    return code


def _lasting() -> Filter[Any]:
    options = {str(n): ngettext("{n} hour", "{n} hours", n).format(n=n) for n in HOURS}
    return OneOf(_("For how long"), "4", options=options)


def _until(look: NightLook, values: Mapping[str, Any]) -> Any:
    return look.now + timedelta(hours=int(values["hours"]))


def _take_fields(look: NightLook) -> Mapping[str, Filter[Any]]:
    return {
        "incident": _choice(_("Incident"), {_coded(key): words for key, (_verdict, words) in _here(look).items()}),
        "owner": Line(_("Who is on it"), look.person.display_name),
        "hours": _lasting(),
        "note": Words(_("Note")),
    }


def _take(connection: sa.Connection, look: NightLook, values: Mapping[str, Any]) -> str:
    offered = {_coded(key): (key, verdict) for key, (verdict, _words) in _here(look).items()}
    key, verdict = offered[chosen(values["incident"])]
    until, who = _until(look, values), look.person.name
    acts.take(connection, key, verdict, look.night.day, values["owner"], until, values["note"], who=who, now=look.now)
    return _taken(values["owner"].strip(), until, "")


def _noted(look: NightLook) -> dict[str, Standing]:
    """What can be noted on: what is open, then what is over, of either the newest first."""
    ordered = sorted(
        look.desk.incidents, key=lambda standing: (standing.closed_at is None, standing.opened_at), reverse=True
    )
    return {str(standing.id): standing for standing in ordered}


def _note_fields(look: NightLook) -> Mapping[str, Filter[Any]]:
    def words(standing: Standing) -> str:
        return f"{_words(look, standing.key)} · {show_date(standing.opened_at)}"

    ends = {"note": _("It goes on"), "close": _("It is closed")}
    return {
        "incident": _choice(_("Incident"), {code: words(standing) for code, standing in _noted(look).items()}),
        "note": Words(_("What was found or done")),
        "close": OneOf(_("Afterwards"), "note", options=ends),
    }


def _note(connection: sa.Connection, look: NightLook, values: Mapping[str, Any]) -> str:
    standing, close = _noted(look)[chosen(values["incident"])], values["close"] == "close"
    acts.note(connection, standing, values["note"], who=look.person.name, now=look.now, close=close)
    return _("The incident is closed.") if close else _("The note is kept.")


def _silence_fields(look: NightLook) -> Mapping[str, Filter[Any]]:
    scopes = [family.family.key for family in look.board.families] + [scope for scope, _kind in _here(look)]
    return {
        "scope": _choice(_("Family or pipeline"), {scope: scope_words(scope, look.board) for scope in scopes}),
        "hours": _lasting(),
        "why": Line(_("Why")),
    }


def _silence(connection: sa.Connection, look: NightLook, values: Mapping[str, Any]) -> str:
    until = _until(look, values)
    acts.silence(connection, chosen(values["scope"]), until, values["why"], who=look.person.name, now=look.now)
    return _("Nobody is told of it until {moment}.").format(moment=show_moment(until))


def _silences(look: NightLook) -> dict[str, Silence]:
    return {str(silence.id): silence for silence in look.desk.silences}


def _end_fields(look: NightLook) -> Mapping[str, Filter[Any]]:
    options = {
        code: f"{scope_words(silence.scope, look.board)} · {_silenced(look, silence)}"
        for code, silence in _silences(look).items()
    }
    return {"silence": _choice(_("The silence that ends"), options)}


def _end(connection: sa.Connection, look: NightLook, values: Mapping[str, Any]) -> str:
    acts.end_silence(connection, _silences(look)[chosen(values["silence"])], who=look.person.name, now=look.now)
    return _("People are told of it again.")


TAKE: Act[NightLook] = Act(
    name="desk-take",
    label=N_("Take charge"),
    icon=":material/front_hand:",
    fields=_take_fields,
    subject=lambda look: look.night.day.isoformat(),
    run=_take,
    when=lambda look: not look.replay and bool(_here(look)),
)
NOTE: Act[NightLook] = Act(
    name="desk-note",
    label=N_("Keep the note"),
    icon=":material/edit_note:",
    fields=_note_fields,
    run=_note,
    when=lambda look: not look.replay and bool(look.desk.incidents),
)
SILENCE: Act[NightLook] = Act(
    name="desk-silence",
    label=N_("Silence"),
    icon=":material/notifications_off:",
    help=N_("Nobody is told of it until then. What is still wrong at the end is told then."),
    fields=_silence_fields,
    run=_silence,
    when=lambda look: not look.replay and bool(look.board.families),
)
END: Act[NightLook] = Act(
    name="desk-end-silence",
    label=N_("End the silence"),
    icon=":material/notifications_active:",
    fields=_end_fields,
    run=_end,
    when=lambda look: not look.replay and bool(look.desk.silences),
)
PARTS = (OPEN, TAKE, NOTE, SILENCE, END, STEPS)
