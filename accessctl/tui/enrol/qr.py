"""A QR code in half blocks: two rows of it in each line of the screen, dark on light whatever the theme."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import segno
from rich.style import Style
from rich.text import Text

_QUIET: Final = (4, 3, 2)
"""Light modules around it. Four are the standard's; two do for every camera that was tried, as on paper."""
# The only colours that no theme has a say in: cameras want dark on light.
_INK: Final = Style(color="#000000", bgcolor="#ffffff")
_BLOCKS: Final = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


class Picture(NamedTuple):
    """A picture, and how much room it needs."""

    lines: tuple[str, ...]
    columns: int

    def text(self) -> Text:
        """Give it in ink."""
        return Text("\n".join(self.lines), style=_INK, no_wrap=True)


def picture_of(content: str, columns: int, rows: int) -> Picture | None:
    """Draw it with the widest quiet zone that fits; ``None`` where it does not fit at all."""
    code = segno.make_qr(content, error="l", boost_error=False)
    for quiet in _QUIET:
        modules = [[bool(module & 1) for module in row] for row in code.matrix_iter(border=quiet)]
        drawn = _drawn(modules)
        if len(drawn) <= rows and len(drawn[0]) <= columns:
            return Picture(drawn, len(drawn[0]))
    return None


def room_for(content: str) -> tuple[int, int]:
    """Give the columns and rows that it takes at least."""
    side = segno.make_qr(content, error="l", boost_error=False).symbol_size(border=_QUIET[-1])[0]
    return int(side), (int(side) + 1) // 2


def _drawn(modules: Sequence[Sequence[bool]]) -> tuple[str, ...]:
    pairs = list(modules) if len(modules) % 2 == 0 else [*modules, [False] * len(modules[0])]
    return tuple(
        "".join(_BLOCKS[upper, lower] for upper, lower in zip(pairs[at], pairs[at + 1], strict=True))
        for at in range(0, len(pairs), 2)
    )
