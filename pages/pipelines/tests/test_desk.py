"""The duty desk: incidents follow the board, people act on them, and every moment of it can be told again."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.base import clock
from core.base.errors import InputInvalid
from core.base.i18n import speaking
from core.base.status import Verdict
from core.mission.discovery import warehouse
from core.people import accounts
from core.people.person import EVERYTHING, Person, Role
from core.show import filters
from core.show.figure import Act
from core.store.engine import store
from core.store.schema import audit
from pages.pipelines import alerts, look, past
from pages.pipelines.acts.desk import silence
from pages.pipelines.desk import Action, Desk, desk_at
from pages.pipelines.figures import desk as figures
from pages.pipelines.figures import kinds
from pages.pipelines.figures.history import HISTORY
from pages.pipelines.figures.incidents import INCIDENTS
from pages.pipelines.figures.recurring import WHAT_COMES_BACK
from pages.pipelines.figures.years import CALENDAR
from pages.pipelines.look import NightLook
from pages.pipelines.rules import RULES
from pages.pipelines.tests.landed import THREE, land_reads, land_runs, run, utc

MASTER = "telephonie_master"
SCOPE = f"telephonie/{MASTER}"
FAMILIES = [family.key for family in THREE.families]
CAMILLE = Person(1, "camille", "Camille", Role.DUTY, frozenset())


@pytest.fixture(autouse=True)
def _three(data: Path) -> None:
    """The rules of three families."""
    assert data.is_dir()
    store().upgrade()
    RULES.keep(RULES.text(THREE))


RERUN = run(MASTER, "00:20", "00:28")


KIND = "E42 · no space left"


def failed(start: str = "00:05", end: str = "00:10", code: str = "E42") -> dict[str, object]:
    return run(MASTER, start, end, "FAILED", error_code=code, error_message="no space left")


def passed(at: str) -> Desk:
    """What the scheduled command does at a moment; the desk after it."""
    land_reads(at)
    with store().write() as connection:
        list(alerts.notices(connection, utc(at)))
    return at_desk(at)


def at_desk(at: str) -> Desk:
    with store().read() as connection:
        return desk_at(connection, FAMILIES, utc(at), {SCOPE})


def looked(at: str, **params: str) -> NightLook:
    opening = look.opening(warehouse().reader(EVERYTHING), CAMILLE, utc(at))
    assert opening is not None
    return opening.look(filters.read(opening.filters, params))


def acted(act: Act[NightLook], at: str, values: Mapping[str, Any]) -> str:
    """What a person does on the screen, with its defaults where `values` say nothing."""
    seen = looked(at)
    assert act.when is None or act.when(seen)
    assert act.fields is not None
    with speaking("en"):
        given = {name: one.default for name, one in act.fields(seen).items()} | values
        with clock.at(utc(at)), store().write() as connection:
            return act.run(connection, seen, given)


def card(at: str, **params: str) -> tuple[str, ...]:
    """The lines of the master's card that the desk says."""
    seen = looked(at, **params)
    assert INCIDENTS.cards is not None
    with speaking("en"):
        (found,) = [one for one in INCIDENTS.cards(seen, INCIDENTS.frame(seen)) if MASTER in one.title]
    return tuple(line.replace("\u202f", " ") for line in found.lines[1:])


def opened(desk: Desk) -> dict[str, str]:
    return {one.scope: one.kind for one in desk.open.values() if one.scope == SCOPE}


def test_an_incident_opens_once_and_is_over_with_the_board() -> None:
    land_runs(failed())
    assert opened(passed("00:40")) == {SCOPE: KIND}
    desk = passed("00:50")
    assert [step.action for step in desk.open[SCOPE, KIND].steps] == [Action.OPENED]
    land_runs(failed(), RERUN)
    desk = passed("01:00")
    assert opened(desk) == {}
    (over,) = desk.last_times((SCOPE, KIND))
    assert (over.closed_at, over.steps[-1].action) == (utc("01:00"), Action.RECOVERED)


