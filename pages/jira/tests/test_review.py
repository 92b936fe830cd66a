"""The month's review: frozen once, on its day; compared with today; written as a PDF. And who may see names."""

import shutil
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.base.errors import NotAllowed
from core.base.i18n import DAY_S, speaking
from core.base.periods import Grain
from core.facts.lake import lake
from core.facts.reads import READS
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING, Person, Role, Scope
from core.records import freeze, records
from core.records.naming import may_be_told
from core.records.records import Record, Summary
from core.run import registry
from core.show import growth
from core.sources.base import Source
from core.store.engine import store
from pages.jira import MISSION, choices, demo, pdf, review
from pages.jira.acts import remind, scheduled
from pages.jira.facts import ISSUES
from pages.jira.figures import review as figure
from pages.jira.figures.cycles import CYCLE_TIMES, days_within
from pages.jira.rules import HERE, load
from pages.jira.sources.saved import SavedOptions
from tests.conftest import housed
from tests.pdf_text import text_of

TOLD = load(HERE / "rules.yml")
UNTIL = datetime(2026, 5, 20, 10, tzinfo=UTC)
APRIL, MARCH = date(2026, 4, 1), date(2026, 3, 1)
LEAD = Person(1, "lead", "Lead", Role.LEAD, frozenset())


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose lake holds the demo's requests."""
    with housed(tmp_path_factory.mktemp("told")) as folder:
        demo.make(7, UNTIL)
    return folder


@pytest.fixture(autouse=True)
def _told(data: Path, once: Path) -> None:
    shutil.copytree(once / "lake", data / "lake")
    store().upgrade()


HOUSE = None


def frozen(now: datetime) -> list[date]:
    scheduled.freeze(now)
    with store().read() as connection:
        return list(review.months(connection, EVERYTHING))


def of(month: date, squad: str | None = HOUSE, scope: Scope = EVERYTHING) -> Record | None:
    with store().read() as connection:
        return review.get(connection, month, squad, scope)


def land(squad: str, number: int) -> None:
    """Requests of a squad's own Jira in April, for a client that is called as the squad."""
    issue = {
        "source": squad, "project": "X", "subtask": False, "squad": squad, "components": squad.upper(),
        "created_at": datetime(2026, 4, 7, tzinfo=UTC), "updated_at": datetime(2026, 4, 7, tzinfo=UTC),
    }  # fmt: skip
    rows = [issue | {"issue_id": f"{n}", "key": f"{squad}-{n}"} for n in range(number)]
    lake().land(ISSUES, pa.Table.from_pylist(rows, schema=pa.schema([f.with_nullable(True) for f in ISSUES.schema])))


def created(record: Record | None) -> int:
    assert record is not None
    return int(record.data["figures"]["created"])


def test_a_month_is_frozen_from_its_working_day_on_and_only_once() -> None:
    assert frozen(datetime(2026, 5, 5, 12, tzinfo=UTC)) == []
    assert frozen(datetime(2026, 5, 6, 12, tzinfo=UTC)) == [APRIL, MARCH]
    assert frozen(datetime(2026, 5, 19, 12, tzinfo=UTC)) == [APRIL, MARCH]
    record = of(APRIL)
    assert record is not None
    assert (record.version, record.author) == (1, "vigie")


def test_a_month_is_frozen_for_the_house_and_for_each_squad_which_sees_its_own_alone() -> None:
    nobodys = figure.measure(warehouse().reader(EVERYTHING), TOLD, [APRIL])  # seen by everybody
    before = nobodys[APRIL]["created"]
    land("Sud", 3)
    land("Nord", 40)
    frozen(datetime(2026, 5, 6, 12, tzinfo=UTC))
    sud = Scope(frozenset({"Sud"}))
    assert [created(of(APRIL, squad)) - before for squad in (HOUSE, "Sud", "Nord")] == [43, 3, 40]
    assert created(of(APRIL, "Sud", sud)) - before == 3
    assert (of(APRIL, HOUSE, sud), of(APRIL, "Nord", sud)) == (None, None)
    with store().read() as connection:
        assert review.months(connection, sud) == {APRIL: ["Sud"], MARCH: ["Sud"]}
        assert review.months(connection, EVERYTHING)[APRIL] == [HOUSE, "Nord", "Sud"]
        assert review.months(connection, Scope(frozenset({"Est"}))) == {}


