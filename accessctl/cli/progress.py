"""How far long work has come, on stderr: a bar where somebody looks on, a line now and then in a log."""

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import click

from accessctl.cli.plain import is_plain

Step = Callable[[int], None]
"""Says that so many more are done."""

REDRAW_S: Final = 0.1
LINE_S: Final = 5.0
"""A log is not filled by work that takes minutes, and yet tells that it goes on."""
BAR: Final = 24


@contextmanager
def progress(
    what: str, total: int | None, *, quiet: bool = False, clock: Callable[[], float] = time.monotonic
) -> Iterator[Step]:
    """Show how far ``what`` has come; give the function to call with how many more are done.

    ``with progress("importing", total, quiet=json_) as step: …`` and ``step(len(batch))`` after each batch.

    ``total``: None where nobody knows it; then there is neither bar nor estimate. ``quiet``: say nothing, for
    ``--json`` and ``--quiet``. With ``--plain`` there are lines instead of the bar, which no screen reader
    can follow.
    """
    if quiet:
        yield lambda _more: None
        return
    shown = _Shown(what, total, clock)
    try:
        yield shown.step
    finally:
        shown.end()


class _Shown:
    """What stands on stderr about one piece of work."""

    def __init__(self, what: str, total: int | None, clock: Callable[[], float]) -> None:
        self._what, self._total, self._clock = what, total, clock
        self._done = 0
        self._began = self._last = clock()
        self._drawn = sys.stderr.isatty() and not is_plain()
        if self._drawn:
            self._draw(self._began)

    def step(self, more: int) -> None:
        """Count, and show it if it is time to."""
        self._done += more
        now = self._clock()
        if now - self._last >= (REDRAW_S if self._drawn else LINE_S):
            self._last = now
            if self._drawn:
                self._draw(now)
            else:
                click.echo(f"accessctl: {self._words(now)}", err=True)

    def end(self) -> None:
        """Leave the last state behind: of a bar always, without one when anything was said or done."""
        now = self._clock()
        if self._drawn:
            self._draw(now)
            click.echo(err=True)
        elif self._done:
            click.echo(f"accessctl: {self._words(now)}", err=True)

    def _draw(self, now: float) -> None:
        """Write over the bar that stands there, never over more than one line of the terminal."""
        width = shutil.get_terminal_size().columns - 1
        line = " ".join(filter(None, (self._what, self._bar(), self._counted(), self._estimated(now))))
        click.echo(f"\r{line[:width]}\x1b[K", nl=False, err=True)

    def _bar(self) -> str:
        if not self._total:
            return ""
        full = BAR * min(self._done, self._total) // self._total
        return f"[{'#' * full}{' ' * (BAR - full)}]"

    def _words(self, now: float) -> str:
        return " ".join(filter(None, (f"{self._what}:", self._counted(), self._estimated(now))))

    def _counted(self) -> str:
        return f"{self._done:,}" if self._total is None else f"{self._done:,} of {self._total:,}"

    def _estimated(self, now: float) -> str:
        """Tell how fast it goes and how long it will go on, once that can be known."""
        passed = now - self._began
        if not self._done or passed <= 0:
            return ""
        rate = self._done / passed
        pace = f"{rate:,.0f}/s" if rate >= 10 else f"{rate:.1f}/s"  # noqa: PLR2004 - digits that tell something
        if self._total is None or self._done >= self._total:
            return f"({pace}, {_span(passed)})"
        return f"({pace}, {_span((self._total - self._done) / rate)} left)"


def _span(seconds: float) -> str:
    """Say how long, as a clock shows it: 0:07, 12:30, 1:02:03."""
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
