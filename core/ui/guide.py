"""The guide, in French, beside the screen that it is about: a page a mission, in a drawer at the right."""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import streamlit as st

from core.base.i18n import N_, _, language
from core.base.settings import ROOT, settings
from core.mission.discovery import missions
from core.people.person import Person
from core.people.rights import may_see
from core.ui.drawn import button

PAGES = ROOT / "docs" / "guide"
PICTURE = re.compile(r"^!\[(.+)\]\((.+\.png)\)$", re.M)
"""A picture of a page, on a line of its own."""
RULES = "nuit"
"""The one page that is no mission's: what the rules of the night may say."""
PLACE = "guide"
"""The parameter of an address that opens the guide at a section of the screen's page, counted from 1; 0: at its top."""
KEY = "F1"
SHORTCUTS = (
    (f"{KEY}, ?", N_("This guide")),
    ("Esc", N_("Close what is open: this guide, a filter, a menu")),
    ("Tab", N_("Go to the next field, button or link; Shift+Tab goes back")),
    ("Ctrl+F", N_("Find words in a table that has the focus")),
)
"""Keys, and what they do."""


def pages(person: Person) -> dict[str, str]:
    """Title by name of each page that is about something that the person may see."""
    seen = [mission.key for mission in missions().values() if may_see(person, mission) and page(mission.key)]
    more = [RULES] if "pipelines" in seen else []
    return {key: page(key).partition("\n")[0].removeprefix("# ") for key in (*seen, *more)}


def entry(person: Person, mission: str) -> None:
    """The way in, in the menu; the guide opens at the page of a mission."""
    if button(_("Guide"), icon=":material/menu_book:", shortcut=KEY, width="stretch", type="tertiary", key="guide"):
        st.dialog(_("Guide"), width="medium", position="right")(_open)(person, mission)


def beside(person: Person, mission: str) -> None:
    """The way in beside a screen's title, to the page of its mission; an address may open it at a place (`link`)."""
    pressed = button(":material/menu_book:", help=_("The guide to this screen"), type="tertiary", key="guide.beside")
    place = st.query_params.get(PLACE)
    if place is not None:
        del st.query_params[PLACE]
    if pressed or place is not None:
        st.dialog(_("Guide"), width="medium", position="right")(_open)(
            person, mission, int(place) if place and place.isdecimal() else 0
        )


def link(mission: str, title: str) -> str:
    """The way from the "i" of a figure to its place in the guide, as Markdown: it opens beside the screen anew."""
    return f"[:material/menu_book: {_('Guide')}]({settings().base_path}/{mission}?{PLACE}={section(mission, title)})"


@lru_cache(maxsize=500)
def section(mission: str, title: str) -> int:
    """The first section of a mission's page that names a figure by its French title, from 1; 0 where none does."""
    parts = page(mission).split("\n## ")
    return next((at for at, text in enumerate(parts) if at and title and title.casefold() in text.casefold()), 0)


def _from(text: str, place: int) -> str:
    """A page whose section `place` comes first; the whole page in its order where there is none."""
    top, *sections = text.split("\n## ")
    if not 0 < place <= len(sections):
        return text
    first = sections.pop(place - 1)
    return "".join(f"\n## {section}" for section in (first, *sections)) + f"\n\n{top}"


def _open(person: Person, mission: str, place: int = 0) -> None:
    there = pages(person)
    names = list(there)
    at = names.index(mission) if mission in there else 0
    chosen = st.selectbox(_("Page"), names, index=at, format_func=there.__getitem__)
    if language() != "fr":
        st.caption(_("The guide is written in French."))
    content = page(chosen).partition("\n")[2]
    for text, alt, picture in pieces(_from(content, place) if chosen == mission else content):
        st.markdown(spaced(text))
        if picture:
            st.image(PAGES / picture, alt=spaced(alt), caption=spaced(alt))
    st.divider()
    st.markdown(f"**{_('Keyboard')}**")
    st.markdown("\n".join(f"- `{key}` {_(meaning)}" for key, meaning in SHORTCUTS))


def pieces(text: str) -> Iterator[tuple[str, str, str]]:
    """A page in pieces: a text, then the words and the file of the picture that follows it; "" where none does."""
    parts = PICTURE.split(text)
    yield from zip(parts[::3], [*parts[1::3], ""], [*parts[2::3], ""], strict=True)


def spaced(text: str) -> str:
    """A French text, written with plain spaces, whose high punctuation does not leave its word."""
    return re.sub(r"^## (.*)$", r"**\1**", re.sub(r"(?<=«) | (?=[:;!?»%])", "\u202f", text), flags=re.M)


@lru_cache(maxsize=50)
def page(key: str) -> str:
    """A page as it is written; "" where there is none."""
    file: Path = PAGES / f"{key}.md"
    return file.read_text(encoding="utf-8") if file.is_file() else ""
