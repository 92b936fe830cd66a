"""A record, or a whole collection, as a PDF to read, to print and to hand over.

Fonts are embedded (DejaVu: Latin, Greek, Cyrillic), texts can be searched and copied, long ones run over as many pages
as they need. Pages are made one after the other, so that many need little memory.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import IO, Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Frame, Paragraph, Spacer

from core.base import clock
from core.base.errors import InputInvalid
from core.base.i18n import _, language, show_moment, show_number, show_percent
from core.records import words
from core.records.collection import Collection
from core.records.completeness import judge
from core.records.exporting.files import DOCUMENT_RECORDS
from core.records.lists import Lists
from core.records.records import Line, Record, Version
from core.show.pdf import BOLD, PLAIN, fonts

Read = Callable[[], Iterable[Record | Version]]
Told = Callable[[int], str]
INK, MUTED, ACCENT, RULE = (HexColor(code) for code in ("#1c2733", "#5b6875", "#1f5fa8", "#d5dbe1"))
LEFT, RIGHT, TOP, BOTTOM = 18 * mm, 18 * mm, 20 * mm, 18 * mm
WIDTH, HEIGHT = A4[0] - LEFT - RIGHT, A4[1] - TOP - BOTTOM
LABEL = 48 * mm
GAP = 4 * mm


def write_record(
    file: IO[bytes], collection: Collection, lists: Lists, record: Record | Version, published: Told = lambda number: ""
) -> int:
    """Write one record; give the number of pages. `published` says who published a record and when, by its id."""
    pages = _Pages(file, collection, f"{record.data['ref']} · {record.data['name']}")
    pages.lay(_record(collection, lists, record, published))
    return pages.end()


def write_all(
    file: IO[bytes],
    collection: Collection,
    lists: Lists,
    read: Read,
    *,
    title: str,
    subtitle: str = "",
    published: Told = lambda number: "",
) -> int:
    """Write the records: a list that leads to each record, then the records, each on a page of its own.

    `read` gives the records each time it is called. `subtitle` says which they are, as "published on 20 Nov. 2026".
    Gives the number of pages. Raises InputInvalid when there are more than a document takes.
    """
    pages = _Pages(file, collection, title)
    count = sum(1 for _one in read())
    if count > DOCUMENT_RECORDS:
        raise InputInvalid(
            _("A document takes {n} records at most: choose fewer, or take a table.").format(n=DOCUMENT_RECORDS)
        )
    pages.lay(_contents(collection, read(), count, title, subtitle))
    for record in read():
        pages.begin(record.data["ref"], f"{record.data['ref']} · {record.data['name']}")
        pages.lay(_record(collection, lists, record, published))
    return pages.end()


def _contents(
    collection: Collection, records: Iterable[Record | Version], count: int, title: str, subtitle: str
) -> Iterator[Flowable]:
    yield _text(title, "title")
    line = [subtitle, _("{n} records").format(n=show_number(count))]
    yield _text(" · ".join(filter(None, line)), "meta")
    yield Spacer(0, 6 * mm)
    for record in records:
        link = f'<a href="#{_anchor(record.data["ref"])}" color="#1f5fa8">{_safe(record.data["name"])}</a>'
        state = f"{_(collection.workflow.state(record.state).name)}, {_percent(collection, record)}"
        markup = f'{link}<br/><font size="8" color="#5b6875">{_safe(state)}</font>'
        yield _Pair(_text(record.data["ref"], "label"), Paragraph(markup, _styles()["value"]))


def _record(collection: Collection, lists: Lists, record: Record | Version, published: Told) -> Iterator[Flowable]:
    yield _text(record.data["name"], "title")
    changed = record.changed_at if isinstance(record, Line) else record.at
    yield _text(
        " · ".join(
            [
                record.data["ref"],
                _(collection.workflow.state(record.state).name),
                _("version {n} of {moment}").format(n=record.version, moment=show_moment(changed)),
                _percent(collection, record),
            ]
        ),
        "meta",
    )
    if sentence := published(record.id if isinstance(record, Line) else record.record_id):
        yield _text(sentence, "meta")
    form = collection.form
    for section, label in form.sections.items():
        answered = words.read(form, section, record.data, lists)
        if answered:
            yield _Heading(_text(_(label), "heading"))
        for shown in answered:
            style = "muted" if shown.answers == (words.UNANSWERED,) else "value"
            answers = [_("not answered")] if style == "muted" else shown.answers
            for number, answer in enumerate(answers):
                label_text = _text(_(shown.field.label), "label") if number == 0 else None
                bullet = "• " if len(answers) > 1 else ""
                yield _Pair(label_text, _text(bullet + answer, style), rule=number == len(answers) - 1)


def _percent(collection: Collection, record: Record | Version) -> str:
    percent = judge(collection.form, collection.entry(record)).percent
    return _("{percent} complete").format(percent=show_percent(percent / 100))


# --- Pages ----------------------------------------------------------------------------------------------------------


class _Pages:
    """Lays what flows onto pages, one after the other."""

    def __init__(self, file: IO[bytes], collection: Collection, title: str) -> None:
        _styles()
        self._canvas = Canvas(file, pagesize=A4, lang=language(), initialFontName=PLAIN)
        self._canvas.setTitle(title)
        self._canvas.setAuthor("Vigie")
        self._foot = _("{register}, printed on {moment}").format(
            register=_(collection.form.title), moment=show_moment(clock.now())
        )
        self._frame: Any = None
        self._mark: tuple[str, str] | None = None

    def begin(self, ref: str, title: str) -> None:
        """Begin a new page, which links to `ref` and the outline lead to."""
        if self._frame is not None:
            self._close_page()
        self._mark = (ref, title)

    def lay(self, story: Iterable[Flowable]) -> None:
        """Lay what flows, over as many pages as it needs."""
        for flowable in story:
            waiting = [flowable]
            while waiting:
                fresh = self._frame is None
                if fresh:
                    self._open_page()
                first, *rest = waiting
                if self._frame.add(first, self._canvas):
                    waiting = rest
                elif parts := self._frame.split(first, self._canvas):
                    waiting = [*parts, *rest]
                elif fresh:
                    raise ValueError(f"nothing of {first!r} fits on a page")
                else:
                    self._close_page()

    def end(self) -> int:
        """Write the file; give the number of pages."""
        if self._frame is not None:
            self._close_page()
        pages = int(self._canvas.getPageNumber()) - 1
        self._canvas.save()
        return pages

    def _open_page(self) -> None:
        canvas = self._canvas
        if self._mark:
            ref, title = self._mark
            canvas.bookmarkPage(_anchor(ref))
            canvas.addOutlineEntry(title[:200], _anchor(ref), level=0)
            self._mark = None
        canvas.setFont(PLAIN, 7.5)
        canvas.setFillColor(MUTED)
        canvas.drawString(LEFT, BOTTOM - 8 * mm, self._foot)
        canvas.drawRightString(A4[0] - RIGHT, BOTTOM - 8 * mm, show_number(canvas.getPageNumber()))
        self._frame = Frame(LEFT, BOTTOM, WIDTH, HEIGHT, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)

    def _close_page(self) -> None:
        self._canvas.showPage()
        self._frame = None


class _Laid(Paragraph):  # type: ignore[misc]  # reportlab has no types
    """A paragraph that is broken into lines once for a width, however often it is laid."""

    _size: tuple[float, tuple[float, float]] | None = None

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        if self._size is None or self._size[0] != width or not hasattr(self, "blPara"):  # a split in vain takes it
            self._size = (width, super().wrap(width, height))
        return self._size[1]


class _Pair(Flowable):  # type: ignore[misc]
    """A label and, beside it, what it says; splits over pages. `rule`: a line below."""

    def __init__(self, label: Paragraph | None, value: Paragraph, *, rule: bool = True) -> None:
        super().__init__()
        self._label, self._value, self._rule = label, value, rule

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        self._width = width
        self._label_height = self._label.wrap(LABEL, height)[1] if self._label else 0.0
        self._value_height = self._value.wrap(width - LABEL - GAP, height)[1]
        self.height = max(self._label_height, self._value_height) + 1.4 * mm
        return width, self.height

    def split(self, width: float, height: float) -> list[Flowable]:
        self.wrap(width, height)
        parts = self._value.split(width - LABEL - GAP, height - 2 * mm) if self._label_height < height else []
        if len(parts) < 2:
            return []
        return [_Pair(self._label, parts[0], rule=False), _Pair(None, parts[1], rule=self._rule)]

    def draw(self) -> None:
        if self._label:
            self._label.drawOn(self.canv, 0, self.height - self._label_height)
        self._value.drawOn(self.canv, LABEL + GAP, self.height - self._value_height)
        if self._rule:
            self.canv.setStrokeColor(RULE)
            self.canv.setLineWidth(0.4)
            self.canv.line(0, 0.4 * mm, self._width, 0.4 * mm)


class _Heading(Flowable):  # type: ignore[misc]
    """A section's heading, never alone at the foot of a page."""

    def __init__(self, text: Paragraph) -> None:
        super().__init__()
        self._text = text

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        self._height = self._text.wrap(width, height)[1]
        return width, self._height + 5 * mm if height > 30 * mm else height + 1

    def split(self, width: float, height: float) -> list[Flowable]:
        return []

    def draw(self) -> None:
        self._text.drawOn(self.canv, 0, 1.5 * mm)


@lru_cache(maxsize=2_000)
def _text(text: str, style: str) -> Paragraph:
    """A paragraph; records say the same in many places, and reading one is what costs most."""
    return _Laid(_safe(text), _styles()[style])


def _safe(text: str) -> str:
    return escape(text).replace("\n", "<br/>")


def _anchor(ref: str) -> str:
    """A name that a link can use, whatever the reference holds."""
    return "r" + ref.encode().hex()


@lru_cache(maxsize=1)
def _styles() -> dict[str, ParagraphStyle]:
    fonts()

    def style(name: str, font: str, size: float, color: Any, **more: Any) -> ParagraphStyle:
        return ParagraphStyle(name, fontName=font, fontSize=size, leading=size * 1.35, textColor=color, **more)

    made: Sequence[ParagraphStyle] = (
        style("title", BOLD, 15, INK, spaceAfter=1 * mm),
        style("meta", PLAIN, 8.5, MUTED),
        style("heading", BOLD, 10.5, ACCENT),
        style("label", PLAIN, 8, MUTED),
        style("value", PLAIN, 9, INK),
        style("muted", PLAIN, 9, MUTED),
    )
    return {style.name: style for style in made}
