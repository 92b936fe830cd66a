"""The same slides as a PDF, to be sent and read where nothing may be changed: a page a slide, then the notes.

A chart is drawn from the numbers of the slide, as lines that can be enlarged; what it shows is said below it in words,
since a reader's tools do not see lines. A company's template holds for the .pptx alone. The same deck gives the same
bytes.
"""

from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from itertools import groupby
from math import floor, log10
from typing import Any
from xml.sax.saxutils import escape

from reportlab.graphics.shapes import Circle, Drawing, PolyLine, String
from reportlab.graphics.shapes import Line as Stroke
from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    KeepInFrame,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
)
from reportlab.platypus.frames import Frame

from core.base.i18n import _, language, show_number, show_percent
from core.show.pdf import BOLD, PLAIN, fonts
from core.show.slides import LONGEST_TITLE, LONGEST_WORDS, Deck, Slide, cut

WIDE, HIGH, MARGIN = 960.0, 540.0, 38.0
"""A page of 16:9, in points."""
INSIDE = WIDE - 2 * MARGIN
CHART_HIGH, LEFT, LOW = 300.0, 70.0, 44.0
TICKS = 5
INK, MUTED, GRID = (HexColor(code) for code in ("#1c2733", "#5b6875", "#d5dbe1"))
HUES = tuple(HexColor(code) for code in ("#0072b2", "#da730b", "#8d356f", "#35a079", "#a02222", "#6b6bd9"))


def made(deck: Deck) -> bytes:
    """The deck as a PDF."""
    kept = BytesIO()
    page = (WIDE, HIGH)
    document = BaseDocTemplate(kept, pagesize=page, title=deck.title, author="Vigie", lang=language(), invariant=1)
    frames = [Frame(MARGIN, MARGIN, INSIDE, HIGH - 2 * MARGIN, 0, 0, 0, 0, id=name) for name in ("slide", "notes")]
    document.addPageTemplates([PageTemplate(frame.id, [frame], pagesize=page) for frame in frames])
    document.build(list(_story(deck)))
    return kept.getvalue()


def _story(deck: Deck) -> Iterator[Flowable]:
    for slide in deck.slides:
        yield KeepInFrame(INSIDE, HIGH - 2 * MARGIN - 2, list(_slide(slide)), mode="shrink")
        yield PageBreak()
    yield NextPageTemplate("notes")
    yield _text(_("Notes"), "title")
    for slide in deck.slides:
        if slide.notes:
            yield _text(slide.title, "head")
            yield from (_text(part, "note") for part in slide.notes.split("\n") if part.strip())


def _slide(slide: Slide) -> Iterator[Flowable]:
    yield _text(cut(slide.title, LONGEST_TITLE), "title")
    if slide.lines:
        yield Spacer(1, 8)
        yield _chart(slide)
        yield _text(slide.alt or slide.title, "note")
    if slide.words:
        yield _text(cut(slide.words, LONGEST_WORDS), "words")
    yield from (_text(row, "words") for row in slide.rows)


def _chart(slide: Slide) -> Drawing:
    """Lines that break where there is no value; of one alone every value is written, of several the last: over its
    point, or under the lowest of three, where the line runs over it."""
    drawing = Drawing(INSIDE, CHART_HIGH)
    low, high, step = _scale([value for line in slide.lines for value in line.values if value is not None])
    top = CHART_HIGH - 24
    wide = (INSIDE - LEFT - 60) / max(len(slide.categories) - 1, 1)

    def up(value: float) -> float:
        return LOW + (value - low) / (high - low) * (top - LOW)

    for number in range(round((high - low) / step) + 1):
        value = low + number * step
        drawing.add(Stroke(LEFT, up(value), INSIDE, up(value), strokeColor=GRID, strokeWidth=0.5))
        drawing.add(_label(LEFT - 8, up(value) - 4, _written(value, slide.percent, step), "end"))
    for place, category in enumerate(slide.categories):
        drawing.add(_label(LEFT + 20 + place * wide, LOW - 18, category, "middle"))
    for place, (line, hue) in enumerate(zip(slide.lines, HUES, strict=False)):
        points = [
            (LEFT + 20 + number * wide, None if value is None else up(value), value)
            for number, value in enumerate(line.values)
        ]
        for there, run in groupby(points, lambda point: point[1] is not None):
            if there:
                drawing.add(PolyLine([part for x, y, _value in run for part in (x, y)], strokeColor=hue, strokeWidth=2))
        known = [(x, y, value) for x, y, value in points if y is not None and value is not None]
        for number, (x, y, value) in enumerate(known):
            drawing.add(Circle(x, y, 2.5, fillColor=hue, strokeColor=None))
            beside = [point[1] for point in (*known[max(number - 1, 0) : number], *known[number + 1 : number + 2])]
            under = y - LOW > 20 and bool(beside) and y < min(beside)
            if len(slide.lines) == 1 or x == known[-1][0]:
                drawing.add(_label(x, y - 16 if under else y + 7, _written(value, slide.percent), "middle", hue))
        if len(slide.lines) > 1:
            across = LEFT + place * (INSIDE - LEFT) / len(slide.lines)
            drawing.add(Stroke(across, 10, across + 18, 10, strokeColor=hue, strokeWidth=3))
            drawing.add(_label(across + 24, 6, cut(line.name, 28), "start"))
    return drawing


def _scale(values: list[float]) -> tuple[float, float, float]:
    """From where to where an axis goes, with 0, and by which round step."""
    low, high = min([*values, 0.0]), max([*values, 0.0])
    rough = (high - low or 1.0) / TICKS
    power = 10.0 ** floor(log10(rough))
    step = next(size * power for size in (1, 2, 5, 10) if size * power >= rough * 0.999)
    first = floor(low / step) * step
    steps = max(1, -floor((first - high) / step))
    return first, first + steps * step, step


def _written(value: float, percent: bool, step: float = 0.0) -> str:
    if percent:
        return show_percent(value, 0 if step >= 0.01 else 1)
    return show_number(value, 0 if float(value).is_integer() else 1)


def _label(x: float, y: float, text: str, anchor: str, color: Any = INK) -> String:
    return String(x, y, text, fontName=PLAIN, fontSize=10, textAnchor=anchor, fillColor=color)


def _text(text: str, style: str) -> Paragraph:
    """A paragraph; reportlab breaks lines at narrow spaces that do not break, and not at wide ones."""
    return Paragraph(escape(text.replace("\u202f", "\u00a0")), _styles()[style])


@lru_cache(maxsize=1)
def _styles() -> dict[str, ParagraphStyle]:
    fonts()
    looks = (
        ("title", BOLD, 26, INK),
        ("head", BOLD, 12, INK),
        ("words", PLAIN, 16, INK),
        ("note", PLAIN, 9, MUTED),
    )
    return {
        name: ParagraphStyle(
            name, fontName=font, fontSize=size, leading=size * 1.35, spaceBefore=size / 4, textColor=color
        )
        for name, font, size, color in looks
    }
