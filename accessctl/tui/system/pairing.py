"""Giving an OSDP reader a key of its own."""

from typing import ClassVar, Final

from textual.binding import Binding, BindingType

from accessctl.tui.look import GRANTED
from accessctl.tui.system.waiting import Waiting
from accessctl.tui.words import _

WINDOW_S: Final = 120.0


class Pairing(Waiting):
    """Waits for the reader to have its key."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "leave", _("Close"), show=False, id="pairing.close"),
    ]

    def __init__(self, reader: str, window_s: float = WINDOW_S) -> None:
        """Pair this reader."""
        words = _("The window is open: the reader has to be in install mode. It ends by itself.")
        super().__init__(_("Pair {reader}").format(reader=reader), words, window_s)
        self._reader = reader

    async def wait(self) -> str:
        """Open the window."""
        paired = await self.waited_for(lambda api: api.pair(self._reader, self._seconds))
        return f"{GRANTED} {paired['reader']}: {paired['words']}"
