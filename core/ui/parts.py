"""The parts that a mission declares (`core.show.figure`), drawn: figures, numbers, notes, acts, downloads, tabs."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from functools import partial, singledispatch
from itertools import groupby
from typing import Any
from zlib import crc32

import pandas as pd
import streamlit as st

from core.base.errors import VigieError
from core.base.i18n import _, language, show_number, speaking
from core.base.settings import ROOT
from core.base.status import Verdict
from core.mission.contract import Mission, Related
from core.mission.related import related
from core.people.rights import require
from core.show import export
from core.show.charts import PICK
from core.show.columns import missing
from core.show.figure import (
    Act,
    Answer,
    Card,
    Choose,
    Download,
    Events,
    Figure,
    Note,
    Numbers,
    Part,
    Search,
    Tab,
    stands,
)
from core.show.filters import Filter, Line, OneOf
from core.show.look import Look
from core.store.engine import store
from core.ui import columns as columns_of
from core.ui import download, filters, forms, guide, live, marks, tabs
from core.ui import figure as figures
from core.ui import table as tables
from core.ui.drawn import block, once
from core.ui.failures import tell
from core.ui.screen import Screen
from core.ui.words import plain

ASSETS = ROOT / "core/ui/assets"


def _icon(verdict: Verdict) -> str:
    file = ASSETS / f"icon-{verdict.value.lower()}.svg"
    return f"data:image/svg+xml;base64,{b64encode(file.read_bytes()).decode()}"


ICONS = {verdict: _icon(verdict) for verdict in (Verdict.OK, Verdict.WARNING, Verdict.KO)}
"""Of the browser's tab: part of the message, since handing a file over at every act costs as much as two texts."""
FEW_CHOICES = 4
NOTES = {"info": ":material/info:", "warning": ":material/warning:", "success": ":material/check_circle:"}


def draw(s: Screen, look: Look, *parts: Tab[Any] | Part[Any]) -> None:
    """Draw what stands for this look, in order; tabs that follow each other stand in one row. Beside an open tab that
    stands alone, notes alone are drawn."""
    row: list[Tab[Any]] = []
    beside = s.alone and any(isinstance(part, Tab) for part in parts)
    for part in (standing for standing in parts if stands(standing, look)):
        if isinstance(part, Tab):
            row.append(part)
            continue
        if _tabs(s, look, row):
            return
        row = []
        if not beside or isinstance(part, Note):
            _draw(part, s, look)
    _tabs(s, look, row)


def _tabs(s: Screen, look: Look, row: Sequence[Tab[Any]]) -> bool:
    """Tabs; the open one alone is asked for. Whether it stands alone."""
    if not row:
        return False
    drawn = tabs.draw(s.mission.key, {tab.name: tab.label(look) for tab in row})
    for tab in row:
        if drawn[tab.name].open:
            with drawn[tab.name]:
                draw(s, look, *tab.parts)
    return any(drawn[tab.name].open and tab.alone for tab in row)


@singledispatch
def _draw(part: Any, s: Screen, look: Look) -> None:
    raise NotImplementedError(type(part))


@_draw.register
def _figure(part: Figure, s: Screen, look: Look) -> None:  # type: ignore[type-arg]
    look.cut.clear()
    frame = part.frame(look)
    if frame.empty and (part.empty or part.chart):
        if part.empty:
            once(st.info, _(part.empty), icon=":material/inbox:")
        return
    title, columns = part.heading(look, frame), part.listed(look)
    rows = partial(part.rows, look) if part.rows else partial(export.batches, frame)
    chart = partial(part.drawing, look, frame) if part.chart else None
    head = tables.heading(title, part.about, s.exports(part.name, title, columns, rows, chart), s.freshness)
    detail = part.detail(look, frame) if part.detail else ""
    key = f"{s.mission.key}.{part.name}"
    listed = not part.cards and (not part.chart or head.as_table)
    if listed:
        key += ".table" if part.chart else ""
        with head.line:
            shown = columns_of.chosen(s.person, s.mission, key, columns)
    if detail:
        with head.line:
            once(st.caption, plain(detail), width="content")
    if listed:
        on_cell = partial(_celled, s, part, look, frame) if part.means and not part.chart else None
        tables.draw(frame, shown, key=key, alt=title, height=part.height, on_cell=on_cell)
    elif part.cards:
        _cards(s, part.dealt(look, frame))
    else:
        on_pick = partial(_marked, s, part, look, key) if part.means else None
        figures.chart(part.drawing(look, frame), key=key, told=part.words(look, frame), on_pick=on_pick)
    for cap in caps(part, look):
        once(st.caption, _("Only the first {n} rows are counted here.").format(n=show_number(cap)))


