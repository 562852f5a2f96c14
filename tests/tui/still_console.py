"""A console at the site that stands still: its clock stands, and it remembers nothing."""

import tempfile
from functools import partial
from pathlib import Path
from typing import Any, Final

from accessctl.client import ANSWER_S, ApiUnreachable
from accessctl.demo.roster import ROSTER
from accessctl.tui.asker import Ask, Asker, T
from accessctl.tui.console import Console
from accessctl.tui.pages import PageSpec
from accessctl.tui.settings import Remembered, Settings
from accessctl.tui.warehouse.page import WarehousePage
from accessctl.tui.warehouse.ports import Cardholder, Stage
from tests.tui.still import NOW, StillApi

_STAGE: Final = Stage(
    tuple(Cardholder(each.handle, each.name, each.role, each.card_number) for each in ROSTER),
    hint="From another terminal: accessctl sim badge marta-quill staff-in",
    opening=("marta-quill", "staff-in"),
)


INSTALLED: Final = "/var/lib/accessctl"


class CountingAsker(Asker):
    """Knows how many answers are being waited for, and has its socket where every installation has it."""

    asking = 0

    async def __call__(self, ask: Ask[T], answer_s: float = ANSWER_S) -> T:
        """Ask, and count."""
        self.asking += 1
        try:
            return await super().__call__(ask, answer_s)
        except ApiUnreachable as error:
            raise ApiUnreachable(str(error).replace(str(self.socket.parent), INSTALLED)) from None
        finally:
            self.asking -= 1


class StillHands:
    """Hands in the warehouse that stands still: they move nothing, and every lamp is dark."""

    def badge(self, access_point: str, number: bytes) -> None: ...

    def press(self, access_point: str, keys: str) -> None: ...

    def leaf(self, door: str, *, opened: bool, force: bool) -> None: ...

    def exit_request(self, door: str) -> None: ...

    def state(self) -> dict[str, Any]:
        return {"annunciators": {}}


def still_console(
    api: StillApi, theme: str = "dark", *, nobody: bool = False, warehouse: bool = False
) -> Console:
    """Make a console; ``nobody``: one where somebody has to log in. ``warehouse``: with the demo's page."""
    page = PageSpec("warehouse", "Warehouse", "", None, partial(WarehousePage, StillHands(), _STAGE))
    return Console(
        CountingAsker(api.home.api_socket, nobody=nobody),
        Settings(theme=theme),
        Remembered(Path(tempfile.mkdtemp(dir=api.home.path)) / "remembered.json"),
        further_pages=[page] if warehouse else (),
        now=lambda: NOW,
    )
