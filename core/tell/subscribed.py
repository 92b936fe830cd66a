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


def standing(connection: sa.Connection, subscription: Subscription) -> Standing | None:
    """A subscription with all that it needs, as its person is known now; None where they may have it no more."""
    mission = missions().get(subscription.mission)
    view = views.find(connection, subscription.view_id, subscription.person_id) if subscription.view_id else None
    if mission is None or not mission.subscribed or (subscription.view_id and view is None):
        return None
    try:
        person = require(connection, subscription.person_id, mission, act=False)
    except NotAllowed:
        return None
    return Standing(subscription, person, mission, view) if person.email else None


def due(connection: sa.Connection, now: datetime) -> Iterator[Notice]:
    """What is to be sent at a moment (UTC) of the present periods, and who is to be told that they may see something no
    more. To be called in the transaction that keeps it."""
    for subscription in subscriptions.everyone(connection):
        stands = standing(connection, subscription)
        step, lost_at = subscription.told, None
        if stands is None:
            lost_at = subscription.lost_at or now
            if subscription.lost_at is None:
                yield from _lost(connection, subscription, now)
        elif subscription.every is not Every.PASSES and (period := _period(subscription, now)):
            step = _step(subscription.every, period)
            if step != subscription.told:
                at = to_moment(local(now).date(), HOUR, settings().timezone)
                with speaking(stands.person.language or "fr"):
                    text = _greeting(stands, step)
                    yield Notice(
                        _what(subscription), step, stands.person.email or "", _subject(stands, step), text, due_at=at
                    )
        subscriptions.note(connection, subscription, told=step, lost_at=lost_at)


def _what(subscription: Subscription) -> str:
    return f"{KIND}:{subscription.id}"


def _period(subscription: Subscription, now: datetime) -> date | None:
    """The first day of the period that is to be told by a moment (UTC); None where none is yet, or it was asked for
    later than its first working day."""
    today, grain = local(now).date(), GRAINS[subscription.every]
    day = begins = grain.first(today)
    while not is_working_day(day):
        day += timedelta(days=1)
    if not is_working_day(today) or today < day or local(subscription.since).date() > day:
        return None
    return grain.moved(begins, -1) if subscription.every is Every.MONTH else begins


def _step(every: Every, period: date) -> str:
    return f"{period:%Y-%m}" if every is Every.MONTH else period.isoformat()


def _when(every: Every, step: str) -> str:
    """The period of a step in words."""
    return GRAINS[every].label(date.fromisoformat(f"{step}-01" if every is Every.MONTH else step))


def _lost(connection: sa.Connection, subscription: Subscription, now: datetime) -> Iterator[Notice]:
    """That nothing is sent any more, to whoever still has an account; no word of what it was about."""
    row = connection.execute(sa.select(people).filter_by(id=subscription.person_id)).mappings().one()
    account = accounts.of(row)
    if not account.active(now) or not account.person.email:
        return
    mission = missions().get(subscription.mission)
    known = mission is not None and may_see(account.person, mission)
    with speaking(account.person.language or "fr"):
        about = _(mission.title) if known and mission else "Vigie"
        text = _(
            "One of your subscriptions is not sent any more: you may no longer see it, or it is gone. They stand under "
            "“My subscriptions”, in your corner at the foot of the menu."
        )
        subject = _("{mission}: a subscription is not sent any more").format(mission=about)
        yield Notice(f"{LOST}:{subscription.id}", now.isoformat(), account.person.email, subject, text + "\n")


def tell_passed(house: Store, now: datetime) -> None:
    """Keep what is to be told of numbers that passed their bounds. They are read before the transaction, which changes
    only what stayed as it was read. A number that cannot be read is left for the next time."""
    with house.read() as connection:
        asked = [each for each in subscriptions.everyone(connection) if each.every is Every.PASSES]
        allowed = [stands for each in asked if (stands := standing(connection, each))]
    passed: dict[int, bool] = {}
    for known in allowed:
        try:
            passed[known.one.id] = _passes(known.one, _number(known, now)[1])
        except VigieError:
            continue
    with house.write() as connection:
        for subscription in subscriptions.everyone(connection):
            is_past = passed.get(subscription.id)
            if is_past is None or is_past == (subscription.told is not None):
                continue
            step = now.isoformat() if is_past else None
            subscriptions.note(connection, subscription, told=step, lost_at=subscription.lost_at)
            stands = standing(connection, subscription)
            if step and stands:
                with speaking(stands.person.language or "fr"):
                    subject = _("{mission}: {title}").format(mission=_(stands.mission.title), title=stands.title)
                    tell(
                        connection,
                        [Notice(_what(subscription), step, stands.person.email or "", subject, _hello(stands))],
                    )


