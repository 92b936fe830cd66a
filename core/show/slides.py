"""Slides (.pptx) whose charts are PowerPoint's own: they can be edited, and hold the numbers they were drawn from.

A company's template is used by the names of its layouts and placeholders (`Template`); what it lacks is said, and the
plain slide stands in its place. The same deck gives the same bytes.
"""

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
from pptx.enum.text import MSO_AUTO_SIZE
from pptx.util import Emu, Pt

from core.base.errors import InputInvalid
from core.base.i18n import _
from core.show.export import inert
from core.sources import limits, packed
from core.sources.formats.child import TooLarge

_log = logging.getLogger("vigie.slides")
WIDE, HIGH = Emu(12_192_000), Emu(6_858_000)
"""A slide of 16:9."""
MARGIN, TOP = Emu(480_000), Emu(1_250_000)
CHART_HIGH, WORDS_HIGH = Emu(3_900_000), Emu(1_250_000)
TITLE_ONLY = "Title Only"
LONGEST_TITLE, LONGEST_WORDS = 110, 700
"""Signs that a slide has place for; a longer text is cut with an ellipsis and stands whole in the notes."""
TITLE, CHART, WORDS = "title", "chart", "words"
_FIXED = (1980, 1, 1, 0, 0, 0)
_STAMPED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")


@dataclass(frozen=True)
class Line:
    """A series of a chart: its name and a value for each category, None where there is none."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Slide:
    """One slide. Texts are already translated. Without `lines` it has no chart; `rows` stand as lines of text under
    `words`. `alt` tells the chart to whoever does not see it; `notes` hold where its numbers come from."""

    title: str
    words: str = ""
    rows: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    percent: bool = False
    alt: str = ""
    notes: str = ""


@dataclass(frozen=True)
class Deck:
    """A deck: its slides, the first of which stands as the cover; when what it says was frozen (UTC)."""

    title: str
    at: datetime
    slides: tuple[Slide, ...]


@dataclass(frozen=True)
class Template:
    """A company's deck: its bytes, the layout of our slides, and the names of its placeholders by what goes there
    (`title`, `chart`, `words`)."""

    content: bytes
    layout: str
    places: Mapping[str, str] = field(default_factory=dict)


def made(deck: Deck, template: Template | None = None) -> bytes:
    """The deck as a .pptx. Raises InputInvalid where the template is none that can be read."""
    kept = BytesIO()
    with _opened(template) as presentation:
        layout = _layout(presentation, template)
        places = template.places if template and layout.name == template.layout else {}
        for slide in deck.slides:
            _add(presentation, layout, slide, places)
        properties = presentation.core_properties
        properties.title, properties.author, properties.last_modified_by = deck.title, "Vigie", "Vigie"
        properties.created = properties.modified = deck.at.astimezone(UTC).replace(tzinfo=None)
        presentation.save(kept)
    return _same_each_time(kept.getvalue())


def lacking(template: Template) -> list[str]:
    """What a template lacks of what our slides want: the layout, or placeholders; a chart's must be one for charts."""
    with _opened(template) as presentation:
        layout = next(
            (slide_layout for slide_layout in presentation.slide_layouts if slide_layout.name == template.layout), None
        )
        if layout is None:
            names = ", ".join(slide_layout.name for slide_layout in presentation.slide_layouts)
            sentence = _("the layout “{name}” (there are: {names})")
            return [sentence.format(name=template.layout, names=names)]
        there = {placeholder.name: placeholder for placeholder in layout.placeholders}
        absent = [name for name in template.places.values() if name not in there]
        missing = [_("the placeholder “{name}”").format(name=name) for name in absent]
        chart = there.get(template.places.get(CHART, ""))
        if chart is not None and "CHART" not in str(chart.placeholder_format.type):
            pattern = _("a placeholder for charts named “{name}”: it takes something else")
            missing.append(pattern.format(name=chart.name))
        return missing


@contextmanager
def _opened(template: Template | None) -> Iterator[Any]:
    """The presentation to work on. Raises InputInvalid for whatever a template's parts make the library raise there:
    they may be missing, damaged, or something else, which it finds when it needs them."""
    if template is None:
        presentation = Presentation()
        presentation.slide_width, presentation.slide_height = WIDE, HIGH
        yield presentation
        return
    try:
        _check_size(template.content)
        yield Presentation(BytesIO(template.content))
    except InputInvalid:
        raise
    except TooLarge:
        sentence = _("The template holds too much: leave out slides and pictures that no layout needs.")
        raise InputInvalid(sentence) from None
    except Exception as error:
        _log.exception("a template cannot be used")  # where it broke: it could be us
        sentence = _("The template is no PowerPoint file (.pptx). Save it as one and give it again.")
        raise InputInvalid(sentence, detail=repr(error)) from error


def _check_size(content: bytes) -> None:
    """Raise TooLarge for what would take too much memory: a tree of XML takes much more than its text."""
    marks = 0
    with ZipFile(BytesIO(content)) as archive:
        for name, piece in packed.pieces(archive, len(content)):
            marks += limits.marks(piece) if name.endswith((".xml", ".rels")) else 0
            if marks > limits.MOST_MARKS:
                raise TooLarge


def _layout(presentation: Any, template: Template | None) -> Any:
    wanted = (template.layout if template else "", TITLE_ONLY)
    by_name = {slide_layout.name: slide_layout for slide_layout in presentation.slide_layouts}
    return next((by_name[name] for name in wanted if name in by_name), presentation.slide_layouts[0])


