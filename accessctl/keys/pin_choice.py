"""Which PINs are too easy to guess, and how one is made up that is not.

Whoever picks up a card has five tries before the first wait, so what counts is how many people take one of
the few PINs that everybody tries first. Those follow a handful of rules: one digit again and again, steps,
the keypad's lines, years, birthdays, and a few words. The rules follow "A birthday present every eleven
wallets? The security of customer-chosen banking PINs" (J. Bonneau, S. Preibusch, R. Anderson, Financial
Cryptography 2012): whoever finds a wallet guesses the PIN of one card in eleven where nothing is refused. Of
10,000 PINs they leave 8,500.

A refusal names the rule and never the digits.

A card's number is not stored, so a PIN is compared with it in two ways, neither of which stores anything new.
A PIN that is set must not end in the two digits that are known of each of the person's cards; so it is never
the end of a number whose end is digits. A card that is enrolled is compared with the PIN that is there, its
beginnings and ends hashed one by one, for the number is at hand just then.
"""

import secrets
from collections.abc import Iterable, Iterator
from itertools import pairwise, permutations
from typing import Final

from hardware.signals import Technology

SHORTEST: Final = 4
LONGEST: Final = 12
FEWEST_DIFFERENT: Final = 3
_YEARS: Final = range(1900, 2100)
_DAYS_OF_MONTH: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_LINE: Final = 3
_LINES: Final = frozenset(
    line[::way] for line in ("123", "456", "789", "147", "258", "369", "159", "357") for way in (1, -1)
)
_SHAPES: Final = frozenset(
    {"2580", "0852"} | {"".join(keys) for ring in ("1379", "2468") for keys in permutations(ring)}
)
_MUCH_USED: Final = frozenset({"0007", "1004", "2229", "5683", "7465", "7667", "8675309", "5201314"})
"""Much used, and by none of the rules: words on the keys, numbers out of films and songs."""
_COMPARED_LENGTHS: Final = range(4, 7)
"""Of a card's number beginnings and ends of these lengths are compared: each one costs two hashes."""
_TEXT_SEPARATOR: Final = ":"
_LONGEST_PRINTED: Final = 10
"""Bytes: the longest UID. A key that a card proves is printed on no card."""
_FACILITY_DIGITS, _CARD_DIGITS = 3, 5
"""As the numbers of 26-bit cards are printed on them."""

_TRIES: Final = 2000
"""With one ending left of a hundred, none is found one time in ten million at most."""


class NoPinLeft(Exception):
    """No PIN was found that is not too easy."""


def why_too_easy(pin: str, hints: Iterable[str] = ()) -> str | None:
    """Say by which rule a PIN is too easy to guess, or ``None``; ``hints`` are the ends of card numbers."""
    if len(set(pin)) < FEWEST_DIFFERENT:
        return f"a PIN needs {FEWEST_DIFFERENT} different digits at least"
    if _goes_in_steps(pin):
        return "a PIN must not go up or down in even steps"
    if _repeats(pin):
        return "a PIN must not be a few digits again and again, or the same forwards and backwards"
    if _is_drawn(pin):
        return "a PIN must not be a line or a shape on the keypad"
    if _is_a_year(pin):
        return "a PIN must not be a year"
    if _is_a_date(pin):
        return "a PIN must not be a date, such as a birthday"
    if pin in _MUCH_USED:
        return "this PIN is one that many people take"
    if any(hint.isdigit() and pin.endswith(hint) for hint in hints if hint):
        return "a PIN must not end as the number of one of the person's cards does"
    return None


def neighbours(pin: str) -> tuple[str, str]:
    """Give the two PINs that differ from this one by a step in the last digit: 9 and 0 are neighbours."""
    last = int(pin[-1])
    above, below = (last + 1) % 10, (last - 1) % 10
    return f"{pin[:-1]}{above}", f"{pin[:-1]}{below}"


def make_up(digits: int, hints: Iterable[str] = ()) -> str:
    """Make a PIN up by chance; each that is not too easy is as likely as any other.

    Raises ``NoPinLeft`` where somebody's cards end in so many ways that none was found.
    """
    known = tuple(hints)
    for _ in range(_TRIES):
        pin = f"{secrets.randbelow(10**digits):0{digits}}"
        if why_too_easy(pin, known) is None:
            return pin
    raise NoPinLeft("no PIN is left that is not the end of one of this person's cards: revoke some of them")


def ends_of_number(technology: str, number: bytes) -> frozenset[str]:
    """Give what somebody might take for a PIN of what is printed on a card: beginnings, ends, the whole."""
    found: set[str] = set()
    for text in _written(technology, number):
        found |= {text[:length] for length in _COMPARED_LENGTHS if len(text) >= length}
        found |= {text[-length:] for length in _COMPARED_LENGTHS if len(text) >= length}
        if SHORTEST <= len(text) <= LONGEST:
            found.add(text)
    return frozenset(each for each in found if each.isascii() and each.isdigit())


def _written(technology: str, number: bytes) -> Iterator[str]:
    """Give the ways in which a card's number is written on it."""
    if technology == Technology.WIEGAND:
        parts = number.decode(errors="replace").split(_TEXT_SEPARATOR)[1:]
        if all(part.isascii() and part.isdigit() for part in parts):
            yield from parts
            yield "".join(parts)
        match parts:
            case [facility, card]:
                yield card.zfill(_CARD_DIGITS)
                yield facility.zfill(_FACILITY_DIGITS) + card.zfill(_CARD_DIGITS)
            case _:
                pass
    elif technology in {Technology.TYPED, Technology.NDEF}:
        yield number.decode(errors="replace")
    elif len(number) <= _LONGEST_PRINTED:
        yield number.hex()
        yield str(int.from_bytes(number, "big"))
        yield str(int.from_bytes(number, "little"))


def _goes_in_steps(pin: str) -> bool:
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    return len(steps) == 1


def _repeats(pin: str) -> bool:
    blocks = (pin[:length] for length in range(1, len(pin) // 2 + 1) if len(pin) % length == 0)
    return pin == pin[::-1] or any(block * (len(pin) // len(block)) == pin for block in blocks)


def _is_drawn(pin: str) -> bool:
    """Whether it is one of the shapes of four keys, or nothing but lines of three."""
    if pin in _SHAPES:
        return True
    lines = [pin[at : at + _LINE] for at in range(0, len(pin), _LINE)]
    return len(pin) > _LINE and all(line in _LINES for line in lines)


def _is_a_year(pin: str) -> bool:
    return len(pin) == len("1999") and int(pin) in _YEARS


def _is_a_date(pin: str) -> bool:
    """Whether it is a day and a month in either order, with or without a year of two or four digits."""
    match len(pin):
        case 4:
            days = [pin]
        case 6:
            days = [pin[:4], pin[2:]]
        case 8:
            days = [pin[:4]] if int(pin[4:]) in _YEARS else []
            days += [pin[4:]] if int(pin[:4]) in _YEARS else []
        case _:
            days = []
    return any(_is_a_day(day[:2], day[2:]) or _is_a_day(day[2:], day[:2]) for day in days)


def _is_a_day(day: str, month: str) -> bool:
    return 1 <= int(month) <= len(_DAYS_OF_MONTH) and 1 <= int(day) <= _DAYS_OF_MONTH[int(month) - 1]
