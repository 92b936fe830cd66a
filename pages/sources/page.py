"""The screen of sources: how the last readings went; read now, add, change, remove; drop a file; refused rows."""

from core.base.i18n import N_
from core.ui.forms import told
from core.ui.parts import draw
from core.ui.screen import screen
from core.ui.sources import drop, reading, settings
from pages.sources import MISSION
from pages.sources.figures.refused import REFUSED
from pages.sources.figures.sources import HINT, SOURCES
from pages.sources.look import SourcesLook, standing

with screen(MISSION) as s:
    told()
    reading.follow(s)
    if s.can_act:
        drop.panel(s)
        settings.panel(s)
    look = s.look(
        nothing=N_("There is no source yet."),
        hint=N_("Drop a log file here, or add a database or a service; the board fills after the first reading."),
    )
    assert isinstance(look, SourcesLook)
    s.say(" ".join(standing(s.reader, look.entries)[:2]))
    draw(s, look, SOURCES)
    if look.entries and s.can_act:
        reading.every(s)
    draw(s, look, HINT)
    if look.entry:
        settings.one(s, look.entry)
        draw(s, look, REFUSED)
        if s.can_act and look.entry.enabled:
            drop.more(s, look.entry)
