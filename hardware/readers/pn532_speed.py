"""Brings a PN532 back to the speed at which it is looked for.

nfcpy finds the chip at 115200 baud and then raises the speed of the line; only an orderly close takes that
back. After a crash, or a kill, the chip still listens at the higher speed and would not be found again
until its power is cut. So where it does not answer it is told so at each speed that nfcpy may have chosen.
"""

from typing import Final

import serial
from nfc.clf.transport import TTY

SPEEDS: Final = (921_600, 460_800, 230_400)
WAKE_UP: Final = bytes(10)
TO_115200: Final = bytes.fromhex("0000FF03FDD410041800")
"""SetSerialBaudRate (NXP UM0701-02, section 7.2.8), for 115200 baud."""
ACK: Final = bytes.fromhex("0000FF00FF00")
ANSWER_S: Final = 0.1


def slow_down(path: str) -> None:
    """Bring whatever PN532 hangs on this nfcpy path back to 115200 baud. Raises ``OSError``."""
    found = TTY.find(path)
    ports, driver = (found[0], found[1]) if found else ((), None)
    if driver != "pn532":
        return
    for port in ports:
        for speed in SPEEDS:
            with serial.Serial(port, speed, timeout=ANSWER_S) as line:
                line.write(WAKE_UP + TO_115200)
                if line.read(len(ACK)) == ACK:
                    line.write(ACK)  # the chip changes its speed after this
                    line.flush()
                    return
