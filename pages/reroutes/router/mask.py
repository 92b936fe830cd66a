"""Personal data in mails, masked before anything leaves: what is found by its form alone.

Addresses, telephone numbers, IBANs, social security and card numbers, vehicle plates, dates of birth that say so, and
whoever greets or signs by a title. A name in the middle of a sentence has no form: it stays. Masked mails are still
personal data and are to be kept as such.
"""

import re

_RULES: tuple[tuple[str, str], ...] = (
    ("[MAIL]", r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    ("[URL]", r"https?://\S+"),
    ("[IBAN]", r"\b[A-Z]{2}\d{2}(?:[ \u00a0]?[A-Z0-9]{4}){3,7}(?:[ \u00a0]?[A-Z0-9]{1,3})?\b"),
    (
        "[NIR]",
        r"\b[12][ .]?\d{2}[ .]?(?:0[1-9]|1[0-2]|20|3\d|4[0-2])[ .]?\d[\dAB][ .]?\d{3}[ .]?\d{3}"
        r"(?:[ .]?\d{2})?\b(?!\.\d)",
    ),
    ("[CARTE]", r"\b(?:\d{4}[ -]?){3}\d{4}\b"),
    ("[TEL]", r"(?<!\d)(?:\+33|0033|0)[ .]?(?:\(0\))?[ .]?[1-9](?:[ .\-]?\d{2}){4}(?!\d)"),
    ("[PLAQUE]", r"\b[A-HJ-NP-TV-Z]{2}-\d{3}-[A-HJ-NP-TV-Z]{2}\b"),
    (r"\1[NAISSANCE]", r"(n[ée]e? le )\d{1,2}[/.]\d{1,2}[/.]\d{2,4}"),
    (
        r"\1[NOM]",
        r"\b((?:M\.|Mr|Mme|Mlle|Monsieur|Madame|Mademoiselle|Ma[îi]tre|Me|Dr|Docteur)[ \u00a0]+)"
        r"[A-ZÀ-Þ][\w'’-]+(?:[ \u00a0][A-ZÀ-Þ][\w'’-]+){0,2}",
    ),
)
_COMPILED = tuple((mark, re.compile(pattern)) for mark, pattern in _RULES)


def masked(text: str | None) -> str | None:
    """The text with a mark in place of each piece of personal data that is known by its form."""
    if not text:
        return text
    for mark, pattern in _COMPILED:
        text = pattern.sub(mark, text)
    return text
