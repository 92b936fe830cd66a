"""The register's screen: which register, which of its records or parts; each part is drawn in `views`."""

from collections.abc import Callable

import streamlit as st

from core.base.i18n import N_, _
from core.store.engine import store
from core.ui.editing import told_failure
from core.ui.forms import told
from core.ui.records import Part
from core.ui.screen import Screen, screen
from pages.register import MISSION
from pages.register import treatments as register
from pages.register.model import FORMS, TREATMENT
from pages.register.views.figures import page as figures
from pages.register.views.files import page as files
from pages.register.views.imports import page as imports
from pages.register.views.lists import page as lists
from pages.register.views.organisation import page as organisation
from pages.register.views.past import page as past
from pages.register.views.record import page as record
from pages.register.views.treatments import page as treatments

PARTS: dict[str, tuple[str, Callable[[Screen, str], None]]] = {
    "list": (N_("Treatments"), treatments.draw),
    "figures": (N_("Figures"), figures.draw),
    "past": (N_("On a past day"), past.draw),
    "import": (N_("Import"), imports.draw),
    "files": (N_("Files"), files.draw),
    "organisation": (N_("The organisation"), organisation.draw),
    "lists": (N_("Lists and rights"), lists.draw),
}

with screen(MISSION) as s:
    told()
    told_failure()
    with store().read() as connection:
        switched_on = register.kinds(connection)
    kind = TREATMENT.kind
    if len(switched_on) > 1:
        kind = s.filters(kind=Part(_("Register"), kind, options={key: _(FORMS[key].title) for key in switched_on})).kind
    if ref := st.query_params.get("record"):
        record.draw(s, kind, ref)
    else:
        part = s.filters(
            part=Part(_("Part of the register"), "list", options={key: _(name) for key, (name, _draw) in PARTS.items()})
        )
        PARTS[part.part][1](s, kind)
