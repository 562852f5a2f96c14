"""Serves a witness over HTTP: one call, and bounds for whoever makes it.

How long a client may take, how many there may be, and TLS are those of the API on the network.
"""

import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import closing
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

from accessctl.alone import AlreadyHeld, alone
from accessctl.api.network import NetworkServer, listen
from accessctl.api.tls import Tls
from accessctl.office.certificates import Pair, about
from accessctl.witness.errors import WitnessUnusable
from accessctl.witness.folder import Folder
from accessctl.witness.listening import Listening
from accessctl.witness.logs import Logs
from accessctl.witness.state import State
from accessctl.witness.witness import LONGEST, Answer, Witness

PATH: Final = "/add-checkpoint"
CERTIFICATE_S: Final = 3600.0
"""So often the certificate is looked at."""

_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]

log = logging.getLogger(__name__)


class Application:
    """The witness as an application (ASGI)."""

    def __init__(self, witness: Witness) -> None:
        """Answer what this witness does. It is asked in the loop's thread, one request after the other."""
        self._witness = witness

    async def __call__(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        """Answer one request."""
        answer = await self._answer(scope, receive)
        headers = [(b"content-type", answer.type.encode()), (b"cache-control", b"no-store")]
        if answer.status is HTTPStatus.METHOD_NOT_ALLOWED:
            headers.append((b"allow", b"POST"))
        body = answer.body.encode()
        headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": answer.status.value, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: _Message, receive: _Receive) -> Answer:
        if scope["path"] != PATH:
            return Answer(HTTPStatus.NOT_FOUND, f"there is {PATH} alone\n")
        if scope["method"] != "POST":
            return Answer(HTTPStatus.METHOD_NOT_ALLOWED, "a head is posted\n")
        body = await _body(receive)
        if body is None:
            return Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a request has at most {LONGEST} bytes\n")
        try:
            # A sync of a few milliseconds: a second request would wait for it in any case.
            return self._witness.add(body)
        except WitnessUnusable as error:
            log.error("nothing can be cosigned: %s", error)  # noqa: TRY400 - the traceback adds nothing
            return Answer(HTTPStatus.SERVICE_UNAVAILABLE, "nothing can be cosigned now\n")


async def _body(receive: _Receive) -> bytes | None:
    """Give what was posted; ``None`` for what is too long, of which the rest is not read."""
    found = bytearray()
    while True:
        message = await receive()
        found += message.get("body", b"")
        if len(found) > LONGEST:
            return None
        if message["type"] != "http.request" or not message.get("more_body"):
            return bytes(found)


def serve(folder: Folder, where: Listening, say: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT. Raises ``WitnessUnusable``."""
    logging.basicConfig(level=logging.INFO, format="witness: %(message)s", stream=sys.stderr)
    signer, logs = folder.signer(), Logs(folder.logs)
    try:
        with alone(folder.lock, mode=0o600), closing(State.open(folder.state)) as state:
            say(f"{signer.name}: {len(logs.origins)} logs; its public key is {signer.vkey}")
            app = Application(Witness(signer, logs, state))
            asyncio.run(_serve(app, folder, where, say))
    except AlreadyHeld:
        raise WitnessUnusable(f"another process already serves the witness at {folder.path}") from None
    except OSError as error:
        raise WitnessUnusable(f"{where.words}: {error.strerror or error}") from error


async def _serve(app: Application, folder: Folder, where: Listening, say: Callable[[str], None]) -> None:
    tls = None
    if where.encrypted:
        tls = Tls(where.rules, folder.tls, lambda: datetime.now(UTC))
        if (why := tls.take()) is not None:
            raise WitnessUnusable(why)
        if where.certificate is None:
            own = Pair.of(where.rules, folder.tls).certificate
            say(f"its own certificate: {own}, SHA-256 {about(own).fingerprint}")
    listening = listen(where.rules)
    port = listening.getsockname()[1]
    server = NetworkServer(app, listening, tls)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, lambda: setattr(server, "should_exit", True))
    looking = None if tls is None else asyncio.create_task(_look_after(tls))
    say(f"cosigns at {where.url(port)}")
    try:
        await server.serve()
    finally:
        if looking is not None:
            looking.cancel()


async def _look_after(tls: Tls) -> None:
    """Take a certificate that was replaced, and renew our own in time."""
    while True:
        await asyncio.sleep(CERTIFICATE_S)
        if (why := tls.take()) is not None:
            log.error("the certificate is the one of before: %s", why)
