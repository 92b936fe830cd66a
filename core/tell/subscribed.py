"""What subscriptions send: what falls due, and the letter, made at the moment of sending.

A subscription of a period is due at HOUR of its first working day; a day that the command was not run on is made up for
by the next, within the period. One of a number is due once the number passes its bound, and again once it came back and
passes it anew. Who may still have it is read again when it is sent, and the letter shows what that person's screen
would show: nothing of it is kept. Whoever may see it no more is told so, once, and nothing of it.
"""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

import pyarrow as pa
import sqlalchemy as sa

from core.base.calendar import is_working_day, to_moment
from core.base.errors import NotAllowed, VigieError
from core.base.i18n import _, local, speaking
from core.base.periods import Grain
from core.base.settings import settings
from core.base.status import word
from core.facts.query import Reader
from core.mission.contract import Headline, Mission
from core.mission.discovery import missions, warehouse
from core.notes import subscriptions, views
from core.notes.subscriptions import Every, Subscription
from core.notes.views import View
from core.people import accounts
from core.people.person import Person
from core.people.rights import may_see, require
from core.records.exporting.files import SHEET
from core.records.naming import scope_of
from core.show import export, filters, images
from core.show import picture as pictures
from core.show.columns import Column, show
from core.show.filters import Days
from core.show.shown import Picture
from core.store.engine import Store, store
from core.store.schema import people
from core.tell.outbox import Attached, Letter, Notice, Reason, tell

KIND, LOST = "subscription", "subscription.lost"
HOUR = time(8)
"""When it is sent, on the screens' clock: the night is over."""
GRAINS = {Every.DAY: Grain.DAY, Every.WEEK: Grain.WEEK, Every.MONTH: Grain.MONTH}
MOST_BYTES = 8_000_000
"""Pictures and workbook of one mail; many mail servers refuse more than ten megabytes."""
MOST_ROWS = 50_000
"""Rows of one mailed workbook; who wants them all finds them on the screen."""


@dataclass(frozen=True)
class Standing:
    """A subscription that its person may have now. `view` is None where it is of no named view."""

    one: Subscription
    person: Person
    mission: Mission
    view: View | None

    @property
    def params(self) -> dict[str, str]:
        """The filters, as parameters of the address."""
        return self.view.params if self.view else self.one.params

    @property
    def wider(self) -> bool:
        """Whether the filters are of somebody who sees more."""
        return self.view is not None and self.view.wider

    @property
    def title(self) -> str:
        """What it is called."""
        return self.view.name if self.view else self.one.title


def standing(connection: sa.Connection, one: Subscription) -> Standing | None:
    """A subscription with all that it needs, as its person is known now; None where they may have it no more."""
    mission = missions().get(one.mission)
    view = views.find(connection, one.view_id, one.person_id) if one.view_id else None
    if mission is None or not mission.subscribed or (one.view_id and view is None):
        return None
    try:
        person = require(connection, one.person_id, mission, act=False)
    except NotAllowed:
        return None
    return Standing(one, person, mission, view) if person.email else None


def due(connection: sa.Connection, now: datetime) -> Iterator[Notice]:
    """What is to be sent at a moment (UTC) of the present periods, and who is to be told that they may see something no
    more. To be called in the transaction that keeps it."""
    for one in subscriptions.everyone(connection):
        found = standing(connection, one)
        told, lost_at = one.told, None
        if found is None:
            lost_at = one.lost_at or now
            if one.lost_at is None:
                yield from _lost(connection, one, now)
        elif one.every is not Every.PASSES and (period := _period(one, now)):
            told = _step(one.every, period)
            if told != one.told:
                at = to_moment(local(now).date(), HOUR, settings().timezone)
                with speaking(found.person.language or "fr"):
                    text = _greeting(found, told)
                    yield Notice(_what(one), told, found.person.email or "", _subject(found, told), text, due_at=at)
        subscriptions.note(connection, one, told=told, lost_at=lost_at)


def _what(one: Subscription) -> str:
    return f"{KIND}:{one.id}"


