"""One serial line: who may speak on it now, and which of what comes in libosdp gets to see.

Several readers share a line and answer only when spoken to, so the line belongs to one of them from a command
until its answer, or until it has had its time.

libosdp 3.2.9 takes more for an answer than it should, so only these frames are handed on: whole ones with a
good check, from the reader that was spoken to, that can answer the command just sent. That closes two holes,
each of which delivers a card without the reader's key:

- inside a secure session, a reply whose security block says "handshake" (12, 14) is taken as it is, with
  neither encryption nor MAC;
- a card reply before the session is kept and delivered once the session is up.

And it keeps a single garbled or misaddressed frame from ending a session: that is noise, which a line has.
"""

import contextlib
import errno
import os
import select
import termios
import time
from typing import Final

from serial import Serial, SerialException

from hardware.health import NS_PER_S
from hardware.readers.osdp_frames import AUTHENTIC, IN_SESSION, Answer, Block, Command, Finder, Frame, parse

ANSWER_NS: Final = NS_PER_S // 5
"""How long a reader has for its answer; the standard says 200 ms."""
QUICK_NS: Final = NS_PER_S // 25
_LONG_REPLY: Final = 32
"""Bytes of the longest reply that a quick question is answered with."""
MOST_AT_ONCE: Final = 4096
"""So many bytes are looked at in one go: a line that babbles must not keep its driver busy for ever."""

_FAILURES: Final = (OSError, SerialException, termios.error, TypeError, ValueError)
"""What a port that is pulled raises, by way of pyserial."""

_HANDSHAKE: Final = {
    Command.ID: (Answer.ID, None),
    Command.CAPABILITIES: (Answer.CAPABILITIES, None),
    Command.CHALLENGE: (Answer.CRYPTOGRAM, Block.CHALLENGED),
    Command.CRYPTOGRAM: (Answer.INITIAL_MAC, Block.INITIAL_MAC),
}


def can_answer(command: Frame, reply: Frame) -> bool:
    """Tell whether a reply is one that a reader could give to this command and libosdp may see."""
    if reply.code in {Answer.NAK, Answer.BUSY} and reply.block is None:
        return True
    if command.block in IN_SESSION:
        if reply.block in AUTHENTIC:
            return True
        # Some readers end the session before they say yes to a new key. It proves nothing, and need not.
        return command.code == Command.KEYSET and reply.block is None and reply.code == Answer.ACK
    expected = _HANDSHAKE.get(Command(command.code)) if command.code in _HANDSHAKE else None
    return expected == (reply.code, reply.block)


class Turn:
    """One reader's place on the line: the channel of its libosdp panels, and what was said last."""

    def __init__(self, line: "Line", address: int) -> None:
        """Take a place for the reader at this address."""
        self.id = line.number
        self.address = address
        self.command: Frame | None = None
        """What was sent last."""
        self.reply: Frame | None = None
        """What came back for it, if anything did."""
        self.patience_ns = ANSWER_NS
        """How long it has for its next answer."""
        self.slowest_ns = 0
        """How long it took at most to answer, from the beginning of the command."""
        self.unanswered = 0
        """How many commands in a row went without an answer."""
        self.spoiled = 0
        """How often something came that was no answer, since the driver last looked."""
        self.plain = False
        """Whether something inside a session came without encryption, since the driver last looked."""
        self._line = line
        self._sent_ns = 0
        self._inbox = b""

    def begin(self, *, quick: bool) -> None:
        """Forget what was said before: a new attempt begins.

        A quick one gives a reader that is probably not there no more time for its first answer than it would
        need: the others of its line are waiting.
        """
        needed_ns = max(QUICK_NS, 3 * self.slowest_ns) + self._line.duration_ns(_LONG_REPLY)
        self.patience_ns = min(needed_ns, ANSWER_NS) if quick else ANSWER_NS
        self.command = self.reply = None
        self.unanswered, self.plain = 0, False
        self.flush()

    def read(self, most: int) -> bytes:
        """Give libosdp what came in for it."""
        given, self._inbox = self._inbox[:most], self._inbox[most:]
        return given

    def send(self, frame: bytes) -> int:
        """Send one frame and have the line until the answer; 0 when the line cannot take it now."""
        if (command := parse(frame.lstrip(b"\xff"))) is None or not self._line.send(self, frame):
            return 0
        self.command, self.reply, self._sent_ns = command, None, time.monotonic_ns()
        return len(frame)

    def flush(self) -> None:
        """Forget what came in."""
        self._inbox = b""

    def hear(self, reply: Frame) -> bool:
        """Take a frame from the line if it answers; then the line is free for the next reader."""
        if self.command is None or not reply.is_reply:
            return False  # Our own command, which some adapters echo.
        if reply.address != self.address or not can_answer(self.command, reply):
            self.spoiled += 1
            self.plain = self.plain or (reply.address == self.address and self.command.block in IN_SESSION)
            return False
        self.reply, self.unanswered, self.patience_ns = reply, 0, ANSWER_NS
        self.slowest_ns = max(self.slowest_ns, time.monotonic_ns() - self._sent_ns)
        self._inbox = reply.raw
        return True


