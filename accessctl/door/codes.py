"""Codes that are typed where a keypad alone is asked, on their way to becoming tags.

A code is looked up as a card is, by the tag of its digits. It differs in what may be said about it:
two digits of a card's number help nobody, while of a code every digit makes guessing ten times easier.
"""

from accessctl.config.site import BREAK_GLASS_DIGITS, KeypadCodes


class CodeUnusable(ValueError):
    """These bytes are no code of this site. The words never repeat them."""


def code_in(number_hex: str, codes: KeypadCodes | None, *, break_glass: bool = False) -> bytes:
    """Give the digits of a code, in ASCII, that the office asks a tag for. Raises ``CodeUnusable``."""
    if codes is None:
        raise CodeUnusable("no door of this site opens to a code: its site file has no [codes]")
    if break_glass and not codes.break_glass:
        raise CodeUnusable(
            "this site has no break-glass codes: [codes] in its site file has no break_glass = true"
        )
    wanted = BREAK_GLASS_DIGITS if break_glass else codes.digits
    try:
        digits = bytes.fromhex(number_hex)
    except ValueError:
        digits = b""
    if len(digits) != wanted or not digits.isdigit():
        raise CodeUnusable(f"a code has {wanted} digits here")
    return digits
