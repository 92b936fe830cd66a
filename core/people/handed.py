"""Which files were handed to which sign-in: an address or an id alone opens none.

Streamlit gives a file to whoever names it. So the gate notes what it passes on to a browser, by the session of the
sign-in, and lets each ask for its own alone; what is noted goes with the session.
"""

import re
import threading
from collections import OrderedDict

MEDIA = re.compile(r"/media/([0-9a-f]{16,128})(?:\.[A-Za-z0-9]{1,8})?", re.ASCII)
"""Address of a file."""
SESSIONS = 2_000
FILES = 5_000
"""How many are remembered, of each the newest: a browser that asks for an older one draws its screen again."""


class Handed:
    """What was handed out, for all threads of the process. Sessions are told apart by what names them to the gate."""

    def __init__(self) -> None:
        self._files: OrderedDict[str, OrderedDict[str, None]] = OrderedDict()
        self._lock = threading.Lock()

    def note(self, binding: str, files: set[str]) -> None:
        """Files that were handed to a session, by their ids."""
        with self._lock:
            known = self._files.setdefault(binding, OrderedDict())
            self._files.move_to_end(binding)
            known.update(dict.fromkeys(files))
            while len(known) > FILES:
                known.popitem(last=False)
            while len(self._files) > SESSIONS:
                self._files.popitem(last=False)

    def holds(self, binding: str, file: str) -> bool:
        """Whether a file was handed to a session."""
        with self._lock:
            return file in self._files.get(binding, ())

    def drop(self, binding: str) -> None:
        """Forget a session that ended."""
        with self._lock:
            self._files.pop(binding, None)