def caps(part: Figure[Any], look: Look) -> list[int]:
    """After how many rows the answers of a figure were cut, to be told below it: not of a list whose export holds all,
    and whose own words say how much is shown."""
    return [] if part.rows and not part.chart else list(look.cut.values())


def _marked(s: Screen, part: Figure[Any], look: Look, key: str) -> None:
    for mark in figures.picked(key, PICK)[:1]:
        _taken(s, part, look, mark)


def _celled(s: Screen, part: Figure[Any], look: Look, frame: pd.DataFrame, row: int, column: str) -> None:
    values = {str(name): None if missing(value) else value for name, value in frame.iloc[row].items()}
    _taken(s, part, look, {**values, "column": column})


def _taken(s: Screen, part: Figure[Any], look: Look, mark: Mapping[str, Any]) -> None:
    """The filters take what a picked mark means; {} means nothing."""
    assert part.means is not None
    if meant := part.means(look, mark):
        figures.take(s.mission.key, meant)


def _cards(s: Screen, cards: Sequence[Card]) -> None:
    known = related(s.mission, s.reader, s.person, s.now, [thing for card in cards for thing in card.things])
    beside = ([pair for thing in card.things for pair in known.get(thing, ())] for card in cards)
    once(_grid, *((_said(card, more), card.code) for card, more in zip(cards, beside, strict=True)))


def _grid(*cards: tuple[str, str]) -> None:
    """What each says, as one text; what may be copied stands below."""
    with st.grid(2, min_column_width=340, gap="small"):
        for text, code in cards:
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.markdown(text)
                if code:
                    st.code(code, language=None, wrap_lines=True)


def _said(card: Card, known: Sequence[tuple[Mission, Related]]) -> str:
    head = [figures.badge(card.verdict)] if card.verdict else []
    head += [figures.small(card.remark)] if card.remark else []
    lines = [*([" ".join(head)] if head else []), f"**{plain(card.title)}**", *map(plain, card.lines)]
    lines += [figures.touched(known)] if known else []
    lines += [" · ".join(figures.link(label, url, icon) for label, icon, url in card.links)] if card.links else []
    return "  \n".join(lines)


@_draw.register
def _answer(part: Answer, s: Screen, look: Look) -> None:  # type: ignore[type-arg]
    verdict = part.verdict(look)
    answer = f"{figures.badge(verdict)} **{plain(part.say(look))}**"
    once(st.markdown, answer, help=figures.explained(part.about, s.freshness, guide.link(s.mission.key, "")))
    if part.title:
        once(st.set_page_config, page_title=f"{part.title(look)} · Vigie", page_icon=ICONS.get(verdict))
    if part.live(look):
        live.watch(s, part.follows)


@_draw.register
def _numbers(part: Numbers, s: Screen, look: Look) -> None:  # type: ignore[type-arg]
    with block(st.container, horizontal=True, gap="xsmall", key=f"{s.mission.key}.{part.numbers[0].name}.row"):
        for number in part.numbers:
            if stands(number, look):
                label, value = number.said(look)
                verdict = number.verdict(look) if number.verdict else None
                detail = number.detail(look) if number.detail else ""
                more = guide.link(s.mission.key, label)
                figures.draw(label, value, number.about, s.freshness, verdict=verdict, detail=detail, more=more)


@_draw.register
def _note(part: Note, s: Screen, look: Look) -> None:  # type: ignore[type-arg]
    notes = part.say(look)
    for sentence in [notes] if isinstance(notes, str) else notes:
        if not sentence:
            continue
        if part.tone == "caption":
            once(st.caption, plain(sentence))
        elif part.tone == "text":
            once(st.text, sentence)
        else:
            tone = {"info": st.info, "warning": st.warning, "success": st.success}[part.tone]
            once(tone, plain(sentence), icon=NOTES[part.tone])


