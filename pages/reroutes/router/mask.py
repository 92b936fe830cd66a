"""Personal data in mails, masked before anything leaves: what is found by its form alone.

Addresses of mail and of the post, telephone numbers, IBANs, social security and card numbers, vehicle plates, dates of
birth that say so; names where something tells that they are one: before an address, in the head of a quoted mail, after
a title, below a greeting. A name in the middle of a sentence has no form: it stays. Masked mails are still personal
data and are to be kept as such.
"""

import re

_UP = "A-ZÀ-ÖØ-Þ"
_PARTICLE = (
    r"(?:(?:de|du|des|la|le|les|van|von|el|ben|DE|DU|DES|LA|LE|LES|VAN|VON|EL|BEN|De|Du|Le|La)[ \u00a0]|[dDlL]['’])"
)
_NAME = rf"{_PARTICLE}{{0,3}}[{_UP}][\w'’-]+(?:[ \u00a0]{_PARTICLE}{{0,3}}[{_UP}][\w'’-]*\.?){{0,3}}"
_NO_NAME = (
    "et|ou|la|le|les|l|de|du|des|d|je|j|vous|nous|il|elle|on|qui|que|a|est|à|au|aux|en|dans|pour|par|sur|avec|votre|"
    "notre|mon|ma|mes|ce|cette|bonjour|bonsoir|merci|monsieur|madame|mademoiselle|messieurs|mesdames|mr|mme"
)
_TITLE = r"(?:monsieur|madame|mademoiselle|ma[îi]tre|docteur|mr|mme|mlle|dr)"
_MONTH = (
    r"(?:janv(?:ier|\.)?|f[ée]v(?:rier|r?\.?)|mars|avr(?:il|\.)?|mai|juin|juil(?:let|\.)?|ao[ûu]t|sept(?:embre|\.)?|"
    r"oct(?:obre|\.)?|nov(?:embre|\.)?|d[ée]c(?:embre|\.)?)"
)
_DATE = (
    rf"(?:\d{{1,2}}(?:er)?[ \u00a0]+{_MONTH}[ \u00a0]+\d{{2,4}}|\d{{1,2}}[/. -]\d{{1,2}}[/. -]\d{{2,4}}|"
    r"\d{4}-\d{1,2}-\d{1,2})"
)
_WAY = (
    r"(?:rue|avenue|av|boulevard|bld|bd|chemin|ch|route|rte|impasse|imp|all[ée]es?|place|pl|quai|cours|square|"
    r"lotissement|lot|r[ée]sidence|hameau|passage|sentier|voie|faubourg|fg|esplanade|rond-point|cit[ée]|ruelle|mont[ée]e|"
    r"promenade|chauss[ée]e|venelle|lieu[- ]dit)\b\.?"
)
_STREET = r"(?:[ \u00a0]+(?:de|du|des|la|le|les|aux?|et)\b|[ \u00a0]+[dl]['’])*[ \u00a0]*[\w'’-]+"
_MORE = rf"(?:[ \u00a0]+(?:(?:de|du|des|la|le|les)[ \u00a0]+|[dl]['’])*[{_UP}\d][\w'’-]*)*"
_TOWN = (
    rf"(?:F-)?\d{{5}}[ \u00a0]+[{_UP}][\w'’-]+"
    rf"(?:[ \u00a0-](?:(?:sur|en|les?|la|de|sous)[ -])?[{_UP}][\w'’-]+)*(?:[ \u00a0]+\d{{1,2}})?"
)

