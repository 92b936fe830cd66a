"""Names blotted out of texts: pure, and as quick with thousands of names as with one.

A text's words are looked up among the first words of the names, so its cost does not grow with their number. Case,
accents and what stands between two words of a name do not count: `Ann Bell`, `bell_ann`, `ANN.BELL`, `annbell`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from unicodedata import normalize

BLOT = "•••"
SHORTEST = 2
"""Names of so few characters are left: they are in every other word."""
LONGEST = 20
"""Words of a name that count: nobody has more, and each more makes as many ways to write it."""
APART = 3
"""Characters at most between two words of a name."""
_WORDS = re.compile(r"[^\W_]+")
_BESIDE = re.compile(r"\s[-–—|/]\s|[(\[]")
"""What parts a name from what an account's name says beside it: `Bell Ann - Supplier`, `Ann Bell (EXT)`."""
_ADDRESSES = re.compile(
    r"\[~[^\]\s]*\]"  # a mention as Jira writes it
    r"|[^\s<>,;:()\[\]\"']{1,254}@[^\s<>,;:()\[\]\"'@]{1,253}\.\w{2,}"  # a mail address
    r"|(?<![\w.])@[^\W\d_][\w.-]*"  # a mention as people write it
)

_BETWEEN = "\x1e"


class _Folds(dict[int, str]):
    """Each character in lower case without its accent, one for one: places in a text stay what they are."""

    def __missing__(self, code: int) -> str:
        plain = normalize("NFKD", chr(code)).lower()[:1]
        found = self[code] = plain if plain.isalnum() or not chr(code).isalnum() else chr(code)
        return found


_FOLDS = _Folds()


def fold(text: str) -> str:
    """A text as names are looked for in it; as long as it was."""
    return text.lower() if text.isascii() else text.translate(_FOLDS)


class Blots:
    """Blots some names, every mail address and every mention out of texts.

    `alone`: names of one word, as accounts have, are blotted too, as whole words; else only those of several words.
    """

    def __init__(self, names: Iterable[str], *, alone: bool) -> None:
        ways: dict[str, set[tuple[str, ...]]] = {}
        for name in names:
            for words in _said(name):
                if len(words) > 1 or alone:
                    _add(ways, words)
        self._ways = {first: tuple(sorted(rest, key=len, reverse=True)) for first, rest in ways.items()}

    def texts(self, texts: Sequence[str | None]) -> list[str | None]:
        """Some texts without names."""
        folded = fold(_BETWEEN.join(text or "" for text in texts)).split(_BETWEEN)
        if len(folded) != len(texts):  # one of them holds what stands between them
            return [text and self.text(text) for text in texts]
        pairs = zip(texts, folded, strict=True)
        return [self.text(text) if text and self._may_name(low) else text for text, low in pairs]

    def _may_name(self, folded: str) -> bool:
        return "@" in folded or "[~" in folded or not self._ways.keys().isdisjoint(_WORDS.findall(folded))

    def text(self, text: str) -> str:
        """A text without names."""
        if "@" in text or "[~" in text:  # no address and no mention does without
            text = _ADDRESSES.sub(BLOT, text)
        words = [(found[0], found.start(), found.end()) for found in _WORDS.finditer(fold(text))]
        parts, kept, place = [], 0, 0
        while place < len(words):
            length = self._named(words, place) if words[place][0] in self._ways else 0
            if length:
                parts += [text[kept : words[place][1]], BLOT]
                kept = words[place + length - 1][2]
            place += length or 1
        return "".join([*parts, text[kept:]])

    def _named(self, words: list[tuple[str, int, int]], place: int) -> int:
        """How many words from a place on are a name; 0 where they are none."""
        for rest in self._ways.get(words[place][0], ()):
            following = words[place : place + 1 + len(rest)]
            if len(following) <= len(rest) or any(following[n][0] != word for n, word in enumerate(rest, start=1)):
                continue
            if all(one[1] - before[2] <= APART for before, one in pairwise(following)):
                return 1 + len(rest)
        return 0


def _said(name: str) -> Iterator[tuple[str, ...]]:
    """A name's words, folded: all of them, and without what stands beside them."""
    folded = fold(name)
    if "@" in folded:  # of a mail address, what names its person
        folded, _at, _host = folded.partition("@")
        if len(_WORDS.findall(folded)) == 1:
            return
    beside = _BESIDE.search(folded)
    for said in (folded, folded[: beside.start()]) if beside else (folded,):
        words = tuple(_WORDS.findall(said)[:LONGEST])
        if sum(map(len, words)) > SHORTEST and not (len(words) == 1 and words[0].isdigit()):
            yield words


def _add(ways: dict[str, set[tuple[str, ...]]], words: tuple[str, ...]) -> None:
    """Add how some words may be written: turned round, and in one word."""
    for start in range(len(words)):
        turned = words[start:] + words[:start]
        ways.setdefault(turned[0], set()).add(turned[1:])
        ways.setdefault("".join(turned), set()).add(())
