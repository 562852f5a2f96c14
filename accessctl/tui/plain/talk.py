"""Saying lines and asking for lines."""

import getpass
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from accessctl.tui.until import until_of
from accessctl.tui.words import _


class Left(Exception):
    """Whoever was asked does not want to answer: the job ends, and nothing more is changed."""


class Ended(Exception):
    """There are no more lines to read."""


class Option(NamedTuple):
    """Something that can be chosen, and how it is said."""

    value: str
    words: str


class Talk:
    """Reads answers from stdin and says everything on stdout."""

    def say(self, line: str = "") -> None:
        """Say one line. What would command a terminal is shown as what it is."""
        shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)
        sys.stdout.write(f"{shown}\n")
        sys.stdout.flush()

    def ask(self, question: str, otherwise: str | None = None) -> str:
        """Ask for a line; an empty one means ``otherwise``, or without it that one wants to leave the job."""
        suggested = "" if otherwise in {None, ""} else f" [{otherwise}]"
        sys.stdout.write(f"{question}{suggested}: ")
        sys.stdout.flush()
        line = sys.stdin.readline()
        if not line:
            raise Ended
        answer = line.strip()
        if answer:
            return answer
        if otherwise is None:
            raise Left
        return otherwise

    def ask_hidden(self, question: str) -> str:
        """Ask for a secret, which is not shown where it is typed at a terminal."""
        if not sys.stdin.isatty():
            return self.ask(question)
        try:
            answer = getpass.getpass(f"{question}: ", stream=sys.stdout)
        except EOFError:
            raise Ended from None
        if not answer:
            raise Left
        return answer

    def choose(self, question: str, options: Sequence[Option]) -> str:
        """Ask for one of several, by its number, its id or the beginning of its words."""
        if not options:
            self.say(_("There is nothing to choose."))
            raise Left
        for number, option in enumerate(options, start=1):
            self.say(f"{number}. {option.words}")
        while True:
            found = _chosen(self.ask(question), options)
            if found is not None:
                return found
            self.say(_("That is none of them, or more than one. An empty line goes back."))

    def sure(self, question: str, word: str | None = None) -> None:
        """Ask whether one is sure, by ``word`` or by yes. Raises ``Left`` where one is not."""
        wanted = word or _("yes")
        if self.ask(_("{question} Type {word} to go on").format(question=question, word=wanted)) != wanted:
            self.say(_("Nothing was changed."))
            raise Left

    def ask_until(self, question: str, now: datetime, otherwise: str | None = None) -> datetime | None:
        """Ask until when; ``None`` where ``otherwise`` is nothing and nothing was typed: without an end."""
        while True:
            typed = self.ask(question, otherwise)
            if not typed:
                return None
            until = until_of(typed, now)
            if until is not None:
                return until
            self.say(_("This is no time that lies ahead, such as 4h, 18:00 or 2026-01-31."))


def _chosen(typed: str, options: Sequence[Option]) -> str | None:
    if typed.isdigit() and 1 <= int(typed) <= len(options):
        return options[int(typed) - 1].value
    wanted = typed.casefold()
    exact = [option.value for option in options if option.value.casefold() == wanted]
    begun = [option.value for option in options if option.words.casefold().startswith(wanted)]
    found = exact or begun
    return found[0] if len(found) == 1 else None