def test_a_month_that_was_frozen_before_squads_were_told_apart_is_the_houses() -> None:
    summary = Summary(ref="2026-04", title="2026-04", completeness=100, search="")
    old = {"figures": {"created": 43, "clients": {"NORD": 40}}, "frozen_at": "2026-05-06T10:00:00", "comment": ""}
    with store().write() as connection:
        records.add(connection, review.KIND, [(summary, old)], who="vigie", state="frozen", action="freeze")
    assert frozen(datetime(2026, 5, 6, 12, tzinfo=UTC)) == [APRIL]
    assert created(of(APRIL)) == 43
    assert of(APRIL, scope=Scope(frozenset({"Nord"}))) is None


def test_what_was_said_of_a_month_before_reads_as_it_did_until_something_else_is_said() -> None:
    summary = Summary(ref="2026-04", title="2026-04", completeness=100, search="")
    old = {"figures": {"created": 43}, "frozen_at": "2026-05-06T10:00:00", "comment": "Mois calme."}
    with store().write() as connection:
        [number] = records.add(connection, review.KIND, [(summary, old)], who="lead", state="frozen", action="freeze")
        before = records.get(connection, review.KIND, number)
        freeze.write(connection, before, "", who="lead")
        after = records.get(connection, review.KIND, number)
    assert (freeze.words(before), freeze.words(after)) == ("Mois calme.", "")


def looks(squad: str | None = HOUSE, scope: Scope = EVERYTHING) -> Sequence[review.Seen]:
    with store().read() as connection:
        return review.seen(connection, squad, scope)


def test_the_months_before_are_looked_at_again_so_that_what_they_drift_by_is_seen_by_age() -> None:
    frozen(datetime(2026, 5, 6, 12, tzinfo=UTC))
    before = created(of(APRIL))
    land("Sud", 3)
    read_up_to(demo.SOURCE, datetime(2026, 6, 10, tzinfo=UTC), datetime(2026, 6, 10, tzinfo=UTC))
    frozen(datetime(2026, 6, 4, 12, tzinfo=UTC))
    cells = growth.triangle(review.looked_at(looks(), "created"))
    april = cells[cells["period"] == APRIL]
    assert april[["age", "value"]].values.tolist() == [[1, before], [2, before + 3]]
    assert april["seen_on"].tolist() == [date(2026, 5, 6), date(2026, 6, 4)]
    assert min(cells["period"]) == date(2024, 5, 1)  # the first month that anything is known of
    assert [review.as_seen(looks(), APRIL, date(2026, *day)) is not None for day in ((5, 5), (5, 6))] == [False, True]
    told = [review.as_seen(looks(), APRIL, date(2026, *day)) or {} for day in ((6, 3), (6, 4))]
    assert [one["created"] for one in told] == [before, before + 3]
    assert looks("Sud", Scope(frozenset({"Nord"}))) == ()


def test_the_review_is_shown_as_seen_on_a_day_and_tells_no_difference_of_what_was_not_seen_by_then() -> None:
    frozen(datetime(2026, 5, 6, 12, tzinfo=UTC))
    with store().read() as connection:
        shown = review.read(connection, APRIL, HOUSE, EVERYTHING)
    told = {}
    for day in (5, 6):
        chosen = SimpleNamespace(seen=date(2026, 5, day))
        frame = figure.REVIEW.shape(SimpleNamespace(now=UNTIL, chosen=chosen, review=shown, seen=looks()))
        told[day] = frame[["published", "today", "drift"]].iloc[0].tolist()
    published = review.written(created(of(APRIL)), "number")
    assert told == {5: [published, "–", ""], 6: [published, published, ""]}


def test_a_review_of_before_months_were_looked_at_again_tells_of_its_own_month_alone() -> None:
    summary = Summary(ref="2026-02", title="2026-02", completeness=100, search="")
    old = {"figures": {"created": 43, "clients": {}}, "frozen_at": "2026-03-05T10:00:00+00:00", "comment": ""}
    with store().write() as connection:
        records.add(connection, review.KIND, [(summary, old)], who="vigie", state="frozen", action="freeze")
    assert [(look.on, dict(look.months)) for look in looks()] == [
        (date(2026, 3, 5), {"2026-02": {"created": 43, "clients": {}}})
    ]
    assert review.looked_at(looks(), "created").values.tolist() == [[date(2026, 2, 1), date(2026, 3, 5), 43]]


