"""A PN532 on a pseudo terminal, as nfcpy's driver sees it: frames and firmware answers (NXP UM0701-02).

It plays the chip, not the radio: whatever card is put on it is there in the next look. Only what the driver
asks for is answered.
"""

import os
import select
import termios
import tty
from threading import Thread

ACK = bytes.fromhex("0000FF00FF00")
PREAMBLE = b"\x00\x00\xff"
FIFO_DATA = b"\x63\x39"
SPEEDS = {
    115_200: termios.B115200,
    230_400: termios.B230400,
    460_800: termios.B460800,
    921_600: termios.B921600,
}
"""The speeds of SetSerialBaudRate from number 4 on, as the kernel has them."""
NOTHING_ANSWERED = 0x26
"""Left in the chip's buffer when no card answered to SENS_REQ."""


class Pn532:
    """The chip. ``path`` is the serial port that it hangs on, until it is unplugged."""

    def __init__(self) -> None:
        self.card: bytes | None = None
        """The number of the Type 2 card that lies there."""
        self.looks = 0
        self.speed = 115_200
        """At which the chip listens; it understands nothing at any other."""
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)
        self._stop_in, self._stop_out = os.pipe()
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        """Vanish, port and all."""
        os.write(self._stop_out, b"x")
        self._thread.join()
        for fd in (self._master, self._slave, self._stop_in, self._stop_out):
            os.close(fd)

    def _run(self) -> None:
        heard = b""
        while True:
            ready, _, _ = select.select([self._master, self._stop_in], [], [])
            if self._stop_in in ready:
                return
            heard += os.read(self._master, 4096)
            if termios.tcgetattr(self._slave)[5] != SPEEDS.get(self.speed):
                heard = b""
            while (frame := self._frame(heard)) is not None:
                command, heard = frame
                if command:
                    os.write(self._master, ACK)
                    os.write(
                        self._master, self._wrapped(b"\xd5" + bytes([command[0] + 1]) + self._do(command))
                    )

    @staticmethod
    def _frame(heard: bytes) -> tuple[bytes, bytes] | None:
        """Cut the first whole frame off: its command and parameters, or nothing for an ACK, and the rest."""
        at = heard.find(PREAMBLE)
        if at < 0 or len(heard) < at + 8:
            return (b"", heard[at + 6 :]) if heard[at : at + 6] == ACK else None
        if heard[at : at + 6] == ACK:
            return b"", heard[at + 6 :]
        long = heard[at + 3 : at + 5] == b"\xff\xff"
        size = int.from_bytes(heard[at + 5 : at + 7], "big") if long else heard[at + 3]
        begin = at + (8 if long else 5)
        end = begin + size + 2
        if len(heard) < end:
            return None
        return heard[begin + 1 : end - 2], heard[end:]

    @staticmethod
    def _wrapped(body: bytes) -> bytes:
        size = len(body).to_bytes(2, "big")
        if len(body) <= 0xFF:
            head = PREAMBLE + size[1:] + bytes([-len(body) & 0xFF])
        else:
            head = PREAMBLE + b"\xff\xff" + size + bytes([-sum(size) & 0xFF])
        return head + body + bytes([-sum(body) & 0xFF, 0])

    def _do(self, command: bytes) -> bytes:
        code, parameters = command[0], command[1:]
        if code == 0x02:
            return bytes.fromhex("32010607")
        if code == 0x00:
            return parameters
        if code == 0x10:
            self.speed = tuple(SPEEDS)[parameters[0] - 4]
        if code == 0x16:
            return b"\x00"
        if code == 0x06:
            registers = [parameters[i : i + 2] for i in range(0, len(parameters), 2)]
            return bytes(NOTHING_ANSWERED if register == FIFO_DATA else 0 for register in registers)
        if code == 0x4A:
            return self._look(parameters)
        return b""

    def _look(self, parameters: bytes) -> bytes:
        if parameters[1] != 0:
            return b"\x00"
        self.looks += 1
        if (card := self.card) is None:
            return b"\x00"
        return b"\x01\x01\x00\x44\x00" + bytes([len(card)]) + card
