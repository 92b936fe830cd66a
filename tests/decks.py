"""What a deck says, read back by the library that others would use: titles, words, charts with their values, notes."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from pptx import Presentation

from core.show.slides import Line, Slide


def slides_of(content: bytes) -> Sequence[Slide]:
    """Its slides in order; texts beside the title stand in `words`, a line a shape."""
    found = []
    for slide in Presentation(BytesIO(content)).slides:
        charts = [shape for shape in slide.shapes if shape.has_chart]
        title = slide.shapes.title
        texts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame and shape != title]
        plot: Any = charts[0].chart.plots[0] if charts else None
        lines = tuple(Line(one.name, tuple(one.values)) for one in plot.series) if plot else ()
        found.append(
            Slide(
                title=title.text_frame.text if title is not None else "",
                words="\n".join(texts),
                categories=tuple(str(one) for one in plot.categories) if plot else (),
                lines=lines,
                alt=str(charts[0]._element.nvGraphicFramePr.cNvPr.get("descr")) if charts else "",
                notes=slide.notes_slide.notes_text_frame.text if slide.has_notes_slide else "",
            )
        )
    return found
