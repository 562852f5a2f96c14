"""What happens at the cage: two people, each with card and PIN, and nobody twice."""

from typing import Final

from accessctl.demo.steps import Digits, Step, at
from accessctl.demo.ways import enter_cage, goes, shows_card_and_pin, visit_cage


def _wrong_pin(who: str, clock: str) -> tuple[Step, ...]:
    return shows_card_and_pin(who, at(clock), Digits.WRONG_PIN)


_WRONG_PINS: Final = (
    *visit_cage("harriet-lowe", "yusuf-demir", "08:24:00"),
    # Five wrong PINs are a lock-out. He telephones the desk, and remembers.
    *_wrong_pin("yusuf-demir", "10:50:00"),
    *_wrong_pin("yusuf-demir", "10:50:30"),
    *_wrong_pin("yusuf-demir", "10:51:00"),
    *_wrong_pin("yusuf-demir", "10:51:30"),
    *_wrong_pin("yusuf-demir", "10:52:00"),
    at("10:52:25").badge("yusuf-demir", "cage-in"),
    at("10:56:00").desk_forgives_wrong_pins("yusuf-demir"),
)

_PASSBACK: Final = (
    *enter_cage("yusuf-demir", "harriet-lowe", "10:57:00"),
    # He leaves right behind her, without his card; as far as anybody can tell, he is in there still.
    *goes("harriet-lowe", "10:59:00", "cage-out"),
    at("11:09:00").badge("yusuf-demir", "cage-in"),
    at("11:12:00").desk_orders_for("forgive", "yusuf-demir"),
    # The telephone rings: the card was shown and no PIN comes.
    at("11:15:00").badge("harriet-lowe", "cage-in"),
    # They are let in, and turn round for the trolley that they forgot: nobody has gone in.
    *shows_card_and_pin("harriet-lowe", at("11:16:00")),
    *shows_card_and_pin("yusuf-demir", at("11:16:08")),
    *visit_cage("harriet-lowe", "yusuf-demir", "11:17:30"),
)

_SUPERVISORS: Final = (
    # One slip is forgotten with the next right PIN.
    *_wrong_pin("marta-quill", "11:40:00"),
    *visit_cage("marta-quill", "desmond-achebe", "11:40:20"),
    # A picker has no business in there, and is told so before any PIN.
    at("11:52:00").badge("mihaela-popa", "cage-in"),
    # In the half hour of the count a card is asked for and nothing else, and hers proves too little.
    at("15:46:00").badge("harriet-lowe", "cage-in"),
    # She too leaves behind somebody, unread. Passback does not count for her.
    *enter_cage("siobhan-farrell", "yusuf-demir", "17:02:00"),
    *goes("yusuf-demir", "17:04:00", "cage-out"),
    *visit_cage("yusuf-demir", "siobhan-farrell", "17:08:00"),
)

_OUT_OF_ORDER: Final = (
    # On battery nobody gets in.
    at("13:16:00").badge("yusuf-demir", "cage-in"),
    # The reader inside is gone: who went in could not be read out.
    at("17:20:00").loses_reader("cage-out", "a trolley hit it"),
    at("17:22:00").badge("yusuf-demir", "cage-in"),
    at("17:29:00").gets_reader_back("cage-out"),
    # A ladder leans on the housing.
    at("19:20:00").begins("cage.tamper"),
    at("19:20:50").ends("cage.tamper"),
)

CAGE: Final[tuple[Step, ...]] = (*_WRONG_PINS, *_PASSBACK, *_SUPERVISORS, *_OUT_OF_ORDER)
