"""A change of the rules, tried on nights that were: what each of them would have been called. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from core.base.i18n import N_
from core.base.status import Verdict
from core.tell.outbox import Reason
from pages.pipelines.board import Board
from pages.pipelines.desk import Desk, Standing
from pages.pipelines.rules import Rules
from pages.pipelines.thresholds import Case, Shares, held, wants
from pages.pipelines.why import Why, say


@dataclass(frozen=True)
class Change:
    """What would have been called otherwise in a night: a family or a data set, by name; None: it was not judged."""

    day: date
    kind: Literal["family", "data_set"]
    name: str
    before: Verdict | None
    after: Verdict | None
    why: Why


def apart(before: Rules, after: Rules) -> tuple[Rules, Rules]:
    """Of two sets of rules what can be called otherwise by them: families and data sets that differ, data sets that
    need a pipeline of such a family, and the families that these data sets hang on. Judging these says all that judging
    the whole does, and costs by what differs."""
    if before.night != after.night:
        return before, after
    families = {*before.families} ^ {*after.families}
    touched = {member.pipeline for family in families for member in family.members}
    data_sets = {*before.data_sets} ^ {*after.data_sets}
    data_sets |= {data_set for data_set in before.data_sets if not touched.isdisjoint(data_set.pipelines)}
    needed = {name for data_set in data_sets for name in data_set.pipelines}

    def narrowed(rules: Rules) -> Rules:
        kept = (f for f in rules.families if f in families or any(m.pipeline in needed for m in f.members))
        in_scope = (data_set for data_set in rules.data_sets if data_set in data_sets)
        return rules.model_copy(update={"families": tuple(kept), "data_sets": tuple(in_scope)})

    return narrowed(before), narrowed(after)


def changes(nights: Iterable[tuple[Board, Board]]) -> Iterator[Change]:
    """What differs between two boards of each night, by the rules in force and by those proposed.

    `why` is the reason of the verdict by the proposed rules; of a family that they no longer judge, that of before. Of
    a data set it names what holds it up, or held.
    """
    for before, after in nights:
        was, now = ({family.family.key: family for family in board.families} for board in (before, after))
        for key in {**now, **was}:
            old, new = was.get(key), now.get(key)
            judged = now[key] if new else was[key]
            verdicts = old.verdict if old else None, new.verdict if new else None
            if verdicts[0] is not verdicts[1]:
                yield Change(after.night.day, "family", judged.family.name, *verdicts, judged.why)
        had, has = ({data_set.data_set.name: data_set for data_set in board.data_sets} for board in (before, after))
        for name in {**has, **had}:
            earlier, later = had.get(name), has.get(name)
            verdicts = earlier.verdict if earlier else None, later.verdict if later else None
            if verdicts[0] is not verdicts[1]:
                names = (later.held_up_by if later else ()) or (earlier.held_up_by if earlier else ())
                why = (say(N_("held up by {names}"), names=", ".join(names)),) if names else ()
                yield Change(after.night.day, "data_set", name, *verdicts, why)


_LATER = (None, Reason.HOLIDAY, Reason.HOURS)


def recipients(standing: Standing, rules: Rules, desk: Desk, end: datetime, shares: Shares) -> tuple[str, ...]:
    """Whom some rules tell of an incident that lasted up to `end` (UTC), at once or in hours of work: whom they would
    have told just before one of the things that happened to it, or at its end. Failures in a row are counted one a
    night; silences and what else was down are left out."""
    families, addresses = {family.key: family for family in rules.families}, set()
    alone = replace(desk, incidents=(), silences=())
    for place, moment in enumerate((*(step.at for step in standing.steps[1:]), end), 1):
        so_far = replace(standing, steps=standing.steps[:place])
        case = Case(so_far, None, families.get(standing.family), rules, alone, moment)
        addresses |= {mail.to for mail in rules.mails if wants(mail, case) and held(mail, case, shares) in _LATER}
    return tuple(sorted(addresses))
