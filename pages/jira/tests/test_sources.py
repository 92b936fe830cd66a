"""The connectors of both Jiras, on a real HTTP service that speaks their APIs, faults included, through the sync."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pydantic import ValidationError

from core.base import clock
from core.base.i18n import speaking
from core.facts.forget import forget
from core.facts.lake import lake
from core.facts.query import Query
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from core.run import registry, sync
from core.sources import http, refusals
from core.sources.base import Source
from core.store.engine import store
from pages.jira.facts import CHANGES, ISSUES, WORKLOGS
from pages.jira.sources import gathered, reconcile
from pages.jira.sources.cloud import CloudOptions
from pages.jira.sources.reading import JiraOptions
from pages.jira.tests.jira import START, TOKEN, FakeJira, change, issue, jira, question, written
from tests.unit.core.sources.company import PASSWORD, proxy, sign, trusted_by
from tests.unit.core.sources.service import Answer, Asked

KINDS = ("jira_cloud", "jira_server")
SEARCH = ("/rest/api/3/search/jql", "/rest/api/2/search")


@pytest.fixture(autouse=True)
def _ready(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIE_SECRET_JIRA", TOKEN)
    monkeypatch.setattr(gathered, "GATHERED", 4)
    store().upgrade()


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the client slept, instead of sleeping."""
    slept: list[float] = []
    monkeypatch.setattr(http.time, "sleep", slept.append)
    return slept


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def declare(kind: str, url: str, **options: Any) -> None:
    said: dict[str, Any] = {"site": url, "token": "${VIGIE_SECRET_JIRA}", "page_size": 3, **options}
    said |= {"email": "vigie@example.fr"} if kind == "jira_cloud" else {}
    checked = (CloudOptions if kind == "jira_cloud" else JiraOptions).model_validate(said)
    with store().write() as connection:
        registry.add(connection, Source("équipe", "jira", kind, checked), who="test")


def read() -> sync.Outcome:
    [outcome] = sync.run()
    return outcome


def again(hours: float) -> None:
    """Let the comparison be some hours ago."""
    with store().write() as connection:
        entry = registry.find(connection, "équipe")
        assert entry is not None
        then = clock.now() - timedelta(hours=hours)
        registry.save_cursor(connection, entry, {**entry.cursor, "reconciled": then.isoformat()})


def landed(table: Any = ISSUES) -> list[dict[str, Any]]:
    query = Query(name=f"all_{table.name}", select=table.sql.select(), tables=(table,), params={})
    rows = warehouse().reader(EVERYTHING).run(query).table.to_pylist()
    return sorted(rows, key=lambda row: str(row[table.key[1]]))


def keys() -> list[str]:
    return [row["key"] for row in landed() if row["gone_at"] is None]


def searching(asked: Asked) -> bool:
    return asked.path in SEARCH


def test_it_lands_issues_with_their_changes_and_worklogs(kind: str) -> None:
    moved = START + timedelta(days=2)
    entries = [
        {"id": str(n), "created": written(moved), "started": written(moved), "timeSpentSeconds": 600,
         "author": {"displayName": "Ada Martin"}}
        for n in range(45)
    ]  # fmt: skip
    full = issue(2, worklog={"total": 45, "worklogs": entries}, timespent=27_000)
    full["changelog"]["histories"] = [
        change(7, moved, "A faire", "En cours"),
        change(8, moved, "x", "y", "description"),
    ]
    fake = FakeJira([issue(1), full, *(issue(n) for n in range(3, 11))])
    with jira(fake) as service:
        declare(kind, service.url, request_type="type de demande")
        assert read().error == ""
    assert keys() == [f"DATA-{n}" for n in (1, *range(2, 11))]
    row = next(row for row in landed() if row["key"] == "DATA-2")
    assert (row["request_type"], row["components"], row["estimate_s"], row["spent_s"]) == (
        "Extraction", "Sinistres", 7200.0, 27_000.0,
    )  # fmt: skip
    assert row["created_at"] == START + timedelta(hours=2)
    assert row["url"] == f"{service.url}/browse/DATA-2"
    assert len(landed(WORKLOGS)) == 45
    assert [(c["field"], c["before"], c["after"], c["at"]) for c in landed(CHANGES)] == [
        ("status", "À faire", "En cours", moved), ("description", None, None, moved),
    ]  # fmt: skip


