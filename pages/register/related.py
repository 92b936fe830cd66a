"""What the register says of things that other missions show: treatments that name them, and whom they reach."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from core.records import links, records
from core.records.records import Line
from pages.register.collection import TREATMENTS
from pages.register.processors import PROCESSORS


def _recipients(connection: sa.Connection, lines: Sequence[Line]) -> Mapping[int, Sequence[str]]:
    return records.values(connection, "recipient", {line.id for line in lines})


related = links.related(_recipients, TREATMENTS, PROCESSORS)