def _passes(subscription: Subscription, value: float | None) -> bool:
    if value is None or subscription.bound is None:
        return False
    return value >= subscription.bound if subscription.at_least else value <= subscription.bound


def _number(stands: Standing, now: datetime) -> tuple[str, float | None, Column]:
    """The label and the value of a subscription's number, as its person sees it. Raises VigieError."""
    assert stands.mission.opening is not None
    assert stands.mission.figures is not None
    parts, opening = stands.mission.figures(), stands.mission.opening
    return pictures.number(
        opening, parts, _reader(stands), stands.person, stands.params, now, stands.one.part, wider=stands.wider
    )


def _reader(stands: Standing) -> Reader:
    with store().read() as connection:
        return warehouse().reader(scope_of(connection, stands.person, stands.mission))


def letter(notice: Notice, now: datetime) -> Letter | Reason:
    """The letter of a notice that `due` or `tell_passed` gave, of what its person may see now; GONE where they may have
    it no more, RECOVERED where the number is past its bound no more.

    Raises VigieError where the data cannot be read.
    """
    with store().read() as connection:
        subscription = subscriptions.find(connection, int(notice.what.partition(":")[2]))
        stands = standing(connection, subscription) if subscription else None
    if stands is None:
        return Reason.GONE
    with speaking(stands.person.language or "fr"):
        if stands.one.every is Every.PASSES:
            return _passed_letter(notice, stands, now)
        if stands.mission.figures is None:
            return _headlines_letter(notice, stands, now)
        return _figures_letter(notice, stands, now)


def _passed_letter(notice: Notice, stands: Standing, now: datetime) -> Letter | Reason:
    label, value, column = _number(stands, now)
    if not _passes(stands.one, value):
        return Reason.RECOVERED
    bound = show(stands.one.bound, column)
    limit = _("at least {bound}") if stands.one.at_least else _("at most {bound}")
    sentence = _said(label, f"{show(value, column)} ({limit.format(bound=bound)})")
    text = _paragraphs(_hello(stands), sentence, _demo(), _address(stands, stands.params), _ending())
    return Letter(replace(notice, to=stands.person.email or "", text=text))


def _headlines_letter(notice: Notice, stands: Standing, now: datetime) -> Letter:
    """What the home page says of one mission, or of all that the person may see where the mission has no word of its
    own."""
    of = [stands.mission] if stands.mission.headline else list(missions().values())
    lines = []
    for mission in of:
        if mission.headline is None or not may_see(stands.person, mission):
            continue
        reader = _reader(replace(stands, mission=mission))
        try:
            lines.append(_headline(mission, mission.headline(reader, stands.person, now, None)))
        except VigieError as error:
            lines.append(_said(_(mission.title), error.sentence))
    text = _paragraphs(_greeting(stands, notice.step), "\n".join(lines), _demo(), _address(stands, {}), _ending())
    return Letter(replace(notice, to=stands.person.email or "", subject=_subject(stands, notice.step), text=text))


def _headline(mission: Mission, headline: Headline) -> str:
    verdict = f"{word(headline.verdict)}. " if headline.verdict else ""
    number = f"{headline.number} – " if headline.number else ""
    lines = [_said(_(mission.title), f"{verdict}{number}{headline.sentence}")]
    return "\n".join([*lines, *(f"- {_said(_('to do'), task.text)}" for task in headline.tasks)])


def _figures_letter(notice: Notice, stands: Standing, now: datetime) -> Letter:
    """The pictures, the workbook and the numbers of a screen, or of one figure of it."""
    mission, person, step = stands.mission, stands.person, notice.step
    assert mission.opening is not None
    assert mission.figures is not None
    reader = _reader(stands)
    picture = pictures.of(
        mission.opening, mission.figures(), reader, person, stands.params, now, wider=stands.wider, only=stands.one.part
    )
    note = export.Note(
        title=stands.title,
        mission=_(mission.title),
        queries=tuple(reader.asked),
        filters=picture.chosen.told(),
        freshness=reader.fresh(*mission.tables),
        read_at=reader.read_at(*mission.tables),
        who=person.display_name,
        demo=settings().demo,
    )
    drawn, files, left_out = _attached(picture, note, f"vigie-{mission.key}-{step}.xlsx")
    text = _text(stands, step, picture, [*left_out, note.fresh])
    return Letter(replace(notice, to=person.email or "", subject=_subject(stands, step), text=text), drawn, files)


