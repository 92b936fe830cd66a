"""The six dimensions of quality in words."""

from core.base.i18n import _, speaking
from pages.checks.definitions import Dimension
from pages.checks.figures.quality import DIMENSIONS


def test_a_dimension_is_told_in_the_persons_language() -> None:
    with speaking("fr"):
        assert [_(DIMENSIONS[one]) for one in Dimension] == [one.value for one in Dimension]
    with speaking("en"):
        assert _(DIMENSIONS[Dimension.UNIQUENESS]) == "uniqueness"
