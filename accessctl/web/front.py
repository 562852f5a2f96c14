"""The front door: the login, then the console's page, and the way out."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from aiohttp import web

from accessctl.client import ApiError, ApiRefused
from accessctl.web import words
from accessctl.web.gate import SESSION_KEY, Gate, check_word, session_of
from accessctl.web.logins import Logins, WebSession
from accessctl.web.origins import Origins
from accessctl.web.pages import page, terminal_page
from accessctl.web.terminals import Terminals
from accessctl.web.tries import Tries

_LOGINS_AT_ONCE: Final = 2
"""The API hashes no more at once."""
_FONT_SIZES: Final = (8, 40)
_USUAL_FONT: Final = 16
_WHERETO: Final = ("/", "/muster")


class Front:
    """Answers ``/``, ``/login`` and ``/logout``."""

    def __init__(
        self,
        gate: Gate,
        logins: Logins,
        origins: Origins,
        terminals: Terminals,
        *,
        tries: Tries,
        proxied: bool,
    ) -> None:
        """``proxied``: whether who connects is a reverse proxy, which tells for whom."""
        self._gate, self._logins, self._origins, self._terminals = gate, logins, origins, terminals
        self._tries, self._proxied = tries, proxied
        self._turns = asyncio.Semaphore(_LOGINS_AT_ONCE)

    async def index(self, request: web.Request) -> web.Response:
        """Show the console, or the login to whoever has to log in."""
        session = request.get(SESSION_KEY)
        if session is None:
            return self._form(request)
        if not await self.still_counts(session):
            return self._form(request, words.HAS_ENDED)
        self._logins.touch(session)
        if self._terminals.is_full(session):
            status = HTTPStatus.SERVICE_UNAVAILABLE
            return page("closed.html", words.CLOSED, status, why=words.TOO_MANY, csrf=session.csrf)
        websocket = self._origins.websocket(request.host)
        return terminal_page(words.TERMINAL, websocket, csrf=session.csrf, font_size=_font_size(request))

    async def still_counts(self, session: WebSession) -> bool:
        """Whether the API still knows a session; while it does not answer, nobody has said otherwise."""
        try:
            await self._logins.ask(session, lambda api: api.who_am_i())
        except ApiRefused as refused:
            if refused.status == HTTPStatus.UNAUTHORIZED:
                self._logins.forget(session)
                return False
        except ApiError:
            pass
        return True

    async def log_in(self, request: web.Request) -> web.Response:
        """Begin a session, or show the form again with the reason."""
        form = await self._gate.form_of(request)
        if not self._gate.is_word(request, form.get("csrf", "")):
            return self._form(request, words.OLD_FORM, HTTPStatus.FORBIDDEN, form)
        said = [form.get(name, "").strip() for name in ("operator", "code")]
        if not all((*said, form.get("password"))):
            return self._form(request, words.ALL_NEEDED, HTTPStatus.UNPROCESSABLE_ENTITY, form)
        address = self._address(request)
        async with self._turns:
            if wait_s := self._tries.wait_s(address):
                why = words.too_often(wait_s)
                return self._form(request, why, HTTPStatus.TOO_MANY_REQUESTS, form, wait_s=wait_s)
            try:
                shown, _session = await self._logins.begin(
                    said[0], form["password"], said[1].replace(" ", "")
                )
            except ApiRefused as refused:
                return self._refused(request, refused, form, address)
            except ApiError:
                return self._form(request, words.NO_ANSWER, HTTPStatus.SERVICE_UNAVAILABLE, form)
        if (before := request.get(SESSION_KEY)) is not None:
            await self._logins.end(before)
        response = web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": _whereto(form)})
        self._gate.give_session(response, shown)
        return response

    async def log_out(self, request: web.Request) -> web.Response:
        """End the session, here and at the API, with every console in its name."""
        session = session_of(request)
        check_word(session, (await self._gate.form_of(request)).get("csrf", ""))
        await self._logins.end(session)
        return self._form(request, words.LOGGED_OUT)

    def _refused(
        self, request: web.Request, refused: ApiRefused, form: Mapping[str, str], address: str
    ) -> web.Response:
        if refused.status == HTTPStatus.TOO_MANY_REQUESTS:
            return self._form(request, str(refused), HTTPStatus.TOO_MANY_REQUESTS, form)
        # What is no name or no code at all is wrong as well: the form tells nobody more than that.
        self._tries.failed(address)
        return self._form(request, words.WRONG, HTTPStatus.UNAUTHORIZED, form)

    def _form(
        self,
        request: web.Request,
        why: str = "",
        status: int = HTTPStatus.OK,
        form: Mapping[str, str] | None = None,
        *,
        wait_s: float = 0.0,
    ) -> web.Response:
        word, cookie = self._gate.word_of(request)
        said = form or {}
        to = _whereto(said or request.query)
        operator = said.get("operator", "")[:64]
        response = page("login.html", words.LOGIN, status, why=why, csrf=word, to=to, operator=operator)
        self._gate.give_form_cookie(response, cookie)
        self._gate.take_session(response)
        if wait_s:
            response.headers["Retry-After"] = str(int(wait_s) + 1)
        return response

    def _address(self, request: web.Request) -> str:
        """Give who asks. What a proxy adds stands last; what stands before it anybody may have said."""
        told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        return (told if self._proxied else "") or request.remote or ""


def _whereto(said: Mapping[str, str]) -> str:
    """Give where the login leads: to a page of ours, whatever was said."""
    to = said.get("to", "/")
    return to if to in _WHERETO else "/"


def _font_size(request: web.Request) -> int:
    least, most = _FONT_SIZES
    try:
        return min(max(int(request.query["fontsize"]), least), most)
    except (KeyError, ValueError):
        return _USUAL_FONT