def test_the_same_kind_of_the_next_night_is_the_same_incident_in_another_night() -> None:
    land_runs(failed(), failed("2026-11-21 00:20", "2026-11-21 00:30"))
    passed("00:40")
    assert opened(passed("2026-11-20 20:00")) == {SCOPE: KIND}
    standing = passed("2026-11-21 00:40").open[SCOPE, KIND]
    assert [step.action for step in standing.steps] == [Action.OPENED, Action.AGAIN]
    assert standing.nights == 2


def test_another_error_is_another_incident() -> None:
    land_runs(failed())
    passed("00:40")
    land_runs(failed(), failed("00:42", "00:44", "E7"))
    assert {kind for scope, kind in passed("00:50").open if scope == SCOPE} == {KIND, "E7 · no space left"}


def test_without_a_code_the_kind_is_the_text_with_what_varies_masked() -> None:
    text = {"error_code": None, "error_message": "no space on /data/7, password=s3cret after 12 s"}
    land_runs({**failed(), **text})
    assert opened(passed("00:40")) == {SCOPE: "no space on <path> password=… after <n> s"}


def test_a_kind_is_named_and_merged_for_the_desk_too_and_parted_again() -> None:
    other = {"error_code": None, "error_message": "disk full"}
    land_runs(failed(), {**failed("2026-11-19 00:05", "2026-11-19 00:10"), **other})
    passed("2026-11-19 00:15")
    land_runs(run(MASTER, "2026-11-19 00:20", "2026-11-19 00:28"))
    passed("2026-11-19 00:40")
    passed("00:40")
    assert looked("00:44").desk.last_times((SCOPE, KIND)) == []
    assert acted(kinds.NAME, "00:44", {"kind": "disk full", "name": "Full"}) == "The kind is called “Full”."
    acted(kinds.MERGE, "00:45", {"kind": KIND, "into": "disk full", "why": "the same"})
    merged = looked("00:46")
    assert merged.desk.words(KIND) == "Full"
    assert [one.kind for one in merged.desk.last_times((SCOPE, KIND))] == ["disk full"]
    assert kinds.KINDS.frame(merged)[["kind", "failures"]].values.tolist() == [["Full", 2]]
    assert kinds.DECIDED.frame(merged)[["kind", "name", "into", "why"]].fillna("").values.tolist() == [
        [KIND, "", "disk full", "the same"],
        ["disk full", "Full", "", ""],
    ]
    acted(kinds.PART, "00:47", {"kind": KIND})
    assert looked("00:48").desk.words(KIND) == KIND


def test_who_sees_some_failures_alone_is_told_of_merges_what_those_say() -> None:
    hidden = {"error_code": None, "error_message": "client of Nord is full", "squad": "Nord", "pipeline": "nord"}
    land_runs(failed(), {**failed("2026-11-19 00:05", "2026-11-19 00:10"), **hidden})
    land_reads("00:40")
    acted(kinds.MERGE, "00:45", {"kind": KIND, "into": "client of Nord is full", "why": "the same"})
    sud = Person(2, "sud", "Sud", Role.SQUAD, frozenset({"Sud"}))
    opening = look.opening(warehouse().reader(sud.scope), sud, utc("00:46"))
    assert opening is not None
    seen = opening.look(filters.read(opening.filters, {}))
    assert kinds.KINDS.frame(seen)["kind"].tolist() == [KIND]
    assert kinds.DECIDED.frame(seen)[["kind", "into"]].values.tolist() == [[KIND, "…"]]
    assert kinds.DECIDED.frame(looked("00:46"))["into"].tolist() == ["client of Nord is full"]


