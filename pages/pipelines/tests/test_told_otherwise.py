"""Who would have been told of the incidents that were, by a draft of the rules."""

from pathlib import Path

from core.mission.discovery import warehouse
from core.people.person import EVERYTHING, Role
from core.rules import versions
from core.show import filters
from core.store.engine import store
from pages.pipelines import look, rules
from pages.pipelines.figures.rules_tried import TOLD_OTHERWISE
from pages.pipelines.tests.landed import land_runs, utc
from pages.pipelines.tests.test_alerts import A, B, account, failed, passed, ruled


def test_a_draft_says_of_which_incidents_other_people_would_have_been_told(data: Path) -> None:
    store().upgrade()
    ruled({"to": A}, {"to": B, "after": 2})
    land_runs(failed())
    passed("00:12")
    duty, told = account("duty", Role.DUTY), rules.in_force()
    for mails, seen in (
        ((rules.Mail(to=B),), [["F · f_master", A, B]]),
        ((rules.Mail(to=A), rules.Mail(to=B, after=3)), []),
    ):
        draft = rules.RULES.text(told.model_copy(update={"mails": mails}))
        with store().write() as connection:
            versions.drop_draft(connection, "pipelines", duty)
            versions.keep_draft(connection, rules.RULES, "pipelines", duty, draft, None)
        opening = look.opening(warehouse().reader(EVERYTHING), duty, utc("00:20"))
        assert opening is not None
        shown = opening.look(filters.read(opening.filters, {}))
        assert TOLD_OTHERWISE.when is not None
        assert TOLD_OTHERWISE.when(shown)
        assert TOLD_OTHERWISE.frame(shown)[["what", "before", "after"]].values.tolist() == seen
