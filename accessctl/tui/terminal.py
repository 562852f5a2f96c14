"""The terminal that the console is drawn on."""

import os
import signal
from threading import Event, Thread
from typing import Final

STDERR: Final = 2
"""Textual draws there."""
LOOK_S: Final = 1.0


def end_with_it() -> None:
    """Hang up when the terminal has gone and nobody told us: a console on nothing would run for ever."""
    Thread(target=_watch, daemon=True, name="terminal").start()


def _watch() -> None:
    while os.isatty(STDERR):
        Event().wait(LOOK_S)
    os.kill(os.getpid(), signal.SIGHUP)