def test_the_strip_holds_the_nights_that_were_judged_and_the_one_shown() -> None:
    land_runs(
        failed("2026-11-18 00:05", "2026-11-18 00:10"), run(MASTER, "2026-11-19 00:20", "2026-11-19 00:28"), failed()
    )
    land_reads("00:40")
    past.judge(THREE, utc("00:40"))
    frame = HISTORY.frame(looked("00:40", family=SCOPE.partition("/")[0]))
    assert frame[["code", "verdict"]].values.tolist() == [
        ["2026-11-18", "KO"],
        ["2026-11-19", "KO"],
        ["2026-11-20", "KO"],
    ]
    again = HISTORY.frame(looked("00:40", family=SCOPE.partition("/")[0], night="2026-11-19"))
    assert again["code"].tolist() == ["2026-11-18", "2026-11-19"]


def test_a_person_takes_it_until_an_end_and_the_card_says_so() -> None:
    land_runs(failed())
    passed("00:40")
    assert card("00:45") == ("Nobody is on it yet.", *card("00:45")[1:])
    said = acted(figures.TAKE, "00:45", {"incident": f"{SCOPE}|{KIND}", "note": "the disk again", "hours": "2"})
    assert said == "Camille is on it until Nov 20, 2026, 03:45"
    assert card("00:46")[0] == "Camille is on it until Nov 20, 2026, 03:45: the disk again"
    assert card("02:46")[0] == "Nobody is on it yet."


def test_an_incident_closed_in_the_night_is_no_longer_open_and_the_card_says_who_closed_it() -> None:
    land_runs(failed())
    desk = passed("00:40")
    closing = {"incident": str(desk.open[SCOPE, KIND].id), "note": "the disk was changed", "close": "close"}
    acted(figures.NOTE, "00:45", closing)
    passed("00:50")
    assert [line for line in card("00:55") if "disk was" in line or "Nobody" in line] == [
        "Closed on Nov 20, 2026, 01:45 by camille: the disk was changed"
    ]
    assert MASTER not in " ".join(figures.OPEN.frame(looked("00:55"))["scope"])
    acted(figures.TAKE, "00:56", {"incident": f"{SCOPE}|{KIND}", "hours": "2"})
    assert "Camille is on it until Nov 20, 2026, 03:56" in card("00:57")
    assert MASTER in " ".join(figures.OPEN.frame(looked("00:57"))["scope"])


def test_what_the_command_has_not_seen_yet_can_be_taken() -> None:
    land_runs(failed())
    land_reads("00:40")
    acted(figures.TAKE, "00:45", {"incident": f"{SCOPE}|{KIND}"})
    desk = passed("00:50")
    assert [step.action for step in desk.open[SCOPE, KIND].steps] == [Action.OPENED, Action.TAKEN]


def test_the_last_three_times_come_with_what_was_noted_then() -> None:
    for day in range(12, 17):
        at = f"2026-11-{day} 00"
        land_runs(failed(f"{at}:05", f"{at}:10"))
        land_reads(f"{at}:15")
        acted(figures.TAKE, f"{at}:15", {"incident": f"{SCOPE}|{KIND}", "note": f"cleared on {day}"})
        land_runs(failed(f"{at}:05", f"{at}:10"), run(MASTER, f"{at}:20", f"{at}:28"))
        passed(f"{at}:59")
    land_runs(failed())
    passed("00:40")
    assert [line for line in card("00:45") if "same" in line] == [
        "The same on Nov 16, 2026: cleared on 16",
        "The same on Nov 15, 2026: cleared on 15",
        "The same on Nov 14, 2026: cleared on 14",
    ]


