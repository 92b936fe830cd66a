"""What a screen of a mission shows to somebody who is not at it: the same figures and numbers, for what is mailed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from core.facts.query import Reader
from core.people.person import Person
from core.show import filters
from core.show.columns import Column
from core.show.figure import Figure, Number, Numbers, Part, Tab, stands
from core.show.filters import Chosen
from core.show.look import Look, OpeningMaker
from core.show.shown import Picture, Shown

Parts = Sequence[Tab[Any] | Part[Any]]


def of(
    opening: OpeningMaker,
    parts: Parts,
    reader: Reader,
    person: Person,
    params: Mapping[str, str],
    now: datetime,
    *,
    wider: bool = False,
    only: str = "",
) -> Picture:
    """The figures of a screen under the filters of an address, as this person sees them; `only` one of them, by name.
    `wider`: the address is of somebody who sees more. Raises VigieError."""
    opened = opening(reader, person, now)
    if opened is None:
        return Picture(Chosen({}, {}), (), ())
    params = filters.handed(opened.filters, params, wider=wider)
    chosen = filters.read(opened.filters, params)
    look = opened.look(chosen)
    numbers = [] if only else [number_of.said(look) for number_of in numbers_of(parts, look) if number_of.mailed]
    drawn = [shown(figure, look) for figure in figures_of(parts, look) if not only or figure.name == only]
    left_out = filters.left_out(opened.filters, params)
    return Picture(chosen, tuple(numbers), tuple(each for each in drawn if len(each.frame)), left_out)


def number(
    opening: OpeningMaker,
    parts: Parts,
    reader: Reader,
    person: Person,
    params: Mapping[str, str],
    now: datetime,
    name: str,
    *,
    wider: bool = False,
) -> tuple[str, float | None, Column]:
    """A number of a screen under the filters of an address, as this person sees it: its label, its value, None where it
    has none, and how it is written. Raises VigieError."""
    opened = opening(reader, person, now)
    if opened is not None:
        look = opened.look(filters.read(opened.filters, filters.handed(opened.filters, params, wider=wider)))
        for declared in numbers_of(parts, look):
            if declared.name == name:
                label, value = declared.said(look)[0], declared.value(look)
                column = Column(name, label, declared.kind, declared.digits)
                return label, float(value) if isinstance(value, int | float) else None, column
    return name, None, Column(name, name)


def figures_of(parts: Parts, look: Look) -> Iterator[Figure[Any]]:
    """The figures that stand for this look and may be mailed, in the order of the screen."""
    return (part for part in _standing(parts, look) if isinstance(part, Figure) and part.mailed)


def numbers(parts: Parts) -> Iterator[Number[Any]]:
    """Every number of a screen, whether it stands or not."""
    for part in parts:
        if isinstance(part, Tab):
            yield from numbers(part.parts)
        elif isinstance(part, Numbers):
            yield from part.numbers


def numbers_of(parts: Parts, look: Look) -> Iterator[Number[Any]]:
    """The numbers that stand for this look."""
    rows = (part.numbers for part in _standing(parts, look) if isinstance(part, Numbers))
    return (each for row in rows for each in row if stands(each, look))


def tab_of(parts: Parts, name: str) -> str:
    """The tab in which a figure or a number stands; "" where it stands in none, or is none."""

    def holds(part: Part[Any]) -> bool:
        names = [each.name for each in part.numbers] if isinstance(part, Numbers) else [getattr(part, "name", "")]
        return bool(name) and name in names

    return next((tab.name for tab in parts if isinstance(tab, Tab) and any(map(holds, tab.parts))), "")


def shown(figure: Figure[Any], look: Look) -> Shown:
    """A figure as it looks to this person: its frame, and its chart where it has a row."""
    frame = figure.frame(look)
    chart = figure.drawing(look, frame) if figure.chart and len(frame) else None
    return Shown(
        name=figure.name,
        title=figure.heading(look, frame),
        about=figure.about,
        frame=frame,
        columns=tuple(figure.listed(look)),
        chart=chart,
        told=figure.words(look, frame) if chart else "",
        rows=partial(figure.rows, look) if figure.rows else None,
    )


def _standing(parts: Parts, look: Look) -> Iterator[Part[Any]]:
    for part in parts:
        if stands(part, look):
            if isinstance(part, Tab):
                yield from _standing(part.parts, look)
            else:
                yield part
