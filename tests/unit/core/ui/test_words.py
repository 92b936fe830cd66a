"""Texts that came with data stay what they are."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ui.words import code, plain

JOINER = "\u2060"
texts = st.text(alphabet=st.one_of(st.characters(), st.sampled_from("\\`*_[]()#+-.!|~<>$:=&^@/ \n\twh"))) | st.lists(
    st.sampled_from(["http://", "https://", "www.", "a@b.fr", ":red[", ":smile:", ":material/add:", "x", " ", "\n"])
).map("".join)


def seen(text: str) -> str:
    """What a reader sees of Markdown that holds nothing but escaped signs."""
    return re.sub(r"\\(.)", r"\1", text).replace(JOINER, "")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("![x](http://y)", r"\!\[x\]\(http⁠\://y\)"),
        (":red[z] $x$ telephonie_master*", r"\:red\[z\] \$x\$ telephonie\_master\*"),
        ("www.evil.example", "www⁠\\.evil\\.example"),
        ("Ana a@b.fr", "Ana a⁠@b\\.fr"),
        (":smile: :material/add:", "\\:⁠smile\\: \\:⁠material/add\\:"),
        ("&lt;b&gt; <b>", r"\&lt;b\&gt; \<b\>"),
        ("x\n===\n    y", "x\n\\=\\=\\=\n\u00a0\u00a0\u00a0\u00a0y"),
        ("Night of 08:02", r"Night of 08\:02"),
    ],
)
def test_no_link_picture_style_or_formula_is_left(text: str, kept: str) -> None:
    assert plain(text) == kept


@given(text=texts)
def test_a_reader_sees_the_text_as_it_was(text: str) -> None:
    blanks_kept = re.sub(r"^[ \t]+", lambda blanks: "\u00a0" * len(blanks.group()), text, flags=re.MULTILINE)
    assert seen(plain(text)) == blanks_kept.replace(JOINER, "")


@given(text=texts)
def test_every_sign_that_means_something_is_escaped_once(text: str) -> None:
    left = re.sub(r"\\[\\`*_{}\[\]()#+\-.!|~<>$:=&^]", "", plain(text))
    assert not set(left) & set("\\`*_{}[]()#+-.!|~<>$:=&^")


@given(text=texts)
def test_nothing_is_left_that_a_browser_links_or_draws_afterwards(text: str) -> None:
    shown = re.sub(r"\\(.)", r"\1", plain(text))
    assert not re.search(r"https?://|www\.|:[\w+/-]+:", shown, re.IGNORECASE)
    assert not re.search(r"[-.\w+]@", shown)


@given(text=texts)
def test_code_stays_in_its_fence(text: str) -> None:
    fence = re.match(r"`+", code(text))
    assert fence is not None
    inside = code(text)[len(fence[0]) : -len(fence[0])]
    assert all(len(ticks) < len(fence[0]) for ticks in re.findall("`+", inside))
    assert " ".join(inside.split()) == " ".join(text.split())
