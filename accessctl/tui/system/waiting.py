"""Something that is waited for: what to do meanwhile, and how long there is still time."""

import math
from typing import Final, TypeVar

from textual import work
from textual.app import ComposeResult
from textual.widgets import ProgressBar, Static

from accessctl.client import ApiError
from accessctl.tui.asker import Ask
from accessctl.tui.dialogs import Dialog
from accessctl.tui.words import _

T = TypeVar("T")
_TICK_S: Final = 0.25


class Waiting(Dialog[bool]):
    """Asks what takes its time; a subclass says what came of it. Leaving hangs up."""

    DEFAULT_CSS = """
    Waiting #left { color: $text-muted; }
    Waiting ProgressBar { width: 100%; }
    Waiting Bar { width: 1fr; }
    Waiting #came { margin-top: 1; height: auto; }
    """

    def __init__(self, title: str, words: str, seconds: float) -> None:
        """``seconds``: for so long at most."""
        super().__init__(title, words)
        self._seconds = seconds

    def contents(self) -> ComposeResult:
        """How long there is still time, and what came of it."""
        yield Static(id="left")
        yield ProgressBar(self._seconds, show_percentage=False, show_eta=False)
        yield Static(id="came", markup=False)

    def on_mount(self) -> None:
        """Begin."""
        self._clock = self.set_interval(_TICK_S, self._tick, pause=True)
        self.begin()

    def begin(self) -> None:
        """Ask, anew if that was done before."""
        self._gone = 0.0
        self.over = False
        self.query_one("#came", Static).update("")
        self._tick()
        self._clock.reset()
        self._clock.resume()
        self._wait()

    @work(exclusive=True)
    async def _wait(self) -> None:
        try:
            words = await self.wait()
        except ApiError as error:
            self._end()
            self.wrong(str(error))
            return
        self._end()
        self.wrong("")
        self.query_one("#came", Static).update(words)

    async def wait(self) -> str:
        """Ask, and say in words what came of it. Raises ``ApiError``."""
        raise NotImplementedError

    async def waited_for(self, ask: Ask[T]) -> T:
        """Ask for something that takes its time. Raises ``ApiError``."""
        return await self.console.asker.while_waited_for(ask)

    def _tick(self) -> None:
        self._gone += _TICK_S
        left = max(0.0, self._seconds - self._gone)
        self.query_one(ProgressBar).update(progress=min(self._gone, self._seconds))
        words = _("{seconds} s left").format(seconds=math.ceil(left))
        self.query_one("#left", Static).update(words)

    def _end(self) -> None:
        self.over = True
        self._clock.pause()
        self.query_one(ProgressBar).update(progress=self._seconds)
        self.query_one("#left", Static).update(_("over"))
        self.refresh_bindings()

    def action_leave(self) -> None:
        """Wait no more."""
        self.dismiss(None)
