"""The many ways in which people and programs write a moment, turned into the one that `values.moments` reads.

What cannot be doubted alone is turned: weekdays go, words between day and hour go, `00h12` and `12.12.00` become hours
with colons, compact and month-first dates are set in order, names of zones become offsets.
"""

import pyarrow as pa
import pyarrow.compute as pc

from core.sources.values.months import in_figures, of_weeks

_DAY = r"(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}(?:er)?[-/ .][A-Za-zÀ-ÿ]{3,9}\.?[-/ .](?:\d{4}|\d{2}))"
_COMPACT = r"^((?:19|20|21)\d{2})([01]\d)([0-3]\d)"
_OFFSET = r"(?: ?(?:Z|[A-Za-zÀ-ÿ]{3,4}|(?:UTC|GMT)? ?[+-]\d{1,2}(?::?\d{2})?))?"
_HOURS = r" ?h(?:eures?|rs?)? ?"

_RULES = (
    (r"\[[A-Za-z_]+(?:/[A-Za-z_]+)*\]$", ""),
    (r"([+-]\d{2}:?\d{2}) \([A-Za-zÀ-ÿ' ]+\)$", r"\1"),
    (r"(?i)([ap])\.m\.", r"\1m"),
    (r"(?i)^le ", ""),
    # Fri Nov 20 00:12:00 CET 2026
    (
        r"(?i)^(?:[A-Za-zÀ-ÿ]{3,9}\.?,? )?([A-Za-zÀ-ÿ]{3,9})\.? (\d{1,2}) "
        r"(\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: [ap]m)?)((?: (?:[A-Za-zÀ-ÿ]{3,5}|[+-]\d{2}:?\d{2}))?) (\d{4})$",
        r"\2 \1 \5 \3\4",
    ),
    # November 20, 2026 00:12
    (
        r"(?i)^(?:[A-Za-zÀ-ÿ]{3,9}\.?,? )?([A-Za-zÀ-ÿ]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})(|[ ,T].*)$",
        r"\2 \1 \3\4",
    ),
    (
        r"(?i)^(?:lun|mar|mer|jeu|ven|sam|dim|mon|tue|wed|thu|fri|sat|sun)[A-Za-zÀ-ÿ]*\.?,? (?:the |le )?(\d.*)$",
        r"\1",
    ),
    (r"^(\d{4})[-/ ]([A-Za-zÀ-ÿ]{3,9})\.?[-/ ](\d{1,2})(|[ ,T].*)$", r"\3 \2 \1\4"),
    # 20NOV2026:00:12:00
    (r"^(\d{1,2})([A-Za-zÀ-ÿ]{3,4})(\d{4})(?:[: ](.*))?$", r"\1 \2 \3 \4"),
    (
        rf"(?i)^(\d{{1,2}}(?::|{_HOURS})\d{{2}}(?::\d{{2}})?(?: ?[ap]m)?),?(?: le| on)? {_DAY}$",
        r"\2 \1",
    ),
    (rf"(?i)^{_DAY}(?:,| à| a| at| -|T|[-_:]) ?(\d.*)$", r"\1 \2"),
    (rf"(?i)([ T]\d{{1,2}}){_HOURS}(\d{{2}}) ?(?:m|mn|min|:|') ?(\d{{2}}) ?(?:s|sec)?(.*)$", r"\1:\2:\3\4"),
    (rf"(?i)([ T]\d{{1,2}}){_HOURS}(\d{{2}})(?: ?(?:m|mn|min))?(| .*)$", r"\1:\2\3"),
    (r"(?i)([ T]\d{1,2}) ?h(?:eures?)?$", r"\1:00"),
    (r"([ T]\d{1,2})\.(\d{2})\.(\d{2})(.*)$", r"\1:\2:\3\4"),
    (r"(?i)( \d{1,2})\.(\d{2})((?: ?[ap]m)?)$", r"\1:\2\3"),
    (_COMPACT + rf"[T _-]?([0-2]\d)([0-5]\d)([0-5]\d)[.,]?(\d{{1,9}})({_OFFSET})$", r"\1-\2-\3 \4:\5:\6.\7\8"),
    (_COMPACT + rf"[T _-]?([0-2]\d)([0-5]\d)([0-5]\d)({_OFFSET})$", r"\1-\2-\3 \4:\5:\6\7"),
    (_COMPACT + rf"[T _-]?([0-2]\d)([0-5]\d)({_OFFSET})$", r"\1-\2-\3 \4:\5\6"),
    (_COMPACT + r"[T _-](\d{1,2}:.*)$", r"\1-\2-\3 \4"),
    (_COMPACT + "$", r"\1-\2-\3"),
    (r"(?i) ?\((UTC|GMT|CES?T|Z)\)$", r" \1"),
    (r"(?i) ?(?:UTC|GMT) ?([+-]\d{2}(?::?\d{2})?)$", r" \1"),
    (r"(?i) ?(?:UTC|GMT) ?([+-])(\d)$", r" \10\2:00"),
    *(
        (rf"(?i)(\d(?: ?[ap]m)?) ?(?:{names})$", rf"\1 {offset}")
        for names, offset in (
            ("CET|MET|HNEC", "+01:00"),
            ("CEST|MEST|HAEC", "+02:00"),
            ("GMT|WET", "+00:00"),
            ("WEST|BST", "+01:00"),
            ("EET", "+02:00"),
            ("EEST", "+03:00"),
            ("EST", "-05:00"),
            ("EDT", "-04:00"),
            ("PST", "-08:00"),
            ("PDT", "-07:00"),
        )
    ),
)
"""What is written → how it is written here, in the order in which it is tried."""


def in_order(text: pa.Array) -> pa.Array:
    """Trimmed texts, those that are a moment in another spelling turned; others as they are, or as far as they go."""
    for pattern, written in _RULES:
        text = pc.replace_substring_regex(text, pattern, written)
    return of_weeks(in_figures(pc.utf8_trim(text, " ")))
