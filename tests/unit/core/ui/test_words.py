"""Texts that came with data stay what they are."""

from hypothesis import given
from hypothesis import strategies as st

from core.ui.words import plain


def test_no_link_image_or_style_is_left() -> None:
    assert plain("![x](http://y) :red[z] telephonie_master*") == (
        r"\!\[x\]\(http\://y\) \:red\[z\] telephonie\_master\*"
    )


@given(text=st.text(alphabet=st.characters(exclude_characters="\\")))
def test_only_backslashes_are_added(text: str) -> None:
    assert plain(text).replace("\\", "") == text
