"""One mail address or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.base.addresses import one


@pytest.mark.parametrize("text", ["a@b.fr", " jean-luc.o'neil+jira@sub.corp.example ", "x@localhost"])
def test_one_address_is_one(text: str) -> None:
    assert one(text) == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        None, "", "a@b.fr, evil@e.fr", "a@b.fr;evil@e.fr", "a@b.fr evil@e.fr", "Ana <a@b.fr>", "a@b.fr\nBcc: evil@e.fr",
        "a@b.fr\r\nSubject: x", "a@b@c.fr", "evil%e.fr@b.fr", "e.fr!evil@b.fr", '"a b"@b.fr', "a@b.fr\n", "a@[1.2.3.4]",
        "(x)a@b.fr", "undisclosed: a@b.fr", "a@b.fr,", "@b.fr", "a@", "é@b.fr", "a@b..fr", "a" * 65 + "@b.fr",
    ],
)  # fmt: skip
def test_anything_else_is_none(text: str | None) -> None:
    assert one(text) is None


@given(text=st.text())
def test_what_is_given_back_names_one_recipient(text: str) -> None:
    address = one(text)
    assert address is None or (address.count("@") == 1 and not set(address) & set(' ,;:<>()"\r\n\t%!'))
