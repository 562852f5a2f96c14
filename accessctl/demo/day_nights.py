"""The nights before and after the day: guards on their rounds, and whoever should not be there."""

from typing import Final

from accessctl.demo.steps import Digits, Step, at
from accessctl.demo.ways import goes, passes, shows_card_and_pin, visit_cage

_NIGHT: Final = (
    *goes("viktor-hale", "00:40:00", "cold-in", "cold-out", "floor:exit"),
    # At night the office asks for a PIN as well. His fingers are cold.
    at("00:42:10").badge("viktor-hale", "office-in"),
    at("00:42:14").types("viktor-hale", "office-in", Digits.WRONG_PIN),
    *goes("viktor-hale", "00:42:30", "office-in+pin", "office:exit"),
    # So does the floor, of whoever comes first at night. He has to be told; after him nobody is asked.
    at("00:45:00").badge("viktor-hale", "floor-in"),
    *goes("viktor-hale", "00:46:00", "floor-in+pin"),
    *goes("rhys-tanner", "00:52:00", "staff-in", "floor-in"),
    # His briefing for the cold is over since Monday.
    at("00:58:00").badge("rhys-tanner", "cold-in"),
    *visit_cage("viktor-hale", "rhys-tanner", "02:15:00"),
    *goes("rhys-tanner", "02:31:00", "floor:exit", "staff-out"),
    # By the yard he comes no further: at night the dock is blocked, for guards as well.
    *goes("rhys-tanner", "02:50:00", "gate-in+pin"),
    at("02:51:30").badge("rhys-tanner", "dock-1-in"),
    *goes("rhys-tanner", "02:53:00", "gate-out"),
    *goes("rhys-tanner", "03:01:00", "staff-in", "floor-in"),
    # Somebody pries the dock open; the guards close it.
    at("03:12:20").forces("dock-1"),
    at("03:16:05").closes("dock-1"),
    *goes("viktor-hale", "04:30:00", "aisle-out", "aisle-in"),
    *goes("rhys-tanner", "06:04:00", "floor:exit", "staff-out"),
    *goes("viktor-hale", "06:12:00", "floor:exit", "staff-out"),
)

_NEXT_NIGHT: Final = (
    # One night for the guard, two days for the calendar.
    *goes("jamila-osei", "23:50:00", "cold-in", "cold-out"),
    # She is alone tonight, and nobody goes into the cage alone.
    *shows_card_and_pin("jamila-osei", at("24:10:00")),
    *goes("jamila-osei", "26:30:00", "aisle-out", "aisle-in"),
    *goes("jamila-osei", "28:45:00", "floor:exit"),
    # Somebody stands behind her. She types the other PIN: the door opens as ever, and elsewhere it is known.
    at("28:46:00").badge("jamila-osei", "office-in"),
    at("28:46:04").types("jamila-osei", "office-in", Digits.DURESS_PIN),
    *passes(at("28:46:04"), "office"),
    *goes("jamila-osei", "28:49:00", "office:exit", "floor-in+pin"),
    # He has forgotten that it is Good Friday, which has no early shift. The guards' hours go on.
    at("29:35:10").badge("tomasz-wilk", "staff-in"),
    *goes("jamila-osei", "30:12:00", "floor:exit", "staff-out"),
)

NIGHTS: Final[tuple[Step, ...]] = (*_NIGHT, *_NEXT_NIGHT)
