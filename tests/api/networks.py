"""The API's network side on a real port, before a small application."""

import asyncio
import json
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

from accessctl.api.network import Network
from accessctl.api.network_protocol import NetworkProtocol
from accessctl.api.office import Office
from accessctl.home import Home
from accessctl.office.rules import NetworkRules, OfficeRules

LOCAL = "127.0.0.1"
RULES = NetworkRules(LOCAL, 0)
TOKEN = {"authorization": "Bearer " + "t" * 43}


class Stream:
    """An answer that goes on until somebody ends it."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"first", "more_body": True})
        await self.ended.wait()
        await send({"type": "http.response.body", "body": b" last"})


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer what came, as far as it is of interest; ``/v1/much`` with more than a socket holds."""
    body = b""
    while (message := await receive()).get("more_body"):
        body += message["body"]
    body += message.get("body", b"")
    state = {name: scope["state"].get(name) for name in ("operator", "peer_user", "peer_address")}
    said = json.dumps({"path": scope["path"], "body": len(body), "state": state}).encode()
    if scope["path"] == "/v1/much":
        said = bytes(16 * 1024 * 1024)
    start = {
        "type": "http.response.start",
        "status": 200,
        "headers": [(b"content-type", b"application/json")],
    }
    await send(start)
    await send({"type": "http.response.body", "body": said})


class ServedNetwork:
    """Serves by some rules until it is closed."""

    def __init__(
        self,
        home: Home,
        rules: NetworkRules | None = RULES,
        now: Callable[[], datetime] | None = None,
        app: ASGIApp = echo,
    ) -> None:
        self.home, self.rules = home, rules
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self.tries = 0
        """How often somebody looked at the rules."""
        self.office = Office(home, clock=self._clock, ask=self._ask)
        self.network = self.do(lambda: Network(app, home, self.office, **({"now": now} if now else {})))
        self.do(self.network.start)

    def _clock(self) -> float:
        # Each look is a second after the last.
        self.tries += 1
        return float(self.tries)

    async def _ask(self, _home: Home) -> OfficeRules:
        return OfficeRules(network=self.rules)

    def do(self, action: Any, *args: Any) -> Any:  # noqa: ANN401 - whatever the action gives
        """Do something in the server's loop: a coroutine function or a plain one."""

        async def call() -> Any:  # noqa: ANN401 - as above
            result = action(*args)
            return await result if asyncio.iscoroutine(result) else result

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result(20)

    def change(self, rules: NetworkRules | None) -> None:
        """Let the site file say something else."""
        self.rules = rules
        with self.home.site_file.open("a") as file:
            file.write("#\n")

    @property
    def connections(self) -> list[NetworkProtocol]:
        server = self.network.server
        return [] if server is None else list(server.server_state.connections)

    def until(self, holds: Callable[[], bool]) -> None:
        """Let the server's loop go round until something holds."""

        async def wait() -> None:
            while not holds():  # noqa: ASYNC110 - nobody tells this loop when it does
                await asyncio.sleep(0)

        self.do(asyncio.wait_for, wait(), 15)

    @property
    def port(self) -> int:
        self.until(lambda: self.network.port is not None)
        port: int = self.network.port
        return port

    @property
    def url(self) -> str:
        return f"https://{LOCAL}:{self.port}/v1"

    def trusting(self) -> ssl.SSLContext:
        """Give a context that trusts this very certificate."""
        return ssl.create_default_context(cafile=self.home.tls / "cert.pem")

    def client(self, **headers: str) -> httpx.Client:
        url = self.url
        return httpx.Client(base_url=url, verify=self.trusting(), headers={**TOKEN, **headers}, timeout=15)

    def socket(self) -> ssl.SSLSocket:
        """Give a connection that has shaken hands."""
        raw = socket.create_connection((LOCAL, self.port), 15)
        return self.trusting().wrap_socket(raw, server_hostname=LOCAL)

    def close(self) -> None:
        self.do(self.network.stop)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(15)
        assert not self._thread.is_alive()
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()


def with_(**more: Any) -> NetworkRules:  # noqa: ANN401 - whatever a rule is
    return replace(RULES, **more)


def s_client(port: int, *options: str) -> subprocess.CompletedProcess[str]:
    """Ask OpenSSL's own client, which shares nothing with the server but the protocol."""
    return subprocess.run(
        ("openssl", "s_client", "-connect", f"{LOCAL}:{port}", *options),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=20,
        check=False,
    )
