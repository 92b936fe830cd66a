"""Rules that change: the past under the rules of then, forms that lose nothing, a trial that is a judgement."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.base.errors import RulesInvalid
from core.base.i18n import speaking
from core.base.status import Verdict
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from core.rules.ruleset import written
from core.show.filters import Filter
from core.store.engine import store
from pages.pipelines import dated, rules
from pages.pipelines.desk import Action, Desk, Standing, Step
from pages.pipelines.errors import Kinds
from pages.pipelines.expected import expect
from pages.pipelines.figures import rules_tried
from pages.pipelines.figures.answer import ANSWER
from pages.pipelines.guess import Guess, guesses
from pages.pipelines.night import board_of
from pages.pipelines.rule_forms import (
    data_set_fields,
    data_set_of,
    family_fields,
    family_of,
    mail_fields,
    mail_of,
    night_fields,
    night_of,
)
from pages.pipelines.rule_words import differences, seen, told
from pages.pipelines.rules import RULES, Dated, Family, Mail, NightRule, Rules
from pages.pipelines.tests.landed import DEMO, land_reads, land_runs, run, utc
from pages.pipelines.tests.test_desk import looked
from pages.pipelines.trial import Change, apart, changes, recipients

DAY = date(2026, 11, 20)
days = st.integers(-5, 5).map(lambda n: DAY + timedelta(days=n))
spans = st.tuples(st.none() | days, st.none() | days).filter(lambda one: not all(one) or one[0] <= one[1])  # type: ignore[operator]


def family(key: str, name: str = "", **more: Any) -> Family:
    return Family.model_validate({"key": key, "name": name or key, "members": [{"pipeline": f"{key}_master"}], **more})


def made(*families: Family) -> Rules:
    return Rules(night=DEMO.night, families=families)


@st.composite
def some_rules(draw: st.DrawFn) -> Rules:
    """Up to three families, of which none stands twice in a night."""
    found: list[Family] = []
    for key in draw(st.lists(st.sampled_from("abc"), max_size=4)):
        since, until = draw(spans)
        one = family(key, draw(st.sampled_from(["Ventes", "Paie"])), since=since, until=until)
        if not any(other.key == key and other.meets(one) for other in found):
            found.append(one)
    return made(*found)


def holding(told: Rules, day: date) -> set[tuple[str, str]]:
    return {(one.key, one.name) for one in told.on(day).families}


@given(some_rules(), some_rules(), days, days)
def test_the_past_keeps_the_rules_of_then_and_the_new_ones_hold_from_their_day_on(
    old: Rules, new: Rules, since: date, day: date
) -> None:
    both = dated.put(old, new, since)
    assert holding(both, day) == holding(new if day >= since else old, day)
    assert RULES.meant(RULES.text(both)) == both


def test_a_family_that_does_not_change_is_not_cut() -> None:
    old = made(family("a"), family("b"))
    both = dated.put(old, made(family("a"), family("b", "Paie"), family("c")), DAY)
    assert [(one.key, one.name, one.since, one.until) for one in both.families] == [
        ("a", "a", None, None),
        ("b", "Paie", DAY, None),
        ("c", "c", DAY, None),
        ("b", "b", None, DAY - timedelta(days=1)),
    ]


def test_who_is_told_changes_from_a_day_on_too() -> None:
    told, other = Mail(to="a@b.fr", after=2), Mail(to="c@d.fr")
    old = made(family("a")).model_copy(update={"mails": (told, other)})
    new = made(family("a")).model_copy(update={"mails": (told.model_copy(update={"after": 1}), other)})
    both = dated.put(old, new, DAY)
    assert [(one.to, one.after) for one in both.on(DAY - timedelta(days=1)).mails] == [("c@d.fr", 1), ("a@b.fr", 2)]
    assert [(one.to, one.after) for one in both.on(DAY).mails] == [("a@b.fr", 1), ("c@d.fr", 1)]
    assert dated.standing(both, DAY).mails == new.mails
    assert RULES.meant(RULES.text(both)) == both


def turning(hour: int, since: date | None = None, until: date | None = None) -> NightRule:
    return NightRule(turns_at=time(hour), due_by=time(7), since=since, until=until)


def test_the_turn_of_the_night_changes_from_a_day_on_and_the_past_keeps_that_of_then() -> None:
    eve, later = DAY - timedelta(days=1), DAY + timedelta(days=3)
    old, new = (made().model_copy(update={"night": (turning(hour),)}) for hour in (18, 20))
    both = dated.put(old, new, DAY)
    assert both.night == (turning(20, DAY), turning(18, None, eve))
    assert RULES.meant(RULES.text(both)) == both
    assert [both.night_of(day).end for day in (eve, DAY)] == [utc("2026-11-19 17:00"), utc("2026-11-20 19:00")]
    assert (both.night_of(DAY).start, both.night_at(utc("2026-11-19 18:00")).day) == (utc("2026-11-19 17:00"), DAY)
    assert dated.current(both, DAY).night == dated.standing(both, DAY).night == new.night
    assert dated.put(both, dated.current(both, DAY), later) == both
    assert dated.put(both, old, later).night == (
        turning(18, later),
        turning(20, DAY, DAY + timedelta(days=2)),
        both.night[1],
    )


def test_a_night_that_opens_later_expects_nothing_in_the_hours_that_were_of_the_night_before() -> None:
    evening = family("a", window={"from": "18:30", "to": "19:00"})
    told = made().model_copy(update={"night": (turning(20, None, DAY), turning(18, DAY + timedelta(days=1)))})
    nights = [told.night_of(DAY + timedelta(days=n)) for n in (0, 1, 2)]
    assert [expect(evening.members[0], evening, night, time(7)).due for night in nights] == [True, False, True]


def test_what_is_changed_is_what_is_not_over() -> None:
    over, now, later = family("a", until=DAY), family("b", until=DAY + timedelta(days=1)), family("c", since=date.max)
    told = made(over, now, later)
    assert dated.current(told, DAY + timedelta(days=1)).families == (now, later)
    assert dated.standing(told, DAY + timedelta(days=1)).families == (family("b"),)


def unchanged(fields: Mapping[str, Filter[Any]]) -> dict[str, Any]:
    """What a form gives that nobody touched."""
    assert all(one.allowed(one.default) for one in fields.values())
    return {name: one.default for name, one in fields.items()}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_form_that_nobody_touched_changes_nothing(language: str) -> None:
    values = RULES.values(DEMO)
    with speaking(language):
        for one, plain in zip(DEMO.families, values["families"], strict=True):
            assert family_of(unchanged(family_fields(one)), plain) == plain
        for data_set, plain in zip(DEMO.data_sets, values["data_sets"], strict=True):
            assert data_set_of(unchanged(data_set_fields(data_set, DEMO.pipelines)), plain) == plain
        assert night_of(unchanged(night_fields(DEMO.night[0])), values["night"][0]) == values["night"][0]
        told = made(family("a", squad="Nord")).model_copy(update={"mails": tuple(map(Mail.model_validate, MAILS))})
        for mail, plain in zip(told.mails, RULES.values(told)["mails"], strict=True):
            assert mail_of(unchanged(mail_fields(mail, told)), plain) == plain


def test_what_the_form_does_not_show_stays() -> None:
    plain = {
        "key": "a", "name": "A", "sources": ["x"], "time_zone": "UTC", "child_rerun": "WARNING",
        "calendar": {"cron": "0 5 * * 0", "day_of_month": 3, "holidays": "57"}, "needs": ["b"],
        "maintenance": [{"from": "2026-11-20T00:30:00", "to": "2026-11-20T04:00:00", "reason": "network"}],
        "members": [{"pipeline": "p", "confirmed": False, "calendar": {"days": "working", "cron": "0 5 * * 1"}}],
    }  # fmt: skip
    one = Family.model_validate(plain)
    assert family_of(unchanged(family_fields(one)), plain) == plain


def test_a_form_makes_the_rule_that_is_typed_into_it() -> None:
    with speaking("en"):
        given = unchanged(family_fields(DEMO.families[0]))
        rows = (
            ("first", True, "Load", "01:00", "02:00", "30", "", "", "load 12/03/2026; very first 2026-01-31"),
            ("last", False, "Publish", "", "", "", "a cron", "0 5 * * 0", ""),
        )
        typed = {
            **given, "name": " Téléphonie fixe ", "criticality": "2", "start": "00:30", "end": "", "grace": "five",
            "due": "day_or_next", "detail": "15", "holidays": "67", "steps": "Load\n\n Publish", "members": rows,
            "stops": (("20/11/2026 0:30", "2026-11-20 04:00", "network"), ("", "", "")), "sources": "a, b ,",
            "zone": " UTC ",
        }  # fmt: skip
        made = family_of(typed, {}, ["telephonie_fixe"])
    assert made == {
        "key": "telephonie_fixe_2", "name": "Téléphonie fixe", "squad": "Téléphonie", "criticality": 2,
        "confirmed": False, "window": {"from": "00:30", "to": ""}, "grace": "five",
        "calendar": {"days": "working", "day_of_month": 15, "holidays": "67"},
        "steps": [{"name": "Load"}, {"name": "Publish"}],
        "maintenance": [{"from": "2026-11-20T00:30:00", "to": "2026-11-20T04:00:00", "reason": "network"}],
        "sources": ["a", "b"], "time_zone": "UTC",
        "members": [
            {
                "pipeline": "first", "required": True, "step": "Load", "window": {"from": "01:00", "to": "02:00"},
                "longest": 30,
                "formerly": [{"name": "load", "until": "2026-03-12"}, {"name": "very first", "until": "2026-01-31"}],
            },
            {"pipeline": "last", "step": "Publish", "calendar": {"cron": "0 5 * * 0", "holidays": "67"}},
        ],
    }  # fmt: skip


MISTAKES = {
    "families[0].window.to": {"end": "25:00", "start": "01:00"},
    "families[0].window": {"start": "02:00", "end": "01:00"},
    "families[0].grace": {"grace": "1000"},
    "families[0].calendar.cron": {"due": "cron", "detail": "every day"},
    "families[0].steps[1]": {"steps": "Load\nAlone", "members": (("p", False, "Load", *[""] * 6),)},
    "families[0].members": {"members": ()},
    "families[0].time_zone": {"zone": "Paris"},
    "families[0].maintenance[0].from": {"stops": (("tomorrow", "20/11/2026 04:00", "network"),)},
    "families[0].maintenance[0]": {"stops": (("20/11/2026 05:00", "20/11/2026 04:00", "network"),)},
    "families[0].members[1].pipeline": {"members": (("p", False, *[""] * 7),) * 2},
    "families[0].members[0].longest": {"members": (("p", False, "", "", "", "long", "", "", ""),)},
    "families[0].members[0].formerly[0].until": {"members": (("p", False, *[""] * 6, "old"),)},
    "families[0].members[0].formerly[1].name": {"members": (("p", False, *[""] * 6, "o 1/1/2026; P 1/2/2026"),)},
    "families[0].members[0].step": {"members": (("p", False, "Load", *[""] * 6),)},
}


@pytest.mark.parametrize(("field", "typed"), MISTAKES.items(), ids=MISTAKES)
def test_every_mistake_in_a_form_is_told_with_its_field(field: str, typed: dict[str, Any]) -> None:
    with speaking("en"):
        new = family_of({**unchanged(family_fields(family("a"))), **typed}, {"key": "a"})
        with pytest.raises(RulesInvalid) as refused:
            RULES.meant(written({"families": [new], "data_sets": []}), "proposal")
    assert refused.value.sentence.startswith("proposal, line ")
    assert f", {field}: " in refused.value.sentence


MAILS: list[dict[str, Any]] = [
    {"to": "a@b.fr"},
    {
        "to": "${VIGIE_SECRET_TEAMS_NIGHT}", "families": ["a"], "squads": ["Nord"], "failures": False, "unknown": True,
        "warnings": True, "kinds": ["2108", "no space"], "after": 2, "share": {"of": 0.29, "nights": 10},
        "unattended": 60, "hours": {"from": "08:00", "to": "18:00"}, "working_days": True, "holidays": "57",
        "over": False, "morning": "07:30", "since": "2026-11-01",
    },
]  # fmt: skip


def test_who_is_told_is_made_of_what_is_typed() -> None:
    with speaking("en"):
        given = unchanged(mail_fields(Mail.model_construct(to=""), DEMO))
        typed = {
            "to": " duty@example.fr ", "of": ["squad:Nord", "a"], "warnings": "yes", "kinds": "2108\n\n no space ",
            "after": "2", "share": "12,5 %", "nights": "10", "unattended": "an hour", "start": "8h", "end": "",
            "days": "working", "over": "no", "morning": " 07:30",
        }  # fmt: skip
        assert mail_of({**given, **typed}, {}) == {
            "to": "duty@example.fr", "families": ["a"], "squads": ["Nord"], "warnings": True,
            "kinds": ["2108", "no space"], "after": 2,
            "share": {"of": 0.125, "nights": 10}, "unattended": "an hour", "hours": {"from": "8h", "to": ""},
            "working_days": True, "over": False, "morning": "07:30",
        }  # fmt: skip


TOLD_WRONGLY = {
    "mails[0].to": {"to": "nobody"},
    "mails[0].families[0]": {"of": ["z"]},
    "mails[0].squads[0]": {"of": ["squad:Sud"]},
    "mails[0].after": {"after": "often"},
    "mails[0].share.of": {"share": "120", "nights": "10"},
    "mails[0].share.nights": {"share": "20"},
    "mails[0].unattended": {"unattended": "0"},
    "mails[0].hours.to": {"start": "08:00"},
    "mails[0]": {"start": "18:00", "end": "08:00"},
    "mails[0].morning": {"morning": "early"},
}


@pytest.mark.parametrize(("field", "typed"), TOLD_WRONGLY.items(), ids=TOLD_WRONGLY)
def test_every_mistake_in_who_is_told_is_told_with_its_field(field: str, typed: dict[str, Any]) -> None:
    told = made(family("a", squad="Nord"))
    with speaking("en"):
        new = mail_of({**unchanged(mail_fields(Mail(to="a@b.fr"), told)), **typed}, {})
        with pytest.raises(RulesInvalid) as refused:
            RULES.meant(written({**RULES.values(told), "mails": [new]}), "proposal")
    assert f", {field}: " in refused.value.sentence


def test_who_is_told_of_squads_is_told_of_their_families_of_the_night() -> None:
    later = family("c", squad="Nord", since=DAY)
    told = made(family("a", squad="Nord"), family("b"), later).model_copy(
        update={"mails": (Mail(to="n@x.fr", squads=("Nord",)), Mail(to="b@x.fr", families=("b",), squads=("Sud",)))}
    )
    eve = DAY - timedelta(days=1)
    heard = [{one.to: one.families for one in told.on(day).mails} for day in (eve, DAY)]
    assert heard == [{"n@x.fr": ("a",), "b@x.fr": ("b",)}, {"n@x.fr": ("a", "c"), "b@x.fr": ("b",)}]
    nobody = told.model_copy(update={"mails": (Mail(to="s@x.fr", squads=("Sud",)),)})
    assert nobody.on(DAY).mails == ()


def test_a_change_of_who_is_told_is_tried_on_incidents_that_were() -> None:
    """One night after another, taken after two hours of work on the first morning (a Friday), over on the Saturday."""
    night, moments = DAY, [utc(f"2026-11-{at}") for at in ("20 00:10", "20 09:00", "21 00:10", "21 06:00")]
    opened = Step(moments[0], "vigie", Action.OPENED, night, Verdict.KO, None, None, "")
    steps = (
        opened,
        replace(opened, at=moments[1], action=Action.TAKEN, night=None, verdict=None, until=utc("2026-11-22 00:00")),
        replace(opened, at=moments[2], action=Action.AGAIN, night=night + timedelta(days=1), verdict=None),
    )
    one = Standing(1, "a/p", "E42", moments[0], steps)
    desk = Desk(moments[3], (one,), (), Kinds())
    said = {
        "at once": {},
        "after two": {"after": 2},
        "after three": {"after": 3},
        "an hour": {"unattended": 60},
        "three hours": {"unattended": 180},
        "monday": {"working_days": True, "hours": {"from": "08:00", "to": "18:00"}},
        "other kind": {"kinds": ["E1"]},
        "share": {"share": {"of": 0.3, "nights": 10}},
        "more": {"share": {"of": 0.4, "nights": 10}},
    }
    mails = [Mail.model_validate({"to": f"{name.replace(' ', '-')}@x.fr", **more}) for name, more in said.items()]
    told = made(family("a")).model_copy(update={"mails": tuple(mails)})
    heard = recipients(one, told, desk, moments[3], lambda _one, _nights: (3, 10))
    assert [to.partition("@")[0] for to in heard] == ["after-two", "an-hour", "at-once", "monday", "share"]


def test_two_rules_of_one_address_are_told_and_compared_apart() -> None:
    both = [
        made(family("a"), family("b")).model_copy(
            update={"mails": (Mail(to="x@y.fr", families=("a",)), Mail(to="x@y.fr", families=("b",), after=after))}
        )
        for after in (1, 3)
    ]
    with speaking("en"):
        found = [(one.name, about, before, after) for one, about, before, after in differences(*both)]
        assert [dict(one.lines)["Families"] for one in told(both[0]) if one.kind == "mail"] == ["a", "b"]
    assert found == [("x@y.fr", "From", "", "3 failures in a row")]


def landed() -> None:
    """Two nights: the first in the window, the second half an hour after it."""
    land_runs(
        run("a_master", "2026-11-18 23:10", "2026-11-18 23:20"),
        run("a_master", "2026-11-20 00:10", "2026-11-20 00:20"),
        run("b_load", "2026-11-18 23:40", "2026-11-19 00:05"),
        run("b_load", "2026-11-19 23:20", "2026-11-19 23:50"),
        run("b_load", "2026-11-20 05:20", "2026-11-20 05:50"),
    )
    land_reads("2026-11-20 06:00")


def judged(told: Rules, day: date) -> Any:
    return board_of(warehouse().reader(EVERYTHING), told, told.night_of(day), utc("07:00"), replay=False)


@pytest.mark.usefixtures("data")
def test_a_change_that_is_tried_says_night_by_night_what_judging_by_it_says() -> None:
    landed()
    narrow, wide = (made(family("a", window={"from": "00:00", "to": end})) for end in ("00:30", "02:00"))
    nights = [DAY - timedelta(days=1), DAY]
    found = list(changes((judged(narrow, day), judged(wide, day)) for day in nights))
    assert [(one.day, one.kind, one.name, one.before, one.after) for one in found] == [
        (DAY, "family", "a", Verdict.WARNING, Verdict.OK)
    ]
    assert found[0].why == judged(wide, DAY).families[0].why
    assert list(changes((judged(wide, day), judged(wide, day)) for day in nights)) == []


@pytest.mark.usefixtures("data")
@given(st.data())
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_judging_what_differs_alone_says_what_judging_all_of_it_says(drawn: st.DataObject) -> None:
    landed()
    data_sets = [{"name": "both", "pipelines": ["a_master", "b_load"]}, {"name": "c", "pipelines": ["c_master"]}]
    sides = []
    for _side in range(2):
        ends = drawn.draw(st.lists(st.sampled_from(["00:30", "00:45", "02:00"]), min_size=3, max_size=3))
        families = [
            {"key": key, "name": key, "members": [{"pipeline": name}], "window": {"from": "00:00", "to": end}}
            for key, name, end in zip("abc", ("a_master", "b_load", "c_master"), ends, strict=True)
        ]
        kept = data_sets[: drawn.draw(st.integers(0, 2))]
        sides.append(Rules.model_validate({"night": DEMO.night, "families": families, "data_sets": kept}))
    whole, part = (
        list(changes((judged(one, day), judged(two, day)) for day in (DAY - timedelta(days=1), DAY)))
        for one, two in (sides, apart(*sides))
    )
    assert part == whole


@pytest.mark.usefixtures("data")
def test_a_board_that_is_read_while_rules_are_put_in_force_is_wholly_by_the_one_or_the_other() -> None:
    landed()
    both = [
        made(family("a", name, window={"from": "00:00", "to": end})) for name, end in (("x", "00:30"), ("y", "02:00"))
    ]
    RULES.keep(RULES.text(both[0]))
    done, found = threading.Event(), set()

    def read() -> None:
        while not done.is_set():
            [one] = judged(rules.in_force(), DAY).families
            found.add((one.family.name, one.verdict))

    reader = threading.Thread(target=read)
    reader.start()
    for turn in range(30):
        RULES.keep(RULES.text(both[turn % 2]))
    done.set()
    reader.join()
    assert found <= {("x", Verdict.WARNING), ("y", Verdict.OK)}
    assert found


@pytest.mark.usefixtures("data")
def test_a_night_that_somebody_has_open_follows_rules_that_are_put_in_force() -> None:
    told = [ANSWER.follows()]
    for end in ("00:30", "02:00"):
        RULES.keep(RULES.text(made(family("a", window={"from": "00:00", "to": end}))))
        told += [ANSWER.follows(), ANSWER.follows()]
    assert [told.index(one) for one in told] == [0, 1, 1, 3, 3]


@pytest.mark.usefixtures("data")
def test_a_change_is_tried_on_the_nights_of_which_something_was_told() -> None:
    store().upgrade()
    landed()
    RULES.keep(RULES.text(made(family("a"))))
    tried = rules_tried.boards(looked("07:00"), made(family("a")))
    assert [one.night.day for one in tried] == [DAY - timedelta(days=1), DAY]
    land_runs(run("z", "2026-10-01 00:10", "2026-10-01 00:20"))
    assert len(rules_tried.boards(looked("07:00"), made(family("a")))) == rules_tried.NIGHTS


@pytest.mark.usefixtures("data")
def test_a_family_that_is_new_or_gone_is_told_in_every_night() -> None:
    landed()
    one, two = judged(made(family("a")), DAY), judged(made(family("b")), DAY)
    a, b = one.families[0], two.families[0]
    assert list(changes([(one, two)])) == [
        Change(DAY, "family", "b", None, b.verdict, b.why),
        Change(DAY, "family", "a", a.verdict, None, a.why),
    ]


@pytest.mark.usefixtures("data")
def test_a_window_is_guessed_from_the_first_good_run_of_each_night_and_says_of_how_many() -> None:
    landed()
    known = family("b", "Bourse", contact="bourse@example.fr")
    boards = [judged(made(known), DAY - timedelta(days=age)) for age in range(3)]
    a, b = guesses(boards, [known])
    assert a == Guess("a_master", "A", "", (time(0), time(1, 30)), False, 2, 2)
    assert (b.family, b.contact, [f"{hour:%H:%M}" for hour in b.window or ()]) == (
        "Bourse", "bourse@example.fr", ["00:15", "01:15"],
    )  # fmt: skip


@pytest.mark.usefixtures("data")
def test_what_ran_on_working_days_alone_over_two_weekends_is_guessed_due_on_those() -> None:
    """Evening jobs are of the day on which they start; numbers at a name's end part no family."""
    told = []
    for age in range(14):
        day = DAY - timedelta(days=age)
        told.append(run("CTR010", f"{day - timedelta(days=1)} 22:30", f"{day - timedelta(days=1)} 23:00"))
        if day.weekday() < 5 and age != 3:
            told.append(run("CTR020", f"{day} 02:00", f"{day} 02:30"))
        if (day - timedelta(days=1)).weekday() < 5:
            told.append(run("CPT900", f"{day - timedelta(days=1)} 20:00", f"{day - timedelta(days=1)} 20:30"))
    land_runs(*told)
    boards = [judged(made(family("a")), DAY - timedelta(days=age)) for age in range(14)]
    assert [(one.pipeline, one.family, one.working, one.good, one.nights) for one in guesses(boards, ())] == [
        ("CPT900", "Cpt", True, 10, 14),
        ("CTR010", "Ctr", False, 14, 14),
        ("CTR020", "Ctr", True, 9, 14),
    ]
    assert not any(one.working for one in guesses(boards[:8], ())), "one weekend proves nothing"


