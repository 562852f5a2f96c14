"""Testing a reader: what it reads within some seconds, and what its lights were told to show."""

from typing import ClassVar, Final

from textual.binding import Binding, BindingType

from accessctl.answers import Trial
from accessctl.tui.look import ALARM, GRANTED
from accessctl.tui.system.waiting import Waiting
from accessctl.tui.words import _

TEST_S: Final = 10.0


class ReaderTest(Waiting):
    """Gives true when something was read."""

    HELP = _(
        "Hold a card to the reader and press its keys. No number and no key is shown. A reader on a way in "
        "lets nobody in until the test is over; one on a way out lets people out as ever."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "again", _("Again"), id="reader-test.again", tooltip=_("Test it once more.")),
        Binding("enter", "read", _("Close"), id="reader-test.close", tooltip=_("Close this.")),
    ]

    def __init__(self, reader: str, name: str, seconds: float = TEST_S) -> None:
        """Test this reader for so long."""
        words = _(
            "{name}: hold a card to it, press its keys, watch its lights. It lets nobody in until the "
            "test is over."
        )
        super().__init__(_("Test {reader}").format(reader=reader), words.format(name=name), seconds)
        self._reader, self._something = reader, False

    async def wait(self) -> str:
        """Have it tested."""
        trial = await self.waited_for(lambda api: api.try_reader(self._reader, self._seconds))
        self._something = self._something or bool(trial["reads"])
        return told(trial)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to test again and to close once the test is over."""
        if action in {"again", "read"}:
            return getattr(self, "over", False)
        return super().check_action(action, parameters)

    def action_again(self) -> None:
        """Test once more."""
        self.begin()
        self.refresh_bindings()

    def action_read(self) -> None:
        """It was read."""
        self.dismiss(self._something)

    def action_leave(self) -> None:
        """Leave; a test that goes on ends with that."""
        self.dismiss(self._something)


def told(trial: Trial) -> str:
    """Say what came of a test."""
    if trial["reads"]:
        lines = [f"{GRANTED} {read['at_s']:5.1f} s  {read['what']}" for read in trial["reads"]]
    else:
        lines = [f"{ALARM} {_('Nothing was read: look at its wires, and at what Health says.')}"]
    if trial["more"]:
        lines.append(_("and {count} more").format(count=trial["more"]))
    shown = ", ".join(trial["patterns"])
    lines.append(
        _("It was told to show: {patterns}").format(patterns=shown)
        if shown
        else _("It was told to show nothing: it has no light, or its door is in alarm.")
    )
    return "\n".join(lines)
