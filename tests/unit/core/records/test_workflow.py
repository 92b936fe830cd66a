"""A step with a condition: refused by the sentence that says why it does not hold, which is asked last."""

from core.base.i18n import speaking
from core.records.workflow import Situation, State, Step, Workflow, offered, refusal

FINISH = Step("finish", ("begun",), "done", "Finish", "finished", condition=lambda content, person: "")
WAY = Workflow(states=(State("begun", "begun"), State("done", "done")), steps=(FINISH,))


def test_a_step_is_refused_by_the_sentence_of_its_condition_and_offered_where_it_holds() -> None:
    lacking = Situation("begun", frozenset(), 0, "paul", unmet=lambda step: f"{step.action}: not yet.")
    assert refusal(WAY, FINISH, lacking) == "finish: not yet."
    assert offered(WAY, lacking) == []
    assert offered(WAY, Situation("begun", frozenset(), 0, "paul")) == [FINISH]


def test_a_condition_is_not_asked_where_the_step_does_not_lead_on_from_the_state() -> None:
    asked: list[Step] = []
    done = Situation("done", frozenset(), 0, "paul", unmet=lambda step: str(asked.append(step)))
    with speaking("en"):
        assert refusal(WAY, FINISH, done) == "This cannot be done to a record that is done."
    assert asked == []
