"""What every answer tells the browser about what may be done with it."""

from typing import Final

from aiohttp import web
from multidict import CIMultiDict

_NOTHING: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_NOT_NEEDED: Final = ("camera", "clipboard-read", "display-capture", "geolocation", "microphone", "usb")
FOR_ALL: Final = {
    "Content-Security-Policy": _NOTHING,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in _NOT_NEEDED),
    "Cache-Control": "no-store",
}
_LIMITS: Final = "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"


async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Put in what a handler has not said otherwise. The name of the server is nobody's business."""
    add_to(response.headers)


def add_to(headers: CIMultiDict[str]) -> None:
    """Put in what is not there."""
    for name, value in FOR_ALL.items():
        headers.setdefault(name, value)
    headers["Server"] = "accessctl"


def page_policy(nonce: str) -> str:
    """Give what a page of forms may load: nothing, besides its one style sheet, which stands in it."""
    return f"default-src 'none'; img-src data:; style-src 'nonce-{nonce}'; {_LIMITS}"


def script_policy(nonce: str) -> str:
    """Give what the muster page may load: nothing. Its script and its style sheet stand in it."""
    own = f"'nonce-{nonce}'"
    return f"default-src 'none'; script-src {own}; style-src {own}; connect-src 'self'; {_LIMITS}"


def terminal_policy(nonce: str, websocket: str) -> str:
    """Give what the console's page may load: what is ours, and its one websocket.

    The terminal writes style sheets of its own, with the sizes of its characters: hence ``unsafe-inline``.
    """
    return (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
        f"font-src 'self'; img-src 'self' data:; connect-src 'self' {websocket}; {_LIMITS}"
    )
