"""Passes before a camera: found in a picture, and told once for as long as they are held there.

The reading is done by zxing-cpp: half a millisecond for a picture of 640 × 480 with a code in it, two for one
that is full of noise. It takes any buffer, so nothing here needs numpy.
"""

from collections.abc import Collection
from typing import Final

import zxingcpp

from hardware.cards.pass_text import is_pass

_QR_CODES: Final = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
GONE_AFTER_S: Final = 10.0
"""A pass that was not seen for so long was put away; shown again, it is shown anew. Somebody who walks past
one that was left in sight hides it for less."""


def passes_in(picture: object) -> frozenset[bytes]:
    """Give the texts of the passes in a picture.

    ``picture`` is a buffer of grey bytes with two dimensions, rows first: a numpy array, or a ``memoryview``
    that was cast.
    """
    found = zxingcpp.read_barcodes(picture, formats=_QR_CODES)
    return frozenset(code.bytes for code in found if is_pass(code.bytes))


class PassWatch:
    """Tells of a pass when it is shown, and not again while it stays. Used from one thread.

    A hand trembles, a picture blurs, somebody walks past, another pass is held before it: a pass is gone only
    when it was not seen for a while. Another one is told at once. Of two in one picture nobody could say
    whose turn it is, so neither is told.
    """

    def __init__(self) -> None:
        """Begin with nothing shown."""
        self._seen_s: dict[bytes, float] = {}

    def look(self, picture: object, now_s: float) -> bytes | None:
        """Give the pass that is shown anew in a picture of this instant (``time.monotonic()``)."""
        return self.note(passes_in(picture), now_s)

    def note(self, found: Collection[bytes], now_s: float) -> bytes | None:
        """Take the passes that were read of a picture; give the one that is shown anew."""
        there = {text: at for text, at in self._seen_s.items() if now_s - at < GONE_AFTER_S}
        anew = [text for text in found if text not in there]
        self._seen_s = there | {text: now_s for text in found if text in there}
        if len(found) != 1 or not anew:
            return None
        self._seen_s[anew[0]] = now_s
        return anew[0]
