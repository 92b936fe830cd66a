"""Reads a file in a process of its own: `python -I child.py READER ARGUMENT…` prints what the reader gives, as JSON.

Readers of workbooks are native code, or build trees of what they read. Some files crash them, keep them busy for hours
or make them ask for more memory than there is, which would end the whole of Vigie. Here that ends this process alone;
whoever started it (`formats.excel`) says it in a sentence. It imports little of Vigie, so that it starts at once.
"""

import importlib
import json
import resource
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from core.sources import limits

PROTECTED, DAMAGED, TOO_LARGE = 3, 4, 5
"""Exit codes."""


class Protected(Exception):
    """A file is protected by a password."""


class TooLarge(Exception):
    """A file holds more than may be read."""


def main(reader: str, *arguments: str) -> int:
    """Print what `core.sources.formats.<reader>.read` gives. Gives the exit code; no error tells what a file holds."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.MEMORY, limits.MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from core.sources.formats import child  # this file is __main__, and what readers raise is not of it

    try:
        text = json.dumps(importlib.import_module(f"core.sources.formats.{reader}").read(*arguments))
        if len(text) > min(limits.LARGEST_ANSWERED, limits.unpacked(Path(arguments[0]).stat().st_size)):
            return TOO_LARGE
        sys.stdout.write(text)
    except child.Protected:
        return PROTECTED
    except (MemoryError, child.TooLarge):
        return TOO_LARGE
    except BaseException as error:
        sys.stderr.write(type(error).__name__)
        return DAMAGED
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
