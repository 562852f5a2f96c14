"""How the API is asked over its socket: one call, pages, and what goes wrong on the way."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote

import httpx

from accessctl.answers import Done
from accessctl.client.errors import ApiRefused, ApiSilent, ApiUnreachable, raise_for, waits
from accessctl.client.line import LINE_ERRORS, TIMEOUTS, LineTransport
from accessctl.home import OPERATORS_SOCKET

_IN_A_HOME: Final = "api.sock"
PAGE: Final = 500
ANSWER_S: Final = 15.0
"""Longer than the API waits for the door process, so that its own words arrive."""
ENCODING_S: Final = 30.0
"""Over the time for showing a card: so long at most may it take to encode it."""
ERASURE_S: Final = 60.0
"""A sensor may take its time, and a large database is written anew."""
FORESIGHT_S: Final = 60.0
REHEARSAL_S: Final = 620.0
CALIBRATION_S: Final = 130.0
SILENCE_S: Final = 30.0
"""A stream that says nothing for so long, not even that it lives, counts as lost."""
RETRY_S: Final = 1.0


class Asking:
    """Asks. What there is to ask for stands in the classes that add their calls to it."""

    def __init__(self, path: Path, token: str | None = None, *, answer_s: float = ANSWER_S) -> None:
        """Remember the socket, ``Home.api_socket``, and in whose name to ask. Connects when it first asks.

        ``answer_s``: how long to wait where a call has no time of its own.
        """
        self._socket, self._token = path, token
        self._answer_s = answer_s
        self._line = LineTransport(path)
        self._http = httpx.Client(
            transport=self._line,
            base_url="http://accessctl/v1",
            headers={} if token is None else {"Authorization": f"Bearer {token}"},
        )

    def again(self) -> Self:
        """Make another client that asks in the same name, for another thread or for as long as it takes."""
        return type(self)(self._socket, self._token, answer_s=self._answer_s)

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def hang_up(self) -> None:
        """End a call that another thread waits for: ``ApiUnreachable`` there, or its answer is lost.

        For good: who hangs up asks nothing more with this client.
        """
        self._line.hang_up()

    def __enter__(self) -> Self:
        """Stay connected until the block ends."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up."""
        self.close()

    def openapi(self) -> dict[str, Any]:
        """Give the description of the API."""
        found: dict[str, Any] = self._ask("GET", "/openapi.json")
        return found

    @contextmanager
    def call(
        self,
        method: str,
        path: str,
        content: bytes | None = None,
        *,
        query: Sequence[tuple[str, str]],
        headers: Sequence[tuple[str, str]],
    ) -> Iterator["RawAnswer"]:
        """Make any call, and give the answer before its body is read; a refusal is an answer too.

        It has the time that the longest call takes, and a stream as long as it lives.
        """
        wanted = self._http.build_request(
            method,
            path,
            content=content,
            params=tuple(query) or None,
            headers=[*headers],
            timeout=REHEARSAL_S,
        )
        with self._in_words():
            response = self._http.send(wanted, stream=True)
        try:
            yield RawAnswer(response, self._in_words)
        finally:
            response.close()

    def _pages(self, kind: str, path: str, query: dict[str, object]) -> Iterator[Any]:
        after: str | None = ""
        while after is not None:
            page = self._ask("GET", path, query={**query, "after": after, "limit": PAGE})
            yield from page[kind]
            after = page["next"]

    def _ask(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        timeout_s: float | None = None,
        *,
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Any:  # noqa: ANN401 - the methods above say what it is
        with self._in_words():
            response = self._http.request(
                method,
                path,
                json=body,
                params=given(query or {}),
                headers=headers,
                timeout=timeout_s or self._answer_s,
            )
        raise_for(response)
        return response.json() if response.content else None

    def _order(self, method: str, path: str, key: str | None, body: dict[str, Any] | None = None) -> Done:
        """Give an order: once under its key, and not after we have given up waiting for an answer."""
        by_when = datetime.now(UTC) + timedelta(seconds=self._answer_s)
        once = {} if key is None else {"Idempotency-Key": key}
        try:
            done: Done = self._ask(method, path, body, headers={**once, "Not-After": by_when.isoformat()})
        except ApiSilent as error:
            raise ApiSilent(
                "the API does not answer in time: it is not done later. Whether it was done just now, the "
                "record says"
            ) from error
        return done

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except TIMEOUTS as error:
            raise ApiSilent("the API does not answer in time") from error
        except PermissionError as error:
            raise ApiUnreachable(
                f"the API at {self._socket} is not for this account, which has to be in a group for it "
                "(accessctl-operators where systemd runs the API) and then to log in to this machine anew"
            ) from error
        except LINE_ERRORS as error:
            raise ApiUnreachable(_silent(self._socket)) from error


def _silent(at: Path) -> str:
    # In a home it is known how to start what is missing.
    home = at.parent if at.name == _IN_A_HOME and at != OPERATORS_SOCKET else None
    if home is None:
        return f"the API does not answer at {at}. Doors do not need it. See whether accessctl-api runs"
    return (
        f"the API does not answer at {home}. Doors do not need it. Start it with "
        f"`accessctl --home {home} run`, or the service accessctl-api where systemd runs it"
    )


class RawAnswer:
    """What the API answers to any call; nothing of its body is read before it is asked for."""

    def __init__(
        self, response: httpx.Response, in_words: Callable[[], AbstractContextManager[None]]
    ) -> None:
        """Take the answer, and what puts a connection that breaks into words.

        Around reading alone: what goes wrong with whoever prints it is no fault of the API.
        """
        self._response, self._in_words = response, in_words
        self.good = response.is_success
        self.waits = waits(response)
        self.status_line = f"{response.status_code} {response.reason_phrase}"
        self.headers: Mapping[str, str] = response.headers

    def read(self) -> bytes:
        """Give the body."""
        with self._in_words():
            return self._response.read()

    def lines(self) -> Iterator[str]:
        """Give the body as it comes, line by line."""
        with self._in_words():
            yield from self._response.iter_lines()


def part(text: str) -> str:
    """Put any text into one part of a path. A dot or two alone would be resolved away.

    Raises ``ApiRefused`` for a slash: the server would take what stands behind it for a further part.
    """
    if "/" in text:
        raise ApiRefused({"status": HTTPStatus.NOT_FOUND, "detail": f"{text} is no id: an id has no slash"})
    return quote(text, safe="") if text.strip(".") else "%2E" * len(text) or "%20"


def given(query: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is not said."""
    return {name: value for name, value in query.items() if value is not None}
