"""One working day in the warehouse: a Tuesday in March 2026, and the night after it.

Most of it is people who come, work and go. What is worth a look has a comment.
"""

from datetime import date
from typing import Final

from accessctl.demo.steps import At, Step, at, enters_cage, passes, walks

DATE: Final = date(2026, 3, 17)
"""The day on which the hours below begin to count."""

_IN: Final = ("staff-in", "floor-in")
_OUT: Final = ("floor:exit", "staff-out")

_NIGHT: Final = (
    *walks("viktor-hale", "00:40:00", "cold-in", "cold-out", "floor:exit", "office-in", "office:exit"),
    *enters_cage("viktor-hale", "02:15:00"),
    *walks("rhys-tanner", "02:31:00", *_OUT),
    *walks("rhys-tanner", "02:50:00", "gate-in", "dock-1-in"),
    # Somebody pries a dock door open; the guards close it.
    at("03:12:20").forces("dock-2"),
    at("03:16:05").closes("dock-2"),
    *walks("viktor-hale", "04:30:00", "aisle-out", "aisle-in"),
    *walks("rhys-tanner", "06:04:00", *_OUT),
    *walks("viktor-hale", "06:12:00", *_OUT),
)

_EARLY: Final = (
    *walks("bartek-nowicki", "05:04:00", "gate-in", "dock-1-in"),
    *walks("dafydd-pryce", "05:12:00", "gate-in", "dock-2-in"),
    *walks("aino-virtanen", "05:14:30", *_IN, "cold-in"),
    *walks("callum-reidy", "05:17:40", *_IN, "cold-in"),
    # Nine minutes before the shift may come in.
    at("05:21:15").badge("tomasz-wilk", "staff-in"),
    *walks("marta-quill", "05:28:00", *_IN),
    *walks("tomasz-wilk", "05:31:10", *_IN),
    *walks("ana-marsh", "05:41:10", *_IN),
    # The card is pulled away too soon; at the second try it is held still.
    at("05:43:05").card_unread("staff-in"),
    *walks("grace-adeyemi", "05:43:12", *_IN),
    *walks("liam-okafor", "05:45:00", *_IN),
    *walks("priya-nair", "05:46:20", *_IN),
    # He works here no more; his card was revoked.
    at("05:49:30").badge("joel-hartnell", "staff-in"),
    at("05:49:36").badge("joel-hartnell", "staff-in"),
    *walks("mihaela-popa", "05:51:00", *_IN),
    *walks("samir-haddad", "05:52:45", *_IN),
    *walks("omar-siddiqui", "06:31:00", "gate-in", "dock-1-in"),
    # Her contract has not begun.
    at("06:58:12").badge("zoe-thackray", "staff-in"),
)

_OFFICE: Final = (
    # Thirty-one seconds before the office hours.
    at("07:29:29").badge("mei-tanaka", "staff-in"),
    *walks("mei-tanaka", "07:30:20", "staff-in", "office-in"),
    *walks("beth-ashdown", "07:33:00", "staff-in", "office-in"),
    *walks("harriet-lowe", "07:36:00", *_IN),
    *walks("yusuf-demir", "07:38:30", *_IN),
    # An admin disabled him last week.
    at("07:41:50").badge("noah-feldman", "staff-in"),
    *walks("desmond-achebe", "08:01:00", "staff-in", "office-in"),
    *walks("desmond-achebe", "08:20:00", "office:exit", "floor-in"),
    *enters_cage("harriet-lowe", "08:24:00"),
)

_MORNING: Final = (
    # A container is unloaded: the desk unlocks the dock for it, and pallets go in and out.
    at("08:30:00").desk_orders("unlock", "dock-1"),
    at("08:31:10").opens("dock-1"),
    at("08:46:00").closes("dock-1"),
    at("08:52:30").opens("dock-1"),
    at("09:09:40").closes("dock-1"),
    at("09:12:00").desk_orders("lock", "dock-1"),
    # A visitor with a card from somewhere else.
    at("09:14:03").stranger_badges("gate-in"),
    at("09:14:09").stranger_badges("gate-in"),
    # An old driver's card has expired. The desk lets him in; leaving is refused to nobody.
    at("09:20:10").badge("wes-calloway", "gate-in"),
    at("09:20:16").badge("wes-calloway", "gate-in"),
    at("09:22:00").desk_orders("release", "gate"),
    *passes(at("09:22:00"), "gate"),
    *walks("wes-calloway", "09:41:00", "gate-out"),
    # A forklift tears the cold store's reader off; the other way the door works as before.
    at("10:05:33").loses_reader("cold-in", "it was unplugged"),
    *walks("aino-virtanen", "10:08:00", "cold-out"),
    at("10:12:00").desk_orders("release", "cold"),
    *passes(at("10:12:00"), "cold"),
    at("10:31:20").gets_reader_back("cold-in"),
    *walks("callum-reidy", "10:34:00", "cold-out", "cold-in"),
    # Nothing in these people's roles leads there.
    at("10:45:00").badge("priya-nair", "cold-in"),
    at("10:47:30").badge("omar-siddiqui", "aisle-in"),
    at("11:02:40").badge("samir-haddad", "office-in"),
)