_RULES: tuple[tuple[str, str], ...] = (
    ("[MAIL]", r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+"),
    ("[URL]", r"https?://\S+"),
    ("[IBAN]", r"\b[A-Z]{2}\d{2}(?:[ \u00a0]?[A-Z0-9]{4}){3,7}(?:[ \u00a0]?[A-Z0-9]{1,3})?\b"),
    (
        "[NIR]",
        r"\b[12][ .]?\d{2}[ .]?(?:0[1-9]|1[0-2]|20|3\d|4[0-2])[ .]?\d[\dAB][ .]?\d{3}[ .]?\d{3}"
        r"(?:[ .]?\d{2})?\b(?!\.\d)",
    ),
    ("[CARTE]", r"\b(?:\d{4}[ -]?){3}\d{4}\b"),
    ("[TEL]", r"(?<!\d)(?:\+33|0033|0)[ .]?(?:\(0\))?[ .]?[1-9](?:[ .\-]?\d{2}){4}(?!\d)"),
    (r"\1[NAISSANCE]", rf"(?i)(\bn[ée](?:\(e\)|e)?[ \u00a0]+(?:le[ \u00a0]+)?){_DATE}"),
    (
        r"\1[NAISSANCE]",
        rf"(?i)(\b(?:date[ \u00a0]+de[ \u00a0]+naissance|ddn|naissance)[ \u00a0]*:?[ \u00a0]*(?:le[ ])?){_DATE}",
    ),
    ("[PLAQUE]", r"\b[A-HJ-NP-TV-Z]{2}[ \u00a0-]?\d{3}[ \u00a0-]?[A-HJ-NP-TV-Z]{2}\b"),
    ("[PLAQUE]", r"\b[a-hj-np-tv-z]{2}-?\d{3}-?[a-hj-np-tv-z]{2}\b"),
    (
        "[PLAQUE]",
        r"\b\d{1,4}[ -](?!(?:JAN|FEV|MAR|AVR|SEP|DEC|EUR)\b)[A-HJ-NP-TV-Z]{2,3}[ -](?:\d{2}|2[AB]|97\d)\b(?![.,]\d)",
    ),
    (
        "[ADRESSE]",
        rf"(?i:\b\d{{1,4}}[ \u00a0]*(?:bis|ter|quater|[a-d]\b)?,?[ \u00a0]*{_WAY}{_STREET}){_MORE}(?:[,\s]+{_TOWN})?",
    ),
    (
        r"\1[ADRESSE]",
        rf"(?m)(^[ \t>]*|[,;][ \u00a0]*){_TOWN}(?=[ \u00a0]*(?:$|[,;.]))",
    ),
    # Heads of quoted mails, and names before an address or before what they wrote.
    (
        r"\1[NOM] \2",
        r"(?im)^([ \t>*]*(?:de|from|[àa]|to|cci?|exp[ée]diteur|destinataires?)[ \u00a0]?:[ \u00a0*]*)"
        r"(?!\[MAIL\]|\[NOM\]|<)[^\n<\[]*[^\n<\[\s][ \u00a0]*(?=<|\[(?:mailto:)?\[?MAIL|$)()",
    ),
    (
        r"\1[NOM] ",
        r"((?:^|>[ \u00a0]*[,;])[ \u00a0]*)[\"']?[^\W\d_][^\n<>:;@]{0,60}?[\"']?[ \u00a0]*"
        r"(?=<\[MAIL\]>(?:$|[ \u00a0]*[,;]))",
    ),
    (r"[NOM] ", rf"{_NAME}(?:,[ \u00a0]*{_NAME})?[ \u00a0]*(?=[<\[(]+(?:mailto:)?\[MAIL\])"),
    (
        r"[NOM]\1",
        rf"{_NAME}(?:[ \u00a0]*,[ \u00a0]*{_NAME})?([ \u00a0]*(?:[<(]\[MAIL\][>)])?[ \u00a0]*(?:a écrit|wrote)\b)",
    ),
    (r"\1[NOM]", rf"\b((?i:{_TITLE})[ \u00a0]+|(?:M|m)\.[ \u00a0]*|Me[ \u00a0]+){_NAME}"),
    (r"\1[NOM]", rf"(?i)\b({_TITLE}[ \u00a0]+)(?!(?:{_NO_NAME})\b)[^\W\d_][\w'’-]+"),
    (
        r"\1[NOM]",
        r"(?im)^([ \t>]*(?:(?:bien |très )?cordialement|sinc[èe]rement|salutations|cdt|bien à vous|respectueusement)"
        rf"[^\n]{{0,40}}\n\s*)(?-i:{_NAME})(?=[ \t]*$)",
    ),
)
_COMPILED = tuple((mark, re.compile(pattern)) for mark, pattern in _RULES)
LONGEST = 100_000
"""Signs of a mail that are read."""
_RUN, _BLANKS = re.compile(r"(\S{200})\S+"), re.compile(r"(\s{50})\s+")
_QUOTED = re.compile(
    r"(?im)^[ \t>*_-]*(?:"
    r"(?:de|from)[ \u00a0]?:[^\n]*\n(?:[^\n]*\n)?[ \t>*]*(?:envoy[ée]|sent|date|[àa]|to)[ \u00a0]?:"
    r"|-{2,}[ ]*(?:message d.origine|original message|message transf[ée]r[ée])"
    r"|le [^\n]{5,120}(?:\n[^\n]{0,80})? a écrit[ \u00a0]?:"
    r"|on [^\n]{5,120} wrote:"
    r"|_{10,}[ \t]*$"
    r")"
)


def calm(text: str) -> str:
    """A text without what no person writes: runs of signs or blanks without an end, which patterns would look through
    again from each of their places. Whoever can write a mail could so keep Vigie busy for hours."""
    return _RUN.sub(r"\1…", _BLANKS.sub(r"\1", text[:LONGEST]))


def masked(text: str | None) -> str | None:
    """The text with a mark in place of each piece of personal data that is known by its form."""
    if not text:
        return text
    text = calm(text)
    for mark, pattern in _COMPILED:
        text = pattern.sub(mark, text)
    return re.sub(r"\[NOM\] (?=\n|$)", "[NOM]", text)


def masked_sender(text: str | None) -> str | None:
    """The sender of a mail: nothing but marks. Whatever is no address there is a name."""
    if not text or not text.strip():
        return text
    marked = str(masked(text))
    if "[MAIL]" not in marked:
        return "[NOM]"
    return "[MAIL]" if marked.strip(" <>\"'") == "[MAIL]" else "[NOM] <[MAIL]>"


def own_words(text: str | None) -> str | None:
    """The text of a mail without the mails that it quotes below."""
    if not text:
        return text
    text = calm(text)
    quoted = _QUOTED.search(text)
    kept = text[: quoted.start()] if quoted else text
    lines = kept.rstrip().split("\n")
    while lines and lines[-1].lstrip().startswith(">"):
        lines.pop()
    return "\n".join(lines).rstrip()
