"""The night's verdict and how many families have each."""

from core.base.i18n import _, show_date, show_moment
from core.base.status import LOOKS
from core.show.figure import Answer, Note
from pages.pipelines.headline import ABOUT, counts, last_night
from pages.pipelines.look import NightLook
from pages.pipelines.rules import RULES


def _say(look: NightLook) -> str:
    return _("Night of {day}: {counts}").format(
        day=show_date(look.night.day, "full"), counts=counts(family.verdict for family in look.board.families)
    )


def _title(look: NightLook) -> str:
    """For the browser's tab: what is worst, and how often."""
    worst = look.board.verdict
    count = sum(family.verdict is worst for family in look.board.families)
    return f"{LOOKS[worst].mark} {count} {_(LOOKS[worst].word)}" if count else _("Last night")


def _now(look: NightLook) -> bool:
    return look.night.day == last_night(look.now) and not look.replay


def _as_known(look: NightLook) -> str:
    return _("As it was known on {moment}.").format(moment=show_moment(look.board.as_of))


ANSWER: Answer[NightLook] = Answer(
    about=ABOUT,
    verdict=lambda look: look.board.verdict,
    say=_say,
    title=_title,
    live=_now,
    follows=lambda: RULES.stamp,
)
AS_KNOWN: Note[NightLook] = Note(_as_known, tone="info", when=lambda look: look.replay)
NOTHING: Note[NightLook] = Note(
    lambda _look: _("No pipeline passes these filters."),
    tone="info",
    when=lambda look: bool(look.rules.families) and not look.passing.families,
)
