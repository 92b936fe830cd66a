"""`python -m core.run.doors`: every setting that opens something, what it opens as it stands, and what the declared
sources reach.
"""

import os
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import sqlalchemy as sa
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from core.base.errors import VigieError
from core.base.i18n import _
from core.base.settings import ROOT, Settings, listed, settings, store_url, variable
from core.people import hosts
from core.run import registry
from core.sources import folders, reach
from core.store.engine import store


@dataclass(frozen=True)
class Door:
    """`name`: a setting's variable, or a source. `wider`: it stands wider open than where nothing is set. `opens`: what
    it opens or keeps closed, in a sentence that tells no secret."""

    name: str
    wider: bool
    opens: str


def of_settings() -> list[Door]:
    """What the server's own settings open, then each setting that may open something, in the order of the settings."""
    now = settings()
    return [
        listening(),
        of_server(),
        *(
            Door(variable(name), getattr(now, name) != field.get_default(), OPENED[name](now))
            for name, field in Settings.model_fields.items()
            if name in OPENED
        ),
    ]


def of_sources() -> Iterator[Door]:
    """What each source that is read reaches. Raises StoreFailed."""
    with store().read() as connection:
        entries = [entry for entry in registry.entries(connection) if entry.enabled]
    for entry in entries:
        try:
            reached = reach.told(entry.source().options)
        except VigieError as error:
            yield Door(entry.name, wider=False, opens=_("Closed: {reason}").format(reason=error.sentence))
        else:
            yield Door(entry.name, wider=True, opens=" ".join(reached))


def listening() -> Door:
    """Where the server listens as the environment and its file say; a command line may say otherwise."""
    with (ROOT / ".streamlit/config.toml").open("rb") as handle:
        kept = tomllib.load(handle)["server"].get("address", "")
    address = os.environ.get("STREAMLIT_SERVER_ADDRESS", kept)
    alone = address == "localhost" or hosts.is_loopback(address)
    if alone:
        sentence = _("Only this machine reaches Vigie, unless --server.address says otherwise.")
    else:
        sentence = _("Other machines reach Vigie at {address}.").format(address=address or _("any of its addresses"))
    return Door("server.address", wider=not alone, opens=sentence)


def of_server() -> Door:
    """What is set around Vigie of Streamlit and of the server below it, which may undo what Vigie's own file sets."""
    aside = {"STREAMLIT_SERVER_ADDRESS", "STREAMLIT_SERVER_PORT"}
    named = [name for name in sorted(os.environ) if name.startswith("STREAMLIT_") or name == "FORWARDED_ALLOW_IPS"]
    own = Path(os.path.expanduser("~"), ".streamlit/config.toml")  # a service may have no home
    set_ = [name for name in named if name not in aside] + ([str(own)] if own.exists() else [])
    if not set_:
        return Door("server", wider=False, opens=_("The server and Streamlit are set as Vigie sets them."))
    sentence = _("The server or Streamlit is set elsewhere too, and may trust others than Vigie does: {names}.")
    return Door("server", wider=True, opens=sentence.format(names=", ".join(set_)))


def _demo(now: Settings) -> str:
    return _("Anybody signs in with the demo passwords.") if now.demo else _("Demo accounts cannot sign in.")


def _demo_elsewhere(now: Settings) -> str:
    if now.demo_elsewhere:
        return _("Demo data may be served to other machines.")
    return _("With demo data Vigie serves this machine alone.")


def _store(now: Settings) -> str:
    if not now.store:
        return _("Accounts, sessions and records lie in the data folder.")
    url = sa.make_url(store_url())
    place = url.set(username=None, password=None, query={})
    return _("Accounts, sessions and records lie in {place}.").format(place=place)


def _session_hours(now: Settings) -> str:
    return _("A sign-in lasts {n} hours.").format(n=now.session_hours)


def _strangers(now: Settings) -> str:
    return _("One address may hold {n} connections without a session.").format(n=now.strangers)


def _declarations(now: Settings) -> str:
    place = now.declarations or now.data / "declarations"
    return _("Figures declared in {folder} are counted over all squads' rows.").format(folder=place)


