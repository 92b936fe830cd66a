"""`make screenshots`: every screen, tab and part on demo data, light and dark, in three widths, into screenshots/; and
the pictures of the guide, into docs/guide/.

    python -m tests.screenshots               everything (some 700 pictures, half an hour)
    python -m tests.screenshots register      the screens of some missions
    python -m tests.screenshots --guide       the guide's alone

A file is named mission-role-address-theme-width.png. Each mission is seen by somebody who may act there and by somebody
who only reads; the home page by each role.
"""

import io
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import unquote, urlsplit

from PIL import Image

from core.base.settings import ROOT
from core.mission.contract import Mission
from core.mission.discovery import missions
from core.people.person import Person, Role
from core.people.rights import may_act, may_see
from core.records.records import Wanted, find
from core.ui import guide
from tests.browsing import Profiles, Visit, chromium
from tests.servers import Server, serving

OUT = ROOT / "screenshots"
THEMES = ("light", "dark")
WIDTHS = (400, 1366, 1920)
TALLEST = 4000
GUIDE_VIEW = (1100, 640)
"""Pixels of the window in which the guide's pictures are taken."""
GUIDE_WIDTH = 760
COLOURS = 128
"""Colours of a picture of the guide: the file stays small, and a verdict's few red dots keep their red."""
USUAL = (Role.COMPLIANCE, Role.LEAD, Role.ADMIN, Role.DUTY, Role.SQUAD, Role.INSPECTOR)


def _roles(mission: Mission) -> list[Role]:
    """Who looks at a mission: the first who may act there, the first who may only see it; everybody at the home."""
    people = {role: Person(0, role, role, role, frozenset()) for role in USUAL}
    if mission.key == "home":
        return list(people)
    acting = [role for role, one in people.items() if may_act(one, mission)]
    reading = [role for role, one in people.items() if may_see(one, mission) and role not in acting]
    return [*acting[:1], *reading[:1]]


def _path(mission: Mission) -> str:
    return "/" if mission.key == "home" else f"/{mission.key}"


def _addresses(visit: Visit, mission: Mission) -> Iterator[str]:
    """The screen of a mission, its tabs and parts, and a record of each collection."""
    yield _path(mission)
    for choices in ("[role=tab]", "[data-testid=stButtonGroup] [role=radio]"):
        visit.go(_path(mission))
        for place in range(1, visit.main.locator(choices).count()):
            visit.go(_path(mission))
            visit.main.locator(choices).nth(place).click()
            visit.settle()
            at = urlsplit(visit.page.url)
            yield f"{at.path}?{at.query}"
    for collection in mission.collections:
        with visit.server.store.read() as connection:
            for record in find(connection, collection.kind, Wanted(), limit=1).lines:
                yield f"{_path(mission)}?record={record.ref}&kind={collection.kind}"


def _take(visit: Visit, name: str, path: str) -> None:
    said = re.sub(r"[^\w-]+", "-", unquote(urlsplit(path).query)).strip("-")
    for theme in THEMES:
        for width in WIDTHS:
            visit.wear(theme, width)
            visit.go(path)
            height = visit.page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
            visit.wear(theme, width, min(max(height, 700), TALLEST))
            visit.settle()
            visit.page.wait_for_timeout(500)  # a chart grows into its new place
            visit.page.screenshot(path=OUT / ("-".join(filter(None, [name, said, theme, str(width)])) + ".png"))


def _screens(profiles: Profiles, server: Server, wanted: Sequence[str]) -> None:
    with profiles.visiting(server) as anybody:
        _take(anybody, "sign-in", "/")
    with profiles.visiting(server) as squad:
        squad.sign_in(Role.SQUAD)
        _take(squad, "forbidden", "/accounts")
    for mission in missions().values():
        for role in _roles(mission) if mission.key in wanted or not wanted else ():
            with profiles.visiting(server) as visit:
                visit.sign_in(role)
                for path in dict.fromkeys(_addresses(visit, mission)):
                    _take(visit, f"{mission.key}-{role}", path)


def _guide(profiles: Profiles, server: Server) -> None:
    """The picture that a page of the guide names after its mission, without the menu, small."""
    for mission in missions().values():
        if f"({mission.key}.png)" not in guide.page(mission.key):
            continue
        with profiles.visiting(server) as visit:
            visit.wear("light", *GUIDE_VIEW)
            visit.sign_in(_roles(mission)[0], _path(mission))
            visit.page.wait_for_timeout(500)  # a chart grows into its place
            box = visit.main.bounding_box()
            assert box is not None
            taken = Image.open(io.BytesIO(visit.page.screenshot(clip=box))).convert("RGB")  # type: ignore[arg-type]
            small = taken.resize(
                (GUIDE_WIDTH, round(taken.height * GUIDE_WIDTH / taken.width)), Image.Resampling.LANCZOS
            )
            small.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
                guide.PAGES / f"{mission.key}.png", optimize=True
            )


def main(wanted: Sequence[str]) -> None:
    """Take them; prints where they are."""
    OUT.mkdir(exist_ok=True)
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(serving(data, VIGIE_DEMO="1"))
        profiles = stack.enter_context(chromium())
        if wanted != ["--guide"]:
            _screens(profiles, server, wanted)
        if not wanted or "--guide" in wanted:
            _guide(profiles, server)
    sys.stdout.write(f"{OUT}: {len(list(OUT.glob('*.png')))} pictures\n")


if __name__ == "__main__":
    main(sys.argv[1:])