def _add(presentation: Any, layout: Any, slide: Slide, places: Mapping[str, str]) -> None:
    drawn = presentation.slides.add_slide(layout)
    named = {placeholder.name: placeholder for placeholder in layout.placeholders}
    by_index = {placeholder.placeholder_format.idx: placeholder for placeholder in drawn.placeholders}
    there = {what: by_index.get(named[name].placeholder_format.idx) for what, name in places.items() if name in named}
    wide = presentation.slide_width - 2 * MARGIN
    title = there.get(TITLE) or drawn.shapes.title
    if title is None:
        title = drawn.shapes.add_textbox(MARGIN, Emu(300_000), wide, Emu(800_000))
    elif TITLE not in there and not places:
        title.left, title.top, title.width, title.height = MARGIN, Emu(250_000), wide, Emu(900_000)
    title.text_frame.text = cut(slide.title, LONGEST_TITLE)
    title.text_frame.auto_size = MSO_AUTO_SIZE.TEXT_TO_FIT_SHAPE
    if not places:
        _sized(title.text_frame, 28)
    low = TOP
    if slide.lines:
        _chart(drawn, there.get(CHART), slide, wide)
        low = Emu(TOP + CHART_HIGH)
    if slide.words or slide.rows:
        _words(drawn, there.get(WORDS), slide, low, wide)
        if not slide.lines and there.get(WORDS) is not None and there.get(CHART) is not None:
            _spread(there[WORDS], there[CHART])
    for place in list(drawn.placeholders):
        if not (place.has_chart or place.text_frame.text):  # its layout's prompt would lie over what we add
            place._element.getparent().remove(place._element)
    drawn.notes_slide.notes_text_frame.text = "\n\n".join(filter(None, (slide.notes, _uncut(slide))))


def _chart(drawn: Any, place: Any, slide: Slide, wide: int) -> None:
    number = "0.0%" if slide.percent else "#,##0"
    data: Any = CategoryChartData(number_format=number)  # type: ignore[no-untyped-call]
    data.categories = [inert(category) for category in slide.categories]  # an embedded workbook holds them
    for line in slide.lines:
        data.add_series(inert(line.name), line.values, number_format=number)
    if place is not None and hasattr(place, "insert_chart"):
        frame = place.insert_chart(XL_CHART_TYPE.LINE_MARKERS, data)
    else:
        frame = drawn.shapes.add_chart(XL_CHART_TYPE.LINE_MARKERS, MARGIN, TOP, wide, CHART_HIGH, data)
    chart = frame.chart
    chart.has_title = False
    chart.has_legend = len(slide.lines) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    chart.font.size = Pt(12)
    chart.value_axis.tick_labels.number_format, chart.value_axis.tick_labels.number_format_is_linked = number, False
    chart.value_axis.major_gridlines.format.line.width = Pt(0.5)
    for series in chart.plots[0].series:
        series.smooth = False
    properties = frame._element.nvGraphicFramePr.cNvPr
    properties.set("descr", slide.alt or slide.title)
    properties.set("title", slide.title)


def _words(drawn: Any, place: Any, slide: Slide, low: int, wide: int) -> None:
    box = place if place is not None else drawn.shapes.add_textbox(MARGIN, low, wide, WORDS_HIGH)
    frame = box.text_frame
    frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.TEXT_TO_FIT_SHAPE
    first = [cut(slide.words, LONGEST_WORDS)] if slide.words else []
    for number, text in enumerate((*first, *slide.rows)):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.text = text
    if place is None:
        _sized(frame, 16)


def _spread(place: Any, free: Any) -> None:
    """Let a place take the room of one that stays empty, too."""
    left, top = min(place.left, free.left), min(place.top, free.top)
    right = max(shape.left + shape.width for shape in (place, free))
    low = max(shape.top + shape.height for shape in (place, free))
    place.left, place.top, place.width, place.height = left, top, right - left, low - top


def _sized(frame: Any, points: int) -> None:
    for paragraph in frame.paragraphs:
        paragraph.font.size = Pt(points)


def cut(text: str, longest: int) -> str:
    """A text of one paragraph, at most so many signs, cut at a word with an ellipsis."""
    line = _line(text)
    if len(line) <= longest:
        return line
    return line[: longest - 1].rsplit(" ", 1)[0] + "…"


def _line(text: str) -> str:
    """A text on one line; spaces that do not break stay."""
    return re.sub(r"[ \t\r\n\f\v]+", " ", text).strip(" ")


def _uncut(slide: Slide) -> str:
    """The words that were cut, whole."""
    given = ((slide.title, LONGEST_TITLE), (slide.words, LONGEST_WORDS))
    whole = [_line(text) for text, longest in given if cut(text, longest) != _line(text)]
    return "\n".join(whole)


def _same_each_time(content: bytes) -> bytes:
    """A zip whose parts bear one fixed moment, workbooks within it too, so that equal decks are equal files."""
    kept = BytesIO()
    with ZipFile(BytesIO(content)) as read, ZipFile(kept, "w", ZIP_DEFLATED) as written:
        for info in read.infolist():
            part = read.read(info)
            if info.filename.endswith(".xlsx"):
                part = _same_each_time(part)
            elif info.filename == "docProps/core.xml" and not _is_deck(read.namelist()):
                part = _STAMPED.sub(rb"\g<1>1980-01-01T00:00:00Z\2", part)
            written.writestr(ZipInfo(info.filename, _FIXED), part, ZIP_DEFLATED)
    return kept.getvalue()


def _is_deck(names: Iterable[str]) -> bool:
    return any(name.startswith("ppt/") for name in names)
