"""The browser's language decides; French when in doubt."""

import pytest

from core.base.i18n import preferred


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("fr-FR,fr;q=0.9,en;q=0.8", "fr"),
        ("en-GB,en;q=0.9,fr;q=0.8", "en"),
        ("en;q=0.4,fr;q=0.9", "fr"),
        ("de-DE,de;q=0.9,en;q=0.5", "en"),
        ("de,es", "fr"),
        ("*", "fr"),
        ("", "fr"),
        ("en;q=nonsense,", "fr"),
        ("en;q=0, fr;q=0.1", "fr"),
    ],
)
def test_the_best_liked_language_that_vigie_speaks_is_taken(accept: str, language: str) -> None:
    assert preferred(accept) == language