def _period(one: Subscription, now: datetime) -> date | None:
    """The first day of the period that is to be told by a moment (UTC); None where none is yet, or it was asked for
    later than its first working day."""
    today, grain = local(now).date(), GRAINS[one.every]
    day = begins = grain.first(today)
    while not is_working_day(day):
        day += timedelta(days=1)
    if not is_working_day(today) or today < day or local(one.since).date() > day:
        return None
    return grain.moved(begins, -1) if one.every is Every.MONTH else begins


def _step(every: Every, period: date) -> str:
    return f"{period:%Y-%m}" if every is Every.MONTH else period.isoformat()


def _when(every: Every, step: str) -> str:
    """The period of a step in words."""
    return GRAINS[every].label(date.fromisoformat(f"{step}-01" if every is Every.MONTH else step))


def _lost(connection: sa.Connection, one: Subscription, now: datetime) -> Iterator[Notice]:
    """That nothing is sent any more, to whoever still has an account; no word of what it was about."""
    row = connection.execute(sa.select(people).filter_by(id=one.person_id)).mappings().one()
    account = accounts.of(row)
    if not account.active(now) or not account.person.email:
        return
    mission = missions().get(one.mission)
    known = mission is not None and may_see(account.person, mission)
    with speaking(account.person.language or "fr"):
        about = _(mission.title) if known and mission else "Vigie"
        text = _(
            "One of your subscriptions is not sent any more: you may no longer see it, or it is gone. They stand under "
            "“My subscriptions”, in your corner at the foot of the menu."
        )
        subject = _("{mission}: a subscription is not sent any more").format(mission=about)
        yield Notice(f"{LOST}:{one.id}", now.isoformat(), account.person.email, subject, text + "\n")


def tell_passed(house: Store, now: datetime) -> None:
    """Keep what is to be told of numbers that passed their bounds. They are read before the transaction, which changes
    only what stayed as it was read. A number that cannot be read is left for the next time."""
    with house.read() as connection:
        asked = [one for one in subscriptions.everyone(connection) if one.every is Every.PASSES]
        allowed = [found for one in asked if (found := standing(connection, one))]
    passed: dict[int, bool] = {}
    for known in allowed:
        try:
            passed[known.one.id] = _passes(known.one, _number(known, now)[1])
        except VigieError:
            continue
    with house.write() as connection:
        for one in subscriptions.everyone(connection):
            is_past = passed.get(one.id)
            if is_past is None or is_past == (one.told is not None):
                continue
            told = now.isoformat() if is_past else None
            subscriptions.note(connection, one, told=told, lost_at=one.lost_at)
            found = standing(connection, one)
            if told and found:
                with speaking(found.person.language or "fr"):
                    subject = _("{mission}: {title}").format(mission=_(found.mission.title), title=found.title)
                    tell(connection, [Notice(_what(one), told, found.person.email or "", subject, _hello(found))])


def _passes(one: Subscription, value: float | None) -> bool:
    if value is None or one.bound is None:
        return False
    return value >= one.bound if one.at_least else value <= one.bound


def _number(one: Standing, now: datetime) -> tuple[str, float | None, Column]:
    """The label and the value of a subscription's number, as its person sees it. Raises VigieError."""
    assert one.mission.opening is not None
    assert one.mission.figures is not None
    parts, opening = one.mission.figures(), one.mission.opening
    return pictures.number(opening, parts, _reader(one), one.person, one.params, now, one.one.part, wider=one.wider)


def _reader(one: Standing) -> Reader:
    with store().read() as connection:
        return warehouse().reader(scope_of(connection, one.person, one.mission))


def letter(notice: Notice, now: datetime) -> Letter | Reason:
    """The letter of a notice that `due` or `tell_passed` gave, of what its person may see now; GONE where they may have
    it no more, RECOVERED where the number is past its bound no more.

    Raises VigieError where the data cannot be read.
    """
    with store().read() as connection:
        one = subscriptions.find(connection, int(notice.what.partition(":")[2]))
        found = standing(connection, one) if one else None
    if found is None:
        return Reason.GONE
    with speaking(found.person.language or "fr"):
        if found.one.every is Every.PASSES:
            return _passed_letter(notice, found, now)
        if found.mission.figures is None:
            return _headlines_letter(notice, found, now)
        return _figures_letter(notice, found, now)


