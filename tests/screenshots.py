"""`make screenshots`: every screen on demo data, light and dark, 1280 and 400 pixels wide, into screenshots/.

A file is named screen-theme-width.png. The administrator's view is taken, the squad's of the home page, and the
sign-in form.
"""

import sys
import tempfile
from pathlib import Path

from core.base.settings import ROOT
from core.mission.discovery import missions
from core.people.person import Role
from tests.browsing import NARROW, WIDE, Visit, chromium, visiting
from tests.servers import serving

OUT = ROOT / "screenshots"
TALLEST = 4000


def _take(visit: Visit, name: str, path: str) -> None:
    for theme in ("light", "dark"):
        for width in (WIDE, NARROW):
            visit.wear(theme, width)
            visit.go(path)
            height = visit.page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
            visit.wear(theme, width, min(max(height, 700), TALLEST))
            visit.settle()
            visit.page.wait_for_timeout(500)  # a chart grows into its new place
            visit.page.screenshot(path=OUT / f"{name}-{theme}-{width}.png")


def main() -> None:
    """Take them all; prints where they are."""
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as data, serving(Path(data), VIGIE_DEMO="1") as server, chromium() as browser:
        with visiting(browser, server) as anybody:
            _take(anybody, "sign-in", "/")
        with visiting(browser, server) as squad:
            squad.sign_in(Role.SQUAD)
            _take(squad, "home-squad", "/")
            _take(squad, "forbidden", "/accounts")
        with visiting(browser, server) as admin:
            admin.sign_in(Role.ADMIN)
            for key in missions():
                _take(admin, key, "/" if key == "home" else f"/{key}")
    sys.stdout.write(f"{OUT}: {len(list(OUT.glob('*.png')))} pictures\n")


if __name__ == "__main__":
    main()
