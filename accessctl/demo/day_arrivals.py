"""From five until half past eight: drivers, the early shift, the office."""

from typing import Final

from accessctl.demo.steps import Digits, Step, at
from accessctl.demo.ways import goes

_IN: Final = ("staff-in", "floor-in")

_DRIVERS: Final = (
    *goes("bartek-nowicki", "05:04:00", "gate-in+code", "dock-1-in"),
    *goes("dafydd-pryce", "05:12:00", "gate-in+code"),
    # He has told the next driver his code. For a quarter of an hour it lets nobody in who is in.
    at("05:16:30").types("dafydd-pryce", "gate-in", Digits.CODE),
    # He himself had gone out behind a lorry, unread. His entry is forgotten by now.
    *goes("dafydd-pryce", "05:28:30", "gate-in+code", "dock-1-in"),
    *goes("omar-siddiqui", "06:31:00", "gate-in+code", "dock-1-in"),
)

_EARLY: Final = (
    # Two in the cold: either has company before five minutes are over.
    *goes("aino-virtanen", "05:14:30", *_IN, "cold-in"),
    *goes("callum-reidy", "05:17:40", *_IN, "cold-in"),
    # Nine minutes before the shift may come in.
    at("05:21:15").badge("tomasz-wilk", "staff-in"),
    *goes("marta-quill", "05:28:00", *_IN),
    *goes("tomasz-wilk", "05:31:10", *_IN),
    *goes("ana-marsh", "05:41:10", *_IN),
    # The card is pulled away too soon; at the second try it is held still.
    at("05:43:05").card_unread("staff-in"),
    *goes("grace-adeyemi", "05:43:12", *_IN),
    *goes("liam-okafor", "05:45:00", *_IN),
    *goes("priya-nair", "05:46:20", *_IN),
    # He works here no more; his card was revoked.
    at("05:49:30").badge("joel-hartnell", "staff-in"),
    at("05:49:36").badge("joel-hartnell", "staff-in"),
    # She was not here since the last season. The desk knows her, and renews her access.
    at("05:51:00").badge("mihaela-popa", "staff-in"),
    at("05:57:00").desk_orders_for("renew", "mihaela-popa"),
    *goes("mihaela-popa", "05:58:20", *_IN),
    # Her contract has not begun.
    at("06:58:12").badge("zoe-thackray", "staff-in"),
)

_OFFICE: Final = (
    # While the desk has the office armed a card is not enough, not even hers.
    at("06:35:00").desk_orders("arm", "office"),
    *goes("marta-quill", "06:38:30", "floor:exit"),
    at("06:39:10").badge("marta-quill", "office-in"),
    *goes("marta-quill", "06:40:00", "office-in+pin"),
    at("06:43:00").desk_orders("disarm", "office"),
    *goes("marta-quill", "06:55:00", "office:exit", "floor-in"),
    # Thirty-one seconds before the office hours.
    at("07:29:29").badge("mei-tanaka", "staff-in"),
    # The first of the office comes in, and from then on its door stands unlocked.
    *goes("mei-tanaka", "07:30:20", "staff-in", "office-in"),
    *goes("beth-ashdown", "07:33:00", "staff-in", "office-in"),
    *goes("harriet-lowe", "07:36:00", *_IN),
    *goes("yusuf-demir", "07:38:30", *_IN),
    # An admin disabled him last week.
    at("07:41:50").badge("noah-feldman", "staff-in"),
    *goes("desmond-achebe", "08:01:00", "staff-in", "office-in"),
    *goes("desmond-achebe", "08:20:00", "office:exit", "floor-in"),
)

ARRIVALS: Final[tuple[Step, ...]] = (*_DRIVERS, *_EARLY, *_OFFICE)
