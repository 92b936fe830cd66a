"""What every run draws: language, menu, the person's corner, then the page.

Every mission is registered on every run, as its page, as "not allowed" or as the sign-in form, so that a link to it
stands while somebody signs in. Titles of missions are told to nobody who may not see them.
"""

import logging
from functools import cache, partial
from pathlib import Path
from types import CodeType
from typing import Any

import streamlit as st

from core.base import i18n
from core.base.errors import VigieError
from core.base.i18n import _, speaking
from core.base.settings import settings
from core.mission.contract import HOME, Mission
from core.mission.discovery import missions
from core.people.person import Person
from core.people.rights import may_see
from core.ui import account, guide, language, live, signin, uploads
from core.ui.drawn import once
from core.ui.failures import tell
from core.ui.links import Way, links
from core.ui.screen import not_allowed
from core.ui.session import serving

log = logging.getLogger("vigie.rights")
ASSETS = Path(__file__).resolve().parent / "assets"


def _forbidden() -> None:
    log.warning("page refused")
    not_allowed(_("Your role does not open this page."))


def _page(mission: Mission, person: Person | None) -> st.Page:
    """What stands at the mission's address. No icon: Streamlit would fetch one for the browser's tab from outside. One
    title for all: each message tells those of every page, and the open one's is set apart."""
    home = mission.key == HOME
    place: dict[str, Any] = {"url_path": None if home else mission.key, "default": home, "title": "Vigie"}
    if person is None:
        return st.Page(signin.show, **place)
    if person.first_password:
        return st.Page(partial(account.first_password, person), **place)
    if not may_see(person, mission):
        return st.Page(_forbidden, **place)
    return st.Page(partial(_body, mission, person), **place)


def _body(mission: Mission, person: Person) -> None:
    """The mission's page, as a fragment: an act on it draws neither menu nor corner again.

    Who is served is asked anew at each act. Of somebody else, or of the same person with other rights, name or
    language, everything is drawn again.
    """

    spoken = i18n.language()

    @st.fragment
    def body() -> None:
        try:
            with serving() as now, speaking(spoken):
                if now != person:  # signed out, or other rights since
                    st.rerun()
                once(st.set_page_config, page_title=f"{_(mission.title)} · Vigie")
                live.rest()
                exec(_code(mission.key), {"__name__": "__main__"})  # noqa: S102 (a file of the house, as Streamlit does)
        except VigieError as error:
            tell(error)
        uploads.let_go()

    body()
    live.look(mission)


@cache
def _code(mission: str) -> CodeType:
    """A mission's page, compiled once."""
    page = missions()[mission].page
    return compile(page.read_bytes(), str(page), "exec")


def _menu(person: Person, here: str) -> None:
    """Links by section. Streamlit's own menu needs icons on pages, and its sections fail the accessibility check."""
    seen = [mission for mission in missions().values() if may_see(person, mission)]
    before = ("", *(mission.section for mission in seen))
    with st.sidebar:
        once(links, *(_way(mission, section) for mission, section in zip(seen, before, strict=False)))
        guide.entry(person, here)
        account.corner(person)


def _way(mission: Mission, section: str) -> Way:
    """The link to a mission that follows one of a section."""
    under = _(mission.section) if mission.section != section else ""
    return Way(mission.key, _(mission.title), mission.icon, width="stretch", under=under)


def _demo_banner() -> None:
    """Beside every screen, where it takes no room from the answer."""
    label, sentence = _("Demonstration"), _("These data are invented: nothing here is real.")
    with st.sidebar:
        once(st.markdown, f":orange-badge[{label}] :small[{sentence}]")


STYLE = (ASSETS / "house.css").read_text(encoding="utf-8")
SAID = "[data-testid=stFileUploaderDropzone] button p", "[data-testid=stFileUploaderDropzoneInstructions] span"
"""Where Streamlit says in English what a box for files is: the button, and how large a file may be."""
SELECTED = """[role="tab"][aria-selected="true"] p { color: #8ab8f0 }"""
"""The dark theme's one style of our own: no single primary colour can be read both on its ground and below white."""


def _style(theme: str) -> str:
    """The stylesheet in the theme and the language in force."""
    most = _("or drop it here, at most {n} MB").format(n=st.get_option("server.maxUploadSize"))
    words = "".join(
        f"{place} {{ font-size: 0 }} {place}::after {{ content: '{words}'; font-size: 0.9rem }}"
        for place, words in zip(SAID, (_("Choose a file"), most), strict=True)
    )
    return f"<style>{STYLE}{words}{SELECTED if theme == 'dark' else ''}</style>"


def run() -> None:
    """Know the person and their language, then draw one run of the app."""
    try:
        with serving() as person, speaking(language.settle(person)):
            _draw(person)
    except VigieError as error:
        tell(error)


def _draw(person: Person | None) -> None:
    st.logo(str(ASSETS / "logo.svg"), size="large", icon_image=str(ASSETS / "icon.svg"))
    pages = {mission.key: _page(mission, person) for mission in missions().values()}
    page = st.navigation(list(pages.values()), position="hidden")
    here = next(key for key, registered in pages.items() if registered == page)
    known = person is not None and not person.first_password
    once(st.set_page_config, page_title="Vigie", layout="wide" if person else "centered")
    if person and known:
        _menu(person, here)
    st.html(_style(str(st.context.theme.type)))  # it stands in a place of its own, beside dialogs: not drawn `once`
    if settings().demo:
        _demo_banner()
    page.run()
