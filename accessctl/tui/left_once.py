"""A screen is left once, and only from the top: keys come faster than screens go.

Textual pops whatever lies on top when a screen is dismissed. Enter pressed twice in a breath would take away
the page below as well, and an answer that comes while help lies over a dialog would take away the help.

What was begun on a screen ends with it. Textual takes a screen's widgets away before it stops its workers:
one whose answer came in between would look for a widget that has gone, and the whole console would end.
"""

from typing import TypeVar

from textual import events, messages, on
from textual.await_complete import AwaitComplete
from textual.screen import Screen

R = TypeVar("R")


class LeftOnce(Screen[R]):
    """Gives the first answer, as soon as nothing lies over it.

    Stands behind other kinds of screens: Textual takes styles from the first base alone.
    """

    _answer: tuple[R | None] | None = None

    def dismiss(self, result: R | None = None) -> AwaitComplete:
        """Leave with this answer, unless one was given already."""
        if self._answer is not None:
            return AwaitComplete()
        self._answer = (result,)
        return super().dismiss(result) if self.is_active else AwaitComplete()

    @on(events.ScreenResume)
    def _leave_at_last(self) -> None:
        if self._answer is not None:
            super().dismiss(*self._answer)

    @on(messages.Prune)
    def _stop_working(self) -> None:
        for node in self.walk_children(with_self=True):
            self.workers.cancel_node(node)
