"""What a reader's link says to the outside: each thing once, and cards only when they may be believed."""

import time
from collections.abc import Callable

from hardware.health import HealthBook
from hardware.readers import osdp_told
from hardware.readers.osdp_panel import Happening
from hardware.signals import (
    CardUnreadable,
    DeviceBack,
    DeviceLost,
    PairingFailed,
    ReaderInsecure,
    ReaderPaired,
    ReaderPower,
    ReaderSecured,
    ReaderTampered,
    Signal,
)
from hardware.specs import OsdpReaderSpec


class Teller:
    """Turns what the link finds out into signals and lines of the health book."""

    def __init__(self, spec: OsdpReaderSpec, book: HealthBook, tell: Callable[[Signal], None]) -> None:
        """Begin with a reader that was never seen."""
        self._spec, self._book, self._tell = spec, book, tell
        self.begin()

    def begin(self) -> None:
        """Begin anew: whoever listens now was told nothing yet."""
        self._here: bool | None = None
        self._insecure_for: str | None = None
        # Not known: who listens may hold it for tampered, from before this driver was started anew.
        self._tampered: bool | None = None
        self._power_fails: bool | None = None

    def lost(self, why: str) -> None:
        """The reader does not answer, or must not be believed."""
        self._book.lost(why)
        if self._here is not False:
            self._here = False
            self._tell(DeviceLost(self._spec.id, time.monotonic_ns(), why))

    def insecure(self, why: str) -> None:
        """What answers is not our reader. One signal for each new cause."""
        self.lost(why)
        if why != self._insecure_for:
            self._insecure_for = why
            self._tell(ReaderInsecure(self._spec.id, time.monotonic_ns(), why))

    def secured(self, key: int) -> None:
        """The reader answers over the secure channel; with which key, by its number."""
        now_ns = time.monotonic_ns()
        self._insecure_for = None
        self._book.here()
        if not self._here:
            self._here = True
            self._tell(DeviceBack(self._spec.id, now_ns))
        self._tell(ReaderSecured(self._spec.id, now_ns, key))

    def paired(self) -> None:
        """The reader took its new key."""
        self._tell(ReaderPaired(self._spec.id, time.monotonic_ns()))

    def not_paired(self, why: str, *, told: bool) -> None:
        """The reader did not take it, though it may have been told it."""
        self._tell(PairingFailed(self._spec.id, time.monotonic_ns(), why, told))

    def status(self, told: Happening) -> None:
        """Tell tamper and power, if that is what the reader told and it is news. The first status is."""
        if (status := osdp_told.tamper_and_power(told)) is None:
            return
        now_ns, (tampered, power_fails) = time.monotonic_ns(), status
        if tampered is not self._tampered:
            self._tampered = tampered
            self._tell(ReaderTampered(self._spec.id, now_ns, tampered))
        if power_fails is not self._power_fails:
            self._power_fails = power_fails
            self._tell(ReaderPower(self._spec.id, now_ns, power_fails))

    def shown(self, told: Happening, *, stale: bool) -> None:
        """Tell cards and keys, if that is what the reader told. What is stale is nobody's card."""
        card = osdp_told.card(self._spec, told)
        if card is not None and stale:
            why = "it was shown before the line was up: show it again"
            card = CardUnreadable(self._spec.id, card.mono_ns, why, shown=False)
        if card is not None:
            if isinstance(card, CardUnreadable):
                self._book.erred(card.why)
            self._tell(card)
        if not stale:
            for key in osdp_told.keys(self._spec, told):
                self._tell(key)