@_draw.register
def _choose(part: Choose, s: Screen, look: Look) -> None:  # type: ignore[type-arg]
    with st.container(horizontal=True):
        for name in part.names:
            filters.stand(s.mission.key, look.chosen, name)


@_draw.register
def _search(part: Search, s: Screen, look: Look) -> None:  # type: ignore[type-arg]
    key = f"{s.mission.key}.{part.name}"

    def typed() -> None:
        if text := str(st.session_state[key]).strip():
            figures.take(s.mission.key, part.means(look, text))

    st.text_input(_(part.label), key=key, placeholder=part.placeholder, max_chars=60, width=260, on_change=typed)
    st.caption(_(part.hint))


@_draw.register
def _act(part: Act, s: Screen, look: Look) -> None:  # type: ignore[type-arg]
    if part.needs_right and not s.can_act:
        return
    key = f"{s.mission.key}.{part.name}"
    if part.subject:
        key += f".{crc32(part.subject(look).encode()):x}"
    fields: Mapping[str, Filter[Any]] = part.fields(look) if part.fields else {}
    label = part.label(look) if callable(part.label) else _(part.label)
    with st.form(key, border=bool(fields)):
        if len(fields) > 1:
            st.markdown(f"**{plain(label)}**")
        overtaken = []
        for name, place in _places(fields):
            with place:
                overtaken += [name] if _field(fields[name], f"{key}.{name}") else []
        pressed = st.form_submit_button(label, icon=part.icon or None, help=_(part.help) if part.help else None)
    if not pressed:
        forms.echo(key)
        return
    if overtaken:
        names = ", ".join(fields[name].label for name in overtaken)
        pattern = _("Somebody changed {names} meanwhile; what you typed stands in the form. Press again to keep yours.")
        st.warning(plain(pattern.format(names=names)), icon=NOTES["warning"])
        return
    try:
        values = {name: field.checked(st.session_state[f"{key}.{name}"]) for name, field in fields.items()}
        values |= part.prepare(look, values) if part.prepare else {}
    except VigieError as error:
        tell(error)
        return
    with forms.write(s, act=part.needs_right) as connection:
        forms.done(plain(part.run(connection, look, values)))
        forms.here(key)


def _places(fields: Mapping[str, Filter[Any]]) -> Iterator[tuple[str, Any]]:
    """Where each field of an act is drawn: lines and few choices that follow each other stand side by side, whatever
    else takes the whole width."""
    for short, group in groupby(fields, lambda name: _is_short(fields[name])):
        names = list(group)
        grid = st.grid(3, min_column_width=220, gap="small") if short and len(names) > 1 else None
        for name in names:
            yield name, grid.cell() if grid else st.container()


def _is_short(field: Filter[Any]) -> bool:
    return isinstance(field, Line) or (isinstance(field, OneOf) and len(field.options) <= FEW_CHOICES)


def _field(field: Filter[Any], key: str) -> bool:
    """Draw a field of an act; whether what it began with was changed by somebody else while the person typed."""
    was = f"{key}.was"
    known = st.session_state.get(was, field.default)
    typed = st.session_state.get(key, known) != known
    if key not in st.session_state or not typed:
        st.session_state[key] = field.default
    st.session_state[was] = field.default
    filters.draw(field, key)
    return typed and field.default not in (known, st.session_state[key])


@_draw.register
def _events(part: Events, s: Screen, look: Look) -> None:  # type: ignore[type-arg]
    marks.panel(s, part.marks(look), default=part.default(look))


@_draw.register
def _download(part: Download, s: Screen, look: Look) -> None:  # type: ignore[type-arg]
    spoken = language()

    def made() -> bytes:
        with speaking(spoken):
            with store().read() as connection:
                require(connection, s.person.id, s.mission, act=bool(part.needs_right and part.needs_right(look)))
            return part.make(look)

    download.button(
        _(part.label),
        made,
        file_name=part.file_name(look),
        mime=part.mime,
        icon=part.icon,
        key=f"{s.mission.key}.{part.name}",
    )
