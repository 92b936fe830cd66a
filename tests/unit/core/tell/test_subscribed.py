"""What people subscribed to: when it goes, to whom, with what; on the demo's data and a real mail server."""

import io
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
import pytest
import sqlalchemy as sa
from PIL import Image

from core.base import clock
from core.base.errors import InputInvalid, NotifyFailed, QueryFailed
from core.base.settings import read
from core.facts.lake import lake
from core.mission.discovery import missions
from core.notes import subscriptions, views
from core.notes.subscriptions import Every, Wanted
from core.people import accounts, rights
from core.people.person import Person, Role
from core.records import records
from core.records.exporting.files import SHEET
from core.records.records import Summary
from core.run.notify import letters, main, makers
from core.show.columns import Column, Kind
from core.store.engine import store
from core.store.schema import audit, outbox, people
from core.tell import subscribed
from core.tell.mail import Mail
from core.tell.outbox import Channel, Notice, send, tell_due
from pages.jira import demo
from pages.jira.facts import ISSUES
from pages.reroutes import demo as reroutes_demo
from tests.conftest import forget, housed
from tests.mailbox import Inbox

MONDAY = datetime(2026, 11, 2, 7, tzinfo=UTC)
"""The first working day of November 2026: the first is a Sunday."""
OCTOBER = datetime(2026, 10, 12, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder with the demo's facts; requests of the client Santé are those of the squad Vie."""
    with housed(tmp_path_factory.mktemp("landed")) as folder:
        demo.make(3, MONDAY)
        issues = demo.story(3, MONDAY)[ISSUES]
        squads = pc.if_else(pc.match_substring(issues["components"], "Santé"), "Vie", None)
        lake().land(
            ISSUES, issues.set_column(issues.schema.get_field_index("squad"), "squad", squads.cast(pa.string()))
        )
        reroutes_demo.make(3, MONDAY)
        yield folder


@pytest.fixture
def sending(
    landed: Path, data: Path, server: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Callable[[datetime], list[NotifyFailed | None]]:
    """Sends what is due at a moment, as the command does."""
    shutil.copytree(landed, data, dirs_exist_ok=True)
    for name, value in {**server, "VIGIE_BASE_URL": "https://vigie.example"}.items():
        monkeypatch.setenv(name, value)
    forget()
    store().upgrade()

    def sent(now: datetime) -> list[NotifyFailed | None]:
        with clock.at(now):
            tell_due(store(), makers())
            subscribed.tell_passed(store(), now)
            return [failure for _notice, failure in send(store(), Channel.MAIL, Mail(read(server)), letters())]

    return sent


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Charts are not drawn, which takes seconds: for tests of words and tables."""
    monkeypatch.setattr(subscribed.images, "png", lambda *_given, **_more: b"")


def told() -> list[Notice]:
    """What is due on Monday, kept and not sent."""
    with clock.at(MONDAY):
        return tell_due(store(), makers())


def account(name: str, role: Role = Role.SQUAD, **more: Any) -> Person:
    with store().write() as connection:
        accounts.add(
            connection,
            who="test",
            name=name,
            role=role,
            email=f"{name}@example.fr",
            password="long enough it is",
            chosen=True,
            **more,
        )
        number = connection.scalar(sa.select(people.c.id).where(people.c.name == name))
        assert number is not None
        return rights.require(connection, number, missions()["jira"], act=False)


@pytest.fixture
def blank(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every chart is one white point: for tests of which pictures are there (`test_each_picture_is_drawn` draws)."""
    point = io.BytesIO()
    Image.new("RGB", (1, 1), "white").save(point, "PNG")
    monkeypatch.setattr(subscribed.images, "png", lambda *_given, **_more: point.getvalue())


QUICK = {"days": "2001-01-01_2001-01-31"}
"""A view of reroutes that finds none: nothing is drawn."""
LATELY = {"period": "months-3"}


def view(
    owner: Person,
    name: str = "Ma vue",
    *,
    of: str = "reroutes",
    shared: bool = False,
    params: Mapping[str, str] = QUICK,
) -> int:
    with store().write() as connection:
        views.save(connection, of, owner.id, name, dict(params), shared=shared, who=owner.name)
        return next(one.id for one in views.seen_by(connection, of, owner.id) if one.name == name)


def wish(person: Person, wanted: Wanted, since: datetime = OCTOBER) -> None:
    with clock.at(since), store().write() as connection:
        subscriptions.subscribe(connection, person, wanted)


def mailed(person: Person, view_id: int, since: datetime = OCTOBER, every: Every = Every.MONTH) -> None:
    with store().read() as connection:
        seen = views.find(connection, view_id, person.id)
    assert seen is not None
    wish(person, Wanted(seen.mission, seen.name, every, view_id=view_id), since)


def pictures(mail: EmailMessage) -> dict[str, Image.Image]:
    found = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    return {str(part.get_filename()): Image.open(io.BytesIO(part.get_content())) for part in found}


def workbook(mail: EmailMessage) -> openpyxl.Workbook:
    (part,) = [part for part in mail.iter_attachments() if part.get_content_type() == SHEET]
    return openpyxl.load_workbook(io.BytesIO(part.get_content()))


def words(book: openpyxl.Workbook) -> set[str]:
    return {str(cell) for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for cell in row if cell}


def text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return plain(str(body.get_content()).replace("\r\n", "\n"))


def plain(said: str) -> str:
    """With spaces for the no-break ones, to compare."""
    return said.replace("\u202f", " ").replace("\u00a0", " ")


def table(mail: EmailMessage, title: str) -> list[dict[str, Any]]:
    head, *rows = workbook(mail)[title].iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def test_a_view_is_mailed_with_its_pictures_and_its_tables(blank: None, sending: Any, inbox: Inbox) -> None:
    ana = account("ana", squads=("Auto",))
    mailed(ana, view(ana, "Mes demandes", of="jira", params={"period": "months-3", "types": "Extraction"}))
    assert sending(MONDAY) == [None]
    (mail,) = inbox.mails
    assert (mail["To"], plain(mail["Subject"])) == ("ana@example.fr", "Activité Jira, Mes demandes : octobre 2026")
    said = text(mail).split("\n\n")
    assert said[:3] == [
        "Bonjour,",
        "Voici « Mes demandes », selon votre abonnement : octobre 2026.",
        "Créées ou résolues : 1 août 2026 – 31 oct. 2026\nType de demande : Extraction",
    ]
    assert "https://vigie.example/jira?period=months-3&types=Extraction" in said
    assert list(pictures(mail)) == pictures_of_jira()
    html = mail.get_body(("html",))
    assert html is not None
    assert '<img src="cid:01-by-client.png" alt="Demandes par client et par mois' in html.get_content()
    assert workbook(mail).sheetnames == [
        "À propos",
        "Demandes par client",
        "Classement des clients",
        "Part de chaque type",
        "Part de chaque type par mois",
        "Demandes par type",
        "Types de chaque client",
        "Estimé face à passé en heures,",
        "Estimé face à passé en heures 2",
        "Estimé face à passé en heures 3",
        "Dérive par type",
        "Dérive par client",
        "Dérive par mois de résolution",
        "Échéances",
        "Champs obligatoires vides",
        "Champs obligatoires vides au fi",
        "Créées face à résolues",
        "Débit par semaine",
        "Flux net, et ce qu’il laisse ou",
        "Demandes ouvertes par âge",
        "Flux cumulé",
        "Temps de cycle (jours)",
        "Répartition des temps de cycle",
        "Délai",
        "Âge du travail en cours, par st",
        "Efficience du flux",
        "Temps dans chaque statut",
        "Cumul du demandé et du fait, et",
        "Qualité des données",
        "Demandes derrière les chiffres",
    ]


def test_the_workbook_says_what_the_screen_says(undrawn: None, sending: Any, inbox: Inbox) -> None:
    lead = account("hugo", Role.LEAD)
    mailed(lead, view(lead, of="jira", params={"period": "2026-10-01_2026-10-31"}))
    sending(MONDAY)
    book = workbook(inbox.mails[0])
    about = {plain(row[0]): row[1] for row in book["À propos"].iter_rows(values_only=True)}
    issues = demo.story(3, MONDAY)[ISSUES].to_pylist()
    start, end = datetime(2026, 9, 30, 22, tzinfo=UTC), datetime(2026, 10, 31, 23, tzinfo=UTC)
    created = [one for one in issues if start <= one["created_at"] < end]
    assert about["Titre"] == "Ma vue"
    assert about["Filtre : Créées ou résolues"] == "1 oct. 2026 – 31 oct. 2026"
    assert about["Exporté par"] == "hugo"
    assert about[f"Lignes : Demandes derrière les chiffres : {len(created)}"] == str(len(created))
    rows = list(book["Demandes derrière les chiffres"].iter_rows(min_row=2, values_only=True))
    assert {row[0] for row in rows} == {one["key"] for one in created}
    assert f"- Demandes créées : {len(created)}" in text(inbox.mails[0])


def test_each_picture_is_drawn(sending: Any, inbox: Inbox) -> None:
    lead = account("hugo", Role.LEAD)
    mailed(lead, view(lead, of="reroutes", params={"days": "months-3"}))
    sending(MONDAY)
    found = pictures(inbox.mails[0])
    assert list(found)[:2] == ["01-trend.png", "02-control.png"]
    assert len(found) == 12
    for name, picture in found.items():
        assert picture.format == "PNG"
        assert picture.width > 1_200, name
        colours = picture.convert("RGB").getcolors(maxcolors=1_000_000)
        assert colours is not None
        drawn = sum(count for count, colour in colours if colour != (255, 255, 255))
        assert drawn > 0.01 * picture.width * picture.height, name
    bars = found["03-by-origin.png"].convert("RGB").getcolors(maxcolors=1_000_000) or []
    blue = {colour: count for count, colour in bars}
    assert blue[31, 95, 168] > 10_000  # the theme's blue, not the browser's


def test_it_is_sent_once_a_month(sending: Any, inbox: Inbox) -> None:
    ana = account("ana")
    mailed(ana, view(ana))
    mornings = [MONDAY, MONDAY, MONDAY + timedelta(days=1), datetime(2026, 12, 1, 7, tzinfo=UTC)]
    assert [sending(morning) for morning in mornings] == [[None], [], [], [None]]
    assert [mail["Subject"][-13:] for mail in inbox.mails] == [" octobre 2026", "novembre 2026"]
    assert inbox.mails[0]["Message-ID"] != inbox.mails[1]["Message-ID"]


@pytest.mark.parametrize(
    ("now", "since", "due"),
    [
        (datetime(2026, 11, 1, 7, tzinfo=UTC), OCTOBER, False),
        (datetime(2026, 11, 1, 23, 30, tzinfo=UTC), OCTOBER, True),
        (datetime(2026, 11, 20, 7, tzinfo=UTC), OCTOBER, True),
        (datetime(2026, 11, 20, 7, tzinfo=UTC), datetime(2026, 11, 3, 9, tzinfo=UTC), False),
        (datetime(2026, 12, 1, 7, tzinfo=UTC), datetime(2026, 11, 3, 9, tzinfo=UTC), True),
    ],
    ids=["holiday", "local Monday", "made up for", "asked later", "its first month"],
)
def test_it_is_due_from_the_first_working_day_on(sending: Any, now: datetime, since: datetime, due: bool) -> None:
    ana = account("ana")
    mailed(ana, view(ana), since)
    with store().write() as connection:
        assert bool(list(subscribed.due(connection, now))) is due


def test_a_mail_that_is_put_off_is_tried_again(sending: Any, inbox: Inbox) -> None:
    ana = account("ana")
    mailed(ana, view(ana))
    inbox.says["RCPT"] = ["451 greylisted"]
    (failure,) = sending(MONDAY)
    assert failure.sentence.startswith("Le serveur de messagerie diffère le courriel à ana@example.fr (451)")
    assert sending(MONDAY + timedelta(hours=1)) == [None]
    assert len(inbox.mails) == 1


def test_what_cannot_be_made_is_tried_again(sending: Any, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    ana = account("ana")
    wish(ana, Wanted("jira", "Échéances", Every.MONTH, "period=months-3", part="due"))
    mailed(ana, view(ana))

    def broken(*_given: Any) -> Any:
        raise QueryFailed("Les données ne peuvent pas être lues.")

    with monkeypatch.context() as patch:
        patch.setitem(missions(), "jira", replace(missions()["jira"], opening=broken))
        failed, sent = sending(MONDAY)
    assert failed.sentence.startswith("Le message à ana@example.fr n’a pas pu être composé")
    assert failed.sentence.endswith("Les données ne peuvent pas être lues.")
    assert sent is None
    assert sending(MONDAY + timedelta(hours=1)) == [None]
    assert [mail["Subject"].partition(",")[0] for mail in inbox.mails] == ["Reroutages", "Activité Jira"]


def _close(person: Person) -> None:
    with store().write() as connection:
        accounts.close(connection, who="test", name=person.name)


def _expire(person: Person) -> None:
    with store().write() as connection:
        account = accounts.existing(connection, person.name)
        yesterday = MONDAY - timedelta(days=1)
        accounts.change(connection, who="test", name=person.name, version=account.version, expires_at=yesterday)


def _without_address(person: Person) -> None:
    with store().write() as connection:
        account = accounts.existing(connection, person.name)
        accounts.change(connection, who="test", name=person.name, version=account.version, email=None)


def _unshare(person: Person) -> None:
    with store().write() as connection:
        views.save(connection, "reroutes", 1, "Ma vue", QUICK, shared=False, who="hugo")


def _remove(person: Person) -> None:
    with store().write() as connection:
        views.remove(connection, 1, 1, who="hugo")


LOST = "Vigie : un abonnement n’est plus envoyé"


@pytest.mark.parametrize("already_due", [False, True])
@pytest.mark.parametrize(
    ("change", "told_so"),
    [
        (_close, []),
        (_expire, []),
        (_without_address, []),
        (_unshare, [LOST.replace("Vigie", "Reroutages")]),
        (_remove, [LOST]),
    ],
)
def test_who_may_have_it_no_more_gets_nothing_and_is_told_so_once(
    sending: Any, inbox: Inbox, change: Callable[[Person], None], told_so: list[str], already_due: bool
) -> None:
    hugo, ana = account("hugo", Role.LEAD), account("ana")
    account("root", Role.ADMIN)
    mailed(ana, view(hugo, shared=True))
    if already_due:
        assert len(told()) == 1
    change(ana)
    for hours in (0, 1, 30 * 24):
        sending(MONDAY + timedelta(hours=hours))
    assert [plain(mail["Subject"]) for mail in inbox.mails] == told_so
    assert "Ma vue" not in "".join(map(text, inbox.mails))
    with store().read() as connection:
        held = connection.execute(sa.select(outbox.c.reason).where(outbox.c.state == "held")).all()
    assert held == ([("gone",)] if already_due else [])


def test_who_may_see_the_mission_no_more_is_told_no_more_than_that(
    sending: Any, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = account("ana")
    mailed(ana, view(ana))
    told()
    closed = replace(missions()["reroutes"], see=frozenset({Role.LEAD}))
    monkeypatch.setitem(missions(), "reroutes", closed)
    sending(MONDAY)
    assert [plain(mail["Subject"]) for mail in inbox.mails] == [LOST]


def test_each_gets_the_rows_of_their_own_squads(undrawn: None, sending: Any, inbox: Inbox) -> None:
    hugo, ana, vic = account("hugo", Role.LEAD), account("ana", squads=("Auto",)), account("vic", squads=("Vie",))
    for person in (hugo, ana, vic):
        wish(person, Wanted("jira", "Classement", Every.MONTH, "period=months-1", part="ranking"))
    assert sending(MONDAY) == [None, None, None]
    ranked = {
        mail["To"].partition("@")[0]: {row["Client"] for row in table(mail, "Classement des clients")}
        for mail in inbox.mails
    }
    assert "Santé" in ranked["hugo"] & ranked["vic"]
    assert "Santé" not in ranked["ana"]
    assert ranked["ana"] == ranked["hugo"] - {"Santé"}


def test_names_of_people_reach_the_lead_alone(undrawn: None, sending: Any, inbox: Inbox) -> None:
    with store().write() as connection:
        summary = Summary(ref="VIGIE-KPI", title="KPI", completeness=100, search="")
        [number] = records.add(connection, "treatment", [(summary, {})], who="dpo", state="in_review")
        draft = records.get(connection, "treatment", number)
        records.save(
            connection, draft, version=1, who="dpo", action="validate", state="validated", keys={}, publish=True
        )
    hugo = account("hugo", Role.LEAD)
    others = [account(role.value, role) for role in (Role.SQUAD, Role.DUTY, Role.COMPLIANCE, Role.ADMIN)]
    issues = demo.story(3, MONDAY)[ISSUES].to_pylist()
    one = next(row for row in reversed(issues) if row["assignee"])
    params = {"period": "months-3", "assignees": str(one["assignee_id"] or one["assignee"])}
    shared = view(hugo, of="jira", shared=True, params=params)
    for person in (hugo, *others):
        mailed(person, shared)
    sending(MONDAY)
    assert len(inbox.mails) == 1 + len(others)
    named = {}
    for mail in inbox.mails:
        everything = "\n".join([text(mail), *words(workbook(mail))])
        named[mail["To"].partition("@")[0]] = {
            name for name in (*demo.PEOPLE, *demo.ASKERS, params["assignees"]) if name in everything
        }
    assert one["assignee"] in named.pop("hugo")
    assert named == {person.name: set() for person in others}
    told = {mail["To"].partition("@")[0] for mail in inbox.mails if "Laissé de côté" in text(mail)}
    assert told == {person.name for person in others}


def test_it_speaks_the_persons_language(undrawn: None, sending: Any, inbox: Inbox) -> None:
    ana = account("ana")
    with store().write() as connection:
        accounts.speak(connection, ana.id, "en")
    wish(ana, Wanted("jira", "Mine", Every.MONTH, "period=months-1", part="ranking"))
    sending(MONDAY)
    (mail,) = inbox.mails
    assert mail["Subject"] == "Jira activity, Mine: October 2026"
    assert text(mail).startswith("Hello,\n\nHere is “Mine”, as you subscribed to it: October 2026.\n")
    assert workbook(mail).sheetnames[:2] == ["About", "Ranking of clients"]


@pytest.mark.parametrize(
    ("period", "shown", "fixed"),
    [
        ("months-1", "1 oct. 2026 – 31 oct. 2026", False),
        ("months-12", "1 nov. 2025 – 31 oct. 2026", False),
        ("2026-01-01_2026-06-30", "1 janv. 2026 – 30 juin 2026", True),
    ],
)
def test_days_that_move_move_and_fixed_ones_are_told(
    undrawn: None, sending: Any, inbox: Inbox, period: str, shown: str, fixed: bool
) -> None:
    wish(account("ana"), Wanted("jira", "Échéances", Every.MONTH, f"period={period}", part="due"))
    sending(MONDAY)
    assert f"Créées ou résolues : {shown}\n" in text(inbox.mails[0])
    assert ("Ces jours sont fixes" in text(inbox.mails[0])) is fixed


def test_a_workbook_that_is_too_large_is_left_out_and_told(
    sending: Any, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscribed, "MOST_ROWS", 2)
    wish(account("ana"), Wanted("jira", "Échéances", Every.MONTH, "period=months-3", part="due"))
    assert sending(MONDAY) == [None]
    (mail,) = inbox.mails
    assert [part.get_content_type() for part in mail.iter_attachments()] == []
    assert list(pictures(mail)) == ["01-due.png"]
    assert "Le classeur Excel est trop volumineux pour un courriel" in text(mail)
    assert "https://vigie.example/jira?period=months-3&tab=time\n" in text(mail)


def test_a_mail_is_bounded(sending: Any, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscribed, "MOST_BYTES", 250_000)
    ana = account("ana")
    mailed(ana, view(ana, of="jira", params=LATELY))
    assert sending(MONDAY) == [None]
    (mail,) = inbox.mails
    assert 0 < len(pictures(mail)) < 8
    assert "Toutes les images ne tiennent pas dans un courriel" in text(mail)
    assert "Le classeur Excel est trop volumineux pour un courriel" in text(mail)


def test_a_view_without_a_row_says_so(sending: Any, inbox: Inbox) -> None:
    ana = account("ana")
    mailed(ana, view(ana))
    assert sending(MONDAY) == [None]
    (mail,) = inbox.mails
    assert "Il n’y a rien à montrer avec ces filtres." in text(mail)
    assert list(mail.iter_attachments()) == []


def test_nothing_of_what_is_sent_is_kept(sending: Any) -> None:
    ana = account("ana")
    mailed(ana, view(ana))
    sending(MONDAY)
    with store().read() as connection:
        (row,) = connection.execute(sa.select(outbox)).mappings()
    assert (row["what"], row["step"], row["state"]) == ("subscription:1", "2026-10", "sent")
    assert plain(row["text"]) == ("Bonjour,\n\nVoici « Ma vue », selon votre abonnement : octobre 2026.")


def test_the_command_shows_what_would_go(sending: Any, inbox: Inbox, capsys: pytest.CaptureFixture[str]) -> None:
    ana, bob = account("ana"), account("bob")
    wish(ana, Wanted("jira", "Échéances", Every.MONTH, "period=months-3", part="due"))
    mailed(bob, view(bob))
    told()
    account("root", Role.ADMIN)
    _close(bob)
    with clock.at(MONDAY):
        assert main(["--show"]) == 0
    shown = plain(capsys.readouterr().out).splitlines()
    assert shown[0] == "ana@example.fr: Activité Jira, Échéances : octobre 2026"
    assert [line.split()[0] for line in shown[1:]] == ["01-due.png", "vigie-jira-2026-10.xlsx"]
    assert inbox.mails == []
    with clock.at(MONDAY):
        assert main([]) == 0
    assert [mail["To"] for mail in inbox.mails] == ["ana@example.fr"]
    assert capsys.readouterr().out.splitlines()[-1] == "Tout ce qui était dû a été envoyé."


def pictures_of_jira() -> list[str]:
    names = (
        "by-client",
        "type-shares",
        "type-shares-months",
        "by-type",
        "hours-month",
        "hours-type",
        "hours-client",
        "drift-type",
        "drift-client",
        "drift-month",
        "due",
        "unfilled-trend",
        "weeks",
        "throughput",
        "net-flow",
        "ages",
        "cumulative",
        "cycles",
        "cycle-histogram",
        "lead-times",
        "ageing",
        "flow-efficiency",
        "burn-up",
    )
    return [f"{number:02d}-{name}.png" for number, name in enumerate(names, start=1)]


def test_subscribing_is_audited_done_once_and_ended_by_its_person_alone(sending: Any) -> None:
    hugo, ana = account("hugo", Role.LEAD), account("ana")
    shared = view(hugo, shared=True)
    mailed(ana, shared)
    mailed(ana, shared)
    with store().write() as connection:
        (one,) = subscriptions.of_person(connection, ana.id)
        subscriptions.end(connection, one.id, hugo)
        assert subscriptions.of_person(connection, ana.id) == [one]
        subscriptions.end(connection, one.id, ana)
        subscriptions.end(connection, one.id, ana)
        assert subscriptions.everyone(connection) == []
        rows = connection.execute(sa.select(audit).where(audit.c.entity == "subscription").order_by(audit.c.id))
        assert [(row.who, row.key, row.action) for row in rows] == [
            ("ana", "reroutes: Ma vue", "add"),
            ("ana", "reroutes: Ma vue", "remove"),
        ]


@pytest.mark.parametrize(
    ("every", "mornings", "subjects"),
    [
        (
            Every.DAY,
            ["2026-11-19 06:59", "2026-11-19 07:00", "2026-11-20 07:00", "2026-11-20 09:00", "2026-11-21 07:00"],
            ["19 nov. 2026", "20 nov. 2026"],
        ),
        (
            Every.WEEK,  # the 11th of November, a Wednesday, is a holiday; the Monday was missed
            ["2026-11-08 07:00", "2026-11-10 07:00", "2026-11-12 07:00", "2026-11-15 07:00", "2026-11-16 07:00"],
            ["semaine du 9 nov. 2026", "semaine du 16 nov. 2026"],
        ),
    ],
)
def test_it_is_sent_once_a_working_day_or_week(
    sending: Any, inbox: Inbox, every: Every, mornings: list[str], subjects: list[str]
) -> None:
    ana = account("ana")
    wish(ana, Wanted("reroutes", "Reroutages", every, urlencode(QUICK)), datetime(2026, 11, 7, 9, tzinfo=UTC))
    for morning in mornings:
        sending(datetime.fromisoformat(morning).replace(tzinfo=UTC))
    assert [plain(mail["Subject"]) for mail in inbox.mails][-2:] == [f"Reroutages : {said}" for said in subjects]
    assert len(inbox.mails) == 2


def test_once_a_period_even_after_the_outbox_forgot_it(sending: Any, inbox: Inbox) -> None:
    ana = account("ana")
    mailed(ana, view(ana))
    sending(MONDAY)
    with store().write() as connection:
        connection.execute(sa.delete(outbox))
    sending(MONDAY + timedelta(days=28))
    assert len(inbox.mails) == 1


def test_one_figure_alone_is_sent_with_the_way_to_it(undrawn: None, sending: Any, inbox: Inbox) -> None:
    hugo = account("hugo", Role.LEAD)
    wish(hugo, Wanted("jira", "Échéances", Every.MONTH, "period=months-3", part="due"))
    sending(MONDAY)
    (mail,) = inbox.mails
    assert plain(mail["Subject"]) == "Activité Jira, Échéances : octobre 2026"
    assert workbook(mail).sheetnames == ["À propos", "Échéances"]
    assert [line for line in text(mail).splitlines() if line.startswith("- ")] == []
    assert "https://vigie.example/jira?period=months-3&tab=time\n" in text(mail)


def test_the_home_page_and_a_mission_without_figures_send_their_headlines(sending: Any, inbox: Inbox) -> None:
    ana = account("ana", Role.LEAD)
    wish(ana, Wanted("home", "Accueil", Every.DAY))
    wish(ana, Wanted("portfolio", "Portefeuille", Every.DAY))
    sending(MONDAY)
    home, portfolio = (text(mail).split("\n\n")[2].splitlines() for mail in inbox.mails)
    titles = [line.partition(" : ")[0] for line in home if not line.startswith("- ")]
    assert titles[:2] == ["La nuit dernière", "Activité Jira"]
    assert set(portfolio) <= set(home)
    assert len(portfolio) >= 1


def test_a_number_is_told_when_it_passes_its_bound_and_again_only_once_it_came_back(
    sending: Any, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = account("ana", Role.LEAD)
    wish(ana, Wanted("reroutes", "Reroutages", Every.PASSES, part="reroutes", at_least=True, bound=100.0))
    values = {"value": 99.0}

    def read(*_given: Any, **_more: Any) -> tuple[str, float | None, Column]:
        return "Reroutages", values["value"], Column("reroutes", "Reroutages", Kind.NUMBER)

    monkeypatch.setattr(subscribed.pictures, "number", read)
    for hours, value in enumerate((99.0, 100.0, 120.0, 80.0, 101.0, 102.0)):
        values["value"] = value
        sending(MONDAY + timedelta(hours=hours))
    assert [line for mail in inbox.mails for line in text(mail).splitlines() if "seuil :" in line] == [
        "Reroutages : 100 (seuil : au moins 100)",
        "Reroutages : 101 (seuil : au moins 100)",
    ]


def test_a_number_that_came_back_before_it_was_sent_alarms_nobody(
    sending: Any, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = account("ana", Role.LEAD)
    wish(ana, Wanted("reroutes", "Reroutages", Every.PASSES, part="reroutes", at_least=False, bound=1.0))
    answers = iter((0.0, 5.0))
    number = Column("reroutes", "Reroutages", Kind.NUMBER)
    monkeypatch.setattr(subscribed.pictures, "number", lambda *_given, **_more: ("R", next(answers), number))
    sending(MONDAY)
    assert inbox.mails == []
    with store().read() as connection:
        assert connection.scalar(sa.select(outbox.c.reason)) == "recovered"


def test_a_number_is_read_by_the_rights_of_its_person(sending: Any, inbox: Inbox) -> None:
    hugo, ana = account("hugo", Role.LEAD), account("ana", squads=("Auto",))
    for person in (hugo, ana):
        wish(person, Wanted("jira", "Créées", Every.PASSES, "period=months-3", None, "created", True, 1.0))
    sending(MONDAY)
    said = {mail["To"].partition("@")[0]: text(mail).split("\n\n")[2] for mail in inbox.mails}
    assert said["hugo"] != said["ana"]
    assert said["hugo"].startswith("Demandes créées : ")


def test_a_title_is_one_line_that_a_subject_holds(sending: Any) -> None:
    """A heading may hold what a source wrote; a subject that the store cannot hold would stop what others are told."""
    ana = account("ana")
    wish(ana, Wanted("jira", f"a\nBcc: b {'c' * 400}", Every.DAY))
    with store().read() as connection:
        (one,) = subscriptions.of_person(connection, ana.id)
    assert one.title == f"a Bcc: b {'c' * 141}"


def test_a_time_that_no_screen_offers_is_refused_and_stops_nobody_elses(sending: Any) -> None:
    ana = account("ana")
    with pytest.raises(InputInvalid, match="Choisissez quand"):
        wish(ana, Wanted("reroutes", "Reroutages", "now"))  # type: ignore[arg-type]
    with store().read() as connection:
        assert subscriptions.everyone(connection) == []


def test_a_number_wants_a_bound(sending: Any) -> None:
    with pytest.raises(InputInvalid, match="seuil"):
        wish(account("ana"), Wanted("reroutes", "Reroutages", Every.PASSES, part="reroutes"))


def test_without_an_address_or_a_mail_server_it_is_said_what_to_do(
    sending: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = account("ana")
    number = view(ana)
    monkeypatch.setenv("VIGIE_CONTACT", "data@example.fr")
    forget()
    with pytest.raises(InputInvalid, match=r"demandez à data@example\.fr de l’ajouter"):
        mailed(replace(ana, email=None), number)
    monkeypatch.delenv("VIGIE_SMTP_HOST")
    forget()
    with pytest.raises(InputInvalid, match="VIGIE_SMTP_HOST"):
        mailed(ana, number)
