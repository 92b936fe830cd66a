"""What the words of a cell answer before any list is asked: that nobody has answered yet, no, or neither.

People say no in many ways ("Non concerné", "Aucun transfert hors UE à ce jour", "N/A (aucune collecte)"). A no is never
a yes: where it is not sure what is denied, `answer` says that it is to be asked. A name that only begins like a no
("Non-salariés", "Sans Souci SAS") is a value.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from core.records.records import fold
from core.sources.mapping import plain


class Says(StrEnum):
    """What words say of a question."""

    NOTHING = "nothing"
    """Nobody has answered it yet."""
    NO = "no"
    DOUBT = "doubt"
    """They deny something, perhaps not what was asked."""
    VALUE = "value"


@dataclass(frozen=True)
class Said:
    """What words say, and the words behind a no, as a reason in brackets."""

    says: Says
    rest: str = ""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


DASHES = frozenset({"-", "–", "—", "?", "…", "...", "/", "--", "---", "??", "???", "."})
"""Signs for a cell that nobody has filled."""
_PAST = r"(?:e?e?s?)"
_LATER = r"(?: (?:avec|par|ulterieurement|plus tard|prochainement|lors|with|by|later)\b.{0,60})?"
_OPEN = re.compile(
    rf"(?:reste )?a (?:definir|completer|preciser|determiner|renseigner|remplir|confirmer|verifier|valider|venir|voir)"
    rf"{_LATER}"
    rf"|(?:non|pas|pas encore|not yet|not) (?:renseign|defin|precis|determin|communiqu|conn|complet|rempl|fourn|saisi"
    rf"|specif|provid|know|fill|set)(?:e|i|u|ie|ue|ed|n|y)?{_PAST}"
    rf"|inconnue?s?|unknown|undefined|unspecified|pending|to ?do|en attente|en cours(?: de .{{1,30}}| d .{{1,30}})?"
    rf"|to be (?:defined|completed|confirmed|determined|specified|filled|decided)(?: in)?{_LATER}"
    rf"|ne sais? pas|je ne sais pas|tb[dca]|n ?[cr]|nsp|x{{3,}}|vide|empty|null|nan"
)
_NO = _set(
    "non no aucun aucune aucuns aucunes neant none na sansobjet so rien ras rienasignaler notapplicable false faux nil "
    "nul nulle nothing jamais never personne nobody sans absence n 0"
)
_EMPTY_SET = frozenset("Øø∅")
_LONGEST = 100
"""Characters of a cell that only says how far its answer has come."""
_ABBREVIATED = re.compile(r"(?:n[./]a|s[./]o|r\.a\.s)\.?(?![a-z0-9])")
_DENIES = re.compile(
    r"ne s applique pas|does not apply"
    r"|(?:non|pas|not) (?:concern|applicab|collect|trait|utilis|requi|prevu|pertinent|necess|effectu|transfer|communiqu"
    r"|present|exige|soumis|processed|used|relevant|need|shared|partag|diffus|exist|realis|identifi)\w*"
)
"""Words that deny whatever was asked."""
_BEGINS = re.compile(
    r"(?:aucune?s?|neant|none|pas d|pas de|pas|absence d|absence de|il n y a (?:pas|aucune?)|sans|no|non|not|nul|"
    r"nulle)\b"
)
"""How a no begins that says what it denies."""
_DOUBTFUL = re.compile(
    r"(?:aucune?s?|neant|none|pas d|pas de|absence d|absence de)\b|.*\b(?:ne|n)\b.{1,60}\b(?:pas|aucune?s?|jamais)\b"
    r"|.*\b(?:do|does|is|are|will) not\b|.*\bno longer\b"
    r"|(?:interdit|exclu|proscrit|absent)(?:e?s?)\b|hors (?:perimetre|champ|sujet|scope)\b|out of scope\b"
    r"|(?:non|no) (?:sauf|hormis|excepte|mais|except|but|unless)\b|(?:pas|not) (?:a|to) (?:ma|notre|my|our)\b"
    r"|(?:[a-z]+ ){1,3}(?:non|no|pas)$|non significati|(?:personne|nobody) (?:d autre|hors|en dehors|else|other)\b"
)
"""Words that deny something, even where they say more."""
_WORD = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_EXCEPT = re.compile(r"\b(?:sauf|hormis|excepte|exception|mais|uniquement|seulement|except|but|unless|only)\b")
_END = re.compile(r"\s[-–—]\s|[:;,(\[\n]|\.(?=\s|$)|[–—]")
"""Where a no ends and its reason begins."""
_TICKED, _UNTICKED = r"[☒☑✓✔✗✘■⊠●◉]|\[[xX✓]\]|\([xX✓]\)", r"[☐□▢⬜○]|\[ ?\]|\( \)"
_BOX = re.compile(rf"({_TICKED})|{_UNTICKED}")
_TICK = re.compile(_TICKED)
_VAGUE = re.compile(
    r"(?:cf|confer|se (?:reporter|referer)) .{1,60}|idem|dito|ditto|ibid(?:em)?"
    r"|(?:voir|see|refer to) (?:.{1,20} )?(?:annex|append|attach|fich|onglet|sheet|tab|document|below|above|ci"
    r"|infra|supra|detail|politique|policy|pssi|referentiel|commentaire|comment|note|remarque|page|colonne|ligne)\w*.{0,40}"
    r"|(?:parfois|eventuel|potentiel|possible|exceptionnel|occasionnel)(?:le)?(?:ment)?|variable|au cas par cas"
    r"|selon (?:les? )?(?:cas|besoins?|dossiers?|situations?)|le cas echeant|peut etre|a la marge|ca depend|depends"
    r"|pas (?:systematique(?:ment)?|toujours)|maybe|possibly|sometimes|if (?:applicable|needed)"
    r"|si (?:besoin|necessaire|applicable)"
)
"""Words that point elsewhere (`voir annexe`), or say that it depends."""
_DITTO = frozenset({'"', "''", '""', "\u2033", "\u3003", "\u201d", "\u00bb", '-"-', "-''-"})
_BRACKET = re.compile(r"\([^()]*\)\s*$")
_DONE = (
    r"(?:(?:tout|tous|toutes?|all|everything|est|sont|is|are|uniquement|exclusivement|entierement|only|entirely) )*"
    r"(?:(?:ger|trait|realis|assur|fait|effectu|heberg|develop|execut|oper|intern|gest|product|stock|handl|manag|done|"
    r"made|process|run|host|pris en charg)\w* )?"
    r"(?:(?:uniquement|exclusivement|entierement|directement|only|entirely) )*"
)
_HOUSE = (
    r"(?:equipes?|services?|personnels?|agents?|collaborateurs?|salaries?|gestionnaires?|moyens|ressources|soins|teams?"
    r"|staff|people)"
)
_IN_HOUSE = re.compile(
    rf"{_DONE}(?:en )?(?:internes?|internalise\w*|internally|in ?house|maison)"
    rf"|{_DONE}(?:par |by )?(?:nos|notre|our)(?: propres| own)? {_HOUSE}(?: internes?)?"
    rf"|{_DONE}(?:par )?(?:les? |l )?{_HOUSE} (?:internes?|propres)"
    rf"|{_DONE}(?:par |by )(?:la |le |the |our |notre )?(?:dsi|direction|drh|siege|service informatique|it department)"
    r"|(?:non|pas|not) (?:externalis|sous trait|outsourc)\w*"
)
"""Words that say that nobody else is asked: `Gestion interne`, `géré par nos équipes`."""
_BOTH = re.compile(r"(?i)(?:oui\s*/\s*non|o\s*/\s*n|yes\s*/\s*no)\b\s*[ :=?-]*")
"""A form's own words for both answers."""
_FILLING = _set(
    """
    a ce jour au aux actuellement pour le la les l moment instant dans cadre du de des d en et ou un une est sont n ne y
    pas traitement traite traitee traites traitees collecte collectee collectes collectees prevu prevue prevus prevues
    effectue effectuee effectues effectuees identifie identifiee identifies realise realisee utilise utilisee necessaire
    concerne concernee concernees concernes hors ue union europeenne europe eee vers pays tiers etranger international
    internationaux dehors sens article rgpd particuliere particulieres
    currently at this time to date in the of any is are no not none outside eu eea european country countries third
    abroad processed collected planned made identified used applicable
    """
)
"""Words that change nothing of what a no denies."""
_DATA = _set("donnee donnees caractere personnel personnelles data personal")
"""Words for what every question is about, beside its own words."""


