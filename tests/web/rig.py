"""The served console: its process, a browser without a screen, and what comes over a websocket."""

import itertools
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pyotp

from accessctl.operators.rights import Role
from tests.tui.rig import PASSWORD, Site
from tests.whole.processes import PATIENCE_S, children

SESSION = "accessctl-session"
_numbers = itertools.count(1)
LOOK_S = 0.05


@dataclass
class Served:
    """A running ``accessctl web``."""

    site: Site
    process: subprocess.Popen[str]
    url: str
    """With a slash at the end."""
    said: list[str]
    """What it said before it served."""

    @property
    def host(self) -> str:
        return self.url.partition("//")[2].rstrip("/")

    def consoles(self) -> list[int]:
        """Give the processes of the consoles that run."""
        return [pid for pid in children(self.process.pid) if "accessctl.web.session" in command_of(pid)]

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End it, and give its exit status."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_S)


@contextmanager
def served(site: Site, *options: str, state: Path | None = None) -> Iterator[Served]:
    """Serve a site's console until the block ends."""
    where = () if "--listen" in options else ("--listen", "127.0.0.1:0")
    words = ["--socket", str(site.home.api_socket), "web", *where, *options]
    process = subprocess.Popen(
        [sys.executable, "-m", "accessctl.cli", *words],
        stderr=subprocess.PIPE,
        text=True,
        env=environment(state or site.home.path / "web-state"),
    )
    assert process.stderr is not None
    try:
        said = []
        for line in process.stderr:
            said.append(line.strip())
            if found := re.search(r"the console is at (\S+)", line):
                yield Served(site, process, found[1], said)
                break
        else:
            raise AssertionError(f"it ended with {process.wait(PATIENCE_S)}: {said}")
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(PATIENCE_S)
        process.stderr.close()


def environment(state: Path) -> dict[str, str]:
    """Give the environment of a server: with a folder of its own for what it keeps."""
    return {**os.environ, "XDG_STATE_HOME": str(state), "XDG_CONFIG_HOME": str(state)}


class Browser(httpx.Client):
    """Somebody's browser, as far as forms and cookies go."""

    def __init__(self, served: Served, **more: object) -> None:
        super().__init__(base_url=served.url, timeout=PATIENCE_S, **more)  # type: ignore[arg-type]
        self.served = served
        self.operator = ""

    def form(self) -> str:
        """Open the login, and give the word in its form."""
        return word_in(self.get("/").text)

    def log_in(
        self, operator: str, secret: str, *, password: str = PASSWORD, to: str = "/"
    ) -> httpx.Response:
        """Fill in the login's form with the code that the generator shows now, and send it."""
        code = pyotp.TOTP(secret).now()
        fields = {"csrf": self.form(), "operator": operator, "password": password, "code": code, "to": to}
        return self.post("/login", data=fields)

    def word(self) -> str:
        """Give the word in the forms of the page that one sees now."""
        return word_in(self.get("/").text)

    @property
    def shown(self) -> str | None:
        """What it shows of its session."""
        return next((cookie.value for cookie in self.cookies.jar if cookie.name.endswith(SESSION)), None)


def word_in(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]*)"', page)
    assert found is not None, page
    return unescape(found[1])


@contextmanager
def logged_in(served: Served, role: Role = Role.GUARD) -> Iterator[Browser]:
    """Give a browser in which an operator has logged in whom nobody else is: a code counts once."""
    with Browser(served) as browser:
        browser.operator = newcomer()
        answer = browser.log_in(browser.operator, served.site.new_operator(browser.operator, role))
        assert answer.status_code == 303, answer.text
        yield browser


def newcomer() -> str:
    """Give the name of an operator whom nobody has used."""
    return f"otto-{next(_numbers)}"


@asynccontextmanager
async def a_terminal(browser: Browser, origin: str | None = None) -> AsyncIterator["Terminal"]:
    """Open a console as a page of ours does, or of somebody else's."""
    url = f"{browser.served.url}ws?width=100&height=30"
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(url, headers=headers_of(browser, origin)) as websocket,
    ):
        yield Terminal(websocket)


class Terminal:
    """A console behind its websocket, and what it has drawn."""

    def __init__(self, websocket: aiohttp.ClientWebSocketResponse) -> None:
        self.websocket = websocket
        self.drawn = ""
        self.told: list[list[Any]] = []

    async def until(self, words: str) -> None:
        """Read until this was drawn."""
        while words not in self.drawn:
            assert await self.read(), f"it was closed; drawn was {self.drawn[-2000:]}"

    async def until_closed(self) -> None:
        """Read until the line is closed."""
        while await self.read():
            pass

    async def read(self) -> bool:
        message = await self.websocket.receive(PATIENCE_S)
        match message.type:
            case aiohttp.WSMsgType.BINARY:
                self.drawn += re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", message.data.decode())
            case aiohttp.WSMsgType.TEXT:
                self.told.append(message.json())
            case _:
                return False
        return True

    async def type(self, keys: str) -> None:
        await self.websocket.send_json(["stdin", keys])


def headers_of(browser: Browser, origin: str | None = None) -> dict[str, str]:
    """Give what a browser sends when its page opens a websocket."""
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies.jar)
    return {"Cookie": cookies, "Origin": origin or browser.served.url.rstrip("/")}


def until_none(pids: list[int]) -> None:
    """Wait until none of these processes is there any more; fail when that takes far too long."""
    for _ in range(int(PATIENCE_S / LOOK_S)):
        if not any(is_there(pid) for pid in pids):
            return
        time.sleep(LOOK_S)
    raise AssertionError(f"still there: {[command_of(pid) for pid in pids]}")


def is_there(pid: int) -> bool:
    """Whether a process runs; one that nobody has buried yet does not."""
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:1]
    except OSError:
        return False


def command_of(pid: int) -> str:
    return _told(pid, "cmdline")


def told(pid: int) -> str:
    """Give what everybody of this account may read of what a process was told when it began."""
    return _told(pid, "cmdline") + _told(pid, "environ")


def _told(pid: int, what: str) -> str:
    try:
        return Path(f"/proc/{pid}/{what}").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
