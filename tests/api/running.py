"""A real API server on a real socket, with a scripted door process, in a thread of its own."""

import asyncio
import json
import ssl
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx

from accessctl.api.office import Office
from accessctl.api.parts import Parts
from accessctl.api.serving import ApiServer, listening
from accessctl.home import Home
from accessctl.link.answers import Answer
from accessctl.link.requests import AskStatus, Request
from accessctl.office.rules import OfficeRules
from accessctl.operators.first import local_user
from tests.homes import TESTER
from tests.link.peer import STATUS, DoorPeer

PROBLEM = "application/problem+json"
PATIENCE_S = 60.0
"""Reached only when something is broken, however busy this machine is."""
SITE = replace(
    STATUS,
    groups=[{"id": "acme", "name": "Acme Ltd"}, {"id": "night", "name": "Night shift"}],
    levels=[{"id": "cage", "name": "cage"}, {"id": "office", "name": "office"}],
    qualifications=[{"id": "induction", "name": "Site induction"}, {"id": "forklift", "name": "Forklift"}],
    codes={
        "digits": 6,
        "most": 900,
        "break_glass": True,
        "break_glass_digits": 12,
        "alone_at": ["gate-in"],
        "keys_at": ["gate-in"],
    },
)


class SitePeer(DoorPeer):
    """A door process whose site file has all that people can be given."""

    def _answer(self, request: Request) -> Answer:
        told = type(request) in self._told
        return SITE if isinstance(request, AskStatus) and not told else super()._answer(request)


class RunningApi:
    """Serves a home until it is closed. ``peer`` is the door process; ``http`` asks."""

    PEER: type[SitePeer] = SitePeer

    def __init__(
        self, home: Home, rules: OfficeRules | None = None, now: Callable[[], datetime] | None = None
    ) -> None:
        """Serve by some rules; ``now`` is the clock by which operators, sessions and approvals go."""
        self.home = home
        self._now = now or (lambda: datetime.now(UTC))
        self.rules = rules or OfficeRules(local={local_user(): TESTER})
        self.peer = self.PEER(home.door_socket)
        self.peer.now = self._now
        self._loop = asyncio.new_event_loop()
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        assert self._up.wait(PATIENCE_S)
        self.http = self.client()

    def client(self) -> httpx.Client:
        transport = httpx.HTTPTransport(uds=str(self.home.api_socket))
        return httpx.Client(transport=transport, base_url="http://accessctl/v1", timeout=PATIENCE_S)

    def network_client(self) -> httpx.Client:
        """Give a client over TLS, once there is a port; ``rules`` have to say where."""
        network = self._server.network
        assert network is not None

        async def port() -> int:
            while network.port is None:  # noqa: ASYNC110 - nobody tells this loop when it does
                await asyncio.sleep(0)
            return network.port

        url = f"https://127.0.0.1:{self.do(port)}/v1"
        trusting = ssl.create_default_context(cafile=self.home.tls / "cert.pem")
        return httpx.Client(base_url=url, verify=trusting, timeout=PATIENCE_S)

    def do(self, action: Any, *args: Any) -> Any:  # noqa: ANN401 - whatever the action gives
        """Do something in the server's loop: a coroutine function or a plain one."""

        async def call() -> Any:  # noqa: ANN401 - as above
            result = action(*args)
            return await result if asyncio.iscoroutine(result) else result

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result(10)

    def new_person(self, name: str = "Ana Marsh", **more: object) -> str:
        answer = self.http.post("/people", json={"name": name, "roles": ["picker"], **more})
        assert answer.status_code == 201, answer.text
        id_: str = answer.json()["id"]
        return id_

    def close(self) -> None:
        self.http.close()
        self._server.stop()
        self._thread.join(10)
        assert not self._thread.is_alive()
        self._loop.close()

    async def _office(self, _home: Home) -> OfficeRules:
        return self.rules

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        await self.peer.open()
        office = Office(self.home, ask=self._office)
        self.parts = Parts.of(self.home, office, self._now)
        self._server = ApiServer(self.parts, office if self.rules.network else None)
        with listening(self.home.api_socket) as server_socket:
            serving = asyncio.create_task(self._server.serve([server_socket]))
            self._up.set()
            await serving
        await self.peer.close()


def refused(answer: httpx.Response, status: int) -> dict[str, Any]:
    """Check that an answer is a problem in the sense of RFC 9457 and give it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM
    problem: dict[str, Any] = json.loads(answer.text)
    assert problem["status"] == status
    assert problem["type"].startswith("urn:accessctl:problem:")
    assert problem["title"]
    assert problem["detail"]
    return problem
