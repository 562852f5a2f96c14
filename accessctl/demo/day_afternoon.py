"""From three until half past six: a stolen card, a lockdown, a doubtful clock, and those who go home."""

from typing import Final

from accessctl.demo.steps import Digits, Step, at
from accessctl.demo.ways import goes, passes

_IN: Final = ("staff-in", "floor-in")
_OUT: Final = ("floor:exit", "staff-out")

_ALERT: Final = (
    # Somebody has found the card that she reported lost, and tries it.
    at("15:10:21").badge("tess-whitlock", "staff-in"),
    at("15:10:29").badge("tess-whitlock", "staff-in"),
    # The desk raises the threat level, and locks the floor down with all that is in it.
    at("15:11:30").desk_sets_threat_level(2),
    at("15:11:40").desk_orders("lockdown", "floor"),
    # She was at the post office, and has to wait outside.
    *goes("beth-ashdown", "15:02:00", "office:exit", "staff-out"),
    at("15:13:00").badge("beth-ashdown", "staff-in"),
    # Leaving is free in a lockdown, and coming back is not.
    *goes("kofi-mensah", "15:14:00", "aisle-out"),
    at("15:15:30").badge("kofi-mensah", "aisle-in"),
    # A supervisor is called in. At this level the entrance asks for her PIN, which she gets wrong in haste;
    # the lockdown lets her pass.
    at("15:17:20").badge("marta-quill", "staff-in"),
    at("15:17:24").types("marta-quill", "staff-in", Digits.WRONG_PIN),
    *goes("marta-quill", "15:18:00", "staff-in+pin", "floor-in"),
    at("15:24:00").desk_orders("lift", "floor"),
    at("15:24:20").desk_sets_threat_level(0),
    *goes("kofi-mensah", "15:26:00", "aisle-in"),
    *goes("beth-ashdown", "15:27:00", "staff-in", "office-in"),
    *goes("marta-quill", "15:50:00", *_OUT),
)

_GATE: Final = (
    *goes("omar-siddiqui", "15:22:00", "dock-1:exit", "gate-out"),
    *goes("rosa-villar", "16:30:00", "dock-1:exit", "gate-out"),
    *goes("rosa-villar", "17:00:00", "gate-in+code"),
    # A lorry takes the gate's reader along. She is let out for a paper that she forgot, and nobody reads her;
    # while that reader is gone passback refuses nobody at the gate.
    at("17:02:30").loses_reader("gate-out", "a lorry hit it"),
    at("17:04:00").desk_releases("gate"),
    *passes(at("17:04:00"), "gate"),
    *goes("rosa-villar", "17:09:00", "gate-in+code", "dock-1-in"),
    at("17:15:00").gets_reader_back("gate-out"),
    *goes("stefan-ilic", "17:40:00", "dock-1:exit", "gate-out"),
    # One tour a day is what he is paid for.
    at("18:30:00").types("stefan-ilic", "gate-in", Digits.CODE),
)

_CLOCK: Final = (
    # Nothing keeps the clock right for ten minutes: at the office no hours count meanwhile. Its door locks,
    # and only those come in whose right holds at every hour.
    at("16:10:00").clock_is_doubtful(),
    *goes("mei-tanaka", "16:11:00", "office:exit"),
    at("16:12:00").badge("mei-tanaka", "office-in"),
    *goes("desmond-achebe", "16:13:00", "floor:exit", "office-in", "office:exit", "floor-in"),
    at("16:20:00").clock_is_right_again(),
    *goes("mei-tanaka", "16:21:00", "office-in"),
)

_FLOOR: Final = (
    # His shift is over; his telephone lies on the floor.
    at("16:02:00").badge("tomasz-wilk", "staff-in"),
    # She helps out until eight: the late shift's rights are hers today.
    *goes("ana-marsh", "16:30:00", *_IN),
    *goes("siobhan-farrell", "16:40:00", "cold-in", "cold-out"),
    # Pavel shows his card on the way out of the cold, and Nadia walks out with him. When they come back from
    # the lobby she is in the cold store still, as far as anybody can tell, and so on the floor.
    *goes("pavel-dvorsky", "17:30:00", "cold-out"),
    at("17:30:50").requests_exit("floor"),
    *passes(at("17:30:50"), "floor"),
    *goes("pavel-dvorsky", "17:32:30", "floor-in", "cold-in"),
    *goes("nadia-benali", "17:32:45", "floor-in", "cold-in"),
    # He was lent the right, and his agency's people are denied it. That beats it.
    at("17:50:00").badge("kofi-mensah", "cold-in"),
    # Her contract ends at six o'clock, in the middle of her shift.
    *goes("leila-karimi", "17:52:00", *_OUT),
    at("18:01:00").badge("leila-karimi", "staff-in"),
)

_HOME: Final = (
    *goes("beth-ashdown", "17:33:00", "office:exit", "staff-out"),
    *goes("harriet-lowe", "17:36:00", *_OUT),
    *goes("desmond-achebe", "17:40:00", *_OUT),
    *goes("mei-tanaka", "17:58:00", "office:exit", "staff-out"),
    *goes("yusuf-demir", "18:12:00", *_OUT),
)

AFTERNOON: Final[tuple[Step, ...]] = (*_ALERT, *_GATE, *_CLOCK, *_FLOOR, *_HOME)
