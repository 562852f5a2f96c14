"""Files: what the console's page is made of, and what a console hands out."""

from pathlib import Path
from typing import Final
from urllib.parse import quote

import textual_serve
from aiohttp import web

from accessctl.web.gate import session_of
from accessctl.web.process import ConsoleProcess
from accessctl.web.terminals import Terminals

STATIC: Final = Path(textual_serve.__file__).parent / "static"
"""textual-serve's own: the terminal, its style and its characters."""
_SERVED: Final = {
    "js/textual.js": "text/javascript",
    "css/xterm.css": "text/css",
    "fonts/RobotoMono-VariableFont_wght.ttf": "font/ttf",
    "fonts/RobotoMono-Italic-VariableFont_wght.ttf": "font/ttf",
}


async def static(request: web.Request) -> web.StreamResponse:
    """Give one of the terminal's files. They are asked about each time, and sent when they are others."""
    path = request.match_info["path"]
    if path not in _SERVED:
        raise web.HTTPNotFound
    headers = {"Content-Type": _SERVED[path], "Cache-Control": "private, no-cache"}
    return web.FileResponse(STATIC / path, headers=headers)


class Downloads:
    """Hands out the files that consoles offer, each to the session of its console alone."""

    def __init__(self, terminals: Terminals) -> None:
        """Take what knows the consoles."""
        self._terminals = terminals

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Give a file. One that does not come to its end breaks off, so that nobody takes a part for it."""
        key = request.match_info["key"]
        process = self._process_of(request, key)
        about = await self._terminals.downloads.get_download_metadata(key)
        response = web.StreamResponse()
        response.headers["Content-Type"] = "application/octet-stream"
        name = quote(about.file_name, safe="")
        response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
        await response.prepare(request)
        async for chunk in self._terminals.downloads.download(key):
            await response.write(chunk)
        if key not in process.whole and request.transport is not None:
            request.transport.abort()
        else:
            await response.write_eof()
        return response

    def _process_of(self, request: web.Request, key: str) -> ConsoleProcess:
        session = session_of(request)
        for process, whose in self._terminals.running.items():
            if whose is session and key in process.offered:
                process.offered.remove(key)
                return process
        raise web.HTTPNotFound(text="there is no such file, or it was fetched already\n")
