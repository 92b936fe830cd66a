"""The views that people have mailed each month: what falls due, and the letter, made at the moment of sending.

On the first working day of a month, every view that was asked for by then is due, about the month that ended. A day
that the command was not run on is made up for by the next. Who may still have it is read again when it is sent, and the
letter shows what that person's screen would show: nothing of it is kept.
"""

import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from urllib.parse import urlencode

import pyarrow as pa
import sqlalchemy as sa

from core.base.calendar import working_days
from core.base.errors import NotAllowed
from core.base.i18n import _, local, show_date, speaking
from core.base.periods import Grain, last_whole
from core.base.settings import settings
from core.facts.query import Reader
from core.mission.contract import Mission
from core.mission.discovery import missions, warehouse
from core.notes import views
from core.notes.views import View
from core.people.person import Person
from core.people.rights import require
from core.records.naming import scope_of
from core.show import export, filters, images
from core.show import picture as pictures
from core.show.filters import Days
from core.show.shown import Picture
from core.store.engine import store
from core.tell.outbox import Attached, Letter, Notice, Reason

KIND = "view"
MOST_BYTES = 8_000_000
"""Pictures and workbook of one mail; many mail servers refuse more than ten megabytes."""
MOST_ROWS = 50_000
"""Rows of one mailed workbook; who wants them all finds them on the screen."""
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def due(connection: sa.Connection, now: datetime) -> Iterator[Notice]:
    """What is to be mailed at a moment (UTC) about the month that ended, to whom it may be mailed then."""
    today = local(now).date()
    first = working_days(today)[0]
    if today < first:
        return
    month = last_whole(today, Grain.MONTH, 1).first
    for view_id, person_id, since in views.mails(connection):
        found = _standing(connection, view_id, person_id) if local(since).date() <= first else None
        if found is not None:
            view, person = found
            with speaking(person.language or "fr"):
                what, step = f"{KIND}:{view.id}:{person.id}", f"{month:%Y-%m}"
                yield Notice(what, step, person.email or "", _subject(view, month), _greeting(view, person, month))


def _standing(connection: sa.Connection, view_id: int, person_id: int) -> tuple[View, Person] | None:
    """The view and the person, while it is mailed to them and they may see it."""
    view = views.find(connection, view_id, person_id)
    if view is None or not view.mailed or view.mission not in missions() or not missions()[view.mission].mailed:
        return None
    try:
        person = require(connection, person_id, missions()[view.mission], act=False)
    except NotAllowed:
        return None
    return (view, person) if person.email else None


def letter(notice: Notice, now: datetime) -> Letter | Reason:
    """The letter of a notice that `due` gave, of what its person may see now; GONE where they may have it no more.

    Raises VigieError where the data cannot be read.
    """
    _kind, view_id, person_id = notice.what.split(":")
    with store().read() as connection:
        found = _standing(connection, int(view_id), int(person_id))
    if found is None:
        return Reason.GONE
    view, person = found
    mission = missions()[view.mission]
    month = date.fromisoformat(f"{notice.step}-01")
    with speaking(person.language or "fr"):
        with store().read() as connection:
            scope = scope_of(connection, person, mission)
        reader = warehouse().reader(scope)
        picture = _picture(mission, reader, person, view, now)
        fresh = reader.fresh(*mission.tables)
        note = export.Note(
            title=view.name,
            mission=_(mission.title),
            queries=tuple(reader.asked),
            filters=picture.chosen.told(),
            freshness=fresh,
            read_at=reader.read_at(*mission.tables),
            who=person.display_name,
            demo=settings().demo,
        )
        pictures, files, left_out = _attached(picture, note, f"vigie-{view.mission}-{notice.step}.xlsx")
        text = _text(view, person, month, mission, picture, [*left_out, note.fresh])
        told = replace(notice, to=person.email or "", subject=_subject(view, month), text=text)
        return Letter(told, pictures, files)


def _picture(mission: Mission, reader: Reader, person: Person, view: View, now: datetime) -> Picture:
    assert mission.opening is not None
    assert mission.figures is not None
    return pictures.of(mission.opening, mission.figures(), reader, person, view.params, now, wider=view.wider)


def _subject(view: View, month: date) -> str:
    title = _(missions()[view.mission].title)
    return _("{mission}, {view}: {month}").format(mission=title, view=view.name, month=show_date(month, "MMMM y"))


def _greeting(view: View, person: Person, month: date) -> str:
    known = {"view": view.name, "month": show_date(month, "MMMM y"), "owner": view.owner}
    if view.owner_id == person.id:
        return _("Hello,\n\nHere is your view “{view}”, as you asked for it each month: {month}.").format(**known)
    return _("Hello,\n\nHere is the view “{view}” of {owner}, as you asked for it each month: {month}.").format(**known)


def _text(view: View, person: Person, month: date, mission: Mission, picture: Picture, rest: list[str]) -> str:
    """The mail's text, paragraph by paragraph; `rest` are further ones."""
    paragraphs = [
        _greeting(view, person, month),
        "\n".join([*_set(picture), *_fixed(view, picture)]),
        picture.left_out,
        "\n".join(f"- {_said(label, value)}" for label, value in picture.figures),
        "" if picture.shown else _("There is nothing to show under these filters."),
        *rest,
        _("Demonstration: invented data, nothing of it is real.") if settings().demo else "",
        _address(view, mission, picture),
        _("To have it mailed no more, untick it on the screen under “Views”."),
    ]
    return "\n\n".join(part for part in paragraphs if part) + "\n"


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


def _fixed(view: View, picture: Picture) -> list[str]:
    """A word on days that do not move from month to month."""
    if not any(
        isinstance(one, Days) and name in view.params and not one.moves(view.params[name])
        for name, one in picture.chosen.filters.items()
    ):
        return []
    return [
        _("These days are fixed: each month shows the same ones. Keep the view with days that move to change that.")
    ]


def _address(view: View, mission: Mission, picture: Picture) -> str:
    """The link to the view, by the filters that this person is offered."""
    base = settings().base_url.rstrip("/")
    params = filters.handed(picture.chosen.filters, view.params, wider=view.wider)
    return f"{base}/{mission.key}?{urlencode(params)}" if base else ""


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
    return Attached(name, EXCEL, file.getvalue())


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
