"""What must be answered for many treatments is answered for many at once, and nothing that was said is lost."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.base.errors import InputInvalid, NotAllowed
from core.records import acts, completeness, fill, records
from core.records.fill import How
from core.records.records import Record
from core.store.engine import Store
from pages.register.collection import TREATMENTS
from pages.register.lists import shipped
from pages.register.model import TREATMENT
from pages.register.tests import samples
from pages.register.tests.conftest import People
from pages.register.tests.samples import ACTOR, WHOLE
from pages.register.workflow import Action, State

TWO = [{"name": "DAF", "type": "internal"}, {"name": "Nimbus", "type": ""}]


pytestmark = pytest.mark.usefixtures("english")


@pytest.mark.parametrize(
    ("held", "path", "value", "how", "expected"),
    [
        ({"nir": None}, "nir", [], How.EMPTY, {"nir": []}),
        ({"nir": [{"description": "x"}]}, "nir", [], How.EMPTY, {"nir": [{"description": "x"}]}),
        ({"nir": [{"description": "x"}]}, "nir", [], How.REPLACE, {"nir": []}),
        ({"nir": [{"description": "x"}]}, "nir", [], How.ADD, {"nir": [{"description": "x"}]}),
        (
            {"recipients": TWO},
            "recipients.type",
            "processors",
            How.EMPTY,
            {"recipients": [TWO[0], {"name": "Nimbus", "type": "processors"}]},
        ),
        ({"recipients": None}, "recipients.type", "processors", How.EMPTY, {"recipients": None}),
        ({"recipients": []}, "recipients.type", "processors", How.REPLACE, {"recipients": []}),
        ({"measures": [{"type": "access"}]}, "measures", [{"type": "backup"}, {"type": "access"}], How.ADD,
         {"measures": [{"type": "access"}, {"type": "backup"}]}),
        ({"measures": []}, "measures", [{"type": "backup"}], How.ADD, {"measures": [{"type": "backup"}]}),
        ({"purposes": [{"legal_bases": []}, {"legal_bases": ["consent"]}]},
         "purposes.legal_bases", ["contract"], How.ADD,
         {"purposes": [{"legal_bases": ["contract"]}, {"legal_bases": ["consent", "contract"]}]}),
        ({"aipd_criteria": None}, "aipd_criteria", [], How.EMPTY, {"aipd_criteria": []}),
        ({"aipd_criteria": ["scoring"]}, "aipd_criteria", ["sensitive"], How.ADD,
         {"aipd_criteria": ["scoring", "sensitive"]}),
        ({"squad": "RH"}, "squad", "DAF", How.ADD, {"squad": "RH"}),
        ({"aipd_departs": False}, "aipd_departs", True, How.EMPTY, {"aipd_departs": False}),
    ],
)  # fmt: skip
def test_an_answer_finds_its_place(held: Any, path: str, value: Any, how: How, expected: Any) -> None:
    assert fill.fill(TREATMENT, held, path, value, how) == expected


PATHS = [one.path for one in fill.fields(TREATMENT)]


def test_every_required_answer_may_be_given_for_many() -> None:
    required = {
        one.path for field in TREATMENT.fields for one in (field, *field.columns) if one.required(None_(), None_())
    }
    assert required - {"name"} <= set(PATHS)


class None_:
    """A record of which nothing is asked."""

    def __getattr__(self, name: str) -> Any:
        return None_()

    def __iter__(self) -> Any:
        return iter(())

    def __bool__(self) -> bool:
        return False


def drafts(house: Store, people: People, *contents: dict[str, Any]) -> list[Record]:
    with house.write() as connection:
        return [acts.add(connection, TREATMENTS, people["lea"], {"name": "x", **content}) for content in contents]


def answer(
    house: Store, person: int, picked: list[Record], path: str, value: Any, how: How = How.EMPTY
) -> list[Record]:
    with house.write() as connection:
        return acts.answer_many(
            connection, TREATMENTS, person, [(one.id, one.version) for one in picked], path, value, how
        )


def test_an_answer_for_many_is_a_version_of_each_that_changes(house: Store, people: People) -> None:
    made = drafts(house, people, {}, {"nir": [{"description": "paie"}]}, {"nir": None})
    changed = answer(house, people["ines"], made, "nir", [])
    assert [(one.ref, one.version, one.data["nir"], one.author) for one in changed] == [
        ("T-0001", 2, [], "ines"),
        ("T-0003", 2, [], "ines"),
    ]
    with house.read() as connection:
        assert records.get(connection, "treatment", made[1].id).version == 1


def test_one_that_cannot_be_answered_is_named_and_leaves_all_as_they_were(house: Store, people: People) -> None:
    made = drafts(house, people, {}, {})
    with house.write() as connection:
        acts.step(connection, TREATMENTS, people["lea"], made[1].id, 1, Action.ARCHIVE, why="fini")
        made[1] = records.get(connection, "treatment", made[1].id)
    with pytest.raises(NotAllowed, match="T-0002: A record that is archived is brought back before"):
        answer(house, people["ines"], made, "nir", [])
    named = drafts(house, people, {"recipients": [{"name": "DAF"}]})
    with pytest.raises(InputInvalid, match="T-0003: Type of recipient: the list does not offer “martians”"):
        answer(house, people["ines"], named, "recipients.type", "martians")
    with house.read() as connection:
        assert records.get(connection, "treatment", made[0].id).version == 1


def test_whoever_may_not_write_answers_for_nobody(house: Store, people: People) -> None:
    made = drafts(house, people, {})
    with pytest.raises(NotAllowed):
        answer(house, people["sofia"], made, "nir", [])


def test_180_imported_treatments_are_whole_after_a_few_answers_for_all(house: Store, people: People) -> None:
    made = drafts(
        house, people, *({"purposes": [{"name": f"p{n}"}], "recipients": [{"name": f"r{n}"}]} for n in range(30))
    )
    for path, value in (
        ("controller", [ACTOR]),
        ("joint_controllers", []),
        ("representative", []),
        ("dpo", [ACTOR]),
        ("purposes.legal_bases", ["contract"]),
        ("recipients.type", "internal"),
        *((name, WHOLE[name]) for name in ("data_categories", "sensitive_data", "nir", "persons", "transfers")),
        *((name, WHOLE[name]) for name in ("measures", "aipd_listed", "aipd_criteria")),
    ):
        with house.read() as connection:
            now = [records.get(connection, "treatment", one.id) for one in made]
        answer(house, people["ines"], now, path, value)
    with house.read() as connection:
        found = records.tally(connection, "treatment")
    assert (found.records, found.whole) == (30, 30)


def test_a_step_is_taken_with_those_that_it_leads_on_from(house: Store, people: People) -> None:
    made = drafts(house, people, {}, {})
    with house.write() as connection:
        acts.step(connection, TREATMENTS, people["lea"], made[0].id, 1, Action.SUBMIT)
        made[0] = records.get(connection, "treatment", made[0].id)
        picked = [(one.id, one.version) for one in made]
        done = acts.step_many(connection, TREATMENTS, people["lea"], picked, Action.SUBMIT)
        assert [one.ref for one in done] == ["T-0002"]
        picked = [(one.id, 2) for one in made]
        with pytest.raises(NotAllowed, match="T-0001: The record is not complete yet"):
            acts.step_many(connection, TREATMENTS, people["ines"], picked, Action.VALIDATE)
        assert {one.state for one in records.find(connection, "treatment").lines} == {State.IN_REVIEW}


@settings(max_examples=60, deadline=None)
@given(samples.contents(TREATMENT), st.data())
def test_an_answer_where_there_is_none_takes_nothing_away_and_lowers_nothing(
    content: dict[str, Any], data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(PATHS))
    value = data.draw(samples.value(TREATMENT.field(path), shipped()))
    filled = fill.fill(TREATMENT, content, path, value, How.EMPTY)
    before, after = TREATMENT.model.model_validate(content), TREATMENT.model.model_validate(filled)
    name = path.partition(".")[0]
    assert {k: v for k, v in filled.items() if k != name} == {k: v for k, v in content.items() if k != name}
    for field in TREATMENT.fields:
        held = getattr(before, field.name)
        if field.filled(held) and field.kind is not fill.Kind.ROWS:
            assert getattr(after, field.name) == held
    missing = {one.path for one in completeness.judge(TREATMENT, before).missing}
    if value not in (None, "", []) and "." in path:
        still = {one.path for one in completeness.judge(TREATMENT, after).missing if fill_path(one.path) == path}
        assert still <= missing


def fill_path(path: str) -> str:
    head, _bracket, rest = path.partition("[")
    return head + rest.partition("]")[2]
