"""Telling a place that is neither a mailbox nor in Teams, by Apprise, where a setting names its kind (`VIGIE_WAYS`).

The package is optional: it is imported when there is something to send. An address may hold a secret: it is read at the
moment of sending and stands in no row, log, error or audit, and what Apprise and what it asks through would log is not.
"""

import importlib
import logging
from types import ModuleType

from core.base.i18n import _
from core.base.settings import listed, settings
from core.people.person import Person
from core.tell.outbox import Letter, Refused, TryLater

EVERYBODY = "*"
"""The group of those who see every squad, as `VIGIE_PLACES` names it."""
PACKAGE = "apprise==2.3.0"
PATIENCE = 30.0
"""Seconds that a place may take."""


def places(person: Person) -> dict[str, str]:
    """The places in which a person may choose to be told: group → the variable of its address, as `${NAME}`."""
    parted = (place.partition("=") for place in listed(settings().places))
    by_group = {group.strip(): f"${{{name.strip()}}}" for group, _is, name in parted}
    return {
        group: to
        for group, to in by_group.items()
        if (person.scope.everything if group == EVERYBODY else group in person.squads)
    }


def is_opened(scheme: str) -> bool:
    """Whether a setting names this kind of address, e.g. `slack`."""
    return scheme.lower() in {way.lower() for way in listed(settings().ways)}


def send(letter: Letter, url: str) -> None:
    """Hand a letter over to the place of an address, its text as plain text, without pictures and files.

    Raises Refused where the address is none that Apprise knows, TryLater where the place does not take it, or the
    package is not installed; the sentences name the place by its variable.
    """
    place = letter.notice.to
    apprise = _apprise(place)
    asset = apprise.AppriseAsset(secure_logging=True, async_mode=False, http_redirects=False, service_timeout=PATIENCE)
    ways = apprise.Apprise(asset=asset)
    if not ways.add(url):
        sentence = _("{place} names no address that may be told: check the variable.")
        raise Refused(sentence.format(place=place), address=True)
    notice = letter.notice
    if not ways.notify(title=notice.subject, body=notice.text, body_format=apprise.NotifyFormat.TEXT):
        raise TryLater(
            _("{place} does not take the message; it is tried again later.").format(place=place), unsure=True
        )


def _apprise(place: str) -> ModuleType:
    try:
        module = importlib.import_module("apprise")
    except ImportError:
        sentence = _("To tell {place}, install what speaks to it where Vigie runs: pip install {package}")
        raise TryLater(sentence.format(place=place, package=PACKAGE)) from None
    for name in ("apprise", "urllib3"):  # the latter tells paths, which are secrets of some places
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return module
