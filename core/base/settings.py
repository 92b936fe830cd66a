"""Settings: each is one row with its name, its default and its help. A test fails on an undocumented one.

A setting is read from the environment variable `VIGIE_<NAME>`, or from the file that `VIGIE_<NAME>_FILE` names
(for secrets). A bad value stops the start and names the variable.
"""

import os
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from core.base.errors import SettingInvalid

ROOT = Path(__file__).resolve().parents[2]


class Settings(BaseModel):
    """All settings, typed and immutable."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: Path = Field(
        ROOT / "data",
        description="Folder of the lake, the default store and the uploads. With demo data: data/demo, kept apart.",
    )
    store: str = Field(
        "", description="SQLAlchemy URL of the store; empty: SQLite in the data folder. PostgreSQL for several hosts."
    )
    demo: bool = Field(False, description="1: generate demo data and demo accounts at the first start.")
    demo_elsewhere: bool = Field(
        False, description="1: demo accounts, whose passwords everybody knows, also where others reach the server."
    )
    demo_days: int = Field(730, ge=1, description="Days that demo data tell of.")
    now: AwareDatetime | None = Field(
        None,
        description="Demo only: the moment at which the clock of each process starts, "
        "e.g. 2028-02-29T23:59+01:00; empty: the machine's time.",
    )
    declarations: Path | None = Field(
        None,
        description="Folder of what the team declares in YAML and SQL, best under a git of its own; empty: "
        "`declarations` in the data folder.",
    )
    timezone: str = Field("Europe/Paris", description="Time zone of every screen and business date.")
    session_hours: int = Field(12, ge=1, le=720, description="Hours after which a person signs in again.")
    strangers: int = Field(
        100, ge=1, description="Websockets that one address may hold without a session; the oldest gives way."
    )
    log: str = Field("INFO", description="Level of the structured log: DEBUG, INFO, WARNING or ERROR.")
    audit_heads: Path | None = Field(
        None,
        description="File that the end of the audit is added to each day, best on another machine's share; empty: "
        "below ~/.local/state/vigie, out of the data folder.",
    )
    source_folders: str = Field(
        "",
        description="Folders, separated by commas, whose files sources may read besides `uploads` and `incoming` of "
        "the data folder; nothing leads out of them.",
    )
    source_hosts: str = Field(
        "",
        description="Names, addresses or networks, separated by commas, that sources may ask although they are this "
        "machine's own, link-local, or of a cloud's metadata service.",
    )
    source_engines: str = Field(
        "", description="Embedded engines whose files sources may read, read-only: sqlite, duckdb; empty: none."
    )
    source_variables: str = Field(
        "VIGIE_SECRET_*",
        description="Environment variables, separated by commas, that sources may name as ${NAME}; * at an end: any "
        "that begin so. Never a setting of Vigie.",
    )
    organisation: str = Field("", description="Name shown under the title, e.g. the team's.")
    contact: str = Field("", description="Whom people ask when a screen does not say: a name or an address.")
    smtp_host: str = Field("", description="Mail server; empty: Vigie sends no mail.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Port of the mail server.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the mail server is spoken to: starttls, tls, or none on a trusted network."
    )
    smtp_user: str = Field("", description="Account at the mail server; empty: none.")
    smtp_password: SecretStr = Field(SecretStr(""), description="Its password.")
    mail_from: str = Field("", description="Address that mails come from.")
    ways: str = Field(
        "",
        description="Kinds of addresses, beside Teams, that may be told of the night by Apprise, as it names them: "
        "slack, ntfys; empty: none. Needs pip install apprise==2.3.0.",
    )
    places: str = Field(
        "",
        pattern=r"^(\s*[^\s=,][^=,]*=\s*[A-Z][A-Z0-9_]*\s*(,|$))*$",
        description="Places in Teams that people of a group may choose to be told of the night in, separated by "
        "commas: a squad, or * for who sees every squad, and the variable that holds the address: "
        "Ventes=VIGIE_SECRET_TEAMS_VENTES; empty: none.",
    )
    availability: bool = Field(
        False,
        description="1: /availability tells anybody, without an account, which data are ready; no pipeline's name.",
    )
    overdue_hours: int = Field(
        26, ge=1, description="Hours after which a source that is not read, or a sender that does not run, is told."
    )
    oidc_issuer: str = Field(
        "",
        description="Address of the OpenID Connect provider; empty: local accounts. "
        "For Entra: https://login.microsoftonline.com/<tenant>/v2.0",
    )
    oidc_client_id: str = Field("", description="Client (application) id at the OpenID Connect provider.")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="Client secret at the OpenID Connect provider.")
    base_url: str = Field(
        "",
        pattern=r"^(https?://[\w.:\[\]-]+(/[\w-]+)*/?)?$",
        description="Public address of Vigie, e.g. https://vigie.example or https://intranet.example/vigie: the one "
        "name, beside this very machine's, that it answers to. OIDC needs it.",
    )
    cookie_secret: SecretStr = Field(
        SecretStr(""),
        description="Signs the short-lived OIDC hand-over cookie; needed with OIDC, 32 characters or more.",
    )

    @property
    def base_path(self) -> str:
        """The path below which Vigie stands at its public address, e.g. `/vigie`; empty at its root."""
        return urlsplit(self.base_url).path.rstrip("/")


def variable(field: str) -> str:
    """Name of the environment variable of a setting, e.g. `store` → `VIGIE_STORE`."""
    return f"VIGIE_{field.upper()}"


def read(environ: dict[str, str] | os._Environ[str]) -> Settings:
    """Settings from an environment. Raises SettingInvalid, naming the variable, on a bad or unreadable value."""
    values: dict[str, str] = {}
    for field in Settings.model_fields:
        name = variable(field)
        if name in environ:
            values[field] = environ[name]
        elif f"{name}_FILE" in environ:
            try:
                values[field] = Path(environ[f"{name}_FILE"]).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise SettingInvalid(f"{name}_FILE: the file cannot be read ({error.strerror}).") from error
    try:
        settings_read = Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingInvalid(f"{variable(str(first['loc'][0]))}: {first['msg']}") from None
    if settings_read.now and not settings_read.demo:
        raise SettingInvalid("VIGIE_NOW: only a demo may stand at another moment; set VIGIE_DEMO=1, or leave it out.")
    for number in (0, 2):
        named = [place.partition("=")[number].strip() for place in listed(settings_read.places)]
        if twice := [name for name in named if named.count(name) > 1]:
            raise SettingInvalid(
                f"VIGIE_PLACES: {twice[0]} stands twice; of one place two groups would read each other's messages."
            )
    if settings_read.demo and "data" not in values:
        return settings_read.model_copy(update={"data": ROOT / "data" / "demo"})
    return settings_read


@lru_cache(maxsize=1)
def version() -> str:
    """The version of Vigie that runs, as `pyproject.toml` tells it."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once."""
    return read(os.environ)


def listed(value: str) -> tuple[str, ...]:
    """The parts of a setting that is a list, separated by commas."""
    return tuple(part for part in map(str.strip, value.split(",")) if part)


def store_url() -> str:
    """SQLAlchemy URL of the store, with the SQLite default filled in."""
    return settings().store or f"sqlite:///{settings().data / 'vigie.db'}"


def backups() -> Path:
    """Where backups lie that were given no other place: one archive each, `vigie-<moment>.tar`."""
    return settings().data / "backups"