def _folders(_now: Settings) -> str:
    return _("Sources read files of {folders}.").format(folders=", ".join(map(str, folders.roots())))


def _hosts(now: Settings) -> str:
    if not now.source_hosts:
        return _("Sources ask any host but this machine, link-local addresses and metadata services.")
    return _("Sources also ask {hosts}, which are closed otherwise.").format(hosts=", ".join(listed(now.source_hosts)))


def _engines(now: Settings) -> str:
    if not now.source_engines:
        return _("Sources read no file as a database.")
    return _("Sources read files as databases, read-only: {engines}.").format(
        engines=", ".join(listed(now.source_engines))
    )


def _variables(now: Settings) -> str:
    patterns = listed(now.source_variables)
    names = [name for name in sorted(os.environ) if any(fnmatchcase(name, pattern) for pattern in patterns)]
    own = {variable(field) for field in Settings.model_fields}
    named = [name for name in names if name.removesuffix("_FILE") not in own]
    return _("Sources send on the secrets {patterns}; set here: {names}.").format(
        patterns=", ".join(patterns) or "–", names=", ".join(named) or "–"
    )


def _mail(now: Settings) -> str:
    if not now.smtp_host:
        return _("No mail leaves.")
    return _("Mails leave by {host}.").format(host=f"{now.smtp_host}:{now.smtp_port}")


def _mail_security(now: Settings) -> str:
    if now.smtp_security == "none":
        return _("Mails and the mail account's password travel in the clear.")
    return _("Mails travel encrypted.")


def _ways(now: Settings) -> str:
    if not now.ways:
        return _("Messages leave by mail and to Teams alone.")
    return _("Messages also leave to addresses of: {ways}.").format(ways=", ".join(listed(now.ways)))


def _places(now: Settings) -> str:
    if not now.places:
        return _("Nobody may choose to be told in a place of their group.")
    groups = ", ".join(place.partition("=")[0].strip() for place in listed(now.places))
    return _("Who belongs to one of these groups may choose to be told in its place: {groups}.").format(groups=groups)


def _availability(now: Settings) -> str:
    if not now.availability:
        return _("Nobody is told without an account which data are ready.")
    return _("Anybody is told which data are ready, at /availability.")


def _provider(now: Settings) -> str:
    if not now.oidc_issuer:
        return _("Only accounts of this Vigie sign in.")
    return _("Whoever {issuer} gives a known role signs in.").format(issuer=now.oidc_issuer)


def _address(now: Settings) -> str:
    if not now.base_url:
        return _("Vigie answers to this machine's own names.")
    sentence = _("Vigie answers to the name {url}.").format(url=now.base_url)
    return (
        sentence
        if now.base_url.startswith("https://")
        else f"{sentence} {_('Passwords and sessions travel in the clear.')}"
    )


OPENED: Mapping[str, Callable[[Settings], str]] = {
    "store": _store,
    "demo": _demo,
    "demo_elsewhere": _demo_elsewhere,
    "session_hours": _session_hours,
    "strangers": _strangers,
    "declarations": _declarations,
    "source_folders": _folders,
    "source_hosts": _hosts,
    "source_engines": _engines,
    "source_variables": _variables,
    "smtp_host": _mail,
    "smtp_security": _mail_security,
    "ways": _ways,
    "places": _places,
    "availability": _availability,
    "oidc_issuer": _provider,
    "base_url": _address,
}
"""What each setting that may open something opens, as it stands."""


def main() -> int:
    """The command. 1 when the store cannot tell the sources."""
    doors, failed = of_settings(), ""
    try:
        doors += of_sources()
    except VigieError as error:
        failed = error.sentence
    table = Table(_("Widened"), _("Door"), _("What it opens"))
    for door in doors:
        table.add_row(*map(escape, (_("yes") if door.wider else "", door.name, door.opens)))
    Console().print(table)
    if failed:
        sys.stderr.write(f"{failed}\n")
    return int(failed != "")


if __name__ == "__main__":
    sys.exit(main())
