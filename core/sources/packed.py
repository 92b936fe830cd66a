"""Unpacking what others packed, piece by piece: what a ZIP says of itself is no proof."""

from collections.abc import Iterator
from zipfile import ZipFile

from core.sources import limits
from core.sources.formats.child import TooLarge


def pieces(archive: ZipFile, size: int) -> Iterator[tuple[str, bytes]]:
    """Each part's name with its content, a megabyte at a time. `size`: of the packed file.

    Raises TooLarge where it unpacks to more than it may (`limits.unpacked`), and zipfile's errors.
    """
    members, left = archive.infolist(), limits.unpacked(size)
    if len(members) > limits.MOST_PARTS or sum(member.file_size for member in members) > left:
        raise TooLarge
    for member in members:
        with archive.open(member) as part:
            while piece := part.read(limits.MB):
                left -= len(piece)
                if left < 0:
                    raise TooLarge
                yield member.filename, piece
