"""Limits of what sources may bring: told here once, so that no small file stops the house.

Sizes are bytes, times are seconds. What is beyond is refused in a sentence; the sources after it go on.
"""

MB = 2**20

# Files of text, read piece by piece.
LARGEST_TEXT = 4096 * MB
LONGEST_LINE = 1 * MB
MOST_COLUMNS = 4_096
LONGEST_NAME = 1_000
"""Signs of a column's name, and of a path of JSON that names a column or a list: what is longer is none."""
PIECE = 32 * MB
PIECE_CELLS = 2_000_000
RECORD_LINES = 2_000
"""Lines of one row: a quotation mark that is open for longer never closes."""
RECORD = 4 * MB
MOST_BLANK = 200_000
"""Lines on end that hold nothing: to count a file of them would keep the sources after it waiting."""

# Workbooks, read in a process of their own.
LARGEST_WORKBOOK = 200 * MB
LARGEST_CONTENT = 1024 * MB
"""Of a workbook, unpacked."""
LARGEST_PART = 16 * MB
"""Of a workbook's part that tells of the others, unpacked; and how much may be packed denser than `DENSEST`."""
DENSEST = 100
"""How many times its size a workbook may unpack to."""
MOST_PARTS = 10_000
MOST_SHEETS = 2_000
MOST_CELLS = 10_000_000
MEMORY = 3072 * MB
"""Of the process that reads a workbook."""
WORKBOOK_SECONDS = 15
"""And one more for each megabyte of the file."""
LARGEST_ANSWERED = 512 * MB
"""Of what that process answers, which the server's own process then holds."""
MOST_JOINED = 200_000
"""Cells of a workbook that are merged with the one above."""
MOST_HIDDEN = 2_000_000
"""Rows of a workbook that are hidden or struck out."""


def unpacked(packed: int) -> int:
    """How many bytes a file of so many may unpack to, and its cells take when they are told: one text may stand in
    many cells, and a merged one counts in each of its rows."""
    return min(LARGEST_CONTENT, max(LARGEST_PART, packed * DENSEST))


# XML that is held as a tree: templates of slides, workflows.
MOST_MARKS = 500_000
"""Signs of a file's XML that begin an element or a value, each of which takes some hundred bytes."""


def marks(xml: bytes) -> int:
    """How many of those signs a piece of XML has."""
    return xml.count(b"<") + xml.count(b"=")


# JSON and YAML, which are read whole.
LARGEST_JSON = 128 * MB
MOST_VALUES = 5_000_000
DEEPEST = 100
MOST_BROKEN = 10_000
"""Lines of a file of JSON lines that are none: each is refused by itself."""
LARGEST_YAML = 1 * MB
LONGEST_NUMBER = 400
"""Signs of a number in YAML."""
MOST_NODES = 20_000
"""Of YAML, with every alias counted as often as it stands for something."""

# Services and databases.
LARGEST_ANSWER = 64 * MB
"""Decoded."""
ANSWER_SECONDS = 120.0
"""From the question to the last byte."""
CONNECT_SECONDS = 10
LARGEST_CELL = 64 * MB
READING_SECONDS = 600
"""Until the next rows of a database, whatever its engine."""
