"""Texts of errors: their kind, which is the same whatever they name, and what of them may be shown. Pure.

A kind is the scheduler's code and the text with what varies masked, in one order; so it does not hang on which texts
came before, and people can read it. Every pattern takes time that grows with the text alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

LONGEST = 4_000
"""Signs of a text that are looked at."""
COMPARED = 200
"""Signs of a kind: texts that differ beyond them are of one kind."""
BETWEEN = " · "
"""Stands between the code and the masked text of a kind."""
_QUOTED = "|".join(
    (r"(?<!\w)'[^'\n]{0,500}'(?!\w)", r'"[^"\n]{0,500}"', r"«[^»\n]{0,500}»", r"“[^”\n]{0,500}”", r"`[^`\n]{0,500}`")
)
"""Within quotes; an apostrophe between letters opens none."""
_WORD = r"[\w.@~+%=,-]{1,200}"
_DATE = r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_HOUR = r"\d{2}:\d{2}(?::\d{2})?"
_FRENCH_DATE = rf"\d{{1,2}}/\d{{1,2}}/\d{{2,4}}(?: {_HOUR})?"
_MASKS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(_QUOTED), "<…>"),
    (re.compile(r"\b[A-Za-z][A-Za-z0-9+.-]{1,15}://[^\s<>]{1,2000}"), "<url>"),
    (re.compile(rf"(?:\b[A-Za-z]:|(?<!\w))(?:[\\/]{_WORD})+[\\/]?"), "<path>"),
    (re.compile(r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b"), "<guid>"),
    (re.compile(r"\b(?:0x)?[0-9a-fA-F]{8,2000}\b(?!@|[.,]\d)"), "<hex>"),
    (re.compile(rf"\b(?:{_DATE}|{_FRENCH_DATE}|{_HOUR})\b"), "<time>"),
    (re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}"), "<mail>"),
    (re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b"), "<ip>"),
    (re.compile(r"\d+(?:[.,]\d+|[ \u00a0\u202f]\d{3}(?!\d))*"), "<n>"),
)  # fmt: skip
_NAMES = (
    r"(?:(?<![A-Za-z])(?:sig|pwd|key)|secret|token|password|passwd|mot de passe|mdp|api[_-]?key|account[_-]?key|"
    r"access[_-]?key|credentials?)"
)
_VALUE = r"(?:\\{0,4}\"[^\"\n]{0,2000}\"?|\\{0,4}'[^'\n]{0,2000}'?|[^\s;&,'\"<>]{1,2000})"
_SECRETS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?i)(authorization\\{0,4}[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?:[a-z]{1,20} )?)[^\s\"']{1,4000}"), r"\1…"),
    (re.compile(rf"(?i)({_NAMES}\\{{0,4}}[\"']?\s{{0,3}}[=:]\s{{0,3}}){_VALUE}"), r"\1…"),
    (re.compile(r"(?i)\b(bearer|basic)\s{1,3}[A-Za-z0-9._~+/=-]{8,4000}"), r"\1 …"),
    (re.compile(r"(://[^\s/:@]{1,200}:)[^\s/@]{1,200}@"), r"\1…@"),
)
_HIDDEN: tuple[tuple[re.Pattern[str], str], ...] = (
    *_SECRETS,
    (re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}"), "…@…"),
    (re.compile(r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b"), "…"),
    (re.compile(r"\b[0-9a-fA-F]{32,128}\b"), "…"),
)


def masked(text: str) -> str:
    """What varies from one occurrence to the next, masked: quoted strings, addresses, paths, ids, moments, people's
    addresses, machines, numbers, in this order; on one line. Secrets go before all of them: no kind holds one."""
    cut = text[:LONGEST]
    for pattern, mask in (*_SECRETS, *_MASKS):
        cut = pattern.sub(mask, cut)
    return " ".join(cut.split())


def kind(text: str | None, code: str | None) -> str:
    """The kind of an error: equal for errors of one code whose texts differ in what `masked` hides alone; "" where
    neither says anything. It holds no secret."""
    return BETWEEN.join(filter(None, (code, masked(text or ""))))[:COMPARED].rstrip()


@dataclass(frozen=True)
class Kinds:
    """What people decided of kinds: `names` of some, and `into` which other some were merged."""

    names: Mapping[str, str] = field(default_factory=dict)
    into: Mapping[str, str] = field(default_factory=dict)

    def of(self, kind: str) -> str:
        """The kind that a kind counts as: that into which it was merged, and so on."""
        passed = {kind}
        while (other := self.into.get(kind)) is not None and other not in passed:
            passed.add(other)
            kind = other
        return kind

    def words(self, kind: str) -> str:
        """The name of a kind, or of that which it counts as; else what it says: who reads it may not see the other."""
        return self.names.get(self.of(kind), kind)

    def is_of(self, kind: str, wanted: str) -> bool:
        """Whether a kind is the one asked for: by the whole of it, by its code, by that which it counts as, or by its
        name."""
        return wanted in (kind, kind.partition(BETWEEN)[0], self.of(kind), self.words(kind))

    @property
    def content(self) -> tuple[tuple[str, str], ...]:
        """What tells these decisions from others."""
        return (*sorted(self.names.items()), ("", ""), *sorted(self.into.items()))


def shown(text: str) -> str:
    """A text as people see it: without secrets, ids and people's addresses."""
    cut = text[:LONGEST] + ("…" if len(text) > LONGEST else "")
    for pattern, instead in _HIDDEN:
        cut = pattern.sub(instead, cut)
    return cut