def _wrong_pin(start: At, who: str) -> tuple[Step, ...]:
    return start.badge(who, "cage-in"), start.after(5).types_wrong_pin(who, "cage-in")


_CAGE: Final = (
    # Five wrong PINs are a lock-out. He telephones the desk, and remembers.
    *_wrong_pin(at("10:50:00"), "yusuf-demir"),
    *_wrong_pin(at("10:50:30"), "yusuf-demir"),
    *_wrong_pin(at("10:51:00"), "yusuf-demir"),
    *_wrong_pin(at("10:51:30"), "yusuf-demir"),
    *_wrong_pin(at("10:52:00"), "yusuf-demir"),
    at("10:52:25").badge("yusuf-demir", "cage-in"),
    at("10:56:00").desk_forgives("yusuf-demir"),
    *enters_cage("yusuf-demir", "10:57:00"),
    # The telephone rings: the card was shown and no PIN comes.
    at("11:15:00").badge("harriet-lowe", "cage-in"),
    *enters_cage("harriet-lowe", "11:16:30"),
    # One slip is forgotten with the next right PIN.
    *_wrong_pin(at("11:40:00"), "marta-quill"),
    *enters_cage("marta-quill", "11:40:20"),
    # A picker has no business in there, and is told so before any PIN.
    at("11:52:00").badge("mihaela-popa", "cage-in"),
)

_MIDDAY: Final = (
    *walks("liam-okafor", "11:20:00", "aisle-out"),
    # He is granted, and turns round for the pallet truck that he left.
    at("11:29:50").badge("liam-okafor", "aisle-in"),
    *walks("liam-okafor", "11:31:15", "aisle-in"),
    *walks("ana-marsh", "12:01:00", *_OUT),
    *walks("grace-adeyemi", "12:03:00", *_OUT),
    *walks("beth-ashdown", "12:06:00", "office:exit", "staff-out"),
    # Her way out reads no card; it lets her out all the same.
    at("12:09:00").card_unread("staff-out"),
    *passes(at("12:09:00"), "staff"),
    *walks("ana-marsh", "12:29:00", *_IN),
    *walks("grace-adeyemi", "12:31:00", *_IN),
    *walks("beth-ashdown", "12:34:00", "staff-in", "office-in"),
    *walks("mei-tanaka", "12:38:00", "staff-in", "office-in"),
    # A pallet keeps the dock door open: a tone after 100 s, an alarm after 120 s.
    at("12:40:55").badge("dafydd-pryce", "dock-2-in"),
    at("12:41:00").opens("dock-2"),
    at("12:44:25").closes("dock-2"),
    # Half an hour before the late shift may come in.
    at("12:58:40").badge("hugo-lindqvist", "staff-in"),
    *walks("rosa-villar", "13:02:00", "gate-in", "dock-1-in"),
    *walks("stefan-ilic", "13:08:00", "gate-in", "dock-2-in"),
)

