"""A GPIO chip that the kernel simulates: we pull its lines and look at what is driven on them."""

import itertools
import os
from pathlib import Path
from typing import Final, Self

CONFIG: Final = Path("/sys/kernel/config/gpio-sim")
LINES: Final = 32
_NUMBERS = itertools.count()


def why_not() -> str | None:
    """Say why there are no such chips here; ``None`` when there are."""
    if not os.access(CONFIG, os.W_OK):
        return "this kernel simulates no GPIO lines here: make test-vm runs them on one that does"
    return None


class SimulatedChip:
    """One chip, from when it is entered until it is left."""

    def __init__(self, label: str) -> None:
        self.label = label
        self._device = CONFIG / f"chip{next(_NUMBERS)}"
        self._bank = self._device / "bank0"
        self._lines = Path()

    def __enter__(self) -> Self:
        self._bank.mkdir(parents=True)
        (self._bank / "num_lines").write_text(str(LINES))
        (self._bank / "label").write_text(self.label)
        (self._device / "live").write_text("1")
        name, chip = (
            (at / what).read_text().strip()
            for at, what in ((self._device, "dev_name"), (self._bank, "chip_name"))
        )
        self._lines = Path("/sys/devices/platform") / name / chip
        return self

    def __exit__(self, *_: object) -> None:
        (self._device / "live").write_text("0")
        self._bank.rmdir()
        self._device.rmdir()

    def pull(self, gpio: int, *, high: bool) -> None:
        """Pull a line from outside, as a contact or a resistor does."""
        (self._lines / f"sim_gpio{gpio}" / "pull").write_text("pull-up" if high else "pull-down")

    def is_high(self, gpio: int) -> bool:
        """Look at a line from outside."""
        return (self._lines / f"sim_gpio{gpio}" / "value").read_text().strip() == "1"