def test_what_other_rules_counted_is_no_drift() -> None:
    month = {"2026-02": {"created": 43}}
    told = [review.Seen(date(2026, 3, 5), "a", month), review.Seen(date(2026, 4, 3), "b", month)]
    assert review.looked_at(told, "created")["seen_on"].tolist() == [date(2026, 4, 3)]
    assert TOLD.counted == TOLD.model_copy(update={"colours": {"x": "red"}}).counted
    assert TOLD.counted != TOLD.model_copy(update={"drift_limit": 0.3}).counted


def test_the_figures_of_a_month_are_the_same_asked_alone_or_among_others() -> None:
    reader = warehouse().reader(EVERYTHING)
    assert figure.measure(reader, TOLD, [MARCH, APRIL]) == {
        month: figure.measure(reader, TOLD, [month])[month] for month in (MARCH, APRIL)
    }


def test_the_demo_tells_a_year_of_reviews_and_what_young_months_come_to() -> None:
    demo.demo(7, UNTIL)
    assert frozen(UNTIL)[:2] == [APRIL, MARCH]
    assert len(looks()) == demo.LOOKS + 1
    cells = growth.triangle(review.looked_at(looks(), "resolved"))
    assert len(growth.completion(cells)) > 0


def test_a_review_that_other_rules_counted_says_that_the_difference_holds_that_too() -> None:
    frozen(datetime(2026, 5, 6, 12, tzinfo=UTC))
    with store().read() as connection:
        shown = review.read(connection, APRIL, HOUSE, EVERYTHING)
    same, other = TOLD, TOLD.model_copy(update={"drift_limit": 0.3})
    told = [figure.OTHER_RULES.say(SimpleNamespace(review=shown, rules=one)) for one in (same, other)]  # type: ignore[arg-type]
    assert [bool(one) for one in told] == [False, True]


def test_a_month_that_is_frozen_after_its_day_says_so() -> None:
    frozen(datetime(2026, 5, 6, 12, tzinfo=UTC))
    assert {month: record.data["origin"] for month in (MARCH, APRIL) if (record := of(month))} == {
        MARCH: "late",
        APRIL: "scheduled",
    }


def test_a_reader_who_sees_a_part_freezes_nothing() -> None:
    part = warehouse().reader(Scope(frozenset({"Sud"})))
    with pytest.raises(NotAllowed):
        figure.measured(part, TOLD, datetime(2026, 5, 6, 12, tzinfo=UTC))


def read_up_to(source: str, until: datetime, at: datetime = UNTIL) -> None:
    """A reading of a source that told of the time up to a moment."""
    row = {"source": source, "mission": "jira", "read_at": at, "ended_at": at, "covers_until": until,
           "outcome": "ok", "landed": 1, "refused": 0}  # fmt: skip
    lake().land(READS, pa.Table.from_pylist([row], pa.schema([f.with_nullable(True) for f in READS.schema])))


def test_a_month_that_is_not_known_to_its_end_is_not_frozen_until_it_is() -> None:
    read_up_to("export", datetime(2026, 4, 12, tzinfo=UTC))
    assert frozen(datetime(2026, 5, 6, 12, tzinfo=UTC)) == [MARCH]
    read_up_to("export", datetime(2026, 5, 2, tzinfo=UTC), UNTIL + timedelta(hours=1))
    assert frozen(datetime(2026, 5, 7, 12, tzinfo=UTC)) == [APRIL, MARCH]


def test_the_lead_may_freeze_a_month_as_far_as_it_is_known_and_that_is_said() -> None:
    read_up_to("export", datetime(2026, 4, 12, tzinfo=UTC))
    reader = warehouse().reader(EVERYTHING)
    found = figure.measured(reader, TOLD, datetime(2026, 5, 6, 12, tzinfo=UTC), whole=False)
    assert {one.period: said["known_to"] for one, said in found.items()} == {
        "2026-03": None,
        "2026-04": "2026-04-12T00:00:00+00:00",
    }


def test_a_source_that_was_removed_keeps_no_month_from_being_frozen() -> None:
    read_up_to("old", datetime(2025, 1, 1, tzinfo=UTC))
    options = SavedOptions.model_validate({"path": "incoming/*.json"})
    with store().write() as connection:
        registry.add(connection, Source("old", "jira", "jira_saved", options), who="test")
    assert frozen(datetime(2026, 5, 6, 12, tzinfo=UTC)) == []
    with store().write() as connection:
        registry.enable(connection, "old", 1, enabled=False, who="test")
    assert frozen(datetime(2026, 5, 6, 12, tzinfo=UTC)) == [APRIL, MARCH]


