"""A file that takes long, made in a process of its own: begun, followed, stopped, handed to whoever asked for it."""

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from core.base.i18n import _, speaking
from core.records import apart, links
from core.records.apart import Apart
from core.records.exporting import files
from core.records.exporting.files import File, Order
from core.store.engine import store


class Making(Apart):
    """A file that is being made for a person."""

    def __init__(self, file: File, order: Order) -> None:
        self.order, self._file = order, file
        asked = {
            "file": file.key,
            "kind": order.collection.kind,
            "person": order.person_id,
            "language": order.language,
            "moment": order.moment.isoformat(),
            "published": order.published,
        }
        super().__init__(__name__, asked)

    def broken(self) -> str:
        """What is said of it when it ended without a word."""
        return _("The file was not made: making it was stopped, or failed; the log has the details.")

    def take(self) -> bytes:
        """The whole file, for the person it was made for, whose right is read again. Raises NotAllowed, and
        InputInvalid while, or where, there is none."""
        with speaking(self.order.language), store().read() as connection:
            files.allowed(connection, self._file, self.order)
            return self.given()


def begin(file: File, order: Order) -> Making:
    """Begin to make a file. Raises InputInvalid when as many works go on as may."""
    return apart.begin(partial(Making, file, order))


def main(arguments: Sequence[str]) -> int:
    """What the process does."""
    asked = json.loads(arguments[0])
    collection = links.collections()[asked["kind"]]
    moment = datetime.fromisoformat(asked["moment"])
    order = Order(asked["person"], asked["language"], collection, moment, asked["published"])
    file = files.offered(collection)[asked["file"]]
    with speaking(order.language):
        return apart.run(lambda out: files.write(out, file, order, apart.tell), asked["out"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
