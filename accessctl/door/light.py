"""The light and tone at one reader: what is said to the person there, on top of what the door has to say.

What the door itself has to say lasts (quiet, lockdown, pre-alarm, alarm). A prompt takes its place only
while the door is in no alarm, and gives it back when the attempt is over, so that nobody silences an alarm
by badging.
"""

from typing import Final

from accessctl.door.door_keeper import DoorKeeper, show
from hardware.ports import Annunciator, Pattern

_CALM: Final = frozenset({Pattern.IDLE, Pattern.LOCKDOWN})
"""Under these somebody may be asked for something: even in a lockdown there are people who may pass."""


class Light:
    """One reader's annunciator, or nothing where the reader has none."""

    def __init__(self, annunciator: Annunciator | None, door: DoorKeeper | None = None) -> None:
        """Take the device and the door it belongs to; a muster point has none."""
        self._annunciator, self._door = annunciator, door
        self._prompting = False

    @property
    def there(self) -> bool:
        """Whether there is a light or tone at all."""
        return self._annunciator is not None

    @property
    def calm(self) -> bool:
        """Whether the door is in no alarm."""
        return self._lasting in _CALM

    def flash(self, pattern: Pattern) -> None:
        """Show a pattern: granted, refused, a key."""
        self._show(pattern)

    def prompt(self, pattern: Pattern = Pattern.PIN_WANTED) -> None:
        """Ask for a PIN, a finger, a card to enrol, until ``prompt_over``."""
        if self.calm:
            self._prompting = True
            self._show(pattern)

    def prompt_over(self) -> None:
        """Go back to what the door has to say."""
        if self._prompting:
            self.restore()

    def restore(self) -> None:
        """Show what the door has to say, whatever was shown before."""
        self._prompting = False
        self._show(self._lasting)

    @property
    def _lasting(self) -> Pattern:
        return Pattern.IDLE if self._door is None else self._door.lasting

    def _show(self, pattern: Pattern) -> None:
        if self._annunciator is not None:
            show(self._annunciator, pattern)
