"""What the "i" beside each figure and table of a collection says."""

from core.base.i18n import N_
from core.show.about import About

STORE = N_("The store of Vigie")
RECORDS = About(N_("Every record that is kept here; none is ever taken out."), STORE)
HISTORY = About(N_("Every version that was ever saved; none is changed or taken out."), STORE)
AUDIT = About(N_("Who did what, when and why, in a chain of hashes that shows any later change."), N_("The audit"))
COMPLETE = About(
    N_("What each record answers of what is asked of it, in percent; the mean of all. 100 % only when all are whole."),
    STORE,
)
OVERDUE = About(N_("Records whose day of review has passed."), STORE)
CHANGED = About(N_("Records saved or moved since the first day of this quarter."), STORE)
COUNT = About(N_("How many records have each value, those out of sight left out; one may have several."), STORE)
ALIKE = About(
    N_(
        "Values that are equal but for case, accents and punctuation, or one that another begins with, each with the "
        "number of its records. Open a line to see these records, and give them one spelling."
    ),
    STORE,
)
PHASES = About(
    N_(
        "Records that ever were in each state, how many of them went on to a later one, and the median of the stays "
        "that have ended, in days. One that came back is counted once."
    ),
    STORE,
)
IMPORT = About(
    N_("Each row of the file compared with the records as they are. Nothing is written before you import."),
    N_("The file that you dropped"),
)
LISTS = About(
    N_("Values that records choose from. A retired value is no longer offered, and stays where it is used."), STORE
)
