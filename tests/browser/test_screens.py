"""Every screen, in both themes and at both widths: accessible, read aloud in French, nothing cut off, nothing from
outside."""

import re
from collections.abc import Callable

import pytest

from core.mission.discovery import missions
from core.people.person import Role
from tests.browsing import NARROW, WIDE, Visit

SCREENS = ["/" if key == "home" else f"/{key}" for key in missions()]
FOREIGN = re.compile(
    r'"[^"]* icon"|"(?:Show|Fullscreen|Search|Download as|Clear|Close|Navigate|Select all|Skip|Help|Open)\b[^"]*"'
)
"""Names that are read aloud and are not French, or an icon's."""
Visiting = Callable[..., Visit]


def _check(visit: Visit, path: str, heard: bool = False) -> None:
    """Load a screen on a phone in the dark, and wide in the light; each then takes the other theme where it stands.
    `heard`: what is read aloud of it is French."""
    for width, first, then in ((NARROW, "dark", "light"), (WIDE, "light", "dark")):
        visit.wear(first, width)
        page = visit.go(path)
        assert visit.grave_findings() == [], (path, first, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert not heard or FOREIGN.findall(page.locator("body").aria_snapshot()) == []
        visit.recolour(then)
        assert visit.grave_findings() == [], (path, then, width)


@pytest.mark.parametrize("path", SCREENS)
def test_a_screen_is_accessible_fits_and_is_read_aloud_in_french(visit: Visiting, path: str) -> None:
    one = visit()
    one.enter(Role.ADMIN)
    _check(one, path, heard=True)


def test_the_sign_in_form_is_accessible_and_fits(visit: Visiting) -> None:
    _check(visit(), "/")


def test_a_forbidden_screen_is_accessible_and_fits(visit: Visiting) -> None:
    one = visit()
    one.enter(Role.SQUAD)
    _check(one, "/accounts")


def test_the_persons_corner_is_accessible_when_open(visit: Visiting) -> None:
    one = visit()
    one.wear("light", WIDE)
    page = one.sign_in(Role.SQUAD)
    page.get_by_role("button", name="Camille Roux").click()
    page.get_by_role("button", name="Changer mon mot de passe").wait_for()
    assert one.grave_findings() == []
    one.recolour("dark")
    page.get_by_role("button", name="Changer mon mot de passe").wait_for()
    assert one.grave_findings() == []
