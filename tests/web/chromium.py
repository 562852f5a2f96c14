"""A real browser without a window: Debian's Chromium, told what to do over its own debugging line (CDP)."""

import asyncio
import base64
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp

from tests.whole.processes import PATIENCE_S

PROGRAM: Final = shutil.which("chromium") or shutil.which("chromium-browser")
LOOK_S: Final = 0.05
_OPTIONS: Final = (
    "--headless=new",
    # The tests may run as root or in a container, where Chromium's own sandbox cannot.
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--password-store=basic",
    # Whatever is asked for by another name than this machine's is not found: nothing leaves it.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--remote-debugging-port=0",
    "--window-size=1280,800",
)


class Page:
    """One tab."""

    def __init__(self, line: aiohttp.ClientWebSocketResponse) -> None:
        self._line = line
        self._number = 0
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._session: str | None = None
        self.asked_for: list[str] = []
        """The address of everything that the page has asked for."""
        self.complaints: list[str] = []
        """What the page said went wrong, what its policy forbade among it."""
        self.drawn = ""
        """What the console has drawn, without colours and places."""
        self._reading = asyncio.create_task(self._read())

    async def open(self) -> None:
        """Open a tab that shares no cookie with another one, and listen to what it does."""
        context = (await self.tell("Target.createBrowserContext", disposeOnDetach=True))["browserContextId"]
        made = await self.tell("Target.createTarget", url="about:blank", browserContextId=context)
        attached = await self.tell("Target.attachToTarget", targetId=made["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            await self.tell(f"{domain}.enable")

    async def close(self) -> None:
        self._reading.cancel()
        with suppress(asyncio.CancelledError):
            await self._reading

    async def go(self, url: str) -> None:
        await self.tell("Page.navigate", url=url)

    async def run(self, script: str) -> Any:  # noqa: ANN401 - whatever the script gives
        """Run a script in the page, and give what it gives."""
        answer = await self.tell("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    async def until(self, script: str) -> None:
        """Wait until a script gives something true; fail when that takes far too long."""
        await self._until(lambda: self._quietly(f"Boolean({script})"), script)

    async def until_drawn(self, words: str) -> None:
        """Wait until the console has drawn something."""

        async def seen() -> bool:
            return words in self.drawn

        await self._until(seen, words)

    async def _quietly(self, script: str) -> object:
        try:
            return await self.run(script)
        except AssertionError:  # between two pages there is nothing to run it in
            return None

    async def _until(self, seen: Callable[[], Any], what: str) -> None:
        for _ in range(int(PATIENCE_S / LOOK_S)):
            if await seen():
                return
            await asyncio.sleep(LOOK_S)
        raise AssertionError(f"never came: {what}; complaints {self.complaints}; drawn {self.drawn[-1500:]}")

    async def type(self, text: str) -> None:
        """Type into whatever has the focus."""
        await self.tell("Input.insertText", text=text)

    async def press(self, key: str, code: str = "", number: int = 0, text: str = "") -> None:
        """Press a key and let it go."""
        about = {"key": key, "code": code or key, "windowsVirtualKeyCode": number}
        await self.tell("Input.dispatchKeyEvent", type="keyDown", **about, **({"text": text} if text else {}))
        await self.tell("Input.dispatchKeyEvent", type="keyUp", **about)

    async def picture(self) -> bytes:
        """Give what stands on the screen, as PNG."""
        return base64.b64decode((await self.tell("Page.captureScreenshot"))["data"])

    async def tell(self, method: str, **params: object) -> dict[str, Any]:
        """Tell the browser to do something, and give its answer."""
        self._number += 1
        answer = self._answers[self._number] = asyncio.get_running_loop().create_future()
        about = {"id": self._number, "method": method, "params": params}
        await self._line.send_json(about | ({"sessionId": self._session} if self._session else {}))
        return await asyncio.wait_for(answer, PATIENCE_S)

    async def _read(self) -> None:
        async for message in self._line:
            said = json.loads(message.data)
            if (answer := self._answers.pop(said.get("id", 0), None)) is not None:
                if "error" in said:
                    answer.set_exception(AssertionError(said["error"]))
                else:
                    answer.set_result(said["result"])
            else:
                self._heard(said.get("method", ""), said.get("params", {}))

    def _heard(self, method: str, about: dict[str, Any]) -> None:
        match method:
            case "Network.requestWillBeSent":
                self.asked_for.append(about["request"]["url"])
            case "Network.webSocketCreated":
                self.asked_for.append(about["url"])
            case "Network.webSocketFrameReceived" if about["response"]["opcode"] == 2:
                drawn = base64.b64decode(about["response"]["payloadData"]).decode(errors="replace")
                self.drawn += plain(drawn)
            case "Log.entryAdded":
                self.complaints.append(about["entry"]["text"])
            case "Runtime.exceptionThrown":
                self.complaints.append(str(about["exceptionDetails"]))
            case _:
                pass

    @property
    def hosts(self) -> set[str]:
        """The hosts that something was asked of, with their ports. What stands in the page has none."""
        return {urlsplit(url).netloc for url in self.asked_for if not url.startswith(("data:", "about:"))}


def plain(drawn: str) -> str:
    """Leave out of what is drawn on a terminal what is no character."""
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", drawn)


@asynccontextmanager
async def a_page(browser: str) -> AsyncIterator[Page]:
    """Open a tab in a running browser until the block ends."""
    async with aiohttp.ClientSession() as http, http.ws_connect(browser, max_msg_size=0) as line:
        page = Page(line)
        try:
            await page.open()
            yield page
        finally:
            await page.close()


@contextmanager
def a_browser() -> Iterator[str]:
    """Run a browser until the block ends, and give where it is told what to do; it keeps nothing."""
    assert PROGRAM is not None
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as folder:
        process = subprocess.Popen(
            [PROGRAM, *_OPTIONS, f"--user-data-dir={folder}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": folder},
            start_new_session=True,
        )
        try:
            yield _debugging(Path(folder) / "DevToolsActivePort", process)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(PATIENCE_S)


def _debugging(file: Path, process: subprocess.Popen[bytes]) -> str:
    """Wait until the browser says where it is told what to do."""
    for _ in range(int(PATIENCE_S / LOOK_S)):
        assert process.poll() is None, f"the browser ended with {process.returncode}"
        if file.exists() and len(said := file.read_text().split()) == 2:
            return f"ws://127.0.0.1:{said[0]}{said[1]}"
        time.sleep(LOOK_S)
    raise AssertionError("the browser never listened")
