"""The muster list on a phone: after the same login, as plain forms, with nothing from elsewhere."""

from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final
from weakref import WeakKeyDictionary

from aiohttp import web

from accessctl.client import ApiClient, ApiError, ApiRefused, Session
from accessctl.muster_sheet.answers import Answers, ask
from accessctl.muster_sheet.phone import CSRF_FIELD, PERSON_FIELD, SINCE_FIELD, phone_page
from accessctl.muster_sheet.view import MusterView, tick_key, view_of
from accessctl.operators.rights import Right
from accessctl.web import words
from accessctl.web.gate import Gate, check_word, nonce, session_of
from accessctl.web.headers import script_policy
from accessctl.web.logins import Logins, WebSession
from accessctl.web.pages import html, page

PAGE: Final = "/muster"
TICK: Final = "/muster/safe"


class MusterPages:
    """Answers ``/muster`` and ``/muster/safe``."""

    def __init__(
        self, gate: Gate, logins: Logins, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """``now`` says how old what is shown has become."""
        self._gate, self._logins, self._now = gate, logins, now
        # The page looks again every few seconds; what the record said already is not asked for again.
        self._known: WeakKeyDictionary[WebSession, Answers] = WeakKeyDictionary()

    async def show(self, request: web.Request) -> web.Response:
        """Show who is inside, or who is missing."""
        session = session_of(request)
        try:
            return await self._page(request, session)
        except ApiError as error:
            return self._failed(session, error)

    async def tick(self, request: web.Request) -> web.Response:
        """Take that somebody was seen safe, in the muster in which the tick was made and in no other."""
        session = session_of(request)
        form = await self._gate.form_of(request)
        check_word(session, form.get(CSRF_FIELD, ""))
        self._logins.touch(session)
        person = form.get(PERSON_FIELD, "")
        try:
            view, _who = await self._view(session)
            if not view.running or view.since is None or form.get(SINCE_FIELD) != view.since.isoformat():
                return await self._page(request, session, words.OTHER_MUSTER)
            key = tick_key(view, person)
            await self._logins.ask(session, lambda api: api.seen_safe(person, key))
        except ApiRefused as refused:
            if refused.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
                return self._failed(session, refused)
            return await self._not_taken(request, session, refused)
        except ApiError as error:
            return self._failed(session, error)
        return web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": PAGE})

    async def _not_taken(
        self, request: web.Request, session: WebSession, refused: ApiRefused
    ) -> web.Response:
        if refused.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return self._failed(session, refused)  # it may be taken later: the page keeps it
        try:
            return await self._page(request, session, str(refused))
        except ApiError as error:
            return self._failed(session, error)

    async def _page(self, request: web.Request, session: WebSession, said: str = "") -> web.Response:
        """Give the list; with 409 and the reason where a tick was not taken. Raises ``ApiError``."""
        view, who = await self._view(session)
        # A page that looks by itself is nobody's doing, unless somebody stands there with the phone.
        if view.running or request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate":
            self._logins.touch(session)
        word = nonce()
        text = phone_page(
            view,
            action=TICK,
            csrf=session.csrf,
            nonce=word,
            may_tick=Right.SITE_ORDER.value in who["rights"],
            now=self._now(),
            said=said,
        )
        return html(text, script_policy(word), HTTPStatus.CONFLICT if said else HTTPStatus.OK)

    async def _view(self, session: WebSession) -> tuple[MusterView, Session]:
        before = self._known.get(session)

        def asked(api: ApiClient) -> tuple[Answers, Session]:
            who = api.who_am_i()
            events = Right.EVENTS_READ.value in who["rights"]
            return ask(api, self._now, before, events=events), who

        answers, who = await self._logins.ask(session, asked)
        self._known[session] = answers
        return view_of(answers), who

    def _failed(self, session: WebSession, error: ApiError) -> web.Response:
        """Say why there is no list, and lead to the login where that is what is missing."""
        status = error.status if isinstance(error, ApiRefused) else HTTPStatus.SERVICE_UNAVAILABLE
        if status == HTTPStatus.UNAUTHORIZED:
            self._logins.forget(session)
            return web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": f"/?to={PAGE}"})
        why = str(error) if isinstance(error, ApiRefused) else words.NO_ANSWER
        return page("closed.html", words.CLOSED, status, why=why, csrf=session.csrf)
