"""One card at an nfcpy reader: what tells it apart, and what its number is.

A tag decides how long nfcpy is busy with it: one that answers ever the same block, asks for more time
for ever, or announces gigabytes would hold the reader for good. So nfcpy gets its device through an
``Errand``, which ends after a second at the latest, and at once when the reader is closed.
"""

import os
import termios
import time
from threading import Event
from typing import Any, Final, Protocol

import nfc.clf
import nfc.tag

from hardware.cards.pass_tag import pass_in_ndef
from hardware.readers.ndef_number import number_of_message
from hardware.readers.uid import (
    IDM_LENGTH,
    ISO14443_LENGTHS,
    RANDOM_ID,
    SUCCESS,
    Unreadable,
    idm_of,
    number_of,
)
from hardware.signals import Technology
from hardware.specs import NfcReads

ERRAND_S: Final = 0.8
"""An NTAG216 filled to the brim takes some 0.5 s over a serial line."""

GONE: Final = (OSError, termios.error)
"""What is raised when the reader itself is gone; the second by a serial line that was pulled."""


class Target(Protocol):
    """What nfcpy finds: the answers of one card to being looked for."""

    sdd_res: bytearray | None
    sel_res: bytearray | None
    sensf_res: bytearray | None


class Frontend(Protocol):
    """What of nfcpy's ``ContactlessFrontend`` a tag needs."""

    def exchange(self, send_data: bytes, timeout: float) -> bytearray:
        """Send a command to the card and give its answer."""
        ...

    def sense(self, *targets: Target, **options: float) -> Target | None:
        """Look for a card."""
        ...


class TimeIsUp(Exception):
    """The card took too long, or the reader is being closed."""


class Errand:
    """A frontend for one card and a limited time."""

    def __init__(self, frontend: Frontend, stop: Event, patience_s: float = ERRAND_S) -> None:
        """Start the clock."""
        self._frontend = frontend
        self._stop = stop
        self._deadline = time.monotonic() + patience_s
        self.unanswered = False
        """Whether the card did not answer the last command."""

    def exchange(self, send_data: bytes, timeout: float) -> bytearray:
        """Send a command and give the answer. Raises ``TimeIsUp``, or what nfcpy raises."""
        left = self._left()
        self.unanswered = True
        answer = self._frontend.exchange(send_data, min(timeout, left))
        self.unanswered = False
        return answer

    def sense(self, *targets: Target, **options: float) -> Target | None:
        """Look for a card. Raises ``TimeIsUp``, or what nfcpy raises."""
        self._left()
        found = self._frontend.sense(*targets, **options)
        self.unanswered = found is None
        return found

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - nfcpy asks for limits of its devices
        """Give what nfcpy wants to know of the device besides."""
        return getattr(self._frontend, name)

    def _left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0 or self._stop.is_set():
            raise TimeIsUp
        return left


def why_gone(error: BaseException) -> str:
    """Say in words why the reader is gone, without an error's own text, which can be about anything."""
    number = error.errno if isinstance(error, OSError) else error.args[0]
    return os.strerror(number) if isinstance(number, int) else type(error).__name__


def identity(target: Target) -> bytes:
    """Tell one card from another while they lie there. Cards that make up a new number are all one."""
    if target.sensf_res is not None:
        return b"F" + bytes(target.sensf_res[1 : 1 + IDM_LENGTH])
    uid = bytes(target.sdd_res or b"")
    return b"A" + (uid[:1] if _random(uid) else uid)


def read(frontend: Frontend, target: Target, reads: NfcReads, stop: Event) -> tuple[Technology, bytes]:
    """Read a card's number. Raises ``Unreadable``, or one of ``GONE`` when the reader itself fails."""
    if reads is NfcReads.NDEF:
        return Technology.NDEF, number_of_message(_message(Errand(frontend, stop), target))
    if reads is NfcReads.PASS:
        return Technology.PASS, _pass(_message(Errand(frontend, stop), target))
    if target.sensf_res is not None:
        return idm_of(bytes(target.sensf_res[1 : 1 + IDM_LENGTH]))
    uid = bytes(target.sdd_res or b"")
    if len(uid) not in ISO14443_LENGTHS:
        raise Unreadable("this kind of card has no number that is read here")
    return number_of(uid + SUCCESS)


def _pass(message: bytes) -> bytes:
    if (text := pass_in_ndef(message)) is None:
        raise Unreadable("the tag holds no pass")
    return text


def _message(errand: Errand, target: Target) -> bytes:
    try:
        tag = nfc.tag.activate(errand, target)
        found = None if tag is None else tag.ndef
        message = None if found is None else bytes(found.octets)
    except GONE:
        raise  # the reader, not the card
    except TimeIsUp:
        raise Unreadable("reading the tag took too long") from None
    except nfc.clf.CommunicationError:
        raise Unreadable("the card went away while it was read") from None
    except Exception:  # noqa: BLE001 - nfcpy trusts what a tag answers; whatever that makes it raise, it is no card
        raise Unreadable("the tag's answers make no sense") from None
    if message is not None:
        return message
    if errand.unanswered:
        raise Unreadable("the card went away while it was read")
    raise Unreadable("the tag holds no text and no link")


def _random(uid: bytes) -> bool:
    return len(uid) == min(ISO14443_LENGTHS) and uid[0] == RANDOM_ID
