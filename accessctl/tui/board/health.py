"""How the readers are, in more words than the status has: asked for when something may have changed."""

from collections.abc import Iterable
from typing import Final

from accessctl.client import ApiError, Event, Reader
from accessctl.tui.console import Console
from accessctl.tui.standing import Standing

_ABOUT_READERS: Final = ("reader_", "rex_", "input_", "system_start")


class Health:
    """What is known of readers, by their ids. What is not known yet is not there."""

    def __init__(self) -> None:
        """Know nothing."""
        self.known: dict[str, Reader] = {}
        self._online: tuple[bool, ...] | None = None
        self._reached = 0

    def may_have_changed(self, standing: Standing) -> bool:
        """Tell whether readers came, went or told something since it was last asked."""
        readers = (standing.status or {}).get("readers", ())
        online = tuple(bool(reader["online"]) for reader in readers)
        changed, self._online = online != self._online, online
        return self._told(standing.recent) or changed

    def _told(self, recent: Iterable[Event]) -> bool:
        new = []
        for event in reversed(tuple(recent)):
            if event["seq"] <= self._reached:
                break
            new.append(event)
        if new:
            self._reached = new[0]["seq"]
        return any(event["type"].startswith(_ABOUT_READERS) for event in new)

    async def ask(self, console: Console) -> bool:
        """Ask how they are; tell whether anything is known now that was not."""
        try:
            readers = await console.ask(lambda api: api.readers())
        except ApiError:
            self._online = None  # ask again as soon as somebody answers
            return False
        known = {reader["id"]: reader for reader in readers}
        changed, self.known = known != self.known, known
        return changed
