"""Make a mission's folder, with its tests.

    python -m core.run.scaffold corporate_kpis

Every file of `mission/` goes to `pages/<key>/`; `$key` stands for the folder's name and `$title` for the name people
read. `docs/guide/mission.md` goes on from there.
"""

import re
import sys
from pathlib import Path
from string import Template

from core.base.i18n import _
from core.base.settings import ROOT

TEMPLATES = Path(__file__).parent / "mission"


def make(key: str, root: Path = ROOT) -> list[Path]:
    """Write a mission called `key` and return its files. Raises ValueError with a sentence; nothing is then written."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{2,30}", key):
        raise ValueError(_("Name the mission in small letters, digits and _, e.g. make mission corporate_kpis"))
    if (root / "pages" / key).exists():
        raise ValueError(_("There is already a mission {key}.").format(key=key))
    words = {"key": key, "title": key.replace("_", " ").capitalize()}
    written: list[Path] = []
    for template in sorted(TEMPLATES.rglob("*.tmpl")):
        file = root / "pages" / key / template.relative_to(TEMPLATES).with_suffix("")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(Template(template.read_text(encoding="utf-8")).substitute(words), encoding="utf-8")
        written.append(file)
    return written


def main(arguments: list[str]) -> int:
    """The command: names the files it wrote."""
    try:
        written = make(arguments[0] if arguments else "")
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for file in written:
        sys.stdout.write(f"{file.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
