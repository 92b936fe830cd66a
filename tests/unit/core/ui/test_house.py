"""The house's script: whatever icon stands alone on a control has a French name."""

import ast
import re
from pathlib import Path

import streamlit

from core.base.settings import ROOT

ICON = re.compile(r":material/(\w+)")
HOUSE = (ROOT / "core/ui/assets/house.js").read_text(encoding="utf-8")


FRONTEND = Path(streamlit.__file__).with_name("static")
NOT_USED = re.compile(
    r"record|camera|player|mermaid|Markdown|markdown|message|JSON|Happy|Alien|Feedback|page$|Page |"
    r"Pagination|crement|time$|Button action"
)
"""Names of controls of Streamlit that no screen has: sound and pictures, talks, numbers with steps, hours."""


def told(table: str) -> set[str]:
    """The names that a table of the script translates, as the browser has them."""
    return set(re.findall(r'"?([^",{}]+?)"?: "[^"]+"', HOUSE.partition(f"const {table} = {{")[2].partition("};")[0]))


def named() -> set[str]:
    return {name.strip() for name in told("ICONS")}


def test_every_name_of_streamlits_own_controls_is_french() -> None:
    spoken = {name.strip().lower() for table in ("WORDS", "DATES") for name in told(table)} | {"add files"}
    found = {
        name
        for file in FRONTEND.rglob("*.js")
        for name in re.findall(r'"aria-label":`([A-Za-z .]+)`', file.read_text(encoding="utf-8"))
        if not NOT_USED.search(name)
    }
    assert "Collapse sidebar" in found
    assert sorted(name for name in found if name.lower() not in spoken) == []
    assert {"show password", "hide password"} <= spoken


def test_every_icon_of_streamlits_own_controls_has_a_name() -> None:
    found = {icon for file in FRONTEND.rglob("*.js") for icon in ICON.findall(file.read_text(encoding="utf-8"))}
    assert sorted(found - named()) == []


def test_every_icon_that_is_a_whole_label_has_a_name() -> None:
    code = [*(ROOT / "core/ui").rglob("*.py"), *(ROOT / "pages").rglob("page.py")]
    calls = r'\.(?:button|popover|form_submit_button)\(\s*":material/(\w+):"'
    found = {icon for file in code for icon in re.findall(calls, file.read_text(encoding="utf-8"))}
    assert "restart_alt" in found
    assert sorted(found - named()) == []


def test_a_box_in_which_nothing_is_chosen_at_first_says_so_in_the_pages_language() -> None:
    calls = [
        {word.arg: ast.unparse(word.value) for word in call.keywords}
        for file in (ROOT / "core/ui").rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith(".selectbox")
    ]
    empty = [words for words in calls if words.get("index") == "None"]
    assert len(empty) > 1
    assert [words for words in empty if "placeholder" not in words] == []
