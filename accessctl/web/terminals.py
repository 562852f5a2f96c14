"""The websocket behind the terminal in a page: keys and clicks in, characters out, one process for each."""

import asyncio
import json
import logging
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from aiohttp import WSMsgType, web
from textual_serve.download_manager import DownloadManager

from accessctl.web import ENDED
from accessctl.web.gate import session_of
from accessctl.web.logins import Logins, WebSession
from accessctl.web.origins import Origins
from accessctl.web.process import ConsoleProcess
from accessctl.web.words import TOO_MANY

LONGEST_MESSAGE: Final = 64 * 1024
"""In bytes: what is pasted at once fits in."""
MOST_OF_ONE: Final = 3
"""Consoles at once in the name of one session."""
HEARTBEAT_S: Final = 15
GOODBYE_S: Final = 2.0
"""So long is a page waited for that does not say goodbye."""
_CELLS: Final = (10, 500)
_USUAL: Final = (80, 24)
_LEAD_BACK: Final = json.dumps(["open_url", {"url": "/", "new_tab": False}])
"""The page goes there by itself: to the login, when nobody is logged in."""

log = logging.getLogger(__name__)


class Terminals:
    """Runs the consoles, and keeps to how many there may be."""

    def __init__(self, logins: Logins, origins: Origins, state: Path, most: int) -> None:
        """``state``: where small choices are remembered, those of each operator in a folder of their own."""
        self._logins, self._origins, self._state, self._most = logins, origins, state, most
        self.downloads = DownloadManager()
        self.running: dict[ConsoleProcess, WebSession] = {}
        self._idle = asyncio.Event()
        self._idle.set()

    def is_full(self, session: WebSession) -> bool:
        """Whether no further console may run, or none of this session."""
        return len(self.running) >= self._most or session.consoles >= MOST_OF_ONE

    async def until_none(self) -> None:
        """Wait until no console runs any more."""
        await self._idle.wait()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Run a console until its operator leaves, the session ends, or the line breaks."""
        session = session_of(request)
        if not self._origins.same(request.headers.get("Origin"), request.host):
            raise web.HTTPForbidden(text="a websocket is opened from our own page, and from no other\n")
        if self.is_full(session):
            raise web.HTTPServiceUnavailable(text=f"{TOO_MANY}\n")
        websocket = web.WebSocketResponse(
            heartbeat=HEARTBEAT_S, max_msg_size=LONGEST_MESSAGE, timeout=GOODBYE_S
        )
        process = ConsoleProcess(
            self._logins.socket,
            session.token,
            self._state / "operators" / quote(session.operator, safe=""),
            write_bytes=websocket.send_bytes,
            write_str=websocket.send_str,
            downloads=self.downloads,
        )
        self._idle.clear()
        self.running[process] = session
        session.consoles += 1
        try:
            await websocket.prepare(request)
            await self._run(websocket, process, session, _size_in(request))
        finally:
            session.consoles -= 1
            del self.running[process]
            if not self.running:
                self._idle.set()
        return websocket

    async def _run(
        self,
        websocket: web.WebSocketResponse,
        process: ConsoleProcess,
        session: WebSession,
        size: tuple[int, int],
    ) -> None:
        ends: set[asyncio.Task[Any]] = set()
        try:
            await process.begin(*size)
            ends = {
                asyncio.create_task(self._listen(websocket, process, session)),
                asyncio.create_task(process.until_over()),
                asyncio.create_task(session.over.wait()),
            }
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        except OSError as error:
            log.error("no console can be started: %s", error)  # noqa: TRY400 - there is nothing to trace
        finally:
            for end in ends:
                end.cancel()
            status = await process.end()
        if status == ENDED:
            self._logins.forget(session)
        with suppress(ConnectionError):
            if session.over.is_set():
                await websocket.send_str(_LEAD_BACK)
            await websocket.close()

    async def _listen(
        self, websocket: web.WebSocketResponse, process: ConsoleProcess, session: WebSession
    ) -> None:
        """Pass on what comes from the page until it leaves. What is no message of it is left out."""
        async for message in websocket:
            if message.type is not WSMsgType.TEXT:
                continue
            try:
                kind, *about = json.loads(message.data)
                if kind in {"stdin", "resize"}:
                    self._logins.touch(session)
                await _pass_on(websocket, process, kind, about[0] if about else None)
            except (ValueError, TypeError, KeyError):
                continue


async def _pass_on(
    websocket: web.WebSocketResponse,
    process: ConsoleProcess,
    kind: object,
    about: Any,  # noqa: ANN401 - JSON
) -> None:
    match kind:
        case "stdin":
            await process.send_bytes(str(about).encode(errors="replace"))
        case "resize":
            await process.set_terminal_size(_cells(about["width"]), _cells(about["height"]))
        case "ping":
            await websocket.send_json(["pong", str(about)[:40]])
        case "blur":
            await process.blur()
        case "focus":
            await process.focus()
        case _:
            pass


def _size_in(request: web.Request) -> tuple[int, int]:
    try:
        return _cells(request.query["width"]), _cells(request.query["height"])
    except (KeyError, ValueError):
        return _USUAL


def _cells(count: object) -> int:
    """Give a number of cells that a terminal may have. Raises ``ValueError``."""
    least, most = _CELLS
    return min(max(int(str(count)), least), most)
