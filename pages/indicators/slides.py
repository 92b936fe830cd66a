"""The slides of a month: made of what was published alone, so that they say the same in a year."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from core.base.errors import InputInvalid
from core.base.i18n import _, show_date, show_moment
from core.base.periods import Grain
from core.base.settings import settings
from core.show.slides import Deck, Line, Slide, Template
from pages.indicators.published import Publication, widest
from pages.indicators.readings import dimensions_of
from pages.indicators.rules import RULES
from pages.indicators.words import is_share, written
from pages.indicators.words import month as named
from pages.indicators.words import moved as change

MONTHS = 13
"""A chart shows the month and the twelve before it."""
MOST_LINES = 6
LARGEST_TEMPLATE = 50 * 1024 * 1024


def deck(publications: Sequence[Publication], month: date) -> Deck:
    """The deck of a month. Raises InputInvalid where nothing was published of it."""
    known = [one for one in widest(publications) if one.month <= month]
    current = [one for one in known if one.month == month]
    if not current:
        raise InputInvalid(_("Nothing was published of {month}.").format(month=named(month)))
    at = max(one.frozen_at for one in current)
    slides = [
        _cover(current, month, at),
        _changes(known, current, month),
        *(_slide(known, one, month) for one in current),
    ]
    return Deck(_title(month), at.astimezone(UTC), tuple(slides))


def template() -> Template | None:
    """The company's template, where the rules name one. Raises InputInvalid where it is not there, or too large."""
    told = RULES.in_force().template
    if told is None:
        return None
    root = settings().data.resolve()
    file = (root / told.file).resolve()
    if not file.is_relative_to(root) or not file.is_file():
        raise InputInvalid(_("The template {file} is not in the data folder.").format(file=told.file))
    if file.stat().st_size > LARGEST_TEMPLATE:
        raise InputInvalid(_("The template {file} is larger than 50 MB.").format(file=told.file))
    return Template(file.read_bytes(), told.layout, {str(what): name for what, name in told.places.items()})


def _title(month: date) -> str:
    return _("Indicators of {month}").format(month=named(month))


def _cover(current: Sequence[Publication], month: date, at: datetime) -> Slide:
    said = [_("As published; frozen on {day}.").format(day=show_date(max(one.seen_on for one in current)))]
    if settings().demo:
        said.append(_("Demo data: nothing of it is true."))
    notes = _("Frozen at {moment}").format(moment=show_moment(at))
    return Slide(title=_title(month), words=" ".join(said), notes=notes)


def _changes(known: Sequence[Publication], current: Sequence[Publication], month: date) -> Slide:
    """What changed since the month before, as both were published."""
    before = {one.indicator: one for one in known if one.month == Grain.MONTH.moved(month, -1)}
    rows = [row for one in current for row in _moved(one, before.get(one.indicator))]
    return Slide(title=_("What changed since the month before"), rows=tuple(rows[:12]), notes="\n".join(rows[12:]))


def _moved(one: Publication, before: Publication | None) -> list[str]:
    earlier = {value["slice"]: value["value"] for value in before.values} if before else {}
    rows = []
    for value in one.values:
        now, then = value["value"], earlier.get(value["slice"])
        name = f"{one.data['title']}{_of(value['slice'], len(one.values))}"
        if before is not None and before.data["version"] != one.data["version"]:
            moved = _("new definition, not compared")
        elif then is None or now is None:
            moved = _("not published the month before")
        else:
            moved = change(now - then, one.data["shape"], one.data["unit"])
        rows.append(f"{name}\u202f: {_written(now, one)} ({moved})")
    return rows


def _slide(known: Sequence[Publication], one: Publication, month: date) -> Slide:
    months = [Grain.MONTH.moved(month, number) for number in range(1 - MONTHS, 1)]
    of = {each.month: each for each in known if each.indicator == one.indicator}
    version = one.data["version"]
    shown = [value["slice"] for value in one.values][:MOST_LINES]
    alone = len(one.values) == 1
    lines = tuple(
        Line(
            one.data["title"] if alone else ", ".join(dimensions_of(said).values()),
            tuple(_value(of.get(each), said, version) for each in months),
        )
        for said in shown
    )
    left = len(one.values) - len(shown)
    words = [one.words, _("{n} slices are left out.").format(n=left) if left > 0 else ""]
    notes = [
        one.data["meaning"],
        _("Version {version}, looked at on {day}.").format(version=version, day=show_date(one.seen_on)),
        one.data["select"],
    ]
    return Slide(
        title=f"{one.data['title']}\u202f: {_written(one.values[0]['value'], one)}" if alone else one.data["title"],
        words=" ".join(filter(None, words)),
        categories=tuple(show_date(each, "MMM yyyy") for each in months),
        lines=lines,
        percent=is_share(one.data["shape"], one.data["unit"]),
        alt=_("{title}, by month, as published from {first} to {last}").format(
            title=one.data["title"], first=named(months[0]), last=named(months[-1])
        ),
        notes="\n\n".join(notes),
    )


def _value(publication: Publication | None, said: str, version: int) -> float | None:
    """What was published of a month in a version; nothing of another: the line breaks there."""
    if publication is None or publication.data["version"] != version:
        return None
    found = [value["value"] for value in publication.values if value["slice"] == said]
    return found[0] if found else None


def _of(said: str, slices: int) -> str:
    """A slice in brackets; "" where it is the only one."""
    return f" ({', '.join(dimensions_of(said).values())})" if slices > 1 else ""


def _written(value: float | None, one: Publication) -> str:
    return written(value, one.data["shape"], one.data["unit"])
