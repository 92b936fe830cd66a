"""A change of the rules, tried on the last nights: what it would have called otherwise, and told other people of."""

from datetime import date, timedelta
from itertools import takewhile

import pandas as pd

from core.base.i18n import N_, _, ngettext, show_date, show_number
from core.rules.versions import State, Version
from core.show.about import About
from core.show.columns import Column, Kind, framed
from core.show.figure import Figure
from core.store.engine import store
from pages.pipelines import dated
from pages.pipelines.board import Board
from pages.pipelines.desk import Standing, desk_at, scope_words
from pages.pipelines.figures.durations import EARLIER
from pages.pipelines.headline import board_before, shares, to_the_minute
from pages.pipelines.look import NightLook
from pages.pipelines.night import board_of
from pages.pipelines.rule_words import KINDS
from pages.pipelines.rules import Rules
from pages.pipelines.thresholds import Shares
from pages.pipelines.trial import apart, changes, recipients
from pages.pipelines.why import sentence
from pages.pipelines.words import SOURCE

NIGHTS = 30
"""As many nights a change is tried on at most."""


def shown(look: NightLook) -> Version | None:
    """The version that is shown; None: the rules in force."""
    return look.book.version(look.chosen.values.get("version"))


def stands(look: NightLook, *states: State) -> bool:
    version = shown(look)
    return version is not None and version.state in states


def boards(look: NightLook, rules: Rules) -> list[Board]:
    """The boards of the nights that a change is tried on, up to the one looked at, the oldest first: of those before
    anything was told of there is none. Raises QueryFailed."""
    return [
        board_of(look.reader, rules, night, to_the_minute(min(look.now, night.end)), replay=False)
        for night in map(rules.night_of, _tried_days(look))
    ]


def _tried_days(look: NightLook) -> list[date]:
    days = [look.night.day - timedelta(days=age) for age in range(NIGHTS - 1, -1, -1)]
    ends = (look.rules.night_of(day).end for day in days)
    untold = sum(1 for _end in takewhile(lambda end: not look.ask(EARLIER, since=end)["some"].any(), ends))
    return days[untold:]


def _tried(look: NightLook) -> pd.DataFrame:
    before, after = (
        dated.standing(rules, look.book.day) for rules in (look.book.in_force, look.book.rules(shown(look)))
    )
    both = zip(*(boards(look, rules) for rules in apart(before, after)), strict=True)
    return pd.DataFrame(
        [
            {
                "day": pd.Timestamp(change.day, tz="UTC"),
                "kind": _(KINDS[change.kind]),
                "name": change.name,
                "before": change.before and change.before.value,
                "after": change.after and change.after.value,
                "why": sentence(change.why),
            }
            for change in sorted(changes(both), key=lambda change: change.day, reverse=True)
        ],
        columns=["day", "kind", "name", "before", "after", "why"],
    )


def _tried_on(look: NightLook, frame: pd.DataFrame) -> str:
    n = int(frame["day"].nunique())
    template = ngettext(
        "{n} of the {all} nights up to that of {day} would have been called otherwise.",
        "{n} of the {all} nights up to that of {day} would have been called otherwise.",
        n,
    )
    return template.format(n=show_number(n), all=show_number(len(_tried_days(look))), day=show_date(look.night.day))


TRIED: Figure[NightLook] = Figure(
    name="rules-tried",
    title=N_("Tried on the last nights"),
    about=About(
        N_(
            "Each of the last 30 nights of which something is known, judged by the rules of today and by the version "
            "shown, each as if it had always held: what would have been called otherwise."
        ),
        SOURCE,
    ),
    shape=_tried,
    columns=(
        Column("day", N_("Night"), Kind.DAY, width=110),
        Column("kind", N_("Kind"), width=110),
        Column("name", N_("Name"), width=150),
        Column("before", N_("Today’s rules"), Kind.STATUS, width=130),
        Column("after", N_("This version"), Kind.STATUS, width=130),
        Column("why", N_("Why"), width=400),
    ),
    detail=_tried_on,
    height=15 * 35,
    when=lambda look: stands(look, State.DRAFT, State.PROPOSED),
    empty=N_("None of the last 30 nights would have been called otherwise."),
    mailed=False,
)


def _both(look: NightLook) -> tuple[Rules, Rules]:
    """The rules of today and those of the version shown, each as if they had always held."""
    day = look.book.day
    both = look.book.in_force, look.book.rules(shown(look))
    return tuple(dated.standing(rules, day).on(day) for rules in both)  # type: ignore[return-value]


def _differ(look: NightLook) -> bool:
    if not stands(look, State.DRAFT, State.PROPOSED):
        return False
    before, after = _both(look)
    return before.mails != after.mails


def _shares(look: NightLook) -> Shares:
    """How often a scope was KO in the nights up to the last one of an incident, by the rules in force."""

    def share(standing: Standing, nights: int) -> tuple[int, int]:
        last = max((step.night for step in standing.steps if step.night), default=look.night.day)
        board = board_before(look.reader, look.rules, look.rules.night_of(last), 0, look.now)
        return shares(look.reader, look.rules, board, look.now)(standing, nights)

    return share


def _shape(look: NightLook) -> pd.DataFrame:
    before, after = _both(look)
    families = {family.key for rules in (before, after) for family in rules.families}
    back = timedelta(days=NIGHTS)
    with store().read() as connection:
        desk = desk_at(connection, families, look.now, called=look.rules.called, back=back)
    rows = []
    for standing in desk.incidents:
        end = standing.closed_at or look.now
        was, now = (recipients(standing, rules, desk, end, _shares(look)) for rules in (before, after))
        if was != now and standing.opened_at > look.now - back:
            row = {"at": standing.opened_at, "what": scope_words(standing.scope, look.board)}
            rows.append({**row, "kind": desk.words(standing.kind), "before": ", ".join(was), "after": ", ".join(now)})
    return framed(rows[::-1], COLUMNS)


COLUMNS = (
    Column("at", N_("Since"), Kind.MOMENT, width=140),
    Column("what", N_("What"), width=210),
    Column("kind", N_("Kind of error"), width=230),
    Column("before", N_("Told by today’s rules"), width=220),
    Column("after", N_("Told by this version"), width=220),
)
TOLD_OTHERWISE: Figure[NightLook] = Figure(
    name="rules-told",
    title=N_("Who would have been told"),
    about=About(
        N_(
            "Each incident of the last 30 days of which this version would have told other people than the rules of "
            "today, at once or in their hours. Failures in a row are counted one a night; silences, and families that "
            "another one needs, are left out."
        ),
        N_("The incidents of the duty desk"),
    ),
    shape=_shape,
    kept=False,
    columns=COLUMNS,
    when=_differ,
    empty=N_("Of none of the incidents of the last 30 days would other people have been told."),
    mailed=False,
)
