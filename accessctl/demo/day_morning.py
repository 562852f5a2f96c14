"""The morning: a container at the dock, lorries at the gate, and an engineer in the cold store."""

from datetime import timedelta
from typing import Final

from accessctl.demo.steps import Digits, Step, at
from accessctl.demo.ways import goes, passes, visits
from policies.door_modes import DoorMode

_CONTAINER: Final = (
    # A container is unloaded: the dock's leaf may stand open for a quarter of an hour, and the way on is held
    # open until the desk gives it back.
    at("08:30:30").desk_sets("aisle", DoorMode.HELD_OPEN),
    at("08:31:00").desk_props("dock-1", timedelta(minutes=15)),
    at("08:31:06").opens("dock-1"),
    at("08:33:00").opens("aisle"),
    # Somebody wants to sweep the pit. The hatch stays shut while the dock is open above it.
    at("08:36:00").presses_button("leveller-1-in"),
    at("08:44:40").closes("dock-1"),
    at("09:10:00").closes("aisle"),
    at("09:12:00").desk_gives_back("aisle"),
    # Now it opens, and it is the driver at the dock who waits until it is shut.
    *goes("bartek-nowicki", "09:13:00", "dock-1:exit"),
    at("09:15:00").presses_button("leveller-1-in"),
    at("09:15:03").opens("leveller-1"),
    at("09:16:15").badge("bartek-nowicki", "dock-1-in"),
    at("09:16:25").closes("leveller-1"),
    at("09:16:30").opens("dock-1"),
    at("09:16:52").closes("dock-1"),
)

_GATE: Final = (
    # Twelve lorries in a row: the desk unlocks the gate until a quarter past nine, when it locks by itself.
    at("08:50:00").desk_sets("gate", DoorMode.UNLOCKED, until="09:12:00"),
    at("08:50:40").opens("gate"),
    at("09:08:00").closes("gate"),
    # A visitor with a card from somewhere else, and a code that he was not given here.
    at("09:14:03").stranger_badges("gate-in"),
    at("09:14:09").stranger_badges("gate-in"),
    at("09:14:40").types("wes-calloway", "gate-in", Digits.NOBODYS_CODE),
    # An old driver's card has expired. The desk lets him in; leaving is refused to nobody.
    at("09:20:10").badge("wes-calloway", "gate-in"),
    at("09:20:16").badge("wes-calloway", "gate-in"),
    at("09:22:00").desk_releases("gate"),
    *passes(at("09:22:00"), "gate"),
    *goes("wes-calloway", "09:41:00", "gate-out"),
)

_ENGINEER: Final = (
    # She is to look at the cooling. Nobody has come to the door for her yet.
    at("09:25:00").badge("fatou-diallo", "staff-in"),
    *goes("marta-quill", "09:26:00", "floor:exit", "staff-out"),
    *visits("marta-quill", "fatou-diallo", "09:28:00", "staff-in", "floor-in", "cold-in"),
    # With the two of the early shift that makes four in the cold.
    at("09:33:00").badge("desmond-achebe", "cold-in"),
    # Marta takes a call outside, and leaves her visitor behind for more than a minute.
    *goes("marta-quill", "09:36:00", "cold-out"),
    *goes("marta-quill", "09:39:30", "cold-in"),
    *goes("fatou-diallo", "09:48:00", "cold-out"),
    *goes("marta-quill", "09:48:12", "cold-out"),
    *goes("marta-quill", "09:49:30", "floor:exit"),
    *goes("fatou-diallo", "09:50:10", "staff-out"),
    *goes("marta-quill", "09:55:00", "floor-in"),
)

_COLD: Final = (
    # A forklift tears the cold store's reader off; the other way the door works as before.
    at("10:05:33").loses_reader("cold-in", "it was unplugged"),
    *goes("aino-virtanen", "10:08:00", "cold-out"),
    # The desk lets her in again, and nobody has read her: as far as anybody can tell, Callum is alone.
    at("10:12:00").desk_releases("cold"),
    *passes(at("10:12:00"), "cold"),
    at("10:31:20").gets_reader_back("cold-in"),
    *goes("callum-reidy", "10:34:00", "cold-out"),
    *goes("aino-virtanen", "10:34:40", "cold-out"),
    *goes("aino-virtanen", "10:36:00", "cold-in"),
    *goes("callum-reidy", "10:37:00", "cold-in"),
)

_STRAYING: Final = (
    # She fetched something from the lobby. The handle read nobody, so she is let in, and that is reported.
    *goes("ana-marsh", "10:20:00", "floor:exit", "floor-in"),
    # Nothing in these people's roles leads there.
    at("10:45:00").badge("priya-nair", "cold-in"),
    at("10:47:30").badge("omar-siddiqui", "aisle-in"),
    at("11:02:40").badge("grace-adeyemi", "cage-in"),
)

_AUDITOR: Final = (
    # A pass for one visit: the entrance and the office are its two uses.
    *goes("beth-ashdown", "10:58:00", "office:exit", "staff-out"),
    *visits("beth-ashdown", "samir-haddad", "11:00:00", "staff-in", "office-in"),
    *goes("samir-haddad", "12:05:50", "office:exit"),
    *goes("samir-haddad", "12:06:55", "staff-out"),
    # After lunch there is none left, with or without an escort.
    *goes("beth-ashdown", "12:34:00", "staff-in"),
    at("12:34:12").badge("samir-haddad", "staff-in"),
    *goes("beth-ashdown", "12:36:00", "office-in"),
)

MORNING: Final[tuple[Step, ...]] = (*_CONTAINER, *_GATE, *_ENGINEER, *_COLD, *_STRAYING, *_AUDITOR)