_CHANGE_OF_SHIFT: Final = (
    *walks("siobhan-farrell", "13:30:30", *_IN),
    *walks("chloe-bannister", "13:33:00", *_IN),
    *walks("ewan-muir", "13:35:10", *_IN),
    *walks("fatou-diallo", "13:37:00", *_IN),
    *walks("hugo-lindqvist", "13:39:20", *_IN),
    *walks("irene-carvalho", "13:41:00", *_IN),
    *walks("kofi-mensah", "13:43:30", *_IN),
    *walks("leila-karimi", "13:45:00", *_IN),
    *walks("nadia-benali", "13:48:00", *_IN, "cold-in"),
    *walks("pavel-dvorsky", "13:51:00", *_IN, "cold-in"),
    *walks("callum-reidy", "13:56:00", "cold-out", *_OUT),
    *walks("aino-virtanen", "14:00:00", "cold-out", *_OUT),
    *walks("ana-marsh", "14:04:00", *_OUT),
    *walks("tomasz-wilk", "14:06:00", *_OUT),
    # Two leave together: the second shows her card while the leaf is open.
    *walks("priya-nair", "14:08:00", "floor:exit"),
    at("14:08:40").badge("priya-nair", "staff-out"),
    at("14:08:42").opens("staff"),
    at("14:08:44").badge("mihaela-popa", "staff-out"),
    at("14:08:48").closes("staff"),
    *walks("grace-adeyemi", "14:11:00", *_OUT),
    *walks("liam-okafor", "14:13:00", *_OUT),
    *walks("samir-haddad", "14:15:00", *_OUT),
    *walks("marta-quill", "14:25:00", *_OUT),
    *walks("bartek-nowicki", "14:40:00", "dock-1:exit", "gate-out"),
    *walks("dafydd-pryce", "14:48:00", "dock-2:exit", "gate-out"),
)

_AFTERNOON: Final = (
    # Somebody has found the card that she reported lost.
    at("15:10:21").badge("tess-whitlock", "staff-in"),
    at("15:10:29").badge("tess-whitlock", "staff-in"),
    *walks("omar-siddiqui", "15:22:00", "dock-1:exit", "gate-out"),
    # His shift is over; his telephone lies on the floor.
    at("16:02:00").badge("tomasz-wilk", "staff-in"),
    *walks("kofi-mensah", "16:20:00", "aisle-out", "aisle-in"),
    *walks("siobhan-farrell", "16:40:00", "cold-in", "cold-out"),
    *enters_cage("siobhan-farrell", "17:02:00"),
    *walks("beth-ashdown", "17:31:00", "office:exit", "staff-out"),
    *walks("harriet-lowe", "17:35:00", *_OUT),
    *walks("desmond-achebe", "17:40:00", *_OUT),
    *walks("mei-tanaka", "17:58:00", "office:exit", "staff-out"),
    *walks("yusuf-demir", "18:12:00", *_OUT),
)

_EVENING: Final = (
    *walks("carmen-ruiz", "18:02:00", "staff-in", "office-in"),
    *walks("lukas-brandt", "18:05:00", *_IN),
    *walks("rosa-villar", "19:30:00", "dock-1:exit", "gate-out"),
    *walks("stefan-ilic", "19:52:00", "dock-2:exit", "gate-out"),
    # Deliveries are over at eight.
    at("20:04:10").badge("rosa-villar", "gate-in"),
    *walks("carmen-ruiz", "21:31:00", "office:exit", "staff-out"),
    *walks("lukas-brandt", "21:34:00", *_OUT),
    *walks("jamila-osei", "21:42:00", *_IN),
    *walks("pavel-dvorsky", "22:00:00", "cold-out", *_OUT),
    *walks("nadia-benali", "22:04:00", "cold-out", *_OUT),
    *walks("chloe-bannister", "22:08:00", *_OUT),
    *walks("ewan-muir", "22:10:00", *_OUT),
    *walks("fatou-diallo", "22:12:00", *_OUT),
    *walks("hugo-lindqvist", "22:14:00", *_OUT),
    *walks("irene-carvalho", "22:16:00", *_OUT),
    *walks("kofi-mensah", "22:18:00", *_OUT),
    *walks("leila-karimi", "22:20:00", *_OUT),
    # Her hours are over, and nobody asks on the way out.
    *walks("siobhan-farrell", "22:41:00", *_OUT),
)

_NEXT_NIGHT: Final = (
    # One night for the guard, two days for the calendar.
    *walks("jamila-osei", "23:50:00", "cold-in", "cold-out"),
    *enters_cage("jamila-osei", "24:10:00"),
    *walks("jamila-osei", "26:30:00", "aisle-out", "aisle-in"),
    *walks("jamila-osei", "28:45:00", "floor:exit", "office-in", "office:exit", "floor-in"),
    *walks("jamila-osei", "30:12:00", *_OUT),
)

DAY: Final[tuple[Step, ...]] = tuple(
    sorted(
        (
            *_NIGHT,
            *_EARLY,
            *_OFFICE,
            *_MORNING,
            *_CAGE,
            *_MIDDAY,
            *_CHANGE_OF_SHIFT,
            *_AFTERNOON,
            *_EVENING,
            *_NEXT_NIGHT,
        ),
        key=lambda step: step.time,
    )
)
"""Everything that happens, in order of time."""
