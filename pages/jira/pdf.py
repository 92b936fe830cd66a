"""The month's review as a PDF of one page: figures against the month before, clients, the lead's comment."""

from datetime import date
from html import escape
from io import BytesIO
from textwrap import shorten
from typing import Any

import babel.dates
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from core.base.i18n import _, language, show_number
from core.show.pdf import BOLD, PLAIN, fonts
from pages.jira.review import Line, drifted, written

LONGEST = 60
"""Signs of a client's name."""


def make(month: date, lines: list[Line], clients: dict[str, Any], comment: str, *, demo: bool) -> bytes:
    """The file. `clients`: name → requests; `comment` may have several paragraphs."""
    fonts()
    title_style, heading, body = (
        ParagraphStyle(
            name, fontName=font, fontSize=size, leading=size * 1.35, spaceBefore=size / 2, spaceAfter=size / 2
        )
        for name, font, size in (("title", BOLD, 16), ("heading", BOLD, 11), ("body", PLAIN, 9))
    )
    when = babel.dates.format_date(month, "LLLL yyyy", locale=language())
    title = _("Activity of {month}").format(month=when)
    story: list[Flowable] = [Paragraph(escape(title), title_style)]
    if demo:
        story.append(Paragraph(escape(_("Invented data: nothing in this file is real.")), body))
    heads = (_("Figure"), _("Month before"), _("Published"), _("Today"), _("Difference"))
    rows = [
        (_(line.label), *(written(value, line.kind) for value in values), drifted(line))
        for line in lines
        for values in [(line.before, line.published, line.today)]
    ]
    story += [_table([heads, *rows], (62, 28, 28, 28, 28)), Spacer(1, 6 * mm)]
    story.append(Paragraph(escape(_("Clients")), heading))
    counted = [(_short(name), show_number(n)) for name, n in clients.items()]
    story.append(_table([(_("Client"), _("Requests")), *counted], (90, 28)))
    if comment:
        story.append(Paragraph(escape(_("Comment")), heading))
        story += [Paragraph(escape(part), body) for part in comment.split("\n") if part.strip()]
    file = BytesIO()
    SimpleDocTemplate(file, pagesize=A4, title=title, author="Vigie", topMargin=18 * mm).build(story)
    return file.getvalue()


def _short(name: str) -> str:
    """A name as one line of a table holds it: whatever its line breaks and length, it fills no page alone."""
    return shorten(name, LONGEST, placeholder="…") or "–"


def _table(rows: list[tuple[str, ...]], widths: tuple[int, ...]) -> Table:
    table = Table([list(row) for row in rows], colWidths=[width * mm for width in widths])
    table.hAlign = "LEFT"
    table.setStyle(
        TableStyle(
            [
                ("FONT", (0, 0), (-1, 0), BOLD, 8),
                ("FONT", (0, 1), (-1, -1), PLAIN, 8),
                ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
                ("LINEBELOW", (0, 0), (-1, -1), 0.3, colors.HexColor("#c6ced8")),
            ]
        )
    )
    return table
