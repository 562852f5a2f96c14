"""JSON in the one way that RFC 8785 gives it, so that an entry has the same bytes wherever it is written.

Members are sorted by the UTF-16 of their names, nothing is put between them, text is UTF-8 with the shortest
escapes, and numbers are as ECMAScript writes them.
"""

import json
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

LARGEST: Final = 2**53 - 1
"""Numbers beyond it are not the same for everybody who reads them (RFC 7493)."""
_POSITIONAL: Final = (1e-6, 1e21)
_text: Final = json.JSONEncoder(ensure_ascii=False).encode


class NotCanonical(ValueError):
    """A value that no two programs would write alike."""


def canonical(value: object) -> bytes:
    """Give a value's bytes. Raises ``NotCanonical``."""
    try:
        return _written(value).encode()
    except UnicodeEncodeError:
        raise NotCanonical("half of a pair of surrogates is no text") from None


def _written(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return _text(value)
        case int():
            if abs(value) > LARGEST:
                raise NotCanonical(f"{value} is beyond what every reader of JSON can hold")
            return str(value)
        case float():
            return number(value)
        case Mapping():
            names = sorted(value, key=_by_utf16)
            return "{" + ",".join(f"{_text(name)}:{_written(value[name])}" for name in names) + "}"
        case list() | tuple():
            return "[" + ",".join(map(_written, value)) + "]"
        case _:
            raise NotCanonical(f"JSON has no {type(value).__name__}")


def number(value: float) -> str:
    """Write a number as ECMAScript does (ECMA-262, Number::toString). Raises ``NotCanonical``."""
    if not math.isfinite(value):
        raise NotCanonical("JSON has no infinity and nothing that is no number")
    if value == 0:
        return "0"
    shortest = Decimal(repr(value))
    low, high = _POSITIONAL
    if low <= abs(value) < high:
        written = format(shortest, "f")
        return written.rstrip("0").rstrip(".") if "." in written else written
    sign, digits, _exponent = shortest.as_tuple()
    power = shortest.adjusted()
    mantissa = "".join(map(str, digits)).rstrip("0")
    mantissa = mantissa[0] + ("." + mantissa[1:] if len(mantissa) > 1 else "")
    return f"{'-' if sign else ''}{mantissa}e{'+' if power > 0 else '-'}{abs(power)}"


def _by_utf16(name: object) -> bytes:
    if not isinstance(name, str):
        raise NotCanonical("the names of members are text")
    return name.encode("utf-16-be", "surrogatepass")
