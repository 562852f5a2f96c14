"""The light and tone at one reader: what is said to the person there, on top of what the door has to say.

The door's own tone lasts (quiet, pre-alarm, alarm). A prompt takes its place only while the door is
quiet, and gives it back when the attempt is over, so that nobody silences an alarm by badging.
"""

from accessctl.door.door_keeper import DoorKeeper, show
from hardware.ports import Annunciator, Pattern


class Light:
    """One reader's annunciator, or nothing where the reader has none."""

    def __init__(self, annunciator: Annunciator | None, door: DoorKeeper) -> None:
        """Take the device and the door it belongs to."""
        self._annunciator, self._door = annunciator, door
        self._prompting = False

    def flash(self, pattern: Pattern) -> None:
        """Show a short pattern: granted, refused, a key."""
        self._show(pattern)

    def prompt(self) -> None:
        """Ask for a PIN, or for a card to enrol, until ``prompt_over``."""
        if self._door.lasting is Pattern.IDLE:
            self._prompting = True
            self._show(Pattern.PIN_WANTED)

    def prompt_over(self) -> None:
        """Go back to what the door has to say."""
        if self._prompting:
            self.restore()

    def restore(self) -> None:
        """Show what the door has to say, whatever was shown before."""
        self._prompting = False
        self._show(self._door.lasting)

    def _show(self, pattern: Pattern) -> None:
        if self._annunciator is not None:
            show(self._annunciator, pattern)
