"""A small OpenID Connect provider on a real port: discovery, authorisation, signed tokens, keys, end of session.

It asks nobody anything: whoever comes is the person that `claims` says.
"""

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from core.base import clock
from tests.moments import MACHINE

CLIENT_ID = "vigie"
CLIENT_SECRET = "the client's secret"


@dataclass
class Provider:
    """`claims` are those of the next sign-in; `signed_out` counts ends of session."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    signed_out: int = 0
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"}))

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/logout",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def authorised(self, asked: dict[str, str]) -> str:
        """Where the browser goes back to, with a code."""
        if asked["client_id"] != CLIENT_ID:
            raise PermissionError("unknown client")
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return asked["redirect_uri"] + "?" + urlencode({"code": code, "state": asked["state"]})

    def token(self, posted: dict[str, str], authorization: str) -> dict[str, Any]:
        """Tokens for a code, once, for the client that asked and proves it."""
        asked = self.codes.pop(posted["code"])
        name_and_secret = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(posted["code_verifier"].encode()).digest()).decode()
        if name_and_secret != f"{CLIENT_ID}:{CLIENT_SECRET}" or challenge.rstrip("=") != asked["code_challenge"]:
            raise PermissionError("not the client that asked")
        # How old claims are is judged by Vigie's clock, whether they have ended by the library, which asks the machine.
        issued, ends = int(clock.now().timestamp()), int(MACHINE().timestamp()) + 600
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": issued, "exp": ends, "nonce": asked["nonce"]}
        id_token = jwt.encode({"alg": "RS256", "kid": "one"}, {**claims, **self.claims}, self.key)
        return {"access_token": "unused", "token_type": "Bearer", "expires_in": 600, "id_token": id_token}


@contextmanager
def providing() -> Iterator[Provider]:
    """Run a provider until the block ends."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if parts.path == "/.well-known/openid-configuration":
                self.answer(provider.metadata())
            elif parts.path == "/keys":
                self.answer({"keys": [provider.key.as_dict(private=False)]})
            elif parts.path == "/authorize":
                self.go(provider.authorised(asked))
            elif parts.path == "/logout":
                provider.signed_out += 1
                self.go(asked["post_logout_redirect_uri"])
            else:
                self.send_error(404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            posted = {name: values[0] for name, values in parse_qs(body).items()}
            self.answer(provider.token(posted, self.headers["Authorization"]))

        def answer(self, content: dict[str, Any]) -> None:
            body = json.dumps(content).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def go(self, address: str) -> None:
            self.send_response(302)
            self.send_header("Location", address)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
