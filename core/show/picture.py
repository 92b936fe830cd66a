"""What a view of a mission shows to somebody who is not at its screen: the same figures, for the mail of the month."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from core.facts.query import Reader
from core.people.person import Person
from core.show import filters
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
) -> Picture:
    """The figures of a screen under the filters of an address, as this person sees them. `wider`: the address is of
    somebody who sees more. Raises VigieError."""
    opened = opening(reader, person, now)
    if opened is None:
        return Picture(Chosen({}, {}), (), ())
    params = filters.handed(opened.filters, params, wider=wider)
    chosen = filters.read(opened.filters, params)
    look = opened.look(chosen)
    flat = list(_standing(parts, look))
    numbers = [
        number.said(look)
        for part in flat
        if isinstance(part, Numbers)
        for number in part.numbers
        if _mailed(number, look)
    ]
    drawn = [shown(part, look) for part in flat if isinstance(part, Figure) and part.mailed]
    left_out = filters.left_out(opened.filters, params)
    return Picture(chosen, tuple(numbers), tuple(one for one in drawn if len(one.frame)), left_out)


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
    for one in parts:
        if stands(one, look):
            if isinstance(one, Tab):
                yield from _standing(one.parts, look)
            else:
                yield one


def _mailed(number: Number[Any], look: Look) -> bool:
    return number.mailed and stands(number, look)
