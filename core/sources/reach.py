"""What a source will reach, as types of its options: each is checked when it is declared and again at every pull, and
told to whoever declares it, whatever kind of source has it.

    site: Service = Option(…)        the address of a service, asked with a secret
    proxy: Proxy = Option(…)         a proxy on the way there
    url: Database = Option(…)        the URL of a database
    path: Files = Option(…)          a file, or a pattern of several
    token: Secret = Option(…)        `${NAME}`, read from the environment
"""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel

from core.base.i18n import N_, _
from core.sources import dialects, folders, hosts, secrets


class Reach(StrEnum):
    """Kinds of what an option names; the value is how it is told."""

    SERVICE = N_("It asks {what} over the network.")
    PROXY = N_("It goes through {what}.")
    DATABASE = N_("It asks the database {what}.")
    FILES = N_("It reads {what} on this machine.")
    SECRET = N_("It uses the secret {what}.")


Service = Annotated[str, AfterValidator(hosts.check_service), Reach.SERVICE]
Proxy = Annotated[str, AfterValidator(hosts.check_proxy), Reach.PROXY]
Database = Annotated[str, AfterValidator(dialects.check_url), Reach.DATABASE]
Files = Annotated[str, AfterValidator(folders.check), Reach.FILES]
Secret = Annotated[str, AfterValidator(secrets.check_reference), Reach.SECRET]


def told(options: BaseModel) -> list[str]:
    """What a source with these options will reach, a sentence each; it names no password."""
    sentences = []
    for name, info in type(options).model_fields.items():
        kind = next((kind_there for kind_there in info.metadata if isinstance(kind_there, Reach)), None)
        value = getattr(options, name)
        if kind and value:
            sentences.append(_(kind.value).format(what=_what(kind, value)))
    return sentences


def _what(kind: Reach, value: str) -> str:
    match kind:
        case Reach.DATABASE:
            return dialects.place(value)
        case Reach.FILES:
            return str(folders.resolve(value))
        case Reach.PROXY:
            return value.rpartition("@")[2]
    return value
