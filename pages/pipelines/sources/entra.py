"""Services of Azure, asked as a registered application."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from pydantic import Field as Option

from core.base.i18n import N_
from core.sources.asking import signed_in, token
from core.sources.http import JsonClient
from core.sources.reach import Secret, Service
from core.sources.secrets import resolve
from pages.pipelines.sources.asked import AskedOptions


class EntraOptions(AskedOptions):
    """The application that asks, and where it signs in."""

    tenant: str = Option(title=N_("Tenant"))
    client_id: str = Option(title=N_("Client id"))
    client_secret: Secret = Option(title=N_("Client secret"), description=N_("As ${NAME}, e.g. ${VIGIE_SECRET_ADF}"))
    login_url: Service = Option(default="https://login.microsoftonline.com", title=N_("Address of the sign-in"))

    @contextmanager
    def asking(self, service: str, scope: str) -> Iterator[JsonClient]:
        """A client that asks a service with the application's access token of a scope. Raises SourceFailed."""
        secret = resolve(self.client_secret)
        form = {"grant_type": "client_credentials", "client_id": self.client_id, "client_secret": secret}
        url = f"{self.login_url}/{quote(self.tenant, safe='')}/oauth2/v2.0/token"
        with signed_in(
            service, secret, lambda login: token(login, url, service, data={**form, "scope": scope})
        ) as client:
            yield client
