"""A running warehouse for the console: real processes, the demo's site, and a hand at its doors."""

import functools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pyotp
from textual.pilot import Pilot
from textual.screen import Screen

from accessctl.client import ApiClient
from accessctl.demo.seed import prepare
from accessctl.home import Home
from accessctl.operators.rights import Role
from accessctl.simulation import Simulation, warehouse_at
from accessctl.tui.asker import Asker
from accessctl.tui.console import START, Console
from accessctl.tui.settings import Remembered, Settings
from tests.tidying import at_the_end
from tests.whole.processes import Api, Door, Warehouse

PASSWORD = "nine green forklifts"
PATIENCE = 1200
"""So many short breaths at most until something is seen; reached only when something is broken."""
BREATH_S = 0.05
S = TypeVar("S", bound=Screen[Any])


@functools.cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="accessctl-demo-"))
    at_the_end(lambda: shutil.rmtree(folder, ignore_errors=True))
    prepare(Home(folder / "home"))
    return folder / "home"


@dataclass
class Site:
    """A running site."""

    home: Home
    door: Door
    api: Api
    hands: Simulation
    office: ApiClient
    """Asks as the admin who runs the tests."""
    _tokens: dict[Role, str] = field(default_factory=dict)

    def asker(self, role: Role | None = None) -> Asker:
        """Ask as whoever runs the tests, an admin; or as an operator with just this role."""
        return Asker(self.home.api_socket, None if role is None else self.token(role))

    def token(self, role: Role) -> str:
        """Log an operator in who has just this role; once, since a code counts once."""
        if role not in self._tokens:
            self._tokens[role] = self.log_in(f"op-{role}", role)
        return self._tokens[role]

    def log_in(self, operator: str, *roles: Role) -> str:
        """Make an operator, log them in, and give the session's token."""
        secret = self.new_operator(operator, *roles)
        return self.office.log_in(operator, PASSWORD, pyotp.TOTP(secret).now())["token"]

    def new_operator(self, operator: str, *roles: Role) -> str:
        """Make an operator who can log in, and give the secret of their generator."""
        self.office.add_operator(operator, operator.title(), [*roles])
        return self.office.set_login(operator, PASSWORD)["secret"]

    def restart_api(self) -> None:
        """End the API process, and start another one."""
        self.api.close()
        self.api = Api(self.home)

    def start_door_again(self) -> None:
        """Start another door process, after one that was killed."""
        self.door = Door(self.home)


@contextmanager
def running_site(edit: Callable[[str], str] = lambda site: site) -> Iterator[Site]:
    """Run the demo's warehouse; ``edit`` may change its site file first."""
    with tempfile.TemporaryDirectory(prefix="acc-") as short:
        home = Home(Path(short) / "home")
        shutil.copytree(_template(), home.path)
        home.site_file.write_text(edit(home.site_file.read_text()))
        warehouse = Warehouse(home)
        try:
            with Door(home) as door, warehouse_at(home.warehouse_socket) as hands:
                site = Site(home, door, Api(home), hands, ApiClient(home.api_socket))
                try:
                    yield site
                finally:
                    site.office.close()
                    site.api.close()
                    if site.door is not door:
                        site.door.stop()
        finally:
            warehouse.close()


@asynccontextmanager
async def console_at(
    site: Site,
    role: Role | None = None,
    *,
    size: tuple[int, int] = (100, 30),
    page: str = "",
    settings: Settings | None = None,
) -> AsyncIterator[Pilot[None]]:
    """Run a console until the block ends, and wait until it shows a page, or this one."""
    remembered = Remembered(site.home.path / f"console-{os.getpid()}.json")
    console = Console(site.asker(role), settings, remembered)
    async with console.run_test(size=size) as pilot:
        await until(pilot, lambda: console.standing.believed and console.current_mode != START)
        if page:
            console.action_go(page)
            await until(pilot, lambda: console.current_mode == page)
        await pilot.pause()
        yield pilot


async def until(pilot: Pilot[Any], seen: Callable[[], object], what: str = "") -> None:
    """Wait until something is so; fail with what the screen shows when that takes far too long."""
    for _ in range(PATIENCE):
        if seen():
            return
        await pilot.pause(BREATH_S)
    raise AssertionError(f"{what or 'it never came'}; the screen shows:\n{text_of(pilot)}")


async def until_shown(pilot: Pilot[Any], *words: str) -> None:
    """Wait until all of these words stand on the screen."""
    await until(pilot, lambda: all(word in text_of(pilot) for word in words), f"{words} were never shown")


async def type_in(pilot: Pilot[Any], text: str) -> None:
    """Type a text, key by key."""
    names = {
        " ": "space",
        ":": "colon",
        "-": "minus",
        ".": "full_stop",
        "#": "number_sign",
        "_": "underscore",
    }
    await pilot.press(*(names.get(char, char) for char in text))


def text_of(pilot: Pilot[Any]) -> str:
    """Give what stands on the screen, line by line."""
    screen = pilot.app.screen
    width, height = pilot.app.size
    return "\n".join(
        "".join(segment.text for segment in line)[:width].rstrip()
        for line in screen._compositor.render_strips()[:height]
    )


def shown(pilot: Pilot[Any], kind: type[S]) -> S:
    """Give the screen that is shown, which has to be of this kind."""
    screen = pilot.app.screen
    assert isinstance(screen, kind), f"{screen} is shown, and no {kind.__name__}"
    return screen
