"""Who is told of an incident: once, again where it gets worse, once when it is over; and what holds a message back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.base import clock
from core.base.errors import InputInvalid, RulesInvalid
from core.base.settings import read, settings
from core.mission.discovery import warehouse
from core.people import accounts
from core.people.person import EVERYTHING, Person, Role
from core.people.rights import require
from core.run.notify import makers, rechecks
from core.show import filters
from core.store.engine import store
from core.store.schema import incidents, outbox, people
from core.tell.mail import Mail
from core.tell.outbox import Channel, send, tell_due
from pages.pipelines import MISSION, alerts, look, rules
from pages.pipelines.acts.choices import Choice, choose
from pages.pipelines.acts.desk import follow, silence, take
from pages.pipelines.figures import told as figures
from pages.pipelines.rules import Family, Rules
from pages.pipelines.tests.landed import DEMO, land_reads, land_runs, run, utc
from pages.pipelines.tests.test_desk import CAMILLE, looked
from pages.pipelines.thresholds import WORKING, worked
from tests.mailbox import Inbox, mail_server

A, B = "duty@example.fr", "lead@example.fr"


@pytest.fixture(autouse=True)
def _here(data: Path) -> None:
    assert data.is_dir()
    store().upgrade()


def family(key: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "name": key.title(), "members": [{"pipeline": f"{key}_master"}], **more}


def ruled(*mails: dict[str, Any], families: tuple[dict[str, Any], ...] = ()) -> None:
    """These rules are in force; without `families`, one of them, `f`."""
    told = Rules.model_validate(
        {
            "night": DEMO.night,
            "families": [Family.model_validate(one) for one in families or (family("f"),)],
            "mails": list(mails),
        }
    )
    rules.RULES.keep(rules.RULES.text(told))


def failed(name: str = "f", start: str = "00:05", end: str = "00:10") -> dict[str, object]:
    return run(f"{name}_master", start, end, "FAILED", error_code="E42", error_message="no space")


def rerun(name: str = "f", start: str = "00:20", end: str = "00:25") -> dict[str, object]:
    return run(f"{name}_master", start, end)


def passed(at: str) -> None:
    """What the scheduled command decides at a moment."""
    land_reads(at)
    with clock.at(utc(at)):
        tell_due(store(), [alerts.notices])


def told() -> list[tuple[str, ...]]:
    """Recipient, step, state and reason of every message, by recipient."""
    with store().read() as connection:
        rows = connection.execute(sa.select(outbox).order_by(outbox.c.recipient, outbox.c.id)).all()
    return [(row.recipient, row.step, row.state, *([row.reason] if row.reason else [])) for row in rows]


def by_subject() -> dict[str, str]:
    """The state of every message, by what it is about."""
    with store().read() as connection:
        rows = connection.execute(sa.select(outbox.c.subject, outbox.c.state)).all()
    return {row.subject.removeprefix("Rétabli\u202f: ").split(" ")[0]: row.state for row in rows}


def sent(inbox: Inbox, at: str) -> list[tuple[str, str]]:
    """What goes at a moment: recipient and subject."""
    with mail_server(inbox) as server, clock.at(utc(at)):
        list(send(store(), Channel.MAIL, Mail(read(server)), {}, rechecks()))
    return [(mail["To"], mail["Subject"]) for mail in inbox.mails]


def test_an_incident_is_told_once_and_its_end_once_to_who_was_told() -> None:
    ruled({"to": A}, {"to": B, "after": 3})
    land_runs(failed())
    inbox = Inbox()
    for at in ("00:12", "00:14"):
        passed(at)
    assert told() == [(A, "opened", "due"), (B, "opened", "held", "threshold")]
    assert sent(inbox, "00:15") == [(A, "f_master en échec dans la nuit du 20 nov. 2026")]
    land_runs(failed(), rerun())
    for at in ("00:30", "00:35"):
        passed(at)
    assert told() == [(A, "opened", "sent"), (A, "over", "due"), (B, "opened", "held", "recovered")]
    assert sent(inbox, "00:40")[1:] == [(A, "Rétabli\u202f: F · f_master")]


@pytest.mark.parametrize(
    ("others", "told_of_its_end"),
    [
        ([{"to": A}, {"to": A, "families": ["g"], "over": False}], True),
        ([{"to": A}, {"to": A, "over": False}], True),
        ([{"to": A}, {"to": B, "over": False}], True),
        ([{"to": A, "over": False}], False),
        ([{"to": A, "over": False}, {"to": A, "families": ["g"]}], False),
    ],
    ids=["none of another family", "by one of two", "another address", "wants none", "of another family alone"],
)
def test_the_end_is_told_where_some_rule_of_the_incident_wants_it(
    others: list[dict[str, Any]], told_of_its_end: bool
) -> None:
    ruled(*others, families=(family("f"), family("g")))
    land_runs(failed(), rerun("g"))
    passed("00:12")
    sent(Inbox(), "00:15")
    land_runs(failed(), rerun(), rerun("g"))
    passed("00:30")
    assert ((A, "over", "due") in told()) is told_of_its_end


def test_an_incident_that_lasts_is_not_told_again_once_its_message_is_erased() -> None:
    ruled({"to": A})
    land_runs(failed())
    passed("00:12")
    sent(Inbox(), "00:15")
    with store().write() as connection:
        connection.execute(sa.delete(outbox))
    land_runs(failed(start="2026-12-20 00:05", end="2026-12-20 00:10"))
    passed("2026-12-20 00:12")
    with store().read() as connection:
        assert [row.closed_at for row in connection.execute(sa.select(incidents))] == [None]
    assert told() == []


def test_what_recovered_before_it_was_sent_alarms_nobody() -> None:
    ruled({"to": A})
    land_runs(failed())
    passed("00:12")
    land_runs(failed(), rerun())
    with store().write() as connection:
        follow(connection, looked("00:30").board, frozenset({"f"}), utc("00:30"))
    assert sent(Inbox(), "00:31") == []
    assert told() == [(A, "opened", "held", "recovered")]


def test_a_source_that_comes_back_after_two_weeks_alarms_nobody_about_the_past() -> None:
    ruled({"to": A, "unknown": True})
    land_runs(*(failed("f", f"2026-11-{day:02} 00:05", f"2026-11-{day:02} 00:10") for day in range(6, 20)))
    passed("2026-11-20 20:00")
    assert told() == []


def test_a_parent_holds_its_children_and_releases_them_when_it_is_up_and_they_are_not() -> None:
    ruled({"to": A}, families=(family("f"), family("g", needs=["f"]), family("h", needs=["g"])))
    land_runs(failed("f"), failed("g"), failed("h"))
    passed("00:12")
    assert by_subject() == {"f_master": "due", "g_master": "held", "h_master": "held"}
    sent(Inbox(), "00:13")
    land_runs(failed("f"), rerun("f"), failed("g"), failed("h"))
    passed("00:30")
    assert by_subject() == {"f_master": "sent", "F": "due", "g_master": "due", "h_master": "held"}


def test_a_silence_that_ends_while_it_is_still_ko_tells_then() -> None:
    ruled({"to": A})
    land_runs(failed())
    with store().write() as connection:
        silence(connection, "f", utc("01:00"), "known", who="camille", now=utc("00:11"))
    passed("00:12")
    assert told() == [(A, "opened", "held", "silence")]
    passed("01:00")
    assert told() == [(A, "opened", "due")]


def test_nobody_is_told_of_a_planned_stop() -> None:
    stop = {"from": "2026-11-20T01:00", "to": "2026-11-20T02:00", "reason": "disks"}
    ruled({"to": A}, families=(family("f", maintenance=[stop]),))
    land_runs(failed())
    passed("00:12")
    assert told() == [(A, "opened", "held", "maintenance")]
    passed("01:00")
    assert told() == [(A, "opened", "due")]


@pytest.mark.parametrize(
    ("night", "held_at", "told_at"),
    [
        ("2026-10-25", ["00:12", "01:30", "01:59"], "02:00"),  # from 02:00 to 03:00, twice: two hours
        ("2026-03-29", [], "01:00"),  # there is no 02:00 to 03:00
        ("2026-03-28", ["01:12", "01:59"], "02:00"),
    ],
    ids=["autumn", "spring", "another night"],
)
def test_a_planned_stop_of_the_hour_that_the_clock_changes_in(night: str, held_at: list[str], told_at: str) -> None:
    stop = {"from": f"{night}T02:00", "to": f"{night}T03:00", "reason": "disks"}
    ruled({"to": A}, families=(family("f", maintenance=[stop]),))
    land_runs(failed("f", f"{night} 00:05", f"{night} 00:10"))
    for at in held_at:
        passed(f"{night} {at}")
        assert told() == [(A, "opened", "held", "maintenance")]
    passed(f"{night} {told_at}")
    assert told() == [(A, "opened", "due")]


def test_the_same_failure_is_not_told_again_a_night_later_and_what_gets_worse_is() -> None:
    late = family("f", window={"from": "00:00", "to": "01:30"})
    ruled({"to": A, "warnings": True}, families=(late,))
    land_runs(run("f_master", "00:50", "00:55"))  # 01:50 in Paris: too late
    passed("00:56")
    assert told() == [(A, "opened", "due")]
    land_runs(run("f_master", "00:50", "00:55"), failed("f", "00:57", "00:58"))
    for at in ("00:59", "01:05"):
        passed(at)
    assert told() == [(A, "opened", "due"), (A, "opened", "due")]
    with store().read() as connection:
        subjects = list(connection.scalars(sa.select(outbox.c.subject).order_by(outbox.c.id)))
    assert subjects == [
        "f_master\u202f: pas comme attendu dans la nuit du 20 nov. 2026",
        "f_master en échec dans la nuit du 20 nov. 2026",
    ]
    tomorrow = failed("f", "2026-11-21 00:15", "2026-11-21 00:16")
    land_runs(run("f_master", "00:50", "00:55"), failed("f", "00:57", "00:58"), tomorrow)
    passed("2026-11-21 00:20")
    assert len(told()) == 2


def test_failures_in_a_row_are_counted_within_a_night_and_over_nights() -> None:
    ruled({"to": A, "after": 2}, {"to": B, "after": 3})
    land_runs(failed())
    passed("00:12")
    land_runs(failed(), failed("f", "00:15", "00:17"))
    passed("00:20")
    assert told() == [(A, "opened", "due"), (B, "opened", "held", "threshold")]
    tomorrow = [failed("f", f"2026-11-21 00:{minute}", f"2026-11-21 00:{minute + 1}") for minute in (15, 25)]
    land_runs(failed(), failed("f", "00:15", "00:17"), *tomorrow)
    passed("2026-11-21 00:30")
    assert told() == [(A, "opened", "due"), (B, "opened", "due")]


def test_a_share_of_the_last_nights_is_told_with_its_count() -> None:
    ruled({"to": A, "share": {"of": 0.5, "nights": 4}})
    land_reads("2026-11-16 06:00")
    earlier = [rerun("f", f"2026-11-{day} 00:05", f"2026-11-{day} 00:10") for day in (17, 18)]
    land_runs(*earlier, failed("f", "2026-11-19 00:05", "2026-11-19 00:10"))
    passed("2026-11-19 00:12")
    assert told() == [(A, "opened", "held", "threshold")]
    land_runs(*earlier, failed("f", "2026-11-19 00:05", "2026-11-19 00:10"), failed())
    passed("00:12")
    assert told() == [(A, "opened", "due")]
    with store().read() as connection:
        text = connection.scalar(sa.select(outbox.c.text))
    assert "KO dans 2 des 4 dernières nuits jugées." in str(text)


def test_only_the_kinds_asked_for_are_told() -> None:
    ruled({"to": A, "kinds": ["E7"]}, {"to": B, "kinds": ["E42"]})
    land_runs(failed())
    passed("00:12")
    assert told() == [(B, "opened", "due")]


@pytest.mark.parametrize(
    ("at", "reason"),
    [("2026-11-21 00:12", ["hours"]), ("2026-11-21 09:00", ["holiday"]), ("2026-11-23 09:00", []), ("09:00", [])],
)
def test_it_waits_for_working_hours_of_working_days(at: str, reason: list[str]) -> None:
    """The 21st of November 2026 is a Saturday."""
    working = {"hours": {"from": "08:00", "to": "18:00"}}
    ruled({"to": A, **working, "working_days": at != "2026-11-21 00:12"})
    land_runs(failed("f", at, at))
    passed(at)
    assert told() == [(A, "opened", "held" if reason else "due", *reason)]


def test_what_nobody_takes_within_an_hour_of_work_is_told_to_the_next_one() -> None:
    ruled({"to": A}, {"to": B, "unattended": 60})
    land_runs(failed())
    for at, reason in (("00:12", ["threshold"]), ("07:59", ["threshold"])):
        passed(at)
        assert told()[1] == (B, "opened", "held", *reason)
    with store().write() as connection:
        now = utc("07:59")
        key, until = ("f/f_master", "E42 · no space"), utc("09:00")
        take(connection, key, looked("07:59").board.verdict, now.date(), "Ana", until, "", who="ana", now=now)
    passed("08:30")
    assert told()[1] == (B, "opened", "held", "taken")
    passed("09:00")
    assert told()[1] == (B, "opened", "due")


def test_a_late_source_is_told_as_unknown_and_to_who_asked_for_that() -> None:
    ruled({"to": A}, {"to": B, "failures": False, "unknown": True}, families=(family("f", sources=["journal"]),))
    land_runs(rerun("f", "2026-11-19 00:05", "2026-11-19 00:10"))
    land_reads("2026-11-19 06:00")
    with clock.at(utc("09:00")):
        tell_due(store(), [alerts.notices])
    with store().read() as connection:
        rows = connection.execute(sa.select(outbox.c.recipient, outbox.c.subject)).all()
    assert [tuple(row) for row in rows] == [(B, "F\u202f: inconnu, sa source n’a pas été lue à temps")]


def test_a_place_in_teams_is_told_as_a_person_is() -> None:
    ruled({"to": "${VIGIE_SECRET_TEAMS_NIGHT}"})
    land_runs(failed())
    passed("00:12")
    with store().read() as connection:
        assert connection.scalar(sa.select(outbox.c.channel)) == "teams"


def test_each_place_in_teams_gets_a_card_a_working_day_and_one_that_takes_none_is_told_by_mail() -> None:
    place = "${VIGIE_SECRET_TEAMS_NIGHT}"
    ruled({"to": place, "failures": False}, {"to": A, "failures": False})
    land_runs(rerun())
    for at in ("06:59", "07:00", "07:05"):  # 07:00 is 08:00 in Paris
        passed(at)
    assert told() == [(place, "2026-11-20", "due")]
    with store().write() as connection:
        connection.execute(sa.update(outbox).values(state="failed", last_error="Teams refuse."))
    for at in ("07:10", "07:15", "2026-11-21 09:00"):  # then comes a Saturday
        passed(at)
    assert told() == [(place, "2026-11-20", "failed"), (A, "2026-11-20", "due")]
    passed("2026-11-23 09:00")
    assert told()[:2] == [(place, "2026-11-20", "failed"), (place, "2026-11-23", "due")]


def account(name: str, role: Role, *squads: str, email: str | None = "") -> Person:
    with store().write() as connection:
        address = f"{name}@example.fr" if email == "" else email
        accounts.add(
            connection, who="t", name=name, role=role, squads=squads, email=address, password="a long password"
        )
        number = connection.scalar(sa.select(people.c.id).where(people.c.name == name))
        connection.execute(sa.update(people).where(people.c.id == number).values(password_until=None))
        return require(connection, int(number or 0), MISSION, act=False)


def test_each_person_is_told_what_they_chose_of_what_they_may_see() -> None:
    ruled(families=(family("f", squad="Nord"), family("g")))
    land_runs(failed("f"), failed("g"))
    duty, squad = account("duty", Role.DUTY), account("squad", Role.SQUAD, "Sud")
    with store().write() as connection:
        choose(connection, duty, Choice(families=("f",), failures=True), ["f", "g"])
        choose(connection, squad, Choice(failures=True), ["g"])
    passed("00:12")
    with store().read() as connection:
        rows = connection.execute(sa.select(outbox.c.recipient, outbox.c.subject)).all()
    assert sorted(tuple(row) for row in rows) == [
        ("duty@example.fr", "f_master en échec dans la nuit du 20 nov. 2026"),
        ("squad@example.fr", "g_master en échec dans la nuit du 20 nov. 2026"),
    ]


def test_who_chose_the_place_of_their_squad_is_told_there_what_everybody_of_it_may_see(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VIGIE_PLACES", "Nord=VIGIE_SECRET_TEAMS_NORD, *=VIGIE_SECRET_TEAMS_DUTY")
    settings.cache_clear()
    ruled(families=(family("f", squad="Nord"), family("g", squad="Sud")))
    land_runs(failed("f"), failed("g"))
    both, duty = account("both", Role.SQUAD, "Nord", "Sud", email=None), account("duty", Role.DUTY)
    with store().write() as connection:
        choose(connection, both, Choice(failures=True, place="Nord"), ["f", "g"])
        choose(connection, duty, Choice(families=("g",), failures=True, place="*"), ["f", "g"])
        for person, place in ((both, "*"), (duty, "Nord"), (both, "Est")):
            with pytest.raises(InputInvalid, match="groupe"):
                choose(connection, person, Choice(failures=True, place=place), ["f", "g"])
    passed("00:12")
    nord, everybody = "${VIGIE_SECRET_TEAMS_NORD}", "${VIGIE_SECRET_TEAMS_DUTY}"
    with store().read() as connection:
        rows = connection.execute(sa.select(outbox.c.channel, outbox.c.recipient, outbox.c.subject)).all()
    assert sorted(tuple(row) for row in rows) == [
        ("teams", everybody, "g_master en échec dans la nuit du 20 nov. 2026"),
        ("teams", nord, "f_master en échec dans la nuit du 20 nov. 2026"),
    ]
    opening = look.opening(warehouse().reader(both.scope), both, utc("00:20"))
    assert opening is not None
    assert figures.TOLD.frame(opening.look(filters.read(opening.filters, {})))["to"].tolist() == [nord]


def test_who_chose_a_place_that_is_open_no_more_is_told_by_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIE_PLACES", "*=VIGIE_SECRET_TEAMS_DUTY")
    settings.cache_clear()
    ruled()
    land_runs(failed())
    duty = account("duty", Role.DUTY)
    with store().write() as connection:
        choose(connection, duty, Choice(failures=True, place="*"), ["f"])
    monkeypatch.delenv("VIGIE_PLACES")
    settings.cache_clear()
    passed("00:12")
    with store().read() as connection:
        assert connection.scalars(sa.select(outbox.c.recipient)).all() == ["duty@example.fr"]


def test_who_left_is_told_nothing() -> None:
    ruled()
    land_runs(failed())
    duty = account("duty", Role.DUTY)
    account("other", Role.ADMIN)
    with store().write() as connection:
        choose(connection, duty, Choice(failures=True), ["f"])
        accounts.close(connection, who="t", name="duty")
    passed("00:12")
    assert told() == []


def test_a_choice_needs_an_address_and_families_that_one_sees() -> None:
    ruled()
    without, duty = account("without", Role.DUTY, email=None), account("duty", Role.DUTY)
    with store().write() as connection:
        with pytest.raises(InputInvalid, match="adresse"):
            choose(connection, without, Choice(failures=True), ["f"])
        with pytest.raises(InputInvalid, match="familles"):
            choose(connection, duty, Choice(families=("h",), failures=True), ["f"])


def test_the_screen_shows_what_was_sent_and_what_was_held_back_and_why() -> None:
    ruled({"to": A}, {"to": B, "after": 3})
    land_runs(failed())
    passed("00:12")
    sent(Inbox(), "00:15")
    frame = figures.TOLD.frame(looked("00:20")).fillna("")
    assert sorted(zip(frame["to"], frame["state"], frame["why"], strict=True)) == [
        (A, "envoyé", ""),
        (B, "retenu", "pas encore assez souvent"),
    ]
    assert set(makers()) >= {MISSION.notices}


def test_each_person_sees_their_own_messages_of_a_night_that_both_look_at() -> None:
    ruled({"to": A}, {"to": B})
    land_runs(failed())
    passed("00:12")
    seen = {}
    for address in (A, B):
        reader, person = warehouse().reader(EVERYTHING), replace(CAMILLE, role=Role.SQUAD, email=address)
        opening = look.opening(reader, person, utc("00:20"))
        assert opening is not None
        seen[address] = figures.TOLD.frame(opening.look(filters.read(opening.filters, {})))["to"].tolist()
    assert seen == {A: [A], B: [B]}


@pytest.mark.parametrize(
    ("mail", "field"),
    [
        ("{to: '${HOME}'}", "to"),
        ("{to: a@example.fr, after: 0}", "after"),
        ("{to: a@example.fr, share: {of: 2, nights: 7}}", "share.of"),
        ("{to: a@example.fr, hours: {from: '18:00', to: '08:00'}}", ""),
    ],
)
def test_a_mistake_in_a_rule_is_told_with_its_line(mail: str, field: str) -> None:
    text = "families: [{key: a, name: A, members: [{pipeline: p}]}]\ndata_sets: []\n"
    (settings().data / "pipelines_rules.yml").write_text(f"{text}mails: [{mail}]\n", encoding="utf-8")
    with pytest.raises(RulesInvalid) as wrong:
        rules.in_force()
    assert f"ligne 3, mails[0]{'.' if field else ''}{field}" in wrong.value.sentence


def test_families_that_need_each_other_are_refused() -> None:
    text = "families: [{key: a, name: A, needs: [b], members: [{pipeline: p}]}, "
    text += "{key: b, name: B, needs: [a], members: [{pipeline: q}]}]\ndata_sets: []\nmails: []\n"
    (settings().data / "pipelines_rules.yml").write_text(text, encoding="utf-8")
    with pytest.raises(RulesInvalid, match="besoin"):
        rules.in_force()


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-11-20 06:30", "2026-11-20 08:00", 60),
        ("2026-11-20 16:30", "2026-11-23 07:30", 60),
        ("2026-11-20 20:00", "2026-11-22 20:00", 0),
        ("2026-12-24 16:00", "2026-12-28 07:00", 60),
    ],
)
def test_working_time_leaves_out_nights_weekends_and_holidays(start: str, end: str, minutes: int) -> None:
    first, last = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (start, end))
    assert worked(first, last, WORKING) == timedelta(minutes=minutes)
