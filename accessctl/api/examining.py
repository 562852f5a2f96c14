"""Has a process examine the installation, and keeps what it found for some seconds."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from accessctl.api.doorkeeper import Doorkeeper
from accessctl.api.health_models import InstallationHealth
from accessctl.api.thinking import DOCTOR, Thinking
from accessctl.home import Home
from accessctl.link.client import LinkError

KEPT_S: Final = 15.0
"""Several screens that look again and again start one process between them."""


class Examiner:
    """Knows what is wrong with an installation, as far as this process's account may find out."""

    def __init__(
        self,
        home: Home,
        door: Doorkeeper,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``now`` says when something was examined; ``clock`` counts in seconds."""
        self._door, self._now, self._clock = door, now, clock
        self._thinking = Thinking(home, 1)
        self._found: InstallationHealth | None = None
        self._found_at = 0.0
        self._one_at_a_time = asyncio.Lock()

    async def examined(self) -> InstallationHealth:
        """Give what was found some seconds ago at most."""
        async with self._one_at_a_time:
            if self._found is None or self._clock() - self._found_at >= KEPT_S:
                self._found = await self._examine()
                self._found_at = self._clock()
            return self._found

    async def _examine(self) -> InstallationHealth:
        status = await self._status()
        devices = None if status is None else await self._devices()
        found = await self._thinking.answer({"status": status, "devices": devices}, DOCTOR)
        answers = status is not None and devices is not None
        in_force = None if status is None else status["rules"]
        return InstallationHealth.of(found, at=self._now(), door_answers=answers, in_force=in_force)

    async def _status(self) -> dict[str, Any] | None:
        try:
            status = await self._door.status()
        except LinkError:
            return None
        return {
            "rules": status.rules,
            "record_ok": status.record_ok,
            "keys_ok": status.keys_ok,
            "unrecorded": status.unrecorded,
            "conditions": status.site_state.get("conditions", []),
        }

    async def _devices(self) -> list[dict[str, Any]] | None:
        try:
            return await self._door.devices()
        except LinkError:
            return None
