"""Under which name a sensor keeps a finger. Pure.

fprintd keeps up to ten fingers for each user, and verifies those of one user at a time: ``p-7f3a:2`` is the
second finger of a user who is made up for that person. A sensor on a serial line keeps numbers and nothing
else: ``slot-17``.
"""

import re
from collections.abc import Collection
from typing import Final

from hardware.errors import HardwareError
from hardware.specs import FingerSpec, UartSensorSpec

FINGERS: Final = (
    "right-index-finger",
    "left-index-finger",
    "right-middle-finger",
    "left-middle-finger",
    "right-thumb",
    "left-thumb",
    "right-ring-finger",
    "left-ring-finger",
    "right-little-finger",
    "left-little-finger",
)
"""As fprintd names them; the number in a template's name counts from the first. It is a place to keep one and
no more: which of their fingers people choose, nobody checks."""
SLOTS: Final = 200
"""So many fingers a sensor on a serial line is trusted to keep: the R503 has no more, others have."""
USER_PREFIX: Final = "accessctl-"
"""No Unix user has such a name, so fprintd's templates of people who log in here are not touched."""

_OF_USER: Final = re.compile(r"([a-z0-9-]{1,50}):([1-9]|10)")
_OF_SLOT: Final = re.compile(r"slot-(0|[1-9][0-9]{0,4})")


class SensorFull(HardwareError):
    """The sensor has no room for one more finger, or the person has no more of them."""


def template_name(sensor: FingerSpec, person: str, taken: Collection[str]) -> str:
    """Make up the name of a new template. Raises ``SensorFull``, and ``ValueError`` for an impossible person.

    ``taken`` are the names that are in use at this sensor, also those which it has yet to forget.
    """
    if isinstance(sensor, UartSensorSpec):
        names = (f"slot-{slot}" for slot in range(SLOTS))
        full = f"the sensor keeps {SLOTS} fingers and has no room for another one"
    else:
        names = (f"{person}:{number}" for number in range(1, len(FINGERS) + 1))
        full = f"the sensor keeps {len(FINGERS)} fingers of that person already"
        if not _OF_USER.fullmatch(f"{person}:1"):
            raise ValueError("no template can be named after such a person")
    free = next((name for name in names if name not in taken), None)
    if free is None:
        raise SensorFull(full)
    return free


def user_and_finger(template: str) -> tuple[str, str]:
    """Give fprintd's names of the user and of the finger. Raises ``ValueError`` for another kind of name."""
    found = _OF_USER.fullmatch(template)
    if found is None:
        raise ValueError("this template is not kept by fprintd")
    return f"{USER_PREFIX}{found[1]}", FINGERS[int(found[2]) - 1]


def slot_of(template: str) -> int:
    """Give the slot that a name stands for. Raises ``ValueError`` for a name of another kind."""
    found = _OF_SLOT.fullmatch(template)
    if found is None:
        raise ValueError("this template is not kept in a slot")
    return int(found[1])


def name_of_slot(slot: int) -> str:
    """Name what a slot keeps."""
    return f"slot-{slot}"
