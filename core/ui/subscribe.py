"""Subscribing from a screen: to all of it under the filters in use, to a named view, to a figure, or to a number that
passes a bound; and what of this screen one is subscribed to."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from core.base.errors import NotAllowed
from core.base.i18n import _, show_date
from core.mission.contract import HOME
from core.mission.discovery import missions
from core.notes import subscriptions, views
from core.notes.subscriptions import WORDS, Every, Subscription, Wanted
from core.people.rights import may_see
from core.show import picture
from core.show.columns import Column, Kind, show
from core.show.figure import Number
from core.show.look import Look
from core.store.engine import store
from core.ui import drawn
from core.ui.forms import done, write
from core.ui.screen import Screen
from core.ui.words import plain

BOUNDED = {Kind.NUMBER: (1.0, ""), Kind.PERCENT: (0.01, "%"), Kind.DURATION: (3600.0, "h")}
"""Kinds of numbers that a bound is set for: what one of its unit is worth, and the unit."""


def menu(s: Screen, look: Look | None = None) -> None:
    """A button that opens it. To be called after the filters were drawn; without a look, of missions' headlines."""
    with s.bar or s.head:
        popover = drawn.menu(_("Subscribe"), ":material/notifications:", f"{s.mission.key}.subscribe")
    if not popover.open:
        return
    with popover:
        if why_not := subscriptions.why_not(s.person.email):
            st.caption(plain(why_not))
        else:
            _form(s, look)
        with store().read() as connection:
            mine = subscriptions.of_person(connection, s.person.id)
        for subscription in mine:
            if subscription.mission == s.mission.key or s.mission.key == HOME:
                _line(s, subscription)


def _form(s: Screen, look: Look | None) -> None:
    key = f"{s.mission.key}.subscribe"
    numbers = _numbers(s, look) if look else {}
    every = st.selectbox(
        _("When"),
        [every for every in Every if every is not Every.PASSES or numbers],
        format_func=lambda every: _(WORDS[every]),
        key=f"{key}.every",
    )
    wanted = _number(s, look, key, numbers) if look and every is Every.PASSES else _whole(s, look, key, every)
    if st.button(_("Subscribe"), type="primary", key=f"{key}.go"):
        with write(s, act=False) as connection:
            if wanted.view_id and views.find(connection, wanted.view_id, s.person.id) is None:
                raise NotAllowed(_("This view is gone, or shared no more."))
            subscriptions.subscribe(connection, s.person, wanted)
            done(_("You are subscribed to {title}."), title=wanted.title)


def _whole(s: Screen, look: Look | None, key: str, every: Every) -> Wanted:
    """What is sent whole: a screen, a view, a figure; where there are no figures, a mission's headline."""
    offered = _of_screen(s, look) if look else _headlines(s)
    what = st.selectbox(_("What"), list(offered), format_func=lambda code: offered[code].title, key=f"{key}.what")
    chosen = offered[what]
    return Wanted(chosen.mission, chosen.title, every, chosen.query, chosen.view_id, chosen.part)


def _of_screen(s: Screen, look: Look) -> Mapping[str, Wanted]:
    assert s.mission.figures is not None
    here, mission = _query(s), s.mission.key
    with store().read() as connection:
        seen = views.seen_by(connection, mission, s.person.id)
    screen = Wanted(mission, _(s.mission.title), Every.DAY, here)
    open_ones = [view for view in seen if _same(view.query, here)]
    rest = [view for view in seen if view not in open_ones]
    of_views = {
        f"view.{view.id}": Wanted(mission, view.name, Every.DAY, view_id=view.id) for view in (*open_ones, *rest)
    }
    figures = {
        f"figure.{figure.name}": Wanted(
            mission, figure.heading(look, figure.frame(look)), Every.DAY, here, part=figure.name
        )
        for figure in picture.figures_of(s.mission.figures(), look)
    }
    first = dict(list(of_views.items())[: len(open_ones)])
    return {**first, "": screen, **of_views, **figures}


def _headlines(s: Screen) -> Mapping[str, Wanted]:
    """The home page, and each mission that has a word on it."""
    shown = [mission for mission in missions().values() if mission.headline and may_see(s.person, mission)]
    return {
        shown_mission.key: Wanted(shown_mission.key, _(shown_mission.title), Every.DAY)
        for shown_mission in (s.mission, *shown)
    }


def _numbers(s: Screen, look: Look) -> dict[str, Number[Any]]:
    assert s.mission.figures is not None
    return {number.name: number for number in picture.numbers_of(s.mission.figures(), look) if number.kind in BOUNDED}


def _number(s: Screen, look: Look, key: str, numbers: Mapping[str, Number[Any]]) -> Wanted:
    """The number, the side and the bound."""
    shown = {name: each.said(look) for name, each in numbers.items()}
    name = st.selectbox(
        _("Number"), list(numbers), format_func=lambda choice: " · ".join(shown[choice]), key=f"{key}.number"
    )
    sides = {True: _("is at least"), False: _("is at most")}
    at_least = st.segmented_control(
        _("Told once it"), list(sides), format_func=sides.__getitem__, default=True, required=True, key=f"{key}.side"
    )
    worth, unit = BOUNDED[numbers[name].kind]
    typed = st.number_input(" ".join(filter(None, (_("Bound"), unit))), value=None, key=f"{key}.bound.{name}")
    bound = None if typed is None else typed * worth
    return Wanted(s.mission.key, shown[name][0], Every.PASSES, _query(s), None, name, bool(at_least), bound)


def _query(s: Screen) -> str:
    """The filters in use, as the address says them."""
    return urlencode(sorted(s.params.items()))


def _same(query: str, other: str) -> bool:
    return sorted(query.split("&")) == sorted(other.split("&"))


def words(subscription: Subscription) -> str:
    """A subscription in words: what, when, and that it is not sent any more where its person lost it."""
    mission = missions().get(subscription.mission)
    names = [plain(subscription.title)]
    if mission and _(mission.title) != subscription.title:
        names.insert(0, _(mission.title))
    when = _(WORDS[subscription.every])
    if subscription.every is Every.PASSES:
        limit = _("once it is at least {bound}") if subscription.at_least else _("once it is at most {bound}")
        when = limit.format(bound=show(subscription.bound, _column(subscription)))
    lost = (
        _("not sent any more since {day}").format(day=show_date(subscription.lost_at)) if subscription.lost_at else ""
    )
    return f"{' · '.join(names)}  \n:gray[:small[{plain(' · '.join(filter(None, (when, lost))))}]]"


def _column(subscription: Subscription) -> Column:
    """How the number of a subscription is written."""
    mission = missions().get(subscription.mission)
    declared = picture.numbers(mission.figures()) if mission and mission.figures else ()
    number_there = next((number for number in declared if number.name == subscription.part), None)
    return (
        Column(subscription.part, subscription.title, number_there.kind, number_there.digits)
        if number_there
        else Column(subscription.part, subscription.title, Kind.NUMBER)
    )


def _line(s: Screen, subscription: Subscription) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(words(subscription), width="stretch")
        key = f"{s.mission.key}.subscribe.end.{subscription.id}"
        if st.button(_("End it"), key=key, icon=":material/delete:", type="tertiary"):
            with write(s, act=False) as connection:
                subscriptions.end(connection, subscription.id, s.person)
                done(_("{title} is not sent to you any more."), title=subscription.title)
