"""What a backup needs of files that nobody else may read: those that are sealed with the root."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol, TypeVar

from accessctl.door.refusing import DeskRefuses
from accessctl.home import Home
from accessctl.link.answers import Answer, FaultCode, SealedText
from accessctl.link.requests import AskSealedFile

AT_ONCE: Final = 16 * 1024
"""Characters in one answer. In JSON a character may take three times its room, and a line has an end."""

T = TypeVar("T")


class OffTheLoop(Protocol):
    """Does something in the worker thread."""

    def __call__(self, task: Callable[[], T]) -> Awaitable[T]: ...


class FilesDesk:
    """Gives out sealed files, which are worth nothing without the root key."""

    def __init__(self, home: Home, off_the_loop: OffTheLoop) -> None:
        """Take where they lie, and who waits for the disk."""
        self._home, self._off_the_loop = home, off_the_loop

    def answers(self) -> dict[type, Callable[[Any], Awaitable[Answer]]]:
        """Say what is answered here."""
        return {AskSealedFile: self._give}

    async def _give(self, request: AskSealedFile) -> Answer:
        try:
            text = await self._off_the_loop((self._home.path / request.name.value).read_text)
        except FileNotFoundError:
            return SealedText("", 0)
        except (OSError, UnicodeDecodeError) as error:
            words = getattr(error, "strerror", None) or "it is no text"
            raise DeskRefuses(FaultCode.KEYS_UNAVAILABLE, f"{request.name.value}: {words}") from error
        first = max(request.first, 0)
        return SealedText(text[first : first + AT_ONCE], len(text))
