"""The evening: cleaners, and a fire alarm."""

from typing import Final

from accessctl.demo.steps import Digits, Step, at
from accessctl.demo.ways import goes

_IN: Final = ("staff-in", "floor-in")
_OUT: Final = ("floor:exit", "staff-out")

_CLEANERS: Final = (
    *goes("carmen-ruiz", "18:02:00", "staff-in", "office-in"),
    *goes("lukas-brandt", "18:05:00", *_IN),
)

_DRIVERS: Final = (
    *goes("ana-marsh", "19:22:00", *_OUT),
    *goes("rosa-villar", "19:30:00", "dock-1:exit", "gate-out"),
    # Deliveries are over at eight.
    at("20:04:10").types("rosa-villar", "gate-in", Digits.CODE),
)

_BEFORE_THE_DOORS: Final = (
    "chloe-bannister",
    "ewan-muir",
    "hugo-lindqvist",
    "irene-carvalho",
    "kofi-mensah",
    "nadia-benali",
    "pavel-dvorsky",
    "siobhan-farrell",
    "carmen-ruiz",
)

_FIRE: Final = (
    # A toaster. Every door is free at once, and stays so until the desk ends it.
    at("20:40:00").begins("input.fire"),
    at("20:40:10").opens("cold"),
    at("20:40:12").opens("office"),
    at("20:40:15").opens("floor"),
    at("20:40:20").opens("staff"),
    at("20:41:00").desk_orders_of_all("start_muster"),
    *(at("20:42:00").after(5 * place).badge(who, "car-park") for place, who in enumerate(_BEFORE_THE_DOORS)),
    # His card lies inside; the desk sees him.
    at("20:44:00").desk_orders_for("seen_safe", "lukas-brandt"),
    at("20:46:00").desk_orders_of_all("end_muster"),
    *(at("20:50:00").closes(door) for door in ("cold", "office", "floor", "staff")),
    at("20:52:00").ends("input.fire"),
    at("20:53:00").desk_orders_of_all("end_emergency"),
)

_BACK: Final = (
    *goes("chloe-bannister", "20:55:00", *_IN),
    *goes("ewan-muir", "20:56:00", *_IN),
    *goes("hugo-lindqvist", "20:57:00", *_IN),
    at("20:58:00").badge("irene-carvalho", "staff-in"),
    at("20:58:09").opens("staff"),
    at("20:58:38").closes("staff"),
    *goes("irene-carvalho", "20:59:10", "floor-in"),
    *goes("kofi-mensah", "21:00:00", *_IN),
    *goes("nadia-benali", "21:01:00", *_IN, "cold-in"),
    *goes("pavel-dvorsky", "21:03:00", *_IN, "cold-in"),
    *goes("siobhan-farrell", "21:05:00", *_IN),
    *goes("carmen-ruiz", "21:06:30", "staff-in", "office-in"),
    *goes("lukas-brandt", "21:08:30", *_IN),
)

_LATE_GOES: Final = (
    *goes("carmen-ruiz", "21:31:00", "office:exit", "staff-out"),
    *goes("lukas-brandt", "21:34:00", *_OUT),
    *goes("jamila-osei", "21:42:00", *_IN),
    *goes("pavel-dvorsky", "22:00:00", "cold-out", *_OUT),
    *goes("nadia-benali", "22:04:00", "cold-out", *_OUT),
    *goes("chloe-bannister", "22:08:00", *_OUT),
    *goes("ewan-muir", "22:10:00", *_OUT),
    *goes("hugo-lindqvist", "22:14:00", *_OUT),
    *goes("irene-carvalho", "22:16:00", *_OUT),
    *goes("kofi-mensah", "22:18:00", *_OUT),
    # Her hours are over, and nobody asks on the way out.
    *goes("siobhan-farrell", "22:41:00", *_OUT),
)

EVENING: Final[tuple[Step, ...]] = (*_CLEANERS, *_DRIVERS, *_FIRE, *_BACK, *_LATE_GOES)