def is_open(text: str) -> bool:
    """Whether a text says that nobody has answered yet: `À définir`, `Non renseigné`, `TBD`, a dash."""
    text = text.strip()
    if len(text) > _LONGEST:
        return False
    return text in DASHES or bool(_OPEN.fullmatch(" ".join(re.findall(r"[a-z0-9]+", fold(text)))))


def is_vague(text: str) -> bool:
    """Whether a text points elsewhere, or says that it depends, and nothing else: `voir annexe`, `Parfois`."""
    return len(text) <= _LONGEST and bool(_VAGUE.fullmatch(" ".join(_WORD.findall(fold(text)))))


def is_put_off(text: str) -> bool:
    """Whether a text is vague, whatever it adds in brackets, or a sign that repeats the cell above: `Possible (support
    24/7)`, `″`."""
    return text.strip() in _DITTO or is_vague(_BRACKET.sub("", text))


def is_in_house(text: str) -> bool:
    """Whether a text says that a thing is done in the house, and names nobody: `En interne`, `Par nos équipes`."""
    return len(text) <= _LONGEST and bool(_IN_HOUSE.fullmatch(" ".join(re.findall(r"[a-z0-9]+", fold(text)))))


def is_ticked(text: str) -> bool:
    """Whether a text is but a tick: `☒`, `✓`, `[x]`."""
    return bool(_TICK.fullmatch(text.strip()))


