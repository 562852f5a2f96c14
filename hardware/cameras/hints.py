"""What a camera asks people to do during a turn of the head: known to whoever shows it by light and tone."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from hardware.ports import Turn

TURN_HINTS: Final[Mapping[Turn, str]] = MappingProxyType(
    {Turn.LEFT: "turn your head to the left", Turn.RIGHT: "turn your head to the right"}
)
"""A ``SensorStep`` says this when straight pictures are taken and the turn is all that is missing."""