def test_a_night_that_is_over_shows_what_was_noted_in_it_and_before_not_what_came_later() -> None:
    for day in (16, 17, 18):
        at = f"2026-11-{day} 00"
        land_runs(failed(f"{at}:05", f"{at}:10"))
        land_reads(f"{at}:15")
        acted(figures.TAKE, f"{at}:15", {"incident": f"{SCOPE}|{KIND}", "note": f"cleared on {day}"})
        if day < 18:
            land_runs(failed(f"{at}:05", f"{at}:10"), run(MASTER, f"{at}:20", f"{at}:28"))
        passed(f"{at}:59")
        land_runs(failed(f"{at}:05", f"{at}:10"))
    one = passed("2026-11-18 10:00").open[SCOPE, KIND]
    acted(figures.NOTE, "2026-11-19 10:00", {"incident": str(one.id), "note": "the disk was changed"})
    land_reads("2026-11-19 18:00")
    past.judge(THREE, utc("00:40"))

    def noted(night: str) -> list[str]:
        return [line for line in card("00:40", night=night) if "cleared" in line or "changed" in line]

    assert noted("2026-11-18") == [
        "Noted on Nov 18, 2026, 01:15 by camille: cleared on 18",
        "The same on Nov 17, 2026: cleared on 17",
        "The same on Nov 16, 2026: cleared on 16",
    ]
    assert noted("2026-11-17")[0] == "Noted on Nov 17, 2026, 01:15 by camille: cleared on 17"
    family = {"family": SCOPE.partition("/")[0]}
    frame = CALENDAR.frame(looked("00:40", **family))
    assert dict(zip(frame["code"], frame["note"], strict=True)) == {
        "2026-11-16": f"{MASTER}\u202f: cleared on 16",
        "2026-11-17": f"{MASTER}\u202f: cleared on 17",
        "2026-11-18": f"{MASTER}\u202f: cleared on 18",
        "2026-11-19": f"{MASTER}\u202f: the disk was changed",
    }
    frames = [WHAT_COMES_BACK.frame(looked("00:40", night=night)) for night in LATE]
    lasts = [frame.set_index("pipeline")["note"][MASTER].partition(": ")[2] for frame in frames]
    assert lasts == ["cleared on 18", "the disk was changed"]


LATE = ("2026-11-18", "2026-11-19")


def test_a_person_closes_it_with_a_note_and_it_stays_closed_that_night() -> None:
    land_runs(failed())
    (one,) = [one for one in passed("00:40").incidents if one.scope == SCOPE]
    with pytest.raises(InputInvalid):
        acted(figures.NOTE, "00:45", {"incident": str(one.id), "close": "close"})
    acted(figures.NOTE, "00:45", {"incident": str(one.id), "note": "not needed tonight", "close": "close"})
    assert opened(passed("00:50")) == {}
    land_runs(failed(), failed("2026-11-21 00:20", "2026-11-21 00:30"))
    assert opened(passed("2026-11-21 00:40")) == {SCOPE: KIND}


def test_what_is_over_still_takes_a_closing_note() -> None:
    land_runs(failed())
    (one,) = [one for one in passed("00:40").incidents if one.scope == SCOPE]
    land_runs(failed(), RERUN)
    passed("01:00")
    acted(figures.NOTE, "09:00", {"incident": str(one.id), "note": "disk doubled", "close": "close"})
    (over,) = at_desk("10:00").last_times((SCOPE, KIND))
    assert [(step.action, step.note) for step in over.steps[-2:]] == [
        (Action.RECOVERED, ""),
        (Action.NOTED, "disk doubled"),
    ]


def test_a_note_is_offered_for_what_is_open_before_what_is_over() -> None:
    land_runs(failed(), run("telephonie_calls", "00:05", "00:10", "FAILED"))
    older, newer = sorted(one.id for one in passed("00:40").open.values())[-2:]
    acted(figures.NOTE, "00:45", {"incident": str(newer), "note": "mended", "close": "close"})
    with speaking("en"):
        offered = figures.NOTE.fields(looked("00:50"))["incident"]  # type: ignore[misc]
    assert list(offered.options)[-1] == str(newer)
    assert offered.default == str(older)


