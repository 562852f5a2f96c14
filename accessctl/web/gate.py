"""What stands before every page: whether a request is meant for us, and whose it is.

Rule 1: without a session there are the login and ``/healthz``, and nothing else.
Rule 2: whatever changes something carries a word that only a page of ours has, and comes from no other page.
"""

import asyncio
import hmac
import secrets
from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from aiohttp import web

from accessctl.web.logins import Logins, WebSession
from accessctl.web.origins import Origins

HEALTH: Final = "/healthz"
_FREE: Final = frozenset({"/", "/login"})
_PAGES: Final = frozenset({"/muster"})
"""Where somebody who has not logged in is led to the login."""
_FORM_S: Final = 10.0
"""A form is short; whoever takes longer to send it wants to keep us busy."""
_FORM: Final = "application/x-www-form-urlencoded"
_NONCE_BYTES: Final = 16
SESSION_KEY: Final = web.RequestKey("session", WebSession)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Gate:
    """Lets requests in, and knows the cookies."""

    def __init__(self, logins: Logins, origins: Origins, *, secure: bool) -> None:
        """``secure``: whether browsers come over TLS."""
        self._logins, self._origins, self._secure = logins, origins, secure
        # With this prefix a browser takes such a cookie from this very host alone, and over TLS.
        prefix = "__Host-" if secure else ""
        self._session_cookie, self._form_cookie = f"{prefix}accessctl-session", f"{prefix}accessctl-form"
        self._key = secrets.token_bytes(32)

    async def let_in(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let a request through to its handler, or answer it here."""
        if request.path == HEALTH:
            return await handler(request)
        if not self._origins.is_ours(request.headers.get("Host")):
            raise web.HTTPMisdirectedRequest(text="this is not served under that name\n")
        session = self._logins.of(request.cookies.get(self._session_cookie))
        if session is not None:
            request[SESSION_KEY] = session
        elif request.path in _PAGES and request.method == "GET":
            raise web.HTTPSeeOther(f"/?to={quote(request.path)}")
        elif request.path not in _FREE:
            raise web.HTTPUnauthorized(text="log in first\n")
        return await handler(request)

    # ------------------------------------------------------------------------------------- forms

    async def form_of(self, request: web.Request) -> Mapping[str, str]:
        """Read a form that a page of ours has sent. Raises an ``HTTPException`` for any other."""
        came_from = request.headers.get("Origin")
        elsewhere = came_from not in {None, "null"} and not self._origins.same(came_from, request.host)
        if elsewhere or request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            raise web.HTTPForbidden(text="this form was sent by somebody else's page\n")
        if request.content_type != _FORM:
            raise web.HTTPUnsupportedMediaType(text=f"a form is {_FORM}\n")
        try:
            async with asyncio.timeout(_FORM_S):
                sent = await request.post()
        except TimeoutError:
            raise web.HTTPRequestTimeout from None
        return {name: value for name, value in sent.items() if isinstance(value, str)}

    def word_of(self, request: web.Request) -> tuple[str, str]:
        """Give the word for a login's form, and the cookie that it goes with."""
        cookie = request.cookies.get(self._form_cookie) or secrets.token_urlsafe(32)
        return self._word(cookie), cookie

    def is_word(self, request: web.Request, word: str) -> bool:
        """Whether a login's form has the word that its cookie goes with."""
        cookie = request.cookies.get(self._form_cookie)
        return cookie is not None and _is_same(self._word(cookie), word)

    def _word(self, cookie: str) -> str:
        return hmac.new(self._key, cookie.encode(errors="replace"), sha256).hexdigest()

    # ----------------------------------------------------------------------------------- cookies

    def give_form_cookie(self, response: web.Response, cookie: str) -> None:
        """Let the browser show that it has asked for the login's form."""
        self._give(response, self._form_cookie, cookie)

    def give_session(self, response: web.Response, shown: str) -> None:
        """Let the browser show its session from now on."""
        self._give(response, self._session_cookie, shown)

    def take_session(self, response: web.Response) -> None:
        """Let the browser forget it."""
        response.del_cookie(
            self._session_cookie, path="/", secure=self._secure, httponly=True, samesite="Strict"
        )

    def _give(self, response: web.Response, name: str, value: str) -> None:
        response.set_cookie(name, value, path="/", secure=self._secure, httponly=True, samesite="Strict")


def session_of(request: web.Request) -> WebSession:
    """Give the session in whose name a request is sent; nothing behind the gate is reached without one."""
    return request[SESSION_KEY]


def check_word(session: WebSession, word: str) -> None:
    """Raise ``HTTPForbidden`` unless a form has the session's own word."""
    if not _is_same(session.csrf, word):
        raise web.HTTPForbidden(
            text="this form is not from a page of yours; go back, load it anew, try again\n"
        )


def _is_same(word: str, said: str) -> bool:
    """Compare in a time that tells nothing; what is said may be any bytes."""
    return hmac.compare_digest(word.encode(), said.encode(errors="replace"))


def nonce() -> str:
    """Make the word by which a page's own style sheet is known."""
    return secrets.token_urlsafe(_NONCE_BYTES)


async def health(_request: web.Request) -> web.Response:
    """Say that we are there."""
    return web.Response(text="ok\n", status=HTTPStatus.OK)