def test_every_month_that_is_over_is_frozen_at_the_next_chance() -> None:
    frozen(datetime(2026, 5, 6, 12, tzinfo=UTC))
    read_up_to(demo.SOURCE, datetime(2026, 9, 10, tzinfo=UTC), datetime(2026, 9, 10, tzinfo=UTC))
    assert frozen(datetime(2026, 8, 2, 12, tzinfo=UTC))[:2] == [date(2026, 6, 1), date(2026, 5, 1)]
    assert frozen(datetime(2026, 9, 10, 12, tzinfo=UTC)) == [date(2026, month, 1) for month in (8, 7, 6, 5, 4, 3)]


def test_the_median_of_an_even_number_lies_between_the_two_in_the_middle() -> None:
    reader = warehouse().reader(EVERYTHING)
    given = {**choices.standing(reader, TOLD), "start": Grain.MONTH.of(APRIL).start, "end": Grain.MONTH.of(APRIL).end}
    times = [row["cycle_s"] / DAY_S for row in choices.rows(reader, CYCLE_TIMES, given) if row["begun_at"]]
    on_screen = days_within(pd.DataFrame({"cycle_s": [time * DAY_S for time in times]}))["p50"]
    assert figure.measure(reader, TOLD, [APRIL])[APRIL]["cycle_s"] / DAY_S == pytest.approx(on_screen)


def test_what_changes_after_the_freezing_shows_as_a_difference() -> None:
    frozen(datetime(2026, 5, 6, 12, tzinfo=UTC))
    record = of(APRIL)
    assert record is not None
    rows = lake().scan("issues").read_all().drop_columns("month").to_pylist()
    april = [
        row for row in rows if datetime(2026, 4, 2, tzinfo=UTC) < row["created_at"] < datetime(2026, 4, 29, tzinfo=UTC)
    ]
    gone = [row | {"gone_at": UNTIL} for row in april[:3]]
    lake().land(ISSUES, pa.Table.from_pylist(gone, schema=pa.schema([f.with_nullable(True) for f in ISSUES.schema])))
    today = figure.measure(warehouse().reader(EVERYTHING), TOLD, [APRIL])[APRIL]
    [line, *_others] = review.lines(record.data["figures"], None, today)
    assert line.published is not None
    assert line.today == line.published - 3
    assert review.drifted(line) == "−3"


def test_the_comment_is_a_version_beside_the_same_figures() -> None:
    frozen(datetime(2026, 5, 6, 12, tzinfo=UTC))
    before = of(APRIL)
    assert before is not None
    with store().write() as connection:
        freeze.write(connection, before, "Mois calme.\n", who="lead")
    after = of(APRIL)
    assert after is not None
    assert (freeze.words(after), after.data["figures"]) == ("Mois calme.", before.data["figures"])


def test_the_pdf_is_one_page_with_every_figure() -> None:
    figures = figure.measure(warehouse().reader(EVERYTHING), TOLD, [APRIL])[APRIL]
    with speaking("fr"):
        comment = "Rien <à> dire : 3 ≥ 2 → mieux.\nŁódź arrive."
        made = pdf.make(
            APRIL,
            review.lines(figures, figures, figures),
            {"Sinistres": 4},
            {"Extraction": 3, "Ponctuel": 1},
            comment,
            demo=True,
        )
    assert made.startswith(b"%PDF")
    assert made.count(b"/Type /Page\n") == 1
    said = text_of(made)
    assert "Activité : avril 2026" in said
    told = said.splitlines()
    assert [
        word for word in ("Part en retard", "Évolution", "Types", "Extraction", "Ponctuel") if word not in told
    ] == []
    assert [line for line in said.splitlines() if line in ("Sinistres", "4")] == ["Sinistres", "4"]
    assert [line for line in said.splitlines() if line in comment.splitlines()] == comment.splitlines()


def test_a_review_tells_types_the_late_share_and_the_change_against_the_month_before() -> None:
    before = figure.measure(warehouse().reader(EVERYTHING), TOLD, [MARCH])[MARCH]
    found = figure.measure(warehouse().reader(EVERYTHING), TOLD, [APRIL])[APRIL]
    assert sum(found["types"].values()) == found["created"]
    assert found["late_share"] == found["late"] / (found["late"] + found["on_time"])
    told = {line.name: line for line in review.lines(found, before, found)}
    step = found["created"] - before["created"]
    assert review.moved(told["created"]) == f"{'+' if step > 0 else '−'}{abs(step)}"
    assert review.moved(review.lines(found, None, found)[0]) == ""


