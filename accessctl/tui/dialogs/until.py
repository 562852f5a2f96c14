"""Until when: in so many minutes or hours, at a time of day, on a day."""

from datetime import datetime

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, Static

from accessctl.tui.dialogs.dialog import Dialog
from accessctl.tui.times import day_and_minute
from accessctl.tui.until import until_of
from accessctl.tui.words import _


class AskUntil(Dialog[datetime]):
    """Gives an aware instant that lies ahead. An empty line, where it is allowed, gives ``datetime.max``."""

    def __init__(
        self, title: str, words: str = "", *, now: datetime, value: str = "", endless: bool = False
    ) -> None:
        """``now``: from when lengths count. ``endless``: an empty line means until it is taken back."""
        super().__init__(title, words)
        self._now, self._value, self._endless = now, value, endless

    def contents(self) -> ComposeResult:
        """The field, and what it comes to."""
        yield Input(
            self._value, placeholder=_("90 min, 4h, 2d, 18:00, 2026-01-31, 2026-01-31 18:00"), id="until"
        )
        yield Static("", id="means")

    def on_mount(self) -> None:
        """Begin to type."""
        self.query_one("#until").focus()
        self._say(self._value)

    @on(Input.Changed, "#until")
    def _look(self, message: Input.Changed) -> None:
        self._say(message.value)

    def _say(self, typed: str) -> None:
        until = until_of(typed, self._now)
        means = "" if until is None else _("until {when}").format(when=day_and_minute(until))
        if self._endless and not typed.strip():
            means = _("until it is taken back")
        self.query_one("#means", Static).update(means)

    @on(Input.Submitted, "#until")
    def _typed(self, message: Input.Submitted) -> None:
        if self._endless and not message.value.strip():
            self.dismiss(datetime.max)  # noqa: DTZ901 - stands for no end
            return
        until = until_of(message.value, self._now)
        if until is None:
            self.wrong(_("This is no time that lies ahead, such as 4h, 18:00 or 2026-01-31."))
        else:
            self.dismiss(until)
