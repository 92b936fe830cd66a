"""What the "i" beside each figure and table of the register says."""

from core.base.i18n import N_
from core.show.about import About

STORE = N_("The store of Vigie")
TREATMENTS = About(
    N_("Every treatment of personal data of which the organisation is the controller (GDPR, article 30)."), STORE
)
HISTORY = About(N_("Every version that was ever saved; none is changed or taken out."), STORE)
AUDIT = About(N_("Who did what, when and why, in a chain of hashes that shows any later change."), N_("The audit"))
COMPLETE = About(
    N_("What each record answers of what the GDPR asks, in percent; the mean of all. 100 % only when all are whole."),
    STORE,
)
OVERDUE = About(N_("Treatments whose day of review has passed."), STORE)
CHANGED = About(N_("Treatments saved or moved since the first day of this quarter."), STORE)
RUN_OUT = About(N_("Data of ended treatments that should be erased by now, counted from the treatment's end."), STORE)
COUNT = About(N_("How many treatments have each value, archived ones left out; one may have several."), STORE)
IMPORT = About(
    N_("Each row of the file compared with the register as it is. Nothing is written before you import."),
    N_("The file that you dropped"),
)
LISTS = About(
    N_("Values that records choose from. A retired value is no longer offered, and stays where it is used."), STORE
)
