"""What a name, or any text of others, must stay wherever it is shown: a text."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from core.base import addresses
from core.base.i18n import one_line
from core.people import accounts
from core.records.exporting import pdf
from core.show import export
from core.show.columns import Column
from core.sources import drops
from core.tell import mail, teams
from core.tell.outbox import Letter, Notice
from tests.unit.core.show.test_export import NOTE
from tests.unit.core.ui import test_words

_SIGNS = (
    r"<b> </b> <a href='http://x'> <img src=x onerror=y> & &lt; &#0; ]]> <!-- {{ }} ${ } %s %0a ../ ..\ / \ C: ~ . con"
)
_SIGNS += " = + - @ ＝ ' \" ` * _ # [x](http://y) ![x](y) :red[ :material/add: $x$ | http://evil.example www.x a@b.fr"
_SIGNS += " =cmd() #N/A _x000D_ <para> <font color='x'> \u202e \u2066 \u200b \ufeff \0 \x1b \x85 \u2028 𝄞 é e\u0301"
_PARTS = st.lists(st.one_of(st.sampled_from([*_SIGNS.split(" "), " ", "\n", "\r\n", "\t"]), st.text(max_size=4)))
NAME = _PARTS.map("".join)
_SHOWN = (
    test_words.test_a_reader_sees_the_text_as_it_was,
    test_words.test_every_sign_that_means_something_is_escaped_once,
    test_words.test_nothing_is_left_that_a_browser_links_or_draws_afterwards,
    test_words.test_code_stays_in_its_fence,
)


def inert(text: str) -> None:
    """On a screen, as an account's name, in files, mails, Teams and PDFs it is one text and nothing else."""
    for shown in _SHOWN:
        held: Any = shown
        held.hypothesis.inner_test(text=text)
    name = accounts._shown(text)
    assert name.isprintable()
    assert name == " ".join(name.split())
    file = drops.safe_name(text)
    assert Path("/folder", file).name == file
    assert not file.startswith((".", "~"))
    assert addresses.one(f"{text}, evil@e.fr") is None
    _exported(text)
    _told(text)
    paragraph = pdf._text(text, "value")
    _width, height = paragraph.wrap(pdf.WIDTH, pdf.HEIGHT)
    paragraph.drawOn(page := Canvas(io.BytesIO()), 0, max(0, pdf.HEIGHT - height))
    assert "/URI" not in page.getpdfdata().decode("latin-1")


def _exported(text: str) -> None:
    columns, rows = [Column("t", "x")], pd.DataFrame({"t": pd.array([text], dtype="string[pyarrow]")})
    book, lines = io.BytesIO(), io.BytesIO()
    export.write_excel(book, export.batches(rows), columns, NOTE)
    assert openpyxl.load_workbook(book).worksheets[1]["A2"].data_type in ("s", "n")
    export.write_csv(lines, export.batches(rows), columns)
    [_header, *written] = csv.reader(io.StringIO(lines.getvalue().decode("utf-8-sig"), newline=""), delimiter=";")
    assert not any(cell.startswith(export.OBEYED) for row in written for cell in row)


def _told(text: str) -> None:
    said = one_line(text)
    letter = Letter(Notice("x", "1", "a@b.fr", said, f"Client {said} told.\n\nhttps://vigie.example/"), id="1")
    whole = mail.message(letter, "vigie@b.fr")
    assert [whole[head] for head in ("To", "From")] == ["a@b.fr", "vigie@b.fr"]
    assert not {"Bcc", "Cc"} & set(whole.keys())
    html = whole.get_body(("html",))
    assert html is not None
    marks = re.findall(r"<(\w+)[^>]*>", html.get_content())
    assert sorted(set(marks)) == ["a", "body", "html", "p"]
    assert marks.count("a") == 1
    card = json.loads(teams.body(letter))["attachments"][0]["content"]
    assert {run["type"] for one in card["body"] for run in one["inlines"]} == {"TextRun"}
    assert [one["url"] for one in card["actions"]] == ["https://vigie.example/"]
