"""A lot of the migration, field by field: what it holds, what was expected and treated on each working day."""

from core.base.i18n import N_
from core.records.fields import (
    Amount,
    Answer,
    Code,
    Day,
    Kind,
    LongText,
    Name,
    Number,
    Part,
    Reference,
    Text,
    ask,
    form,
)

SECTIONS = {"identity": N_("Lot"), "scope": N_("Scope"), "days": N_("Day by day"), "follow_up": N_("Follow-up")}
TOTAL = "total"
"""In place of a weekday: what the team's workbook says that its days add up to."""


class Size(Part):
    """How many treatments the lot holds from a day on."""

    day: Day = ask(Kind.DAY, N_("From the day"), required=True, key=True)
    treatments: Amount = ask(Kind.AMOUNT, N_("Treatments in scope"), required=True)
    why: Text = ask(Kind.TEXT, N_("Why"), required=True)


class Worked(Part):
    """One working day, or the total that was written beside them."""

    week: Number = ask(Kind.NUMBER, N_("Week"), key=True, help=N_("As the plan counts its weeks: 1, 2, 3…"))
    weekday: Code = ask(Kind.CHOICE, N_("Day"), required=True, key=True, choices="migration_weekdays")
    expected: Amount = ask(Kind.AMOUNT, N_("To be treated"))
    treated: Amount = ask(Kind.AMOUNT, N_("Treated"))
    minutes: Amount = ask(Kind.AMOUNT, N_("Minutes spent"), help=N_("On all treatments of the day, as measured."))


class Lot(Part):
    """One lot."""

    name: Text = ask(Kind.TEXT, N_("Name of the lot"), starts="identity", required=True)
    ref: Reference = ask(Kind.TEXT, N_("Reference number"), help=N_("Given by Vigie when it is left empty; unique."))
    squad: Name = ask(Kind.TEXT, N_("Squad"), help=N_("Its people see the lot."))
    treatments: Answer[Text] = ask(
        Kind.LINKS, N_("Treatments of the register"), required=True, to="treatment", none=N_("No personal data")
    )
    check: Text = ask(
        Kind.TEXT,
        N_("Check that reconciles it"),
        required=True,
        help=N_("Name of a check of two stores, as migration_contrats. The lot is done once it is OK."),
    )
    created_on: Day = ask(Kind.DAY, N_("Record created on"))

    scope: Answer[Size] = ask(
        Kind.ROWS, N_("Changes of scope"), starts="scope", help=N_("Without any, the scope is what its days expect.")
    )
    first_monday: Day = ask(
        Kind.DAY,
        N_("Monday of its first week"),
        starts="days",
        required=True,
        help=N_("The first week that its days name. Days have no date without it."),
    )
    days: Answer[Worked] = ask(Kind.ROWS, N_("Working days"), required=True)

    notes: LongText = ask(Kind.LONG, N_("Notes"), starts="follow_up")


LOT = form("migration_lot", N_("Lots of the migration"), Lot, SECTIONS)
