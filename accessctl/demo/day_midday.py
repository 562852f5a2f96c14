"""From eleven until three: lunch, a power cut, and the change of shift."""

from typing import Final

from accessctl.demo.steps import Step, at
from accessctl.demo.ways import goes, passes

_IN: Final = ("staff-in", "floor-in")
_OUT: Final = ("floor:exit", "staff-out")

_LUNCH: Final = (
    *goes("liam-okafor", "11:20:00", "aisle-out"),
    # He is granted, and turns round for the pallet truck that he left.
    at("11:29:50").badge("liam-okafor", "aisle-in"),
    *goes("liam-okafor", "11:31:15", "aisle-in"),
    *goes("ana-marsh", "12:01:00", *_OUT),
    *goes("grace-adeyemi", "12:03:00", *_OUT),
    *goes("beth-ashdown", "12:06:00", "office:exit", "staff-out"),
    # Her way out reads no card; it lets her out all the same.
    at("12:09:00").card_unread("staff-out"),
    *passes(at("12:09:00"), "staff"),
    *goes("ana-marsh", "12:29:00", *_IN),
    *goes("grace-adeyemi", "12:31:00", *_IN),
    *goes("mei-tanaka", "12:38:00", "staff-in", "office-in"),
    # A pallet keeps the dock open: a tone after 100 s, an alarm after 120 s.
    at("12:40:55").badge("dafydd-pryce", "dock-1-in"),
    at("12:41:00").opens("dock-1"),
    at("12:44:25").closes("dock-1"),
    # Half an hour before the late shift may come in.
    at("12:58:40").badge("hugo-lindqvist", "staff-in"),
    # The haulier's third driver at the docks: let in, and reported.
    *goes("rosa-villar", "13:02:00", "gate-in+code", "dock-1-in"),
    *goes("stefan-ilic", "13:08:00", "gate-in+code", "dock-1-in"),
)

_POWER_CUT: Final = (
    # On battery nothing stays unlocked: the office locks, and unlocks when the mains are back.
    at("13:15:00").begins("input.mains"),
    at("13:19:30").ends("input.mains"),
)

_LATE: Final = (
    *goes("siobhan-farrell", "13:30:30", *_IN),
    *goes("chloe-bannister", "13:33:00", *_IN),
    *goes("ewan-muir", "13:35:10", *_IN),
    *goes("hugo-lindqvist", "13:37:20", *_IN),
    # In a wheelchair: the door waits for her, and the alarm does too.
    at("13:41:00").badge("irene-carvalho", "staff-in"),
    at("13:41:11").opens("staff"),
    at("13:41:46").closes("staff"),
    *goes("irene-carvalho", "13:42:20", "floor-in"),
    # Two of his agency are on the floor. He waits in the lobby until one of them has left.
    *goes("kofi-mensah", "13:43:30", "staff-in"),
    at("13:44:10").badge("kofi-mensah", "floor-in"),
    *goes("leila-karimi", "13:45:00", *_IN),
    *goes("nadia-benali", "13:48:00", *_IN, "cold-in"),
    *goes("pavel-dvorsky", "13:51:00", *_IN, "cold-in"),
)

_EARLY_GOES: Final = (
    *goes("callum-reidy", "13:56:00", "cold-out", *_OUT),
    *goes("aino-virtanen", "14:00:00", "cold-out", *_OUT),
    *goes("ana-marsh", "14:04:00", *_OUT),
    *goes("tomasz-wilk", "14:06:00", *_OUT),
    # Two leave together: the second shows her card while the leaf is open.
    *goes("priya-nair", "14:08:00", "floor:exit"),
    at("14:08:40").badge("priya-nair", "staff-out"),
    at("14:08:42").opens("staff"),
    at("14:08:44").badge("mihaela-popa", "staff-out"),
    at("14:08:48").closes("staff"),
    *goes("grace-adeyemi", "14:11:00", *_OUT),
    *goes("liam-okafor", "14:13:00", *_OUT),
    *goes("kofi-mensah", "14:15:30", "floor-in"),
    *goes("marta-quill", "14:25:00", *_OUT),
    *goes("bartek-nowicki", "14:40:00", "dock-1:exit", "gate-out"),
    *goes("dafydd-pryce", "14:48:00", "dock-1:exit", "gate-out"),
)

MIDDAY: Final[tuple[Step, ...]] = (*_LUNCH, *_POWER_CUT, *_LATE, *_EARLY_GOES)
