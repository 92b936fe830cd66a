"""A table of the zone that nobody seems to use: the evidence, its owner and what they answer, its quarantine."""

from core.base.i18n import N_
from core.records.fields import Amount, Day, Kind, LongText, Name, Part, Reference, Text, ask, form

SECTIONS = {"evidence": N_("Evidence"), "decision": N_("Decision")}


class Table(Part):
    """One table. What the check says of it is written anew by its runs."""

    name: Text = ask(Kind.TEXT, N_("Table"), starts="evidence", required=True)
    ref: Reference = ask(Kind.TEXT, N_("Reference number"), help=N_("Given by Vigie when it is left empty; unique."))
    evidence: Text = ask(Kind.TEXT, N_("What the check says"))
    named_by: LongText = ask(Kind.LONG, N_("Workflows that name it"))
    evidence_on: Day = ask(Kind.DAY, N_("Said since"))
    size: Amount = ask(Kind.AMOUNT, N_("Size (MB)"))
    created_on: Day = ask(Kind.DAY, N_("Record created on"))

    owner: Name = ask(Kind.TEXT, N_("Owner"), starts="decision", required=True, help=N_("Who is asked."))
    squad: Name = ask(Kind.TEXT, N_("Squad"), help=N_("Its people see the table."))
    answer: LongText = ask(Kind.LONG, N_("What the owner answers"))
    quarantine_until: Day = ask(
        Kind.DAY, N_("Quarantine until"), help=N_("Kept aside until then; nothing is deleted, then or later.")
    )
    notes: LongText = ask(Kind.LONG, N_("Notes"))


TABLE = form("zone_table", N_("Tables of the ZM"), Table, SECTIONS)
