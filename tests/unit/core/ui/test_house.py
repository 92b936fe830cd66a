"""The house's script: whatever icon stands alone on a control has a French name."""

import ast
import re
from pathlib import Path

import streamlit

from core.base.settings import ROOT

ICON = re.compile(r":material/(\w+)")
HOUSE = (ROOT / "core/ui/assets/house.js").read_text(encoding="utf-8")


def named() -> set[str]:
    names = HOUSE.partition("const ICONS = {")[2].partition("};")[0]
    return set(re.findall(r'"?(\w+)"?: "[^"]+"', names))


def test_every_icon_of_streamlits_own_controls_has_a_name() -> None:
    frontend = Path(streamlit.__file__).with_name("static").rglob("*.js")
    found = {icon for file in frontend for icon in ICON.findall(file.read_text(encoding="utf-8"))}
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
