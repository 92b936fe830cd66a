"""The month's review as a PDF of one page: figures against the month before, clients, the lead's comment."""

from datetime import date
from html import escape
from io import BytesIO
from typing import Any

import babel.dates
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from core.i18n import _, language, show_number
from pages.jira.review import Line, drifted, written


def make(month: date, lines: list[Line], clients: dict[str, Any], comment: str, *, demo: bool) -> bytes:
    """The file. `clients`: name → requests; `comment` may have several paragraphs."""
    styles = getSampleStyleSheet()
    when = babel.dates.format_date(month, "LLLL yyyy", locale=language())
    title = _("Activity of {month}").format(month=when)
    story: list[Flowable] = [Paragraph(_safe(title), styles["Title"])]
    if demo:
        story.append(Paragraph(_safe(_("Invented data: nothing in this file is real.")), styles["Italic"]))
    heads = (_("Figure"), _("Month before"), _("Published"), _("Today"), _("Difference"))
    rows = [
        (_(line.label), *(written(value, line.kind) for value in values), drifted(line))
        for line in lines
        for values in [(line.before, line.published, line.today)]
    ]
    story += [_table([heads, *rows], (62, 28, 28, 28, 28)), Spacer(1, 6 * mm)]
    story.append(Paragraph(_safe(_("Clients")), styles["Heading2"]))
    counted = [(name, show_number(n)) for name, n in clients.items()]
    story.append(_table([(_("Client"), _("Requests")), *counted], (90, 28)))
    if comment:
        story.append(Paragraph(_safe(_("Comment")), styles["Heading2"]))
        story += [Paragraph(_safe(part), styles["BodyText"]) for part in comment.split("\n") if part.strip()]
    file = BytesIO()
    SimpleDocTemplate(file, pagesize=A4, title=_plain(title), author="Vigie", topMargin=18 * mm).build(story)
    return file.getvalue()


def _table(rows: list[tuple[str, ...]], widths: tuple[int, ...]) -> Table:
    table = Table([[_plain(cell) for cell in row] for row in rows], colWidths=[width * mm for width in widths])
    table.hAlign = "LEFT"
    table.setStyle(
        TableStyle(
            [
                ("FONT", (0, 0), (-1, 0), "Helvetica-Bold", 9),
                ("FONT", (0, 1), (-1, -1), "Helvetica", 9),
                ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
                ("LINEBELOW", (0, 0), (-1, -1), 0.3, colors.HexColor("#c6ced8")),
            ]
        )
    )
    return table


def _safe(text: str) -> str:
    return escape(_plain(text))


def _plain(text: str) -> str:
    """What the built-in fonts can draw: they know no narrow no-break space and no true minus."""
    return text.replace("\u202f", "\u00a0").replace("\u2212", "-").encode("cp1252", "replace").decode("cp1252")
