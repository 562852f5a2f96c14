"""Asks readers behind pcscd what they are, without waiting for one that does not answer.

Whoever looks for the reader at a USB port has to ask every reader, also those that serve other doors. pcscd
lets nobody connect to a reader that is in the middle of an answer, and one that hangs there never ends it.
So each is asked in a thread of its own, over a context of its own: a call that hangs holds its context.
"""

from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from typing import Final

from smartcard import scard

from hardware.readers.pcsc_about import About, about
from hardware.readers.usb_ports import SYSFS

PATIENCE_S: Final = 1.0

Ask = Callable[[str], About | None]
"""How a reader is asked what it is, by its name; ``None`` when it cannot be asked just now."""


class NoAnswer(Exception):
    """A reader lets one wait."""


class Asking:
    """Who was asked and has not answered yet. Used from one thread."""

    def __init__(self, ask: Ask) -> None:
        """Begin with nobody asked."""
        self._ask = ask
        self._asked: dict[str, _Question] = {}

    def ask(self, name: str) -> About:
        """Ask a reader, or take the answer that it owes. Raises ``NoAnswer``.

        It is waited for once: as long as that question is open, no other one is asked.
        """
        if (question := self._asked.get(name)) is None:
            question = self._asked[name] = _Question(self._ask, name)
            question.answered.wait(PATIENCE_S)
        if not question.answered.is_set():
            raise NoAnswer
        del self._asked[name]
        return question.answer


class _Question:
    def __init__(self, ask: Ask, name: str) -> None:
        self.answered = Event()
        self.answer = About()
        self._ask, self._name = ask, name
        Thread(target=self._run, name=f"asks {name}", daemon=True).start()

    def _run(self) -> None:
        try:
            self.answer = self._ask(self._name) or About()
        finally:
            self.answered.set()


def asker(sysfs: Path = SYSFS) -> Ask:
    """Make what asks pcscd, with a context for each question. ``sysfs`` tells of USB ports."""

    def ask(name: str) -> About | None:
        result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
        if result != scard.SCARD_S_SUCCESS:
            return None
        try:
            return about(context, name, sysfs)
        finally:
            scard.SCardReleaseContext(context)

    return ask
