"""Every screen, in both themes and at both widths: accessible, nothing cut off, nothing from outside."""

from collections.abc import Callable

import pytest

from core.mission.discovery import missions
from core.people.person import Role
from tests.browsing import NARROW, WIDE, Visit

SCREENS = ["/" if key == "home" else f"/{key}" for key in missions()]
Visiting = Callable[..., Visit]


def _check(visit: Visit, path: str, theme: str) -> None:
    for width in (WIDE, NARROW):
        visit.wear(theme, width)
        visit.go(path)
        assert visit.grave_findings() == [], (path, theme, width)
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", SCREENS)
def test_a_screen_is_accessible_and_fits(visit: Visiting, path: str, theme: str) -> None:
    one = visit()
    one.sign_in(Role.ADMIN)
    _check(one, path, theme)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_sign_in_form_is_accessible_and_fits(visit: Visiting, theme: str) -> None:
    _check(visit(), "/", theme)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_forbidden_screen_is_accessible_and_fits(visit: Visiting, theme: str) -> None:
    one = visit()
    one.sign_in(Role.SQUAD)
    _check(one, "/accounts", theme)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_persons_corner_is_accessible_when_open(visit: Visiting, theme: str) -> None:
    one = visit()
    one.wear(theme, WIDE)
    page = one.sign_in(Role.SQUAD)
    page.get_by_role("button", name="Camille Roux").click()
    page.get_by_role("button", name="Changer mon mot de passe").wait_for()
    assert one.grave_findings() == []
