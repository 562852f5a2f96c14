"""However the server ends, no console outlives it, and no session that it began."""

import os
import signal
import socket
from contextlib import ExitStack

import httpx
import pytest

from accessctl.web.server import MOST_CONNECTIONS
from tests.tui.conftest import in_a_loop
from tests.tui.rig import Site
from tests.web.rig import LOOK_S, a_terminal, logged_in, served, until_none
from tests.whole.processes import PATIENCE_S


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
@in_a_loop
async def test_no_console_outlives_the_server(site: Site, number: signal.Signals) -> None:
    """Asked to stop it ends them, and the sessions at the API; killed, the kernel ends them."""
    with served(site) as server, logged_in(server) as browser:
        async with a_terminal(browser) as terminal, a_terminal(browser):
            await terminal.until(browser.operator)
            consoles = server.consoles()
            assert len(consoles) == 2
            status = server.stop(number)
        until_none(consoles)
        left = list(site.office.sessions(browser.operator))
        assert (status, len(left)) == ((-9, 1) if number is signal.SIGKILL else (0, 0))


@in_a_loop
async def test_a_console_that_has_just_begun_ends_as_well(site: Site) -> None:
    """Before it has drawn anything, too."""
    with served(site) as server, logged_in(server) as browser:
        async with a_terminal(browser):
            consoles = server.consoles()
            server.stop(signal.SIGKILL)
        until_none(consoles)


@in_a_loop
async def test_a_console_that_stands_still_is_killed(site: Site) -> None:
    """It cannot be asked to leave; the server does not wait for it."""
    with served(site) as server, logged_in(server) as browser:
        async with a_terminal(browser) as terminal:
            await terminal.until(browser.operator)
            consoles = server.consoles()
            os.kill(consoles[0], signal.SIGSTOP)
        until_none(consoles)
        assert server.stop() == 0


def test_more_connections_than_it_takes_are_hung_up(site: Site) -> None:
    """Whoever opens many keeps nobody away for longer than they are open."""
    with served(site) as server, ExitStack() as lines:
        host, _, port = server.host.partition(":")

        def another() -> socket.socket:
            return lines.enter_context(socket.create_connection((host, int(port)), PATIENCE_S))

        for _ in range(MOST_CONNECTIONS):
            line = another()
            line.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            assert line.recv(12) == b"HTTP/1.1 200"
        assert another().recv(1) == b""
        lines.close()
        for _ in range(int(PATIENCE_S / LOOK_S)):
            try:
                assert httpx.get(f"{server.url}healthz").text == "ok\n"
            except httpx.TransportError:
                continue
            break
        else:
            raise AssertionError("it never took another one")
