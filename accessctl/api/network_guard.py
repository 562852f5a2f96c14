"""Stands before the application for who comes from the network: with a token, no browser, not too often."""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from accessctl.api.problems import Refusal
from accessctl.api.rate import Rate
from accessctl.office.rules import NetworkRules, OfficeRules

_BEARER: Final = "bearer "
_OPEN: Final = "/v1/openapi.json"
"""What holds no personal data, and may be kept by whoever has asked for it."""
_A_YEAR_S: Final = 365 * 24 * 60 * 60
_PIECE: Final = 64 * 1024
_SUBNET_BITS: Final = 64
"""Of an IPv6 address: one client has all the addresses of its subnet."""


class NetworkGuard:
    """Lets a request through to the application, or answers it with a problem."""

    def __init__(
        self,
        app: ASGIApp,
        rules: Callable[[], Awaitable[OfficeRules]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Stand before an application. ``clock`` counts in seconds."""
        self._app, self._rules = app, rules
        self._addresses, self._tokens = Rate(clock), Rate(clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, or answer it here."""
        if scope["type"] != "http":
            raise RuntimeError("nothing but HTTP is served on the network")

        async def outwards(message: Message) -> None:
            if message["type"] == "http.response.start":
                _say_how_to_treat_it(MutableHeaders(scope=message), scope["path"])
            first, *others = _pieces(message)
            await send(first)
            for piece in others:
                # However much the kernel takes at once: others have their turn in between.
                await asyncio.sleep(0)
                await send(piece)

        try:
            headers = Headers(scope=scope)
            network = (await self._rules()).network or _CLOSED
            token = self._counted(scope["state"]["peer_address"], headers, network)
            _refuse_browsers(headers)
            _refuse_other_hosts(headers, network.names)
            _refuse_without_token(token)
        except _Turned as turned:
            answer = turned.refusal.response()
            answer.headers.update(turned.headers)
            await answer(scope, receive, outwards)
            return
        await self._app(scope, receive, outwards)

    def _counted(self, address: str, headers: Headers, network: NetworkRules) -> str | None:
        """Count the request, and give its token. Raises ``_Turned``."""
        # The address first: whoever tries tokens out is not remembered for each of them.
        wait = self._addresses.take(_client_at(address), network.requests_a_minute)
        token = _token_in(headers)
        if not wait and token is not None:
            # Kept for a minute, so not in clear.
            digest = hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
            wait = self._tokens.take(digest, network.requests_a_minute)
        if wait:
            words = f"more than {network.requests_a_minute} requests a minute; try again in {wait} s"
            raise _Turned(
                Refusal(HTTPStatus.TOO_MANY_REQUESTS, "too-many-requests", words), {"retry-after": str(wait)}
            )
        return token


_CLOSED: Final = NetworkRules("", 0)
"""What counts for connections that are left when the site file has stopped to say that anything listens."""


class _Turned(Exception):
    """A request that does not get through."""

    def __init__(self, refusal: Refusal, headers: dict[str, str] | None = None) -> None:
        super().__init__(refusal.detail)
        self.refusal, self.headers = refusal, headers or {}


def _client_at(address: str) -> str:
    found = ip_address(address)
    if isinstance(found, IPv6Address):
        return str(int(found) >> _SUBNET_BITS)
    return address


def _token_in(headers: Headers) -> str | None:
    said = headers.get("authorization", "")
    token = said[len(_BEARER) :].strip()
    return token if said.lower().startswith(_BEARER) and token else None


def _refuse_browsers(headers: Headers) -> None:
    if "origin" in headers:
        raise _Turned(
            Refusal(
                HTTPStatus.FORBIDDEN, "cross-origin", "no page of a browser may call this API: Origin is set"
            )
        )


def _refuse_other_hosts(headers: Headers, names: Iterable[str]) -> None:
    if names and _host_in(headers) not in names:
        raise _Turned(
            Refusal(
                HTTPStatus.MISDIRECTED_REQUEST, "unknown-host", "this API does not go by the name in Host"
            )
        )


def _host_in(headers: Headers) -> str:
    host = headers.get("host", "").strip().lower()
    name, colon, port = host.rpartition(":")
    if colon and port.isdecimal() and not (":" in name and not name.endswith("]")):
        host = name
    inner = host.removeprefix("[").removesuffix("]").removesuffix(".")
    try:
        return str(ip_address(inner))
    except ValueError:
        return inner


def _refuse_without_token(token: str | None) -> None:
    if token is None:
        raise _Turned(
            Refusal(
                HTTPStatus.UNAUTHORIZED,
                "no-token",
                "on the network a token is needed: Authorization: Bearer …",
            ),
            {"www-authenticate": "Bearer"},
        )


def _pieces(message: Message) -> Iterator[Message]:
    """Cut a long body up: of one piece nobody notices how slowly it is read, until it is in memory whole."""
    body = message.get("body", b"")
    last = max(0, (len(body) - 1) // _PIECE) * _PIECE
    for start in range(0, last, _PIECE):
        yield {"type": message["type"], "body": body[start : start + _PIECE], "more_body": True}
    yield {**message, "body": body[last:]} if last else message


def _say_how_to_treat_it(headers: MutableHeaders, path: str) -> None:
    headers["strict-transport-security"] = f"max-age={_A_YEAR_S}"
    headers["x-content-type-options"] = "nosniff"
    if path != _OPEN:
        headers["cache-control"] = "no-store"
