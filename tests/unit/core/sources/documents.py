"""Open documents (.ods), written by hand."""

import zipfile
from pathlib import Path

SPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
}


def open_document(path: Path, sheet: str, rows: str) -> Path:
    """Write a document with one sheet, whose rows are XML."""
    names = " ".join(f'xmlns:{short}="{long}"' for short, long in SPACES.items())
    table = f'<table:table table:name="{sheet}">{rows}</table:table>'
    body = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", f"<office:document-content {names}>{body}</office:document-content>")
    return path