def repeats(text: str, subject: frozenset[str]) -> bool:
    """Whether a text says no more than its question does: `Hors UE` below transfers outside the Union."""
    words = _WORD.findall(fold(text))
    named = any(_stem(word) in subject or word in ("hors", "outside") for word in words)
    return named and all(word in _FILLING or _stem(word) in subject for word in words)


def is_no(text: str) -> bool:
    """Whether a text is a bare no."""
    return plain(text) in _NO or text.strip() in _EMPTY_SET


def chosen(text: str) -> tuple[str, bool]:
    """What is chosen where a cell holds a form's own choices, and whether the others are but yes and no: `☐ Oui ☒ Non`,
    `Oui [ ] Non [x]`, `Oui/Non : non`. Nothing where no box is ticked. Another text is as it is: a tick without an
    empty box beside it is a bullet, or a yes, and hollow circles alone are bullets."""
    if both := _BOTH.match(text):
        return text[both.end() :], True
    boxes = list(_BOX.finditer(text))
    if all(box[1] for box in boxes) or {box[0] for box in boxes} == {"○"}:
        return text, True
    ends = [*(box.start() for box in boxes), len(text)]
    words = [text[: ends[0]], *(text[box.end() : end] for box, end in zip(boxes, ends[1:], strict=True))]
    words = [word.strip(" \u00a0\t\n:,;/") for word in words]
    beside = words[:-1] if words[0] else words[1:]
    ticked = "; ".join(word for box, word in zip(boxes, beside, strict=True) if box[1] and word)
    return ticked, {plain(word) for word in words if word} <= {"oui", "non", "yes", "no"}


def answer(text: str, subject: frozenset[str] = frozenset()) -> Said:
    """What a text says of a question. `subject`: the words of the question, as `subject_of` gives them."""
    text = text.strip()
    if is_open(text):
        return Said(Says.NOTHING)
    head, rest = _parted(text)
    words = _WORD.findall(fold(head))
    named = next((at for at, word in enumerate(words) if _stem(word) not in subject), len(words))
    if rest and words and named == len(words):
        return answer(rest, subject)  # the question itself stands before: `Transferts : non`
    text_words = " ".join(words)
    if is_no(head) or _denies(words, text_words, subject) or _DENIES.fullmatch(" ".join(words[named:])):
        if _EXCEPT.search(fold(text)):
            return Said(Says.DOUBT)
        return Said(Says.NO, rest)
    names_it = any(_stem(word) in subject for word in words)
    denied = any(no in ("non", "pas", "not") and _stem(word) in subject for no, word in pairwise(words))
    doubtful = (
        denied or _DOUBTFUL.match(text_words) or _DENIES.match(text_words) or (_BEGINS.match(text_words) and names_it)
    )
    behind = _WORD.findall(fold(rest))
    if doubtful or (any(_stem(word) in subject for word in behind) and _denies(behind, " ".join(behind), subject)):
        return Said(Says.DOUBT)
    return Said(Says.VALUE)


def _parted(text: str) -> tuple[str, str]:
    """What a text says first, and what stands behind a dash, a colon or in brackets."""
    short = _ABBREVIATED.match(fold(text))
    if short:
        head, rest = text[: short.end()], text[short.end() :]
    else:
        end = _END.search(text)
        head, rest = (text[: end.start()], text[end.start() :]) if end else (text, "")
    rest = rest.strip(" \u00a0\t\n-–—:;,.")
    if rest.startswith(("(", "[")) and rest.endswith((")", "]")):
        rest = rest[1:-1].strip()
    return head.strip(), rest


def _denies(words: list[str], text: str, subject: frozenset[str]) -> bool:
    """Whether words deny what was asked, and nothing else."""
    denial = _DENIES.match(text) or _BEGINS.match(text) or _DOUBTFUL.match(text)
    if not denial:
        return False
    behind = words if denial.re is _DOUBTFUL else text[denial.end() :].split()
    if not behind and denial.re is not _DENIES:
        return False  # a bare no is asked for by itself
    named = denial.re is not _DOUBTFUL and any(_stem(word) in subject for word in behind)
    return all(word in _FILLING or _stem(word) in subject or (named and word in _DATA) for word in behind)


@lru_cache(maxsize=512)
def subject_of(*texts: str) -> frozenset[str]:
    """The words of questions, as a no names them."""
    return frozenset(_stem(word) for text in texts for word in _WORD.findall(fold(text)) if word not in _FILLING)


def _stem(word: str) -> str:
    return word.rstrip("es") if len(word) > 3 else word
