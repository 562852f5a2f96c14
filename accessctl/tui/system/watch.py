"""What wants to be looked at, section by section, whichever of them is shown."""

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from accessctl.client import ApiClient, ApiError
from accessctl.operators.rights import Right
from accessctl.tui.system.record_view import wanting

if TYPE_CHECKING:
    from accessctl.tui.console import Console


def wrong(api: ApiClient) -> int:
    """Count what is wrong."""
    return sum(each["weight"] == "wrong" for each in api.health()["findings"])


def waiting(api: ApiClient) -> int:
    """Count what waits for a second operator."""
    return sum(each["state"] == "waiting" for each in api.approvals())


def ailing(api: ApiClient) -> int:
    """Count devices that do not answer."""
    return sum(each["state"] == "lost" or bool(each["fault"]) for each in api.devices())


def disagreeing(api: ApiClient) -> int:
    """Count what keeps the record from being signed, and anchors that take no heads."""
    return wanting(api.log())


class Watch:
    """Asks, in the name of whoever uses the console, for no more than they may see."""

    def __init__(self, console: "Console") -> None:
        """Ask through the console."""
        self._console = console

    async def counts(self) -> dict[str, int]:
        """Give by section how much waits there. What could not be asked is left out."""
        found = {}
        asked: tuple[tuple[str, Right, Callable[[ApiClient], int]], ...] = (
            ("health", Right.RULES_READ, wrong),
            ("devices", Right.DOORS_READ, ailing),
            ("approvals", Right.APPROVALS_READ, waiting),
            ("record", Right.EVENTS_READ, disagreeing),
        )
        for section, right, count in asked:
            if right in self._console.rights:
                with suppress(ApiError):
                    found[section] = await self._console.ask(count)
        return found
