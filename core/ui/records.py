"""Parts of screens on which records are kept: parts in the address, pages of a list, two versions that clash."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import streamlit as st

from core.base.i18n import _, show_number
from core.records.diff import Clash
from core.records.fields import TEXT_LENGTH
from core.show.filters import Filter, OneOf
from core.ui.figure import small
from core.ui.filters import draw
from core.ui.words import plain

SIZE = 50
"""Lines of one page of a list."""


@dataclass(frozen=True)
class Part(OneOf):
    """Which part of a screen is shown, as a row of choices; the default stands in no address."""

    inline: ClassVar[bool] = True

    def encode(self, value: str) -> str | None:
        return None if value == self.default else value


@draw.register
def _part(part: Part, key: str) -> None:
    chosen = st.session_state[key]

    def word(code: str) -> str:
        label = part.options.get(code, code)
        return f":blue[{label}]" if code == chosen else label  # the widget's own colour is too dark on dark

    st.segmented_control(
        part.label,
        list(part.options),
        required=True,
        key=key,
        format_func=word,
        label_visibility="collapsed",
        wrap=True,
    )


@dataclass(frozen=True)
class PageOf(Filter[int]):
    """Which page of a list is shown, from 1. `total` lines there are, `SIZE` on a page."""

    inline: ClassVar[bool] = True
    label: str = ""
    default: int = 1
    total: int = 0

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // SIZE))

    def encode(self, value: int) -> str | None:
        return None if value == 1 else str(value)

    def decode(self, text: str) -> int:
        return int(text)

    def shown(self, value: int) -> str:
        return show_number(value)

    def allowed(self, value: int) -> bool:
        return 1 <= value <= self.pages


@draw.register
def _page_of(paged: PageOf, key: str) -> None:
    if st.session_state[key] > paged.pages:
        st.session_state[key] = 1  # the list got shorter
    if paged.pages > 1:
        st.pagination(paged.pages, key=key, width="stretch")


def link(
    label: str,
    icon: str,
    address: Mapping[str, str],
    *,
    key: str | None = None,
    then: Callable[[], None] = lambda: None,
    kind: Literal["secondary", "tertiary"] = "tertiary",
) -> None:
    """A button that leads to another address of this screen: Streamlit's own links leave the address as it was.

    `then` is called on the click.
    """

    def go() -> None:
        st.query_params.from_dict(dict(address))
        then()

    st.button(label, key=key, icon=icon or None, type=kind, on_click=go)


@dataclass(frozen=True)
class Side:
    """A clash in words: where, how it was, what the other made of it, what the person did."""

    where: str
    base: str
    theirs: str
    mine: str


THEIRS, MINE = "theirs", "mine"


def settled(clashes: Sequence[Clash], told: Callable[[Clash], Side], who: str, *, key: str) -> frozenset[str] | None:
    """Let a person choose a side of each clash: the paths where theirs is to stand; None until every one is settled."""
    chosen: dict[str, str | None] = {}
    for clash in clashes:
        side = told(clash)
        words = {THEIRS: f"{who} : {side.theirs}", MINE: _("Mine: {value}").format(value=side.mine)}
        shown = {side_words: plain(text) for side_words, text in words.items()}
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"**{plain(side.where)}**  \n{plain(_('Before: {value}').format(value=side.base))}")
            chosen[clash.path] = st.radio(
                side.where,
                [THEIRS, MINE],
                index=None,
                format_func=shown.__getitem__,
                key=f"{key}.{clash.path}",
                label_visibility="collapsed",
            )
    if None in chosen.values():
        return None
    return frozenset(path for path, answer in chosen.items() if answer == MINE)


@dataclass(frozen=True)
class Step:
    """A step of a workflow as a button: `refused` says why it cannot be taken now; `reason`: it must be given."""

    action: str
    label: str
    reason: bool = False
    refused: str = ""


def steps(offered: Sequence[Step], take: Callable[[str, str], None], *, key: str) -> None:
    """Buttons for the steps of a workflow; one that needs a reason asks for it first. `take` gets (action, why)."""
    with st.container(horizontal=True, gap="small"):
        for step in offered:
            if not step.reason or step.refused:
                asked = st.button(
                    step.label, key=f"{key}.{step.action}", disabled=bool(step.refused), help=step.refused or None
                )
                if asked:
                    take(step.action, "")
                continue
            asking = st.popover(step.label, key=f"{key}.{step.action}.asking")
            with asking, st.form(f"{key}.{step.action}.form", border=False):
                explained = _("Kept in the history.")
                why = st.text_input(_("Why"), key=f"{key}.{step.action}.why", help=explained, max_chars=TEXT_LENGTH)
                if st.form_submit_button(step.label, type="primary"):
                    take(step.action, why)


def answers(answered: Sequence[tuple[str, str, Sequence[str]]]) -> None:
    """Fields as one reads them: (label, side remark, answers) each; drawn as one piece."""
    pieces = []
    for label, remark, texts in answered:
        head = f"**{plain(label)}**" + (f" {small(remark)}" if remark else "")
        lines = [plain(text).replace("\n", "  \n") for text in texts]
        pieces.append(
            f"{head}  \n{lines[0]}" if len(lines) == 1 else f"{head}\n" + "".join(f"\n- {line}" for line in lines)
        )
    st.markdown("\n\n".join(pieces))


def two_of(numbers: Sequence[int], word: Callable[[int], str], *, key: str) -> tuple[int, int]:
    """Let a person choose two versions, the newest first in `numbers`: (earlier, later); the last two at first."""
    with st.grid(2, min_column_width=300) as cells:
        later = cells.cell().selectbox(_("Version"), numbers, format_func=word, key=f"{key}.later")
        others = [number for number in numbers if number != later]
        default = next((at for at, number in enumerate(others) if number < later), 0)
        earlier = cells.cell().selectbox(
            _("compared with"), others, index=default, format_func=word, key=f"{key}.earlier.{later}"
        )
    return min(earlier, later), max(earlier, later)