def test_every_rule_is_told_in_words() -> None:
    with speaking("en"):
        words = {one.name: dict(one.lines) for one in told(DEMO)}
    assert words["Comptabilité générale"] == {
        "Criticality": "2",
        "Seen by": "Finance",
        "Window": "from 03:00 to 05:30, give or take 15\u202fmin",
        "Calendar": "working days, public holidays of department 57",
        "Pipelines (1 required)": "compta_ecritures_master",
        "Pipelines (1)": "compta_rapprochement",
        "compta_provisions_master": "on working day 1 of the month, counted from its end",
        "Contact": "astreinte.finance@demo.example",
        "Runbook": "https://wiki.demo.example/exploitation/comptabilite",
    }


def test_two_versions_are_compared_sentence_by_sentence() -> None:
    with speaking("en"):
        found = list(differences(made(family("a"), family("b")), made(family("a", contact="x@y.fr"), family("c"))))
    assert [(one.name, about, before, after) for one, about, before, after in found][:1] == [
        ("a", "Contact", "", "x@y.fr")
    ]
    assert {(one.name, bool(before), bool(after)) for one, _about, before, after in found} == {
        ("a", False, True), ("c", False, True), ("b", True, False),
    }  # fmt: skip


def test_a_squad_is_told_its_own_rules_and_nobodys_and_no_addresses() -> None:
    mailed = DEMO.model_copy(update={"mails": (rules.Mail(to="a@b.fr"),)})
    mine = seen(mailed, frozenset({"Téléphonie"}), mails=False)
    assert [one.key for one in mine.families] == ["telephonie", "client", "tableaux_de_bord", "vigie"]
    assert [one.name for one in mine.data_sets] == [
        "Appels et décrochés du jour", "Vue client unique", "Scores d’appétence", "Tableaux de bord du comité",
    ]  # fmt: skip
    assert mine.mails == ()
    assert isinstance(mine.families[0], Dated)