def test_it_reads_through_the_companys_proxy_with_the_companys_certificates(
    kind: str, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign(data)
    monkeypatch.setenv("VIGIE_SECRET_PROXY", PASSWORD)
    with jira(FakeJira([issue(1)]), trusted_by(data)) as service, proxy() as (through, asked):
        site = service.url.replace("127.0.0.1", "localhost")
        declare(kind, site, proxy=through.replace(PASSWORD, "${VIGIE_SECRET_PROXY}"), authorities="ca.pem")
        assert read().error == ""
    assert keys() == ["DATA-1"]
    assert {one.split(" HTTP")[0] for one in asked} == {f"CONNECT {site.removeprefix('https://')}"}


def test_it_asks_as_each_service_wants_to_be_asked(kind: str) -> None:
    with jira(FakeJira([issue(1)])) as service:
        declare(kind, service.url)
        read()
        asked = next(one for one in service.asked if searching(one))
    authorization = asked.headers["Authorization"]
    assert authorization.startswith("Basic ") if kind == "jira_cloud" else authorization == f"Bearer {TOKEN}"
    assert question(asked)["jql"] == '(labels in ("start_data_explo")) ORDER BY created ASC, key ASC'


def test_the_second_reading_asks_only_for_what_changed_less_the_overlap(kind: str) -> None:
    fake = FakeJira([issue(n) for n in range(10)])
    with jira(fake) as service:
        declare(kind, service.url)
        read()
        fake.issues[3]["fields"] |= {"updated": written(clock.now()), "summary": "Changée"}
        before = len(service.asked)
        outcome = read()
        searches = [question(one)["jql"] for one in service.asked[before:] if searching(one)]
    assert outcome.landed == 1
    assert all("updated >=" in jql for jql in searches)
    assert next(row for row in landed() if row["key"] == "DATA-3")["summary"] == "Changée"


def test_an_issue_deleted_or_moved_away_is_found_by_the_comparison_and_comes_back_when_it_does(kind: str) -> None:
    fake = FakeJira([issue(n) for n in range(10)])
    with jira(fake) as service:
        declare(kind, service.url)
        read()
        away = fake.issues.pop(4)
        fake.issues[5]["fields"]["labels"] = ["autre"]
        assert read().landed == 0
        again(hours=25)
        assert read().landed == 2
        assert keys() == [f"DATA-{n}" for n in (0, 1, 2, 3, 5, 7, 8, 9)]
        fake.issues.append(away)
        again(hours=25)
        assert read().landed == 1
    assert "DATA-4" in keys()


def test_issues_of_many_months_land_a_few_months_at_once(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathered, "MONTHS", 2)
    months = [START.replace(year=year, month=month) for year in (2025, 2026) for month in (1, 2)]
    fake = FakeJira([issue(n, created=written(at), updated=written(START)) for n, at in enumerate(months)])
    with jira(fake) as service:
        declare(kind, service.url)
        with store().read() as connection:
            entry = registry.find(connection, "équipe")
        assert entry is not None
        batches = [one for one in entry.connector().pull(entry.source(), {}) if one.cursor and "floor" in one.cursor]
        assert [one.done for one in batches] == [2, 4]
        assert [len(one.rows) for one in batches] == [2, 2]
        assert read().landed == 4
    assert keys() == [f"DATA-{n}" for n in range(4)]


def test_every_part_of_time_is_compared_whatever_its_size(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconcile, "WINDOW", 3)
    at_once = written(START + timedelta(hours=7))
    fake = FakeJira([issue(n, **({"created": at_once} if 4 <= n <= 8 else {})) for n in range(14)])
    with jira(fake) as service:
        declare(kind, service.url)
        read()
        fake.issues = [one for one in fake.issues if one["key"] not in ("DATA-0", "DATA-5", "DATA-8", "DATA-13")]
        fake.issues[2]["fields"] |= {"updated": written(START + timedelta(days=1)), "summary": "Changée sans le dire"}
        again(hours=25)
        assert read().landed == 5
    assert keys() == ["DATA-1", "DATA-2", "DATA-3", "DATA-4", *(f"DATA-{n}" for n in (6, 7, 9, 10, 11, 12))]
    assert [row["key"] for row in landed() if row["summary"] == "Changée sans le dire"] == ["DATA-3"]


def test_a_move_to_another_project_keeps_one_issue(kind: str) -> None:
    fake = FakeJira([issue(n) for n in range(3)])
    with jira(fake) as service:
        declare(kind, service.url)
        read()
        fake.issues[1]["key"] = "AUTRE-9"
        fake.issues[1]["fields"]["updated"] = written(clock.now())
        read()
    assert [(row["key"], row["project"]) for row in landed()] == [
        ("DATA-0", "DATA"), ("AUTRE-9", "AUTRE"), ("DATA-2", "DATA"),
    ]  # fmt: skip


def test_when_most_issues_would_vanish_none_does_and_a_sentence_says_so(kind: str) -> None:
    fake = FakeJira([issue(n) for n in range(30)])
    with jira(fake) as service:
        declare(kind, service.url)
        read()
        fake.issues = fake.issues[:2]
        again(hours=25)
        assert "2" in read().error
    assert len(keys()) == 30


def searches(asked: Asked, fake: FakeJira, keep: Callable[[int, dict[str, Any]], dict[str, Any]]) -> Answer | None:
    """The answer to a search, changed by its place among them; None for other questions."""
    if not searching(asked) or "id in" in question(asked)["jql"]:
        return None
    before, fake.before = fake.before, lambda _asked: None
    answer = fake.answer(asked)
    fake.before = before
    return Answer(body=keep(len([jql for jql in fake.jql if "id in" not in jql]), dict(answer.body)))


def short(part: dict[str, Any]) -> dict[str, Any]:
    """An answer without its second issue."""
    return part | {"issues": [*part["issues"][:1], *part["issues"][2:]]}


@pytest.mark.parametrize(
    "shorten",
    [
        lambda n, part: part | {"issues": []} if n % 3 == 1 else part,  # an empty page that has a token
        lambda n, part: {"issues": part["issues"]} if n % 3 == 1 else part,  # a page that has none
        lambda n, part: {"issues": []} if n % 5 == 2 else part,
        lambda n, part: short(part),  # a page that lacks an issue
    ],
)
def test_a_short_answer_of_jira_cloud_makes_nothing_gone(shorten: Callable[[int, Any], Any]) -> None:
    fake = FakeJira([issue(n) for n in range(30)])
    with jira(fake) as service:
        declare("jira_cloud", service.url)
        read()
        fake.before = lambda asked: searches(asked, fake, shorten)
        fake.jql.clear()
        again(hours=25)
        assert read().error == ""
        assert len(keys()) == 30


def test_what_a_search_leaves_out_is_told_and_asked_for_by_its_id() -> None:
    fake = FakeJira([issue(n) for n in range(30)])
    with jira(fake) as service:
        declare("jira_cloud", service.url)
        read()
        fake.before = lambda asked: searches(asked, fake, lambda _n, part: short(part))
        fake.issues[1]["fields"]["summary"] = "Changée sans le dire"
        again(hours=25)
        outcome = read()
    assert "(10)" in outcome.note
    assert [row["key"] for row in landed() if row["summary"] == "Changée sans le dire"] == ["DATA-1"]


def test_fewer_issues_than_data_center_counts_are_a_failed_reading_and_hide_nothing() -> None:
    fake = FakeJira([issue(n) for n in range(30)])
    with jira(fake) as service:
        declare("jira_server", service.url)
        read()
        hidden = {f"DATA-{n}" for n in range(3, 30, 4)}

        def without(_n: int, part: dict[str, Any]) -> dict[str, Any]:
            return part | {"issues": [one for one in part["issues"] if one["key"] not in hidden]}

        fake.before = lambda asked: searches(asked, fake, without)
        again(hours=25)
        error = read().error
        assert len(keys()) == 30
        fake.before = lambda _asked: None
        assert read().error == ""
    assert "30" in error
    assert len(keys()) == 30


def test_an_issue_created_while_data_center_is_read_is_no_shortage() -> None:
    fake = FakeJira([issue(n) for n in range(8)])
    count = iter(range(100))

    def grows(asked: Asked) -> Answer | None:
        if searching(asked) and next(count) == 1:
            fake.issues.append(issue(0) | {"id": "1", "key": "DATA-100"})
        return None

    fake.before = grows
    with jira(fake) as service:
        declare("jira_server", service.url)
        assert read().error == ""
    assert len(keys()) == 9


def test_a_request_out_of_the_teams_own_words_is_gone_and_one_within_them_is_not(kind: str) -> None:
    fake = FakeJira([issue(n) for n in range(6)])
    with jira(fake) as service:
        declare(kind, service.url, jql="canal = 1")
        read()
        fake.issues[2]["fields"]["labels"] = ["START_data_explo"]  # the search of the fake tells capitals apart
        again(hours=25)
        assert read().error == ""
    assert keys() == ["DATA-0", "DATA-1", "DATA-3", "DATA-4", "DATA-5"]


def test_unusually_many_gone_are_told(kind: str) -> None:
    fake = FakeJira([issue(n) for n in range(80)])
    with jira(fake) as service:
        declare(kind, service.url)
        read()
        fake.issues = fake.issues[:50]
        again(hours=25)
        outcome = read()
    assert outcome.error == ""
    assert "(30)" in outcome.note
    assert len(keys()) == 50


def test_a_failed_comparison_does_not_ask_again_for_what_was_read(kind: str) -> None:
    fake = FakeJira([issue(n) for n in range(30)])
    with jira(fake) as service:
        declare(kind, service.url)
        read()
        fake.issues = fake.issues[:2]
        again(hours=25)
        assert read().error
        fake.jql.clear()
        read()
    assert "updated >=" in fake.jql[0]
    assert "created >=" not in fake.jql[0]


def test_a_component_a_person_a_status_renamed_in_jira_arrive_with_the_comparison(kind: str) -> None:
    fake = FakeJira([issue(n) for n in range(6)])
    with jira(fake) as service:
        declare(kind, service.url)
        read()
        fields = fake.issues[3]["fields"]
        fields["components"] = [{"id": "1", "name": "Sinistres auto"}]
        fake.issues[4]["fields"]["assignee"] = fields["assignee"] | {"displayName": "Ada Roy"}
        fake.issues[5]["fields"]["status"] = {"name": "À qualifier", "statusCategory": {"key": "new"}}
        again(hours=25)
        assert read().landed == 3
        again(hours=25)
        assert read().landed == 0
    told = {row["key"]: (row["components"], row["assignee"], row["status"]) for row in landed()}
    assert told["DATA-3"] == ("Sinistres auto", "Ada Martin", "À faire")
    assert told["DATA-4"] == ("Sinistres", "Ada Roy", "À faire")
    assert told["DATA-5"] == ("Sinistres", "Ada Martin", "À qualifier")


def test_the_comparison_does_not_bring_back_whom_retention_forgot(kind: str) -> None:
    over = {"status": {"name": "Livrée", "statusCategory": {"key": "done"}}, "resolutiondate": written(START)}
    fake = FakeJira([issue(n, **over) for n in range(3)])
    with jira(fake) as service:
        declare(kind, service.url)
        read()
        assert forget(lake(), ISSUES, clock.now()) == 3
        again(hours=25)
        assert read().landed == 0
    assert {row["assignee"] for row in landed()} == {None}


def test_what_landed_before_histories_were_told_whole_is_read_again_once(kind: str) -> None:
    fake = FakeJira([issue(n) for n in range(3)])
    with jira(fake) as service:
        declare(kind, service.url)
        read()
        old = [{**row, "history": None} for row in lake().read(ISSUES, ISSUES.schema.names).to_pylist()]
        lake().land(ISSUES, pa.Table.from_pylist(old, ISSUES.schema))
        again(hours=25)
        assert read().landed == 3
        again(hours=25)
        assert read().landed == 0


def test_a_done_issue_without_a_day_of_resolution_ends_with_its_move_through_done_statuses(kind: str) -> None:
    over = {"name": "Archivée", "statusCategory": {"key": "done"}}
    done = issue(1, status=over, updated=written(START + timedelta(days=9)))
    done["changelog"]["histories"] = [
        change(1, START + timedelta(days=2), "À faire", "En cours"),
        change(2, START + timedelta(days=5), "En cours", "Livrée"),
        change(3, START + timedelta(days=9), "Livrée", "Archivée"),
    ]
    with jira(FakeJira([done])) as service:
        declare(kind, service.url)
        read()
    [row] = landed()
    assert (row["resolved_at"], row["history"]) == (START + timedelta(days=5), True)


def test_a_field_that_holds_something_else_is_named_with_what_it_holds(kind: str) -> None:
    fake = FakeJira([issue(1), issue(2, timespent="abc"), issue(3, duedate="demain")])
    with jira(fake) as service, speaking("en"):
        declare(kind, service.url)
        assert read().refused == 2
    with store().read() as connection:
        said = [row.reason for row in refusals.open_rows(connection, "équipe")]
    assert said == [
        "This issue cannot be read: timespent holds “abc”.",
        "This issue cannot be read: duedate holds “demain”.",
    ]


def test_a_deleted_worklog_no_longer_counts(kind: str) -> None:
    entry = {"id": "1", "created": written(START), "started": written(START), "timeSpentSeconds": 600}
    fake = FakeJira([issue(1, worklog={"total": 2, "worklogs": [entry, entry | {"id": "2"}]})])
    with jira(fake) as service:
        declare(kind, service.url)
        read()
        fake.issues[0]["fields"] |= {
            "updated": written(clock.now()),
            "worklog": {"total": 1, "worklogs": [entry]},
        }
        read()
    state = landed()[0]["updated_at"]
    assert [log["worklog_id"] for log in landed(WORKLOGS) if log["issue_updated_at"] == state] == ["1"]


def test_a_second_field_of_one_name_must_be_given_by_its_id(kind: str) -> None:
    with jira(FakeJira()) as service:
        declare(kind, service.url, request_type="Canal")
        assert "customfield_10050" in read().error


def test_a_field_that_jira_lacks_is_said_with_those_it_has(kind: str) -> None:
    with jira(FakeJira()) as service:
        declare(kind, service.url, client="Agence")
        error = read().error
    assert "Agence" in error
    assert "Composants (components)" in error


@pytest.mark.parametrize("code", [401, 403])
def test_refused_credentials_are_one_sentence_and_hide_the_token(kind: str, code: int) -> None:
    with jira(FakeJira(before=lambda _asked: Answer(code, TOKEN.encode()))) as service:
        declare(kind, service.url)
        error = read().error
    assert str(code) in error
    assert TOKEN not in error


def test_a_jira_that_has_removed_the_old_search_is_said_to_be_a_cloud() -> None:
    with jira(FakeJira(before=lambda asked: Answer(410) if searching(asked) else None)) as service:
        declare("jira_server", service.url)
        assert "410" in read().error


def test_what_jira_says_of_a_wrong_question_is_repeated(kind: str) -> None:
    said = {"errorMessages": ["Le champ « canal » n'existe pas."]}
    with jira(FakeJira(before=lambda asked: Answer(400, said) if searching(asked) else None)) as service:
        declare(kind, service.url, jql="canal = 1")
        assert "Le champ « canal » n'existe pas." in read().error


def test_it_waits_as_long_as_it_is_told_and_goes_on(kind: str, waits: list[float]) -> None:
    told = iter([Answer(429, headers={"Retry-After": "7"}), Answer(500)])
    fake = FakeJira([issue(1)], before=lambda asked: next(told, None) if searching(asked) else None)
    with jira(fake) as service:
        declare(kind, service.url)
        assert read().error == ""
    assert waits[0] == 7.0
    assert keys() == ["DATA-1"]


def test_a_cut_answer_is_asked_again(kind: str, waits: list[float]) -> None:
    told = iter([Answer(200, b'{"issues": [{"id": "1", "ke'), Answer(200, b'{"issues": []}', cut=5)])
    fake = FakeJira([issue(1)], before=lambda asked: next(told, None) if searching(asked) else None)
    with jira(fake) as service:
        declare(kind, service.url)
        assert read().error == ""
    assert keys() == ["DATA-1"]


def test_after_a_token_expired_midway_reading_goes_on_where_it_stopped(kind: str) -> None:
    fake = FakeJira([issue(n) for n in range(20)])
    count = iter(range(100))
    fake.before = lambda asked: Answer(401) if searching(asked) and next(count) >= 4 else None
    with jira(fake) as service:
        declare(kind, service.url)
        assert "401" in read().error
        there = len(keys())
        assert 4 <= there < 20
        fake.before = lambda _asked: None
        fake.jql.clear()
        assert read().error == ""
    assert "created >=" in fake.jql[0]
    assert sorted(keys(), key=lambda key: int(key[5:])) == [f"DATA-{n}" for n in range(20)]


def test_a_page_that_repeats_ends_with_a_sentence_and_loses_nothing(kind: str) -> None:
    fake = FakeJira([issue(n) for n in range(3)])

    def repeats(asked: Asked) -> Answer | None:
        if not searching(asked):
            return None
        return Answer(body={"issues": fake.issues, "nextPageToken": "same", "total": 99})

    fake.before = repeats
    with jira(fake) as service:
        declare(kind, service.url)
        outcome = read()
        assert outcome.error
        assert keys() == ["DATA-0", "DATA-1", "DATA-2"]
        fake.before = lambda _asked: None
        assert read().error == ""
    assert keys() == ["DATA-0", "DATA-1", "DATA-2"]


def test_an_issue_that_vanishes_between_two_pages_makes_no_other_one_skipped() -> None:
    fake = FakeJira([issue(n) for n in range(12)])
    count = iter(range(100))

    def vanish(asked: Asked) -> Answer | None:
        if searching(asked) and next(count) == 2:
            fake.issues.pop(0)
        return None

    fake.before = vanish
    with jira(fake) as service:
        declare("jira_server", service.url)
        assert read().error == ""
    assert {f"DATA-{n}" for n in range(1, 12)} <= set(keys())
    assert "DATA-0" not in keys()


def test_null_progress_and_a_zero_estimate_are_what_they_are(kind: str) -> None:
    with jira(
        FakeJira([issue(1, progress=None, timeoriginalestimate=0), issue(2, timeoriginalestimate=None)])
    ) as service:
        declare(kind, service.url)
        read()
    assert [(row["estimate_s"], row["progress_percent"]) for row in landed()] == [(0.0, None), (None, 0.0)]


def test_what_is_no_issue_is_refused_and_the_others_land(kind: str) -> None:
    bad = issue(2, duedate="31/02/2026")
    with jira(FakeJira([issue(1), bad, issue(3)])) as service:
        declare(kind, service.url)
        outcome = read()
    assert (outcome.refused, keys()) == (1, ["DATA-1", "DATA-3"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"site": "http://jira.example"},
        {"token": "secret"},
        {"proxy": "http://vigie:secret@proxy.example:3128"},
        {"jql": "project = DATA ORDER BY key"},
        {"label": "", "projects": [], "jql": ""},
    ],
)
def test_options_that_cannot_work_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        JiraOptions.model_validate({"site": "https://jira.example", "token": "${VIGIE_SECRET_JIRA}", **wrong})