def _passed_letter(notice: Notice, found: Standing, now: datetime) -> Letter | Reason:
    label, value, column = _number(found, now)
    if not _passes(found.one, value):
        return Reason.RECOVERED
    bound = show(found.one.bound, column)
    limit = _("at least {bound}") if found.one.at_least else _("at most {bound}")
    said = _said(label, f"{show(value, column)} ({limit.format(bound=bound)})")
    text = _paragraphs(_hello(found), said, _demo(), _address(found, found.params), _ending())
    return Letter(replace(notice, to=found.person.email or "", text=text))


def _headlines_letter(notice: Notice, found: Standing, now: datetime) -> Letter:
    """What the home page says of one mission, or of all that the person may see where the mission has no word of its
    own."""
    told = [found.mission] if found.mission.headline else list(missions().values())
    lines = []
    for mission in told:
        if mission.headline is None or not may_see(found.person, mission):
            continue
        reader = _reader(replace(found, mission=mission))
        try:
            lines.append(_headline(mission, mission.headline(reader, found.person, now, None)))
        except VigieError as error:
            lines.append(_said(_(mission.title), error.sentence))
    text = _paragraphs(_greeting(found, notice.step), "\n".join(lines), _demo(), _address(found, {}), _ending())
    return Letter(replace(notice, to=found.person.email or "", subject=_subject(found, notice.step), text=text))


def _headline(mission: Mission, said: Headline) -> str:
    verdict = f"{word(said.verdict)}. " if said.verdict else ""
    number = f"{said.number} – " if said.number else ""
    lines = [_said(_(mission.title), f"{verdict}{number}{said.sentence}")]
    return "\n".join([*lines, *(f"- {_said(_('to do'), task.text)}" for task in said.tasks)])


def _figures_letter(notice: Notice, found: Standing, now: datetime) -> Letter:
    """The pictures, the workbook and the numbers of a screen, or of one figure of it."""
    mission, person, step = found.mission, found.person, notice.step
    assert mission.opening is not None
    assert mission.figures is not None
    reader = _reader(found)
    picture = pictures.of(
        mission.opening, mission.figures(), reader, person, found.params, now, wider=found.wider, only=found.one.part
    )
    note = export.Note(
        title=found.title,
        mission=_(mission.title),
        queries=tuple(reader.asked),
        filters=picture.chosen.told(),
        freshness=reader.fresh(*mission.tables),
        read_at=reader.read_at(*mission.tables),
        who=person.display_name,
        demo=settings().demo,
    )
    drawn, files, left_out = _attached(picture, note, f"vigie-{mission.key}-{step}.xlsx")
    text = _text(found, step, picture, [*left_out, note.fresh])
    return Letter(replace(notice, to=person.email or "", subject=_subject(found, step), text=text), drawn, files)


def _subject(found: Standing, step: str) -> str:
    known = {"mission": _(found.mission.title), "view": found.title, "month": _when(found.one.every, step)}
    if known["mission"] == known["view"]:
        return _("{view}: {month}").format(**known)
    return _("{mission}, {view}: {month}").format(**known)


def _greeting(found: Standing, step: str) -> str:
    known = {"view": found.title, "month": _when(found.one.every, step)}
    if found.view and found.view.owner_id != found.person.id:
        sentence = _("Hello,\n\nHere is the view “{view}” of {owner}, as you subscribed to it: {month}.")
        return sentence.format(**known, owner=found.view.owner)
    return _("Hello,\n\nHere is “{view}”, as you subscribed to it: {month}.").format(**known)


def _hello(found: Standing) -> str:
    return _("Hello,\n\n“{title}” passed the bound that you set.").format(title=found.title)


def _ending() -> str:
    return _("To have it no more, end it under “My subscriptions”, in your corner at the foot of the menu.")


