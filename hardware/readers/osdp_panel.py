"""One libosdp panel for one reader and one key: started, hung up, started again, and never raising.

A panel of its own for each reader and key, since libosdp takes a key only when it is built, and since one
reader's failure is then no other reader's business. The same panel is used again and again: the binding
loses some memory with each one that is built.

How a session is ended. libosdp waits up to 8.5 s for a reader that is silent, and 300 s after any refusal.
Here the panel is muted instead: whatever it waits for comes garbled, what it sends cannot be sent, and so it
gives up, mostly at once and at the latest after 0.8 s. It is then disabled and, when its time has come,
enabled.

libosdp's notifications are off: the binding leaks each event that it makes, and a look at the status says
as much. The events that there have to be, cards and keys, are emptied after use for that reason, and so that
no number stays in memory.
"""

import logging
import time
from collections.abc import Callable, Mapping
from typing import Final

from osdp import Capability, ControlPanel, LibFlag, LogLevel, PDInfo

from hardware.readers.osdp_frames import REPLY, START, Answer
from hardware.readers.osdp_line import Turn

log = logging.getLogger(__name__)

Happening = Mapping[str, object]
"""A card, keys, or a status, as libosdp puts them."""

STEPS_AT_ONCE: Final = 3
"""libosdp takes in an answer, chooses a command, and sends it in three steps."""


class Panel:
    """One reader spoken to with one key. All methods belong to the driver's thread."""

    def __init__(self, turn: Turn, key: bytes, renew: Callable[[], None], *, installs: bool = False) -> None:
        """Build it; it begins to speak with the first ``step``.

        ``installs`` lets it fall back to the install key to set this one, for a pairing window only. Without,
        it speaks over a secure channel with this key or not at all.
        """
        self.muted = False
        self.installs = installs
        self.id = turn.id
        self._turn = turn
        self._renew = renew
        self._happened: list[Happening] = []
        self._busy = False
        # An answer from the right reader with a wrong check.
        self._garbled = bytes([START, turn.address | REPLY, 8, 0, 4, Answer.ACK, 0, 0])
        flags = [] if installs else [LibFlag.EnforceSecure]
        info = PDInfo(turn.address, self, scbk=key, name="", flags=flags)
        panel = ControlPanel([info], log_level=LogLevel.Emergency)
        self._context = panel.ctx
        # Past the wrapper's own handlers: they keep every card in a queue that nobody empties.
        self._context.set_event_callback(self._happen)
        self._context.set_command_completion_callback(self._complete)

    # --- What libosdp takes for its channel; nothing here may raise -------------------------------------

    def read(self, most: int) -> bytes:
        """Give libosdp what came in for it."""
        return self._garbled if self.muted else self._turn.read(most)

    def write(self, frame: bytes) -> int:
        """Send libosdp's frame; 0 makes it give up."""
        return 0 if self.muted else self._turn.send(frame)

    def flush(self) -> None:
        """Forget what came in."""
        if not self.muted:
            self._turn.flush()

    # --- What the driver does with it -------------------------------------------------------------------

    def step(self) -> list[Happening]:
        """Let it do what is due; give what the reader told."""
        for _ in range(STEPS_AT_ONCE):
            self._renew()
            before = self._turn.command
            self._context.refresh()
            if self._turn.command is not before:
                break
        happened, self._happened = self._happened, []
        return happened

    @property
    def up(self) -> bool:
        """Whether the secure channel is up with this panel's own key, and the reader in service."""
        return bool(self._context.sc_status() and self._context.status())

    @property
    def online(self) -> bool:
        """Whether libosdp speaks to the reader, encrypted or not."""
        return bool(self._context.status())

    def hang_up(self) -> None:
        """End the session, whatever it is at. Nothing is sent any more; it takes a few steps."""
        self.muted = True
        self._context.flush_commands(0)
        self._busy = False
        self._context.disable_pd(0)

    @property
    def hung_up(self) -> bool:
        """Whether it can be started."""
        return self.muted and not self._context.is_pd_enabled(0)

    def start(self) -> None:
        """Begin anew after ``hang_up``."""
        self.muted = False
        self._turn.flush()
        self._happened.clear()
        self._context.enable_pd(0)

    @property
    def busy(self) -> bool:
        """Whether a command waits for its answer."""
        return self._busy

    def submit(self, command: dict[str, object]) -> None:
        """Send a command when the line is free. One at a time: a slow line must not build up a queue."""
        self._busy = bool(self._context.submit_command(0, command))

    def can(self, capability: int, items: int = 1) -> bool:
        """Tell whether the reader said that it has so many of something."""
        level, number = self._context.check_capability(0, capability)
        return bool(level) and number >= items

    @property
    def can_encrypt(self) -> bool:
        """Whether the reader said that it knows the secure channel."""
        return bool(self._context.check_capability(0, Capability.CommunicationSecurity)[0] & 1)

    def identity(self) -> dict[str, str]:
        """Give what the reader says of itself, in the words of a health book."""
        told = self._context.get_pd_id(0)
        firmware = int(told["firmware_version"]).to_bytes(4, "big")[1:]
        return {
            "vendor": f"{told['vendor_code']:06x}",
            "model": f"{told['model']}.{told['version']}",
            "serial": f"{told['serial_number']:08x}",
            "firmware": ".".join(str(part) for part in firmware),
        }

    def _happen(self, _index: int, event: dict[str, object]) -> int:
        self._happened.append({**event, "mono_ns": time.monotonic_ns()})
        event.clear()
        return 0

    def _complete(self, _index: int, command: dict[str, object], _status: int) -> None:
        command.clear()
        self._busy = False


def version() -> str:
    """Name the library, for whoever looks at a reader's health."""
    from importlib.metadata import version as of

    return f"libosdp {of('libosdp')}"
