"""What is said of a month beside its figures, its slides, and looking again."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from core.base.errors import InputInvalid, NotAllowed
from core.base.i18n import N_, _
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from core.people.rights import require
from core.records import freeze
from core.show import slides as shown
from core.show import slides_pdf
from core.show.figure import Act, Download, Note
from core.show.filters import Words
from core.show.slides import Deck
from core.store.engine import store
from pages.indicators import MISSION, published, slides, taking
from pages.indicators.acts import keep
from pages.indicators.look import IndicatorLook
from pages.indicators.published import Publication
from pages.indicators.words import month as named
from pages.indicators.words import months


def _last(look: IndicatorLook) -> Publication | None:
    return look.own[-1] if look.own else None


def _label(look: IndicatorLook) -> str:
    one = _last(look)
    return _("Keep the words of {month}").format(month=named(one.month)) if one else ""


def _write(connection: sa.Connection, look: IndicatorLook, values: Mapping[str, Any]) -> str:
    one = _last(look)
    if one is None:
        raise InputInvalid(_("Nothing was published yet."))
    freeze.write(connection, one.record, values["words"], who=look.person.name)
    return _("The words are kept, and stand on the slides.")


def _month(look: IndicatorLook) -> date:
    """The newest month that was published of the indicator, or of any."""
    return max(one.month for one in look.own or look.publications)


def _deck(look: IndicatorLook) -> Deck:
    """The slides as the store holds them on the click; rights and scope are read again."""
    with store().read() as connection:
        person = require(connection, look.person.id, MISSION, act=False)
        told = published.every(connection, person.scope)
    if not told:
        raise NotAllowed(_("Your role does not allow this."))
    return slides.deck(told, _month(look))


def _template(look: IndicatorLook) -> str:
    template = slides.template() if look.may_act else None
    if template is None:
        return ""
    said = _("The template holds for the .pptx alone: the PDF is plain.")
    lacking = ", ".join(shown.lacking(template))
    told = _("The template lacks {parts}: plain parts stand in their place.").format(parts=lacking) if lacking else ""
    return " ".join(filter(None, (told, said)))


def _taken(look: IndicatorLook, reason: str | None) -> taking.Ready:
    assert look.indicator is not None
    if not look.person.scope.everything:
        raise NotAllowed(_("Your role does not allow this."))
    reader = warehouse().reader(EVERYTHING)
    return taking.take(
        look.indicator, reader, look.now, look.waiting, look.publications, source=look.person.name, reason=reason
    )


def _publish(connection: sa.Connection, look: IndicatorLook, values: Mapping[str, Any]) -> str:
    keep.keep(connection, [values["ready"]], who=look.person.name)
    return " ".join(filter(None, (_("Published: these figures stay."), values["ready"].doubt)))


def _look_again(look: IndicatorLook, values: Mapping[str, Any]) -> Mapping[str, Any]:
    reason = str(values["reason"]).strip()
    if not reason:
        raise InputInvalid(_("Say why it is looked at again."))
    return {"ready": _taken(look, reason)}


def _again(connection: sa.Connection, look: IndicatorLook, values: Mapping[str, Any]) -> str:
    keep.keep(connection, [values["ready"]], who=look.person.name)
    return _("Looked at again: both looks are kept, the later one counts.")


def _rebuilt(look: IndicatorLook, values: Mapping[str, Any]) -> Mapping[str, Any]:
    reason = str(values["reason"]).strip()
    if not reason:
        raise InputInvalid(_("Say why the past is rebuilt."))
    assert look.indicator is not None
    if not look.person.scope.everything:
        raise NotAllowed(_("Your role does not allow this."))
    reader = warehouse().reader(EVERYTHING)
    return {"ready": taking.rebuild(look.indicator, reader, look.now, source=look.person.name, reason=reason)}


def _keep_rebuilt(connection: sa.Connection, look: IndicatorLook, values: Mapping[str, Any]) -> str:
    keep.keep(connection, [values["ready"]], who=look.person.name)
    return _("The past is rebuilt, and drawn dashed: what was published stays.")


SAID: Note[IndicatorLook] = Note(
    lambda look: [f"{named(one.month)}\u202f: {one.words}" for one in reversed(look.own[-6:]) if one.words], tone="text"
)
WORDS: Act[IndicatorLook] = Act(
    name="words",
    label=_label,
    fields=lambda look: {"words": Words(_("Words beside the figures"), _last(look).words)} if _last(look) else {},  # type: ignore[union-attr]
    subject=lambda look: str(_last(look).record.id) if _last(look) else "",  # type: ignore[union-attr]
    run=_write,
    when=lambda look: _last(look) is not None,
)
SLIDES: Download[IndicatorLook] = Download(
    name="slides",
    label=N_("Slides of the month (.pptx)"),
    make=lambda look: shown.made(_deck(look), slides.template()),
    file_name=lambda look: f"vigie-indicateurs-{_month(look):%Y-%m}.pptx",
    mime="application/vnd.openxmlformats-officedocument.presentationml.presentation",
    icon=":material/slideshow:",
    when=lambda look: bool(look.publications),
    needs_right=lambda _look: False,
)
SLIDES_PDF: Download[IndicatorLook] = Download(
    name="slides-pdf",
    label=N_("Slides of the month (PDF)"),
    make=lambda look: slides_pdf.made(_deck(look)),
    file_name=lambda look: f"vigie-indicateurs-{_month(look):%Y-%m}.pdf",
    mime="application/pdf",
    icon=":material/picture_as_pdf:",
    when=lambda look: bool(look.publications),
    needs_right=lambda _look: False,
)
TEMPLATE: Note[IndicatorLook] = Note(_template, tone="warning")
PUBLISH: Act[IndicatorLook] = Act(
    name="publish",
    label=lambda look: _("Publish {months} now").format(months=months(look.waiting)),
    icon=":material/ac_unit:",
    prepare=lambda look, _values: {"ready": _taken(look, None)},
    run=_publish,
    when=lambda look: look.may_act and bool(look.waiting),
)
AGAIN: Act[IndicatorLook] = Act(
    name="again",
    label=N_("Look again today"),
    help=N_("What was published stays; what is seen now stands beside what was seen earlier today."),
    fields=lambda _look: {"reason": Words(_("Why it is looked at again"))},
    prepare=_look_again,
    run=_again,
    when=lambda look: look.indicator is not None and look.may_act,
)
REBUILD: Act[IndicatorLook] = Act(
    name="rebuild",
    label=N_("Rebuild the past"),
    help=N_(
        "Works out what this version would have seen on the days on which months were to be published. It is marked as "
        "rebuilt, and nothing that was published or seen changes."
    ),
    icon=":material/history:",
    fields=lambda _look: {"reason": Words(_("Why the past is rebuilt"))},
    prepare=_rebuilt,
    run=_keep_rebuilt,
    when=lambda look: look.indicator is not None and look.may_act and bool(look.unseen),
)
