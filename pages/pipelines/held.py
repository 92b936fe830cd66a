"""How often the expected moment of each data set held, over the last year:

python -m pages.pipelines.held
"""

import sys
from datetime import datetime, timedelta

from core.base import clock, log
from core.base.errors import VigieError
from core.base.i18n import _, show_number
from core.facts.query import Reader
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from pages.pipelines import rules
from pages.pipelines.availability import held, readiness
from pages.pipelines.night import ends_before
from pages.pipelines.rules import Rules

YEAR = timedelta(days=365)


def lines(reader: Reader, in_force: Rules, now: datetime) -> list[str]:
    """A line a data set, then what is to be expected of the rule itself."""
    last = in_force.night_at(now)
    ends = ends_before(reader, in_force, last, YEAR)
    nights = [in_force.night_of(last.day - timedelta(days=age)) for age in range(1, YEAR.days)]
    sentences = []
    for data_set in in_force.on(last.day).data_sets:
        good, all_ = held(readiness(data_set.pipelines, ends), nights)
        share = f"{good / all_:.0%}" if all_ else "–"
        sentences.append(
            _("{name}: {share} of {n} nights").format(name=data_set.name, share=share, n=show_number(all_))
        )
    sentences.append(_("The 18th of 20 nights covers 86% on average, and 72% to 96% in nine cases of ten."))
    return sentences


def main() -> int:
    """The command. Exit code 1 when rules or runs cannot be read."""
    log.setup()
    try:
        sentences = lines(warehouse().reader(EVERYTHING), rules.in_force(), clock.now())
    except VigieError as error:
        sys.stderr.write(error.sentence + "\n")
        return 1
    sys.stdout.write("\n".join(sentences) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
