"""The R30x/R503 family on its serial line: Adafruit's library, with what it takes on trust examined.

Adafruit's library reads as many bytes as it expects and looks at no checksum: a bit that flips on the wire
makes another finger's number of it. Here every answer has the right header, address, length and checksum, or
is none.

An answer does not say to which command it belongs. So after one that was late, bad or missing, nothing is
believed until ``synchronise`` has heard an answer that only one question has: any other came before it.
"""

from typing import Final

import serial
from adafruit_fingerprint import OK, Adafruit_Fingerprint

HEADER: Final = 9
CHECKSUM: Final = 2
START: Final = b"\xef\x01"
ACKNOWLEDGED: Final = 0x07
SYSTEM_PARAMETERS: Final = 28
"""How long the answer to that question is; no other is as long."""
SEARCH: Final = 0x04
SEARCHED: Final = 16
READ_INDEX: Final = 0x1F
INDEX: Final = 44
SLOTS_A_PAGE: Final = 256
SECURITY_LEVEL: Final = 5
MOST_STRAY: Final = 4

ANSWER_S: Final = 1.2
"""So long may an answer take; searching 1000 fingers takes the slowest one a second."""


class BadAnswer(RuntimeError):
    """What came was no answer, or nothing came."""


class CheckedFingerprint(Adafruit_Fingerprint):  # type: ignore[misc] # the library has no types
    """A sensor whose every answer is examined."""

    def __init__(self, port: serial.Serial, password: int) -> None:
        """Build it; nothing is asked yet, as it is where the library's own begins."""
        self.password = tuple(password.to_bytes(4, "big"))
        self._uart = port
        self.in_step = False

    def introduce(self) -> None:
        """Find out what it is. Raises ``BadAnswer``, ``WrongPassword`` or ``serial.SerialException``."""
        if self.verify_password() != OK:
            raise WrongPassword
        self.synchronise()

    def synchronise(self) -> None:
        """Hear all answers that are still under way, until nothing is. Raises ``BadAnswer``."""
        self.in_step = False
        self._send_packet([0x0F])
        for _ in range(MOST_STRAY):
            answer = self._packet()
            if len(answer) == SYSTEM_PARAMETERS - HEADER - CHECKSUM and answer[0] == OK:
                self.library_size = int.from_bytes(answer[5:7], "big")
                self.security_level = int.from_bytes(answer[7:9], "big")
                self.in_step = True
                return
        raise BadAnswer("the sensor's answers are not those to our questions")

    def search(self) -> int | None:
        """Give the slot of the template that fits what is in the first buffer; ``None`` when none does."""
        size = int(self.library_size)
        self._send_packet([SEARCH, 1, 0, 0, size >> 8, size & 0xFF])
        code, *rest = self._get_packet(SEARCHED)
        # The number counts only with this code: a sensor that found nothing sends zeros, which is a slot.
        if code != OK:
            return None
        slot = int.from_bytes(bytes(rest[:2]), "big")
        if slot >= size:
            raise BadAnswer("the sensor named a finger that it has no room for")
        return slot

    def keeps(self, slot: int) -> bool | None:
        """Tell whether there is a template in a slot; ``None`` for a sensor that does not say."""
        self._send_packet([READ_INDEX, slot // SLOTS_A_PAGE])
        code, *bits = self._get_packet(INDEX)
        if code != OK:
            return None
        byte, bit = divmod(slot % SLOTS_A_PAGE, 8)
        return bool(bits[byte] >> bit & 1)

    def _send_packet(self, data: list[int]) -> None:
        self._uart.reset_input_buffer()
        super()._send_packet(data)

    def _get_packet(self, expected: int) -> list[int]:
        if not self.in_step and expected != HEADER + 1 + CHECKSUM:
            raise BadAnswer("the sensor is not in step")
        try:
            answer = self._packet()
        except BadAnswer:
            self.in_step = False
            raise
        wanted = expected - HEADER - CHECKSUM
        if len(answer) == 1 and answer[0] != OK:
            return [*answer, *bytes(wanted - 1)]  # it says what is wrong, and nothing more
        if len(answer) != wanted:
            self.in_step = False
            raise BadAnswer("the sensor answered another question")
        return list(answer)

    def _packet(self) -> bytes:
        """Read one packet. Raises ``BadAnswer``."""
        header = self._uart.read(HEADER)
        if len(header) != HEADER:
            raise BadAnswer("the sensor does not answer" if not header else "the answer broke off")
        if header[:2] != START or list(header[2:6]) != self.address:
            raise BadAnswer("what came is no answer of the sensor's")
        length = int.from_bytes(header[7:9], "big")
        if not CHECKSUM < length <= SYSTEM_PARAMETERS + INDEX:
            raise BadAnswer("an answer cannot be so long")
        body = self._uart.read(length)
        if len(body) != length:
            raise BadAnswer("the answer broke off")
        payload, checksum = body[:-CHECKSUM], int.from_bytes(body[-CHECKSUM:], "big")
        if (sum(header[6:]) + sum(payload)) & 0xFFFF != checksum:
            raise BadAnswer("the checksum of the answer is wrong")
        if header[6] != ACKNOWLEDGED:
            raise BadAnswer("what came is no answer")
        return bytes(payload)


class WrongPassword(RuntimeError):
    """The sensor answers, and wants another password."""
