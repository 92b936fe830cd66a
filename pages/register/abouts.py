"""What the "i" beside the figures of the register says."""

from core.base.i18n import N_
from core.records.abouts import STORE
from core.show.about import About

TREATMENTS = About(
    N_("Every treatment of personal data of which the organisation is the controller (GDPR, article 30)."), STORE
)
PROCESSORS = About(
    N_("Everybody who processes personal data for the organisation, with the contract that binds them (article 28)."),
    STORE,
)
RUN_OUT = About(N_("Data of ended treatments that should be erased by now, counted from the treatment's end."), STORE)