def _demo() -> str:
    return _("Demonstration: invented data, nothing of it is real.") if settings().demo else ""


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"


def _text(found: Standing, step: str, picture: Picture, rest: list[str]) -> str:
    """The mail's text, paragraph by paragraph; `rest` are further ones."""
    return _paragraphs(
        _greeting(found, step),
        "\n".join([*_set(picture), *_fixed(found, picture)]),
        picture.left_out,
        "\n".join(f"- {_said(label, value)}" for label, value in picture.figures),
        "" if picture.shown else _("There is nothing to show under these filters."),
        *rest,
        _demo(),
        _address(found, filters.handed(picture.chosen.filters, found.params, wider=found.wider)),
        _ending(),
    )


def _said(label: str, value: str) -> str:
    """One line, whatever line breaks the value came with: a line of its own would be taken for one of Vigie's."""
    return " ".join(_("{label}: {value}").format(label=label, value=value).split())


def _set(picture: Picture) -> list[str]:
    """The days, and the other filters that let not everything pass."""
    values = picture.chosen.values
    return [
        _said(one.label, one.shown(values[name]))
        for name, one in picture.chosen.filters.items()
        if isinstance(one, Days) or values[name] != one.default
    ]


def _fixed(found: Standing, picture: Picture) -> list[str]:
    """A word on days that do not move with the calendar."""
    if not any(
        isinstance(one, Days) and name in found.params and not one.moves(found.params[name])
        for name, one in picture.chosen.filters.items()
    ):
        return []
    return [_("These days are fixed: each mail shows the same ones. Keep a view with days that move to change that.")]


def _address(found: Standing, params: dict[str, str]) -> str:
    """The link to the screen, by the filters that this person is offered, on a line of its own."""
    base = settings().base_url.rstrip("/")
    tab = pictures.tab_of(found.mission.figures(), found.one.part) if found.mission.figures else ""
    asked = urlencode({**params, **({"tab": tab} if tab else {})})
    return f"{base}/{found.mission.key}{f'?{asked}' if asked else ''}" if base else ""


def _pictures(picture: Picture, about: export.Note) -> Iterator[Attached]:
    """A picture a chart."""
    notes = [note for note in (" · ".join(_set(picture)), picture.left_out, about.fresh) if note]
    for number, one in enumerate((one for one in picture.shown if one.chart is not None), start=1):
        assert one.chart is not None
        made = images.png(one.chart, title=one.title, notes=notes)
        yield Attached(f"{number:02d}-{one.name}.png", "image/png", made, one.told or one.title)


class _TooMany(Exception):
    """A workbook has more rows than a mail takes."""


def _workbook(picture: Picture, note: export.Note, name: str) -> Attached:
    """Every chart's data and every table. Raises _TooMany."""
    left = MOST_ROWS

    def counted(rows: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        nonlocal left
        for batch in rows:
            left -= batch.num_rows
            if left < 0:
                raise _TooMany
            yield batch

    file = io.BytesIO()
    sheets = [
        export.Sheet(one.title, one.columns, counted(one.rows() if one.rows else export.batches(one.frame)))
        for one in picture.shown
    ]
    export.write_book(file, sheets, note)
    return Attached(name, SHEET, file.getvalue())


def _attached(
    picture: Picture, note: export.Note, name: str
) -> tuple[tuple[Attached, ...], tuple[Attached, ...], list[str]]:
    """Pictures and files as far as a mail takes them, and what is to be said of those left out."""
    if not picture.shown:
        return (), (), []
    pictures: list[Attached] = []
    said, left = [], MOST_BYTES
    for one in _pictures(picture, note):
        left -= len(one.data)
        if left < 0:
            said.append(_("Not every picture finds room in a mail: the screen shows them all."))
            break
        pictures.append(one)
    try:
        book = _workbook(picture, note, name)
    except _TooMany:
        book = None
    if book is None or len(book.data) > left:
        said.append(_("The Excel workbook is too large for a mail: the screen exports each table whole."))
        book = None
    return tuple(pictures), (book,) if book else (), said
