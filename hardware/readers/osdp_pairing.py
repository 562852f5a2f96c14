"""One pairing: a key on its way into a reader, and how far it has come."""

from dataclasses import dataclass, field
from enum import Enum, auto


class Stage(Enum):
    """How far a pairing has come."""

    INSTALL = auto()
    """The reader is spoken to with the install key; this is the only time that it is."""
    ASK = auto()
    """The reader is up with a key of its own, and is to be told the new one inside that session."""
    PROVE = auto()
    """It was told; now the secure channel has to come up with the new key."""


@dataclass(slots=True)
class Pairing:
    """A key that is to be installed, until when, and what went wrong last."""

    key: bytes = field(repr=False)
    until_ns: int
    stage: Stage = Stage.INSTALL
    may_install: bool = True
    """Not for a reader that was up: whoever disturbs a change of keys must not get the new one sent with the
    install key."""
    was_sent: bool = False
    """Whether the reader may have heard it, and may therefore have it whatever it answers."""
    why: str = "the window closed before the reader took the key"

    def begin_in_session(self) -> None:
        """Tell the reader inside its session, or not at all."""
        self.stage, self.may_install = Stage.ASK, False

    def go_back(self) -> None:
        """Begin anew after a failed attempt: the reader may not be in install mode yet."""
        self.stage = Stage.INSTALL if self.may_install else Stage.PROVE