class Line:
    """The serial port of one bus. Only the driver's thread touches it."""

    _lines = 0

    def __init__(self, port: str, baud: int) -> None:
        """Build it closed."""
        Line._lines += 1
        self.number = Line._lines
        """Tells this line from all others of the process: libosdp takes equal numbers for one line."""
        self.port, self.baud = port, baud
        self.stray = False
        """Whether something came when nobody was to speak, since the driver last looked."""
        self._serial: Serial | None = None
        self._finder = Finder()
        self._owner: Turn | None = None
        self._until_ns = 0

    @property
    def is_open(self) -> bool:
        """Whether the port is there."""
        return self._serial is not None

    def open(self) -> str | None:
        """Open the port; say why it cannot be, or ``None``."""
        try:
            self._serial = Serial(self.port, self.baud, timeout=0, write_timeout=0, exclusive=True)
        except _FAILURES as error:
            missing = isinstance(error, OSError) and error.errno == errno.ENOENT
            return f"there is no serial port {self.port}" if missing else f"serial port {self.port}: {error}"
        return None

    def close(self) -> None:
        """Close the port; it can be opened again."""
        if self._serial is not None:
            with contextlib.suppress(*_FAILURES):
                self._serial.close()
        self._serial, self._owner = None, None
        self._finder.clear()

    def is_free_for(self, turn: Turn) -> bool:
        """Tell whether this reader may be served now: nobody has the line, or it has it itself."""
        return self._owner is None or self._owner is turn

    def is_owned_by(self, turn: Turn) -> bool:
        """Tell whether a command of this reader waits for its answer."""
        return self._owner is turn

    def send(self, turn: Turn, frame: bytes) -> bool:
        """Send a frame and give the line to its reader; what came before it can be no answer."""
        if self._serial is None or not self.is_free_for(turn):
            return False
        try:
            self._serial.reset_input_buffer()
            # Not pyserial's write: that one spins for ever on a port that takes nothing.
            sent = os.write(self._serial.fileno(), frame)
        except _FAILURES:
            return False  # A port that is gone is noticed by ``pump``.
        self._finder.clear()
        self._owner = turn
        self._until_ns = time.monotonic_ns() + turn.patience_ns + self.duration_ns(len(frame))
        return sent == len(frame)

    def duration_ns(self, size: int) -> int:
        """Tell how long so many bytes are on the line."""
        return size * 10 * NS_PER_S // self.baud

    def pump(self) -> str | None:
        """Take in what came; hand on what answers. Says why the port is gone, or ``None``."""
        if self._serial is None:
            return f"there is no serial port {self.port}"
        try:
            heard = self._serial.read(MOST_AT_ONCE)
        except _FAILURES as error:
            return f"serial port {self.port} is gone: {error}"
        if heard:
            frames, noise = self._finder.feed(heard)
            self.stray = self.stray or self._owner is None
            if owner := self._owner:
                owner.spoiled += noise
                # One answer for one command: whatever else there is answers nothing.
                if any(owner.hear(frame) for frame in frames):
                    self._owner = None
        if self._owner is not None and time.monotonic_ns() > self._until_ns:
            self._owner.unanswered += 1
            self._owner = None
        return None

    def wait(self, most_s: float) -> None:
        """Wait until something comes in, or the time is over."""
        if self._serial is None:
            time.sleep(most_s)
            return
        waiting = select.poll()
        waiting.register(self._serial.fileno(), select.POLLIN)
        waiting.poll(most_s * 1000)
