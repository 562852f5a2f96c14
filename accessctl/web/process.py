"""The process of one console, as textual-serve runs it, and how it is ended in any case."""

import asyncio
import json
import logging
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from textual_serve._binary_encode import load
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

from accessctl.web import ENDED

STOP_S: Final = 3.0
"""A console that has not left by then is killed."""
_TAIL: Final = 4096
_NOT_THEIRS: Final = frozenset({"ACCESSCTL_TOKEN", "ACCESSCTL_SOCKET", "ACCESSCTL_HOME"})
"""Of our own environment. What a console needs it is told."""

log = logging.getLogger(__name__)


class ConsoleProcess(AppService):
    """A console that runs for one session, and speaks in its name alone."""

    def __init__(
        self,
        socket: Path,
        token: str,
        state: Path,
        *,
        write_bytes: Callable[[bytes], Awaitable[None]],
        write_str: Callable[[str], Awaitable[None]],
        downloads: DownloadManager,
    ) -> None:
        """``socket``: where the API is asked. ``state``: where the console keeps small choices."""
        super().__init__(
            "", write_bytes=write_bytes, write_str=write_str, close=_nothing, download_manager=downloads
        )
        self._socket, self._token, self._state = socket, token, state
        self._complained = b""
        self._complaining: asyncio.Task[None] | None = None
        self.whole: set[str] = set()
        """The keys of the downloads that have come to their end."""
        self.offered: set[str] = set()
        """The keys of the downloads that this console has offered."""

    async def begin(self, width: int, height: int) -> None:
        """Start it. Raises ``OSError``."""
        await self.start(width, height)

    async def until_over(self) -> None:
        """Wait until it says nothing more."""
        if self._task is not None:
            await asyncio.wait({self._task})

    async def end(self) -> int | None:
        """End it, whatever it does, and give its exit status; ``None`` where it was killed."""
        process = self._process
        if process is None:
            return None
        try:
            async with asyncio.timeout(STOP_S):
                await self._download_manager.cancel_app_downloads(self.app_service_id)
                await self.send_meta({"type": "quit"})
                status = await self._gone(process)
                self._log(status)
                return status
        except TimeoutError:
            return None
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)  # it leads a group of its own
                await self._gone(process)

    async def _gone(self, process: Process) -> int:
        """Wait until it has gone, and read what it still says: a full pipe would keep it."""
        await self.until_over()
        if process.stdout is not None:
            while await process.stdout.read(1 << 16):
                pass
        return await process.wait()

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        """Start it without a shell, in a session of its own, with the token in a pipe."""
        told, tells = os.pipe()
        try:
            with os.fdopen(tells, "w", encoding="ascii") as pipe:
                pipe.write(self._token)
            self._process = process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "accessctl.web.session", "--socket", str(self._socket)),
                *("--token-fd", str(told), "--parent", str(os.getpid())),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=self._build_environment(width, height),
                pass_fds=(told,),
                start_new_session=True,
            )
        finally:
            os.close(told)
        self._stdin = process.stdin
        self._take_complaints(process)
        return process

    def _take_complaints(self, process: Process) -> None:
        """Keep the end of what it writes to stderr. All of it would have in it what the console showed."""
        written, process.stderr = process.stderr, asyncio.StreamReader()
        process.stderr.feed_eof()

        async def take() -> None:
            while written is not None and (part := await written.read(_TAIL)):
                self._complained = (self._complained + part)[-_TAIL:]

        self._complaining = asyncio.create_task(take())

    def _log(self, status: int) -> None:
        if status not in {0, ENDED}:
            lines = self._complained.decode(errors="replace").split("\n")
            why = next((line for line in reversed(lines) if line.strip()), "it said nothing")
            log.warning("a console has ended with status %d: %s", status, why.strip())

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        environment = super()._build_environment(width, height)
        theirs = {name: value for name, value in environment.items() if name not in _NOT_THEIRS}
        return {**theirs, "XDG_STATE_HOME": str(self._state)}

    async def on_meta(self, data: bytes) -> None:
        """Let it offer a file, and nothing else: no page of somebody else's is opened from here."""
        about = json.loads(data)
        if about["type"] == "deliver_file_start":
            self.offered.add(str(about["key"]))
            await super().on_meta(data)

    async def on_packed(self, payload: bytes) -> None:
        """Take a part of a file; an empty one is its end."""
        match load(payload):
            case ("deliver_chunk", str(key), chunk) if not chunk:
                self.whole.add(key)
        await super().on_packed(payload)


async def _nothing() -> None:
    """Do nothing: the websocket ends with the process, however that ended."""