def test_a_share_moves_by_points_and_a_month_is_said_in_words() -> None:
    with speaking("fr"):
        assert review.moved(review.Line("late_share", "", "percent", 0.271, 0.224, 0.224)) == "−5 points"
        assert review.drifted(review.Line("late_share", "", "percent", None, 0.2, 0.3)) == "+10 points"


NAMES = st.text(st.characters(exclude_categories=("Cs",)), max_size=300)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(clients=st.dictionaries(NAMES, st.integers(0, 9), max_size=4), comment=NAMES)
@example(clients={"a\n" * 2_000: 1, "x" * 20_000: 2, "<b>&\0": 3}, comment="\n" * 2_000 + "<img src='/etc/passwd'/>")
def test_whatever_clients_are_called_and_people_write_the_pdf_is_made(clients: dict[str, int], comment: str) -> None:
    assert pdf.make(APRIL, [], clients, clients, comment, demo=False).startswith(b"%PDF")


def test_names_are_shown_to_the_lead_alone_and_only_with_a_validated_treatment() -> None:
    def may(role: Role) -> bool:
        with store().read() as connection:
            return may_be_told(connection, Person(1, "x", "X", role, frozenset()), MISSION)

    assert not may(Role.LEAD)
    summary = Summary(ref="VIGIE-KPI", title="KPI", completeness=100, search="")
    with store().write() as connection:
        [number] = records.add(connection, "treatment", [(summary, {})], who="dpo", state="draft")
    assert not may(Role.LEAD)
    for state, publish, shown in (("validated", True, True), ("archived", False, False)):
        with store().write() as connection:
            record = records.get(connection, "treatment", number)
            records.save(
                connection,
                record,
                version=record.version,
                who="dpo",
                action="step",
                state=state,
                keys={},
                publish=publish,
            )
        assert may(Role.LEAD) is shown
        assert not any(may(role) for role in Role if role is not Role.LEAD)


def test_a_reminder_tells_a_person_their_own_requests_alone() -> None:
    mails = list(remind.reminders(warehouse().reader(EVERYTHING), TOLD, "2026-05"))
    assert mails
    for mail in mails:
        others = [name for name in demo.PEOPLE if name in mail.text]
        assert others == []
        assert mail.to.endswith("@demo.example")
    assert len({mail.same for mail in mails}) == len(mails)


def test_what_jira_says_makes_no_line_of_a_mail_of_its_own() -> None:
    row = {"key": "A-1", "summary": "x\r\n\nhttps://evil.example\u2028Bonjour", "url": "https://jira.example/A-1"}
    with speaking("fr"):
        said = remind.text([row | {f"no_{one.key}": True for one in TOLD.mandatory}], TOLD)
    assert [line.strip() for line in said.splitlines() if "http" in line][-1] == "https://jira.example/A-1"
    assert "- A-1 x https://evil.example Bonjour\u202f: " in said


def test_a_reminder_of_one_request_speaks_of_one() -> None:
    for mail in remind.reminders(warehouse().reader(EVERYTHING), TOLD, "2026-05"):
        n = sum(line.startswith("- ") for line in mail.text.splitlines())
        assert mail.subject == ("1 demande Jira à compléter" if n == 1 else f"{n} demandes Jira à compléter")


def test_a_reminder_goes_to_one_checked_address_or_to_none() -> None:
    def recipients() -> set[str]:
        return {mail.to for mail in remind.reminders(warehouse().reader(EVERYTHING), TOLD, "2026-05")}

    before = recipients()
    chosen = min(before)
    rows = lake().read(ISSUES, ISSUES.schema.names).to_pylist()
    theirs = [
        {**row, "assignee_mail": f"{chosen}, evil@e.fr", "updated_at": UNTIL}
        for row in rows
        if row["assignee_mail"] == chosen
    ]
    lake().land(ISSUES, pa.Table.from_pylist(theirs, ISSUES.schema))
    assert recipients() == before - {chosen}


def test_no_mail_is_due_while_reminders_are_off() -> None:
    with store().write() as connection:
        assert list(remind.notices(connection, UNTIL)) == []


def test_the_story_is_the_same_for_the_same_seed_and_replaces_an_older_one() -> None:
    def told() -> list[dict[str, object]]:
        return sorted(lake().scan("issues").read_all().to_pylist(), key=lambda row: str(row["issue_id"]))

    first = told()
    demo.make(7, UNTIL)
    assert told() == first
    assert 2_500 < len(first) < 3_500
