"""The views that people have mailed each month: when, to whom, with what; on the demo's data and a real mail server."""

import io
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
import pytest
import sqlalchemy as sa
from PIL import Image

from core.base import clock
from core.base.errors import InputInvalid, NotAllowed, NotifyFailed, QueryFailed
from core.base.settings import read
from core.facts.lake import lake
from core.mission.discovery import missions
from core.notes import views
from core.people import accounts, rights
from core.people.person import Person, Role
from core.records import records
from core.records.records import Summary
from core.run.notify import letters, main, makers
from core.store.engine import store
from core.store.schema import audit, outbox, people
from core.tell import view_mails
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
            return [failure for _notice, failure in send(store(), Channel.MAIL, Mail(read(server)), letters())]

    return sent


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Charts are not drawn, which takes seconds: for tests of words and tables."""
    monkeypatch.setattr(view_mails.images, "png", lambda *_given, **_more: b"")


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


def mailed(person: Person, view_id: int, since: datetime = OCTOBER) -> None:
    with clock.at(since), store().write() as connection:
        views.mail(connection, view_id, person)


def pictures(mail: EmailMessage) -> dict[str, Image.Image]:
    found = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    return {str(part.get_filename()): Image.open(io.BytesIO(part.get_content())) for part in found}


def workbook(mail: EmailMessage) -> openpyxl.Workbook:
    (part,) = [part for part in mail.iter_attachments() if part.get_content_type() == view_mails.EXCEL]
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


def test_a_view_is_mailed_with_its_pictures_and_its_tables(sending: Any, inbox: Inbox) -> None:
    ana = account("ana", squads=("Auto",))
    mailed(ana, view(ana, "Mes demandes", of="jira", params={"period": "months-3", "types": "Extraction"}))
    assert sending(MONDAY) == [None]
    (mail,) = inbox.mails
    assert (mail["To"], plain(mail["Subject"])) == ("ana@example.fr", "Activité Jira, Mes demandes : octobre 2026")
    said = text(mail).split("\n\n")
    assert said[:3] == [
        "Bonjour,",
        "Voici votre vue « Mes demandes », que vous avez demandée chaque mois : octobre 2026.",
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
        "Travail non terminé, par statut",
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
    ("now", "subscribed", "due"),
    [
        (datetime(2026, 11, 1, 7, tzinfo=UTC), OCTOBER, False),
        (datetime(2026, 11, 1, 23, 30, tzinfo=UTC), OCTOBER, True),
        (datetime(2026, 11, 20, 7, tzinfo=UTC), OCTOBER, True),
        (datetime(2026, 11, 20, 7, tzinfo=UTC), datetime(2026, 11, 3, 9, tzinfo=UTC), False),
        (datetime(2026, 12, 1, 7, tzinfo=UTC), datetime(2026, 11, 3, 9, tzinfo=UTC), True),
    ],
    ids=["holiday", "local Monday", "made up for", "asked later", "its first month"],
)
def test_it_is_due_from_the_first_working_day_on(sending: Any, now: datetime, subscribed: datetime, due: bool) -> None:
    ana = account("ana")
    mailed(ana, view(ana), subscribed)
    with store().read() as connection:
        assert bool(list(view_mails.due(connection, now))) is due


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
    mailed(ana, view(ana, of="jira", params=LATELY))
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


@pytest.mark.parametrize("change", [_close, _expire, _without_address, _unshare, _remove])
@pytest.mark.parametrize("already_due", [False, True])
def test_who_may_have_it_no_more_gets_nothing(
    sending: Any, inbox: Inbox, change: Callable[[Person], None], already_due: bool
) -> None:
    hugo, ana = account("hugo", Role.LEAD), account("ana")
    account("root", Role.ADMIN)
    mailed(ana, view(hugo, shared=True))
    if already_due:
        assert len(told()) == 1
    change(ana)
    assert sending(MONDAY) == []
    assert inbox.mails == []
    with store().read() as connection:
        held = connection.execute(sa.select(outbox.c.state, outbox.c.reason)).all()
    assert held == ([("held", "gone")] if already_due else [])


def test_who_may_see_the_mission_no_more_gets_nothing(
    sending: Any, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = account("ana")
    mailed(ana, view(ana))
    told()
    closed = replace(missions()["reroutes"], see=frozenset({Role.LEAD}))
    monkeypatch.setitem(missions(), "reroutes", closed)
    assert sending(MONDAY) == []
    assert inbox.mails == []


def test_each_gets_the_rows_of_their_own_squads(undrawn: None, sending: Any, inbox: Inbox) -> None:
    hugo, ana, vic = account("hugo", Role.LEAD), account("ana", squads=("Auto",)), account("vic", squads=("Vie",))
    shared = view(hugo, of="jira", shared=True, params={"period": "months-1"})
    for person in (hugo, ana, vic):
        mailed(person, shared)
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
    mailed(ana, view(ana, "Mine", of="jira", params={"period": "months-1"}))
    sending(MONDAY)
    (mail,) = inbox.mails
    assert mail["Subject"] == "Jira activity, Mine: October 2026"
    assert text(mail).startswith("Hello,\n\nHere is your view “Mine”, as you asked for it each month: October 2026.\n")
    assert workbook(mail).sheetnames[:2] == ["About", "Requests by client"]


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
    ana = account("ana")
    mailed(ana, view(ana, of="jira", params={"period": period, "labels": "none-has-it"}))
    sending(MONDAY)
    assert f"Créées ou résolues : {shown}\n" in text(inbox.mails[0])
    assert ("Ces jours sont fixes" in text(inbox.mails[0])) is fixed


def test_a_workbook_that_is_too_large_is_left_out_and_told(
    sending: Any, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view_mails, "MOST_ROWS", 20)
    ana = account("ana")
    mailed(ana, view(ana, of="jira", params=LATELY))
    assert sending(MONDAY) == [None]
    (mail,) = inbox.mails
    assert [part.get_content_type() for part in mail.iter_attachments()] == []
    assert len(pictures(mail)) == len(pictures_of_jira())
    assert "Le classeur Excel est trop volumineux pour un courriel" in text(mail)
    assert "https://vigie.example/jira?period=months-3\n" in text(mail)


def test_a_mail_is_bounded(sending: Any, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view_mails, "MOST_BYTES", 250_000)
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
    assert (row["what"], row["step"], row["state"]) == (f"view:1:{ana.id}", "2026-10", "sent")
    assert plain(row["text"]) == (
        "Bonjour,\n\nVoici votre vue « Ma vue », que vous avez demandée chaque mois : octobre 2026."
    )


def test_the_command_shows_what_would_go(sending: Any, inbox: Inbox, capsys: pytest.CaptureFixture[str]) -> None:
    ana, bob = account("ana"), account("bob")
    mailed(ana, view(ana, of="jira", params=LATELY))
    mailed(bob, view(bob))
    told()
    account("root", Role.ADMIN)
    _close(bob)
    with clock.at(MONDAY):
        assert main(["--show"]) == 0
    shown = plain(capsys.readouterr().out).splitlines()
    assert shown[0] == "ana@example.fr: Activité Jira, Ma vue : octobre 2026"
    assert [line.split()[0] for line in shown[1:]] == [
        *pictures_of_jira(),
        "vigie-jira-2026-10.xlsx",
    ]
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
        "unfinished",
        "cumulative",
        "cycles",
        "cycle-histogram",
        "lead-times",
        "ageing",
        "flow-efficiency",
        "burn-up",
    )
    return [f"{number:02d}-{name}.png" for number, name in enumerate(names, start=1)]


def test_asking_for_a_view_is_audited_and_ends_with_it(sending: Any) -> None:
    hugo, ana = account("hugo", Role.LEAD), account("ana")
    shared = view(hugo, shared=True)
    mailed(ana, shared)
    mailed(ana, shared)
    with store().write() as connection:
        views.mail_no_more(connection, shared, ana)
        views.mail_no_more(connection, shared, ana)
        views.mail(connection, shared, ana)
    _unshare(ana)
    with store().read() as connection:
        rows = connection.execute(sa.select(audit).where(audit.c.entity == "view mail").order_by(audit.c.id)).mappings()
        assert [(row["who"], row["key"], row["action"], row["before"], row["after"]) for row in rows] == [
            ("ana", "reroutes: Ma vue", "add", None, {"to": "ana"}),
            ("ana", "reroutes: Ma vue", "remove", {"to": "ana"}, None),
            ("ana", "reroutes: Ma vue", "add", None, {"to": "ana"}),
            ("hugo", "reroutes: Ma vue", "remove", {"to": "ana"}, None),
        ]
        assert views.mails(connection) == []


def test_a_view_that_one_does_not_see_is_not_mailed(sending: Any) -> None:
    hugo, ana = account("hugo", Role.LEAD), account("ana")
    with pytest.raises(NotAllowed):
        mailed(ana, view(hugo))


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
