"""Headers that tell the browser what Vigie's pages may do. Vega's charts work under them; inline scripts do not."""

import base64
import hashlib
import re

from starlette.datastructures import MutableHeaders

MEDIA_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; sandbox; frame-ancestors 'none'"
"""A file somebody uploaded or exported runs nothing, even opened in a tab."""

_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


def page_policy(page: bytes) -> str:
    """The content security policy of Streamlit's page: its own inline scripts by their hash, no others."""
    digests = (base64.b64encode(hashlib.sha256(script).digest()).decode() for script in _INLINE.findall(page))
    scripts = " ".join(["'self'", *(f"'sha256-{digest}'" for digest in digests)])
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "font-src 'self' data:; connect-src 'self'; worker-src 'self'; media-src 'self'; manifest-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def secured(headers: MutableHeaders, *, path: str, policy: str | None, secure: bool) -> None:
    """Add them to a response. `policy` is the page's, for the page; files that people made get a stricter one."""
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["X-Frame-Options"] = "DENY"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
    if secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if path.startswith("/media/"):
        headers["Content-Security-Policy"] = MEDIA_POLICY
        headers["Cache-Control"] = "private, no-store"
    elif policy or headers.get("content-type", "").startswith("text/html"):
        headers["Content-Security-Policy"] = policy or "default-src 'none'; frame-ancestors 'none'"