def test_a_silence_has_a_reason_and_an_end_and_is_told_on_the_card() -> None:
    land_runs(failed())
    passed("00:40")
    with pytest.raises(InputInvalid):
        acted(figures.SILENCE, "00:45", {"scope": "telephonie"})
    acted(figures.SILENCE, "00:45", {"scope": "telephonie", "why": "moving house", "hours": "1"})
    assert "Silenced by camille until Nov 20, 2026, 02:45: moving house" in card("01:00")
    acted(figures.END, "01:10", {})
    assert at_desk("01:05").silence(SCOPE) is not None
    assert at_desk("01:10").silence(SCOPE) is None


def test_people_are_called_by_their_names_and_not_by_those_of_their_accounts() -> None:
    land_runs(failed())
    passed("00:40")
    acted(figures.SILENCE, "00:45", {"scope": "telephonie", "why": "moving house", "hours": "1"})
    named = {"role": Role.DUTY, "display_name": "Camille Durand", "password": "a long password"}
    with store().write() as connection:
        accounts.add(connection, who="t", name="camille", **named)
    assert "Silenced by Camille Durand until Nov 20, 2026, 02:45: moving house" in card("01:00")


def test_an_end_lies_ahead_and_within_a_month() -> None:
    for until in (utc("00:44"), utc("00:45") + timedelta(days=32)):
        with store().write() as connection, pytest.raises(InputInvalid):
            silence(connection, "telephonie", until, "why", who="camille", now=utc("00:45"))


def test_the_night_is_told_again_as_the_desk_then_stood() -> None:
    land_runs(failed())
    passed("00:12")
    acted(figures.TAKE, "00:14", {"incident": f"{SCOPE}|{KIND}", "note": "on my way"})
    land_runs(failed(), RERUN)
    passed("00:40")
    assert (SCOPE, KIND) not in looked("09:00").desk.open
    replayed = {"night": "2026-11-20", "known": "01:15"}
    assert card("09:00", **replayed)[0] == "Camille is on it until Nov 20, 2026, 05:14: on my way"
    assert figures.TAKE.when is not None
    assert not figures.TAKE.when(looked("09:00", **replayed))


def test_every_act_is_in_the_audit() -> None:
    land_runs(failed())
    passed("00:40")
    acted(figures.TAKE, "00:45", {"incident": f"{SCOPE}|{KIND}"})
    acted(figures.SILENCE, "00:46", {"scope": SCOPE, "why": "w"})
    acted(figures.END, "00:47", {})
    land_runs(failed(), RERUN)
    passed("01:00")
    with store().read() as connection:
        rows = connection.execute(sa.select(audit.c.who, audit.c.action, audit.c.key).order_by(audit.c.id)).all()
    assert [tuple(row) for row in rows if str(row.key).startswith(SCOPE)] == [
        ("vigie", "open", f"{SCOPE} {KIND}"),
        ("camille", "take", f"{SCOPE} {KIND}"),
        ("camille", "silence", SCOPE),
        ("camille", "tell again", SCOPE),
        ("vigie", "recover", f"{SCOPE} {KIND}"),
    ]


def test_a_squad_sees_the_incidents_of_its_own_families_alone() -> None:
    land_runs(failed())
    passed("00:40")
    assert {one.family for one in passed("00:40").incidents} >= {"telephonie"}
    with store().read() as connection:
        other = desk_at(connection, ["solaris"], utc("00:41"), {SCOPE})
    assert [one for one in other.incidents if one.scope == SCOPE] == []


def test_the_open_incidents_are_a_table() -> None:
    land_runs(failed())
    passed("00:40")
    acted(figures.TAKE, "00:45", {"incident": f"{SCOPE}|{KIND}", "note": "the disk"})
    with speaking("en"):
        frame = figures.OPEN.frame(looked("00:46"))
    (row,) = frame[frame["kind"] == KIND].to_dict("records")
    assert (row["scope"], row["verdict"], row["nights"], row["owner"], row["note"]) == (
        f"Téléphonie · {MASTER}",
        Verdict.KO.value,
        1,
        "Camille",
        "the disk",
    )
    assert isinstance(row["opened"], datetime)
