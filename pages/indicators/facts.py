"""What indicators said: every look at every period is kept, so that it can be seen how a month went on changing."""

from typing import Literal

from core.facts.tables import DAY, INTEGER, MOMENT, NUMBER, TEXT, Column, FactTable

REBUILT: Literal["rebuilt"] = "rebuilt"
"""The origin of looks as of days gone by, which were never seen then."""

INDICATOR_VALUES = FactTable(
    name="indicator_values",
    columns=(
        Column("source", TEXT, "who took the look: the calendar, or the story of the demo", required=True),
        Column("indicator", TEXT, "name of the indicator", required=True),
        Column("version", INTEGER, "version of its definition", required=True),
        Column("definition", TEXT, "digest of what that version says", required=True),
        Column("period", DAY, "first day of the month that the value is about", required=True),
        Column("slice", TEXT, "values of its dimensions as `name=value;…`, in the order of names; may be empty text"),
        Column("squad", TEXT, "squad that the value belongs to; *: counted over all squads' rows"),
        Column("seen_on", DAY, "day of the look, on the screens' clock", required=True),
        Column("take", INTEGER, "1, or more where the same day was looked at again with a reason", required=True),
        Column("seen_at", MOMENT, "moment of the look", required=True),
        Column("value", NUMBER, "the value; null where it is a ratio over nothing"),
        Column("numerator", NUMBER, "of a ratio"),
        Column("denominator", NUMBER, "of a ratio"),
        Column("origin", TEXT, "scheduled, late, again; rebuilt: worked out later, as of a day gone by", True),
        Column("reason", TEXT, "why the same day was looked at again, or the past rebuilt"),
    ),
    key=("indicator", "version", "period", "slice", "seen_on", "take"),
    time="seen_at",
    squad="squad",
)
