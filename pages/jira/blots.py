"""Names blotted out of texts: pure, and as quick with thousands of names as with one.

A text's words are looked up among the first words of the names, so its cost does not grow with their number. Case,
accents and what stands between two words of a name do not count: `Ann Bell`, `bell_ann`, `ANN.BELL`, `annbell`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
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
_SEVERAL = re.compile(r"[,;]")
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
        folded = self[code] = plain if plain.isalnum() or not chr(code).isalnum() else chr(code)
        return folded


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
        self._ways = {first: (sorted(set(map(len, rests)), reverse=True), rests) for first, rests in ways.items()}

    def texts(self, texts: Sequence[str | None]) -> list[str | None]:
        """Some texts without names."""
        folded = fold(_BETWEEN.join(text or "" for text in texts)).split(_BETWEEN)
        if len(folded) != len(texts):  # one of them holds what stands between them
            return [text and self.text(text) for text in texts]
        pairs = zip(texts, folded, strict=True)
        return [text and (self.text(text) if _addressed(low) else self._without(text, low)) for text, low in pairs]

    def text(self, text: str) -> str:
        """A text without names."""
        if _addressed(text):
            text = _ADDRESSES.sub(BLOT, text)
        return self._without(text, fold(text))

    def _without(self, text: str, folded: str) -> str:
        """A text without the names that stand in it as it is folded."""
        words, ways = _WORDS.findall(folded), self._ways
        if ways.keys().isdisjoint(words):
            return text
        parts, kept, next_, end = [], 0, 0, 0
        for place, word in enumerate(words):
            begin = folded.index(word, end)  # nothing but what parts words stands before it
            end = begin + len(word)
            if word in ways and place >= next_ and (named := self._named(folded, words, place, end)):
                parts += [text[kept:begin], BLOT]
                next_, kept = named
        return "".join([*parts, text[kept:]])

    def _named(self, folded: str, words: list[str], place: int, end: int) -> tuple[int, int] | None:
        """The place after the last word of the name that begins with a word, which ends at `end`, and where that one
        ends; None where it begins none."""
        lengths, rests = self._ways[words[place]]
        for length in lengths:
            rest = tuple(words[place + 1 : place + 1 + length])
            if rest not in rests:
                continue
            ends = end
            for word in rest:
                begin = folded.index(word, ends)
                if begin - ends > APART:
                    break
                ends = begin + len(word)
            else:
                return place + 1 + len(rest), ends
        return None


def _addressed(text: str) -> bool:
    """Whether a text may hold a mail address or a mention: none does without."""
    return "@" in text or "[~" in text


def _said(name: str) -> Iterator[tuple[str, ...]]:
    """A name's words, folded: all of them, and without what stands beside them; of several people in one cell those of
    each."""
    folded = fold(name)
    several = _SEVERAL.split(folded)
    if len(several) > 1 and all(len(_WORDS.findall(name)) > 1 for name in several):
        for each in several:
            yield from _said(each)
    if "@" in folded:  # of a mail address, what names its person
        folded, _at, _host = folded.partition("@")
        if len(_WORDS.findall(folded)) == 1:
            return
    beside = _BESIDE.search(folded)
    for written in (folded, folded[: beside.start()]) if beside else (folded,):
        words = tuple(_WORDS.findall(written)[:LONGEST])
        if sum(map(len, words)) > SHORTEST and not (len(words) == 1 and words[0].isdigit()):
            yield words


def _add(ways: dict[str, set[tuple[str, ...]]], words: tuple[str, ...]) -> None:
    """Add how some words may be written: turned round, and in one word."""
    for start in range(len(words)):
        turned = words[start:] + words[:start]
        ways.setdefault(turned[0], set()).add(turned[1:])
        ways.setdefault("".join(turned), set()).add(())
