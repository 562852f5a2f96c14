"""Small questions over a page; each gives a typed answer, and ``None`` when nobody wanted to answer.

``answer = await self.app.push_screen_wait(Confirm(...))`` in a worker (``@work``).
"""

from accessctl.tui.dialogs.ask import Ask
from accessctl.tui.dialogs.choose import Choice, Choose
from accessctl.tui.dialogs.confirm import Confirm
from accessctl.tui.dialogs.dialog import Dialog
from accessctl.tui.dialogs.tell import Tell
from accessctl.tui.dialogs.until import AskUntil

__all__ = ["Ask", "AskUntil", "Choice", "Choose", "Confirm", "Dialog", "Tell"]
