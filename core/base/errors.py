"""Typed errors. Each carries one sentence for the person; details go to the log, never to a screen.

A function raises where it happens; `core.ui.screen` shows the sentence in one place.
"""


class VigieError(Exception):
    """A failure a person can be told about.

    `sentence` is already translated and says what to do next. `detail` is for the log only: it may hold
    SQL, paths or a library's own message, but never a secret.
    """

    def __init__(self, sentence: str, *, detail: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.detail = detail


class NotAllowed(VigieError):
    """The person may not see or do this."""


class InputInvalid(VigieError):
    """What a person entered cannot be taken; the sentence says what would be."""


class SettingInvalid(VigieError):
    """A setting is missing or wrong; the sentence names the variable."""


class RulesInvalid(VigieError):
    """A rules file is wrong; the sentence names file, line and field."""


class SourceFailed(VigieError):
    """A source could not be read (network, authentication, garbage, a file that is not what it says)."""


class LandingFailed(VigieError):
    """Facts could not be written (disk full, table refused)."""


class QueryFailed(VigieError):
    """A query could not be answered."""


class StoreFailed(VigieError):
    """The store is missing, locked, full or newer than this version of Vigie."""


class NotifyFailed(VigieError):
    """A message could not be handed over to the mail server."""


class Conflict(VigieError):
    """A record changed since it was read. `current` and `proposed` hold both sides, field by field."""

    def __init__(self, sentence: str, *, current: dict[str, object], proposed: dict[str, object]) -> None:
        super().__init__(sentence)
        self.current = current
        self.proposed = proposed
