"""The night's verdict and how many families have each."""

from core.base.i18n import _, show_date, show_moment
from core.show.figure import Answer, Note
from pages.pipelines.headline import ABOUT, counts
from pages.pipelines.look import NightLook


def _say(look: NightLook) -> str:
    return _("Night of {day}: {counts}").format(day=show_date(look.night.day, "full"), counts=counts(look.board))


def _as_known(look: NightLook) -> str:
    return _("As it was known on {moment}.").format(moment=show_moment(look.board.as_of))


ANSWER: Answer[NightLook] = Answer(about=ABOUT, verdict=lambda look: look.board.verdict, say=_say)
AS_KNOWN: Note[NightLook] = Note(_as_known, tone="info", when=lambda look: look.replay)
NOTHING: Note[NightLook] = Note(
    lambda _look: _("No pipeline passes these filters."), tone="info", when=lambda look: not look.passing.families
)