def _subject(stands: Standing, step: str) -> str:
    known = {"mission": _(stands.mission.title), "view": stands.title, "month": _when(stands.one.every, step)}
    if known["mission"] == known["view"]:
        return _("{view}: {month}").format(**known)
    return _("{mission}, {view}: {month}").format(**known)


def _greeting(stands: Standing, step: str) -> str:
    known = {"view": stands.title, "month": _when(stands.one.every, step)}
    if stands.view and stands.view.owner_id != stands.person.id:
        sentence = _("Hello,\n\nHere is the view “{view}” of {owner}, as you subscribed to it: {month}.")
        return sentence.format(**known, owner=stands.view.owner)
    return _("Hello,\n\nHere is “{view}”, as you subscribed to it: {month}.").format(**known)


def _hello(stands: Standing) -> str:
    return _("Hello,\n\n“{title}” passed the bound that you set.").format(title=stands.title)


def _ending() -> str:
    return _("To have it no more, end it under “My subscriptions”, in your corner at the foot of the menu.")


def _demo() -> str:
    return _("Demonstration: invented data, nothing of it is real.") if settings().demo else ""


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"


def _text(stands: Standing, step: str, picture: Picture, rest: list[str]) -> str:
    """The mail's text, paragraph by paragraph; `rest` are further ones."""
    return _paragraphs(
        _greeting(stands, step),
        "\n".join([*_set(picture), *_fixed(stands, picture)]),
        picture.left_out,
        "\n".join(f"- {_said(label, value)}" for label, value in picture.figures),
        "" if picture.shown else _("There is nothing to show under these filters."),
        *rest,
        _demo(),
        _address(stands, filters.handed(picture.chosen.filters, stands.params, wider=stands.wider)),
        _ending(),
    )


def _said(label: str, value: str) -> str:
    """One line, whatever line breaks the value came with: a line of its own would be taken for one of Vigie's."""
    return " ".join(_("{label}: {value}").format(label=label, value=value).split())


def _set(picture: Picture) -> list[str]:
    """The days, and the other filters that let not everything pass."""
    values = picture.chosen.values
    return [
        _said(chosen.label, chosen.shown(values[name]))
        for name, chosen in picture.chosen.filters.items()
        if isinstance(chosen, Days) or values[name] != chosen.default
    ]


def _fixed(stands: Standing, picture: Picture) -> list[str]:
    """A word on days that do not move with the calendar."""
    if not any(
        isinstance(chosen, Days) and name in stands.params and not chosen.moves(stands.params[name])
        for name, chosen in picture.chosen.filters.items()
    ):
        return []
    return [_("These days are fixed: each mail shows the same ones. Keep a view with days that move to change that.")]


def _address(stands: Standing, params: dict[str, str]) -> str:
    """The link to the screen, by the filters that this person is offered, on a line of its own."""
    base = settings().base_url.rstrip("/")
    tab = pictures.tab_of(stands.mission.figures(), stands.one.part) if stands.mission.figures else ""
    asked = urlencode({**params, **({"tab": tab} if tab else {})})
    return f"{base}/{stands.mission.key}{f'?{asked}' if asked else ''}" if base else ""


def _pictures(picture: Picture, about: export.Note) -> Iterator[Attached]:
    """A picture a chart."""
    notes = [note for note in (" · ".join(_set(picture)), picture.left_out, about.fresh) if note]
    for number, figure in enumerate((shown for shown in picture.shown if shown.chart is not None), start=1):
        assert figure.chart is not None
        made = images.png(figure.chart, title=figure.title, notes=notes)
        yield Attached(f"{number:02d}-{figure.name}.png", "image/png", made, figure.told or figure.title)


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
        export.Sheet(
            figure.title, figure.columns, counted(figure.rows() if figure.rows else export.batches(figure.frame))
        )
        for figure in picture.shown
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
    notes, left = [], MOST_BYTES
    for attached in _pictures(picture, note):
        left -= len(attached.data)
        if left < 0:
            notes.append(_("Not every picture finds room in a mail: the screen shows them all."))
            break
        pictures.append(attached)
    try:
        book = _workbook(picture, note, name)
    except _TooMany:
        book = None
    if book is None or len(book.data) > left:
        notes.append(_("The Excel workbook is too large for a mail: the screen exports each table whole."))
        book = None
    return tuple(pictures), (book,) if book else (), notes
