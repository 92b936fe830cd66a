"""The month's review as a PDF of one page: figures against the month before, clients, the lead's comment."""

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from io import BytesIO
from textwrap import shorten
from typing import Any

import babel.dates
from reportlab.graphics.shapes import Drawing, Rect
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from core.base.i18n import _, language, show_number, show_percent
from core.show.pdf import BOLD, PLAIN, fonts
from pages.jira.colours import HUES
from pages.jira.review import Line, drifted, moved, written

BAR = 60
"""Millimetres of the longest bar."""
TOP = 8
"""So many types and clients are told."""
LONGEST = 60
"""Signs of a client's name."""


def make(
    month: date,
    lines: list[Line],
    clients: dict[str, Any],
    types: dict[str, Any],
    comment: str,
    *,
    demo: bool,
) -> bytes:
    """The file. `clients` and `types`: name → requests; `comment` may have several paragraphs."""
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
    heads = (_("Figure"), _("Month before"), _("Published"), _("Evolution"), _("Today"), _("Difference"))
    rows = [
        (
            _(line.label),
            written(line.before, line.kind),
            written(line.published, line.kind),
            moved(line),
            written(line.today, line.kind),
            drifted(line),
        )
        for line in lines
    ]
    story += [_table([heads, *rows], (56, 25, 25, 22, 25, 22)), Spacer(1, 4 * mm)]
    for title_of, head, counts in ((_("Types"), _("Request type"), types), (_("Clients"), _("Client"), clients)):
        if counts:
            story.append(Paragraph(escape(title_of), heading))
            story.append(_bars(head, counts, sum(types.values()) or sum(counts.values())))
    if comment:
        story.append(Paragraph(escape(_("Comment")), heading))
        story += [Paragraph(escape(part), body) for part in comment.split("\n") if part.strip()]
    file = BytesIO()
    SimpleDocTemplate(file, pagesize=A4, title=title, author="Vigie", topMargin=18 * mm).build(story)
    return file.getvalue()


def _short(name: str) -> str:
    """A name as one line of a table holds it: whatever its line breaks and length, it fills no page alone."""
    return shorten(name, LONGEST, placeholder="…") or "–"


def _bars(head: str, counts: Mapping[str, int], every: int) -> Table:
    """The most frequent of some names with their share of all requests, each with a bar."""
    longest = max(counts.values(), default=0) or 1
    rows: list[tuple[Any, ...]] = [(head, _("Requests"), _("Share"), "")]
    for name, n in list(counts.items())[:TOP]:
        bar = Drawing(BAR * mm, 3 * mm)
        bar.add(Rect(0, 0, BAR * mm * n / longest, 3 * mm, fillColor=colors.HexColor(HUES[0]), strokeWidth=0))
        rows.append((_short(name), show_number(n), show_percent(n / every if every else 0), bar))
    return _table(rows, (70, 22, 18, BAR))


def _table(rows: Sequence[tuple[Any, ...]], widths: tuple[int, ...]) -> Table:
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
