"""What a PDF that reportlab made says, as text: its fonts are subsets, so its bytes alone say nothing."""

import base64
import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj\s(.*?)\sendobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*?)\s*endstream", re.DOTALL)
_SHOWN = re.compile(rb"/(F\d+(?:\+\d+)?) [\d.]+ Tf|\(((?:\\.|[^\\()])*)\) Tj|(T\*|ET)", re.DOTALL)
_ESCAPED = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)


def text_of(pdf: bytes) -> str:
    """The text of all pages, a line a line or a cell."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    fonts = {
        name.decode(): _signs(objects, objects[int(number)])
        for body in objects.values()
        for name, number in re.findall(rb"/(F\d+(?:\+\d+)?) (\d+) 0 R", body)
    }
    return "\n".join(_text(page, fonts) for page in drawn(pdf))


def drawn(pdf: bytes) -> list[bytes]:
    """What draws each page that has text, in PDF's own words."""
    bodies = [body for _number, body in _OBJECT.findall(pdf) if b"stream" in body]
    return [page for page in map(_stream, bodies) if b" Tj" in page]


def _stream(body: bytes) -> bytes:
    found = _STREAM.search(body)
    assert found is not None
    data = found[1]
    if b"/ASCII85Decode" in body:
        data = base64.a85decode(data.strip().removesuffix(b"~>"))
    return zlib.decompressobj().decompress(data) if b"/FlateDecode" in body else data


def _signs(objects: dict[int, bytes], font: bytes) -> dict[int, str]:
    """The sign that each byte stands for in a font; none where it is one of the reader's own."""
    map_of = re.search(rb"/ToUnicode (\d+) 0 R", font)
    if map_of is None:
        return {}
    pairs = re.findall(rb"<([0-9A-Fa-f]{2})> <([0-9A-Fa-f]{4,})>", _stream(objects[int(map_of[1])]))
    return {int(code, 16): bytes.fromhex(sign.decode()).decode("utf-16-be") for code, sign in pairs}


def _text(page: bytes, fonts: dict[str, dict[int, str]]) -> str:
    said, signs = "", dict[int, str]()
    for font, shown, line_end in _SHOWN.findall(page):
        if font:
            signs = fonts.get(font.decode(), {})
        elif line_end:
            said += "\n"
        else:
            said += "".join(signs.get(code, chr(code)) for code in _ESCAPED.sub(_byte, shown))
    return said


def _byte(found: re.Match[bytes]) -> bytes:
    escaped = found[1]
    if escaped.isdigit():
        return bytes([int(escaped, 8)])
    return {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}.get(escaped, escaped)
