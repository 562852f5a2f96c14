"""Why a reader is not there, or not to be believed, in words that an installer can act on. Pure."""

from dataclasses import dataclass
from typing import Final

from hardware.readers.osdp_frames import AUTHENTIC, Answer, Command, Frame

KEYLESS: Final = "it has no key yet: pair it"
SILENT: Final = "it does not answer: is it powered, and are its wires, address and baud rate right?"
NO_ENCRYPTION: Final = "it says that it cannot encrypt"
INSTALL_MODE: Final = "it is in install mode: it answers with the install key"
NO_PROOF: Final = "it cannot prove that it has our key: another key, install mode, or a recording"
REFUSES: Final = "it refuses the secure channel: another key, or none"
PLAIN: Final = "something on its line speaks without encryption"
FORGED: Final = "a message inside its session was forged, replayed or out of place"
BROKEN: Final = "it broke the connection off"
UNSTEADY: Final = "it ends every session as soon as that is up: is it sound, and is nobody at its line?"
NOT_INSTALLING: Final = "it takes no key: is it in install mode?"

_INSTALL_KEY_MARK: Final = b"\x00"
_NAK_CHECK: Final = b"\x01"
"""The reader does not know CRCs; libosdp then sends the same again with a checksum."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What ended a handshake or a session."""

    why: str
    is_insecure: bool = False
    is_for_the_key: bool = False
    """Whether another key could do better."""


def of_handshake(command: Frame, reply: Frame, *, can_encrypt: bool) -> Finding:
    """Tell why libosdp had nothing more to say after this answer."""
    if command.code == Command.CAPABILITIES and not can_encrypt:
        return Finding(NO_ENCRYPTION, is_insecure=True)
    if command.code not in {Command.CHALLENGE, Command.CRYPTOGRAM}:
        return Finding(BROKEN)
    why = NO_PROOF
    if reply.code == Answer.NAK:
        why = REFUSES
    elif reply.code == Answer.CRYPTOGRAM and reply.block_data[:1] == _INSTALL_KEY_MARK:
        why = INSTALL_MODE
    return Finding(why, is_insecure=True, is_for_the_key=True)


def of_session(reply: Frame | None) -> Finding:
    """Tell why libosdp gave a session up after this answer."""
    forged = reply is not None and reply.block in AUTHENTIC and reply.code != Answer.NAK
    return Finding(FORGED, is_insecure=True) if forged else Finding(BROKEN)


def is_refusal(reply: Frame | None) -> bool:
    """Tell whether a reader that knows our key said no to a command."""
    return reply is not None and reply.block in AUTHENTIC and reply.code == Answer.NAK


def asks_again(reply: Frame) -> bool:
    """Tell whether libosdp sends the same command once more after this answer."""
    return reply.code == Answer.BUSY or (reply.code == Answer.NAK and reply.data[:1] == _NAK_CHECK)
