"""From what is held to a reader to its signal, by driver.

Each driver stands on its real counterpart, as in the tests: pcscd with a virtual card, nfcpy with a PN532 on
a pseudo terminal, libosdp's own device on another, GPIO lines of the simulated header, and the kernel's input
events through a pipe. What a driver waits for by its nature is part of its figure: pcscd looks at its readers
every 400 ms, a Wiegand frame ends with 25 ms of silence, an OSDP reader is asked in turn.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from queue import SimpleQueue
from typing import Final

import pytest

from hardware.signals import DeviceBack, Signal
from tests.bench.figures import Times, show
from tests.hardware.reader_rigs import DRIVERS, Rig

ROUNDS: Final = {"pcsc": 8, "pcsc, in a process of its own": 8, "nfc": 12, "usb": 30, "wiegand": 15}
USUAL_ROUNDS: Final = 30
BETWEEN_S: Final = 0.1
"""Slower than a machine: a keypad that types faster than anybody can is not heard."""


def report() -> None:
    """Print what each driver takes from the card, or the last of its number, to the signal."""
    print("Readers: from the card, the last bit or the key to the signal, by driver:")
    for name, driver in DRIVERS.items():
        if name in {"fake", "simulated"}:
            continue  # no driver, and no time
        try:
            show(name, _signals(driver, ROUNDS.get(name, USUAL_ROUNDS)))
        except pytest.skip.Exception as missing:
            print(f"  {name:<44} left out: {missing}")


def _signals(driver: Callable[[], AbstractContextManager[Rig]], rounds: int) -> Times:
    heard: SimpleQueue[tuple[int, Signal]] = SimpleQueue()
    with driver() as rig:
        rig.reader.open(lambda signal: heard.put((time.monotonic_ns(), signal)))
        while not isinstance(heard.get(timeout=20)[1], DeviceBack):
            pass
        rig.settle()
        taken = []
        try:
            for _ in range(rounds):
                began_ns = rig.show()
                at_ns, signal = heard.get(timeout=20)
                while not isinstance(signal, rig.reports):
                    at_ns, signal = heard.get(timeout=20)
                taken.append(at_ns - began_ns)
                rig.take_away()
                rig.settle()
                time.sleep(BETWEEN_S)
        finally:
            rig.reader.close()
    return Times.of_ns(taken)
