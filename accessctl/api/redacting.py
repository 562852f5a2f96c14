"""Leaves the passwords of devices out of a site file's text.

The text is shown as somebody wrote it, comments and all, so it is words that are replaced and not values.
Whether that found all of them is then asked of the values: a text that holds one in some other way is not
shown at all.
"""

import re
import tomllib
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

LEFT_OUT: Final = "left-out"
_PASSWORD: Final = re.compile(r"(?im)(\bpassword[\"']?\s*[=:]\s*)(\"[^\"\n]*\"|'[^'\n]*'|[^\s,}#]+)")
_ACCOUNT: Final = re.compile(r"(://)[^\s/\"'<>]*@")
_QUERY: Final = re.compile(r"(://[^\s\"'<>?#]*)\?[^\s\"'<>]*")
_SHORTEST: Final = 3
"""What is shorter is a secret to nobody, and a part of many a word."""


def redacted(text: str) -> str | None:
    """Give the text without passwords; nothing where some cannot be told from the rest."""
    try:
        secrets = {word for word in _secrets(tomllib.loads(text)) if len(word) >= _SHORTEST}
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return None
    shown = _PASSWORD.sub(rf'\1"{LEFT_OUT}"', text)
    shown = _ACCOUNT.sub(rf"\1{LEFT_OUT}@", shown)
    shown = _QUERY.sub(rf"\1?{LEFT_OUT}", shown)
    return None if any(word in shown for word in secrets) or _still(shown) else shown


def _secrets(value: Any, key: str = "") -> Iterator[str]:  # noqa: ANN401 - whatever TOML can hold
    match value:
        case dict():
            for name, inner in value.items():
                yield from _secrets(inner, name)
        case list():
            for inner in value:
                yield from _secrets(inner, key)
        case str() | int() if "password" in key.lower():
            yield str(value)
        case str() if "://" in value:
            yield from _of_address(value)
        case _:
            pass


def _of_address(address: str) -> Iterator[str]:
    try:
        parts = urlsplit(address)
    except ValueError:
        yield address
        return
    account, at, _ = parts.netloc.rpartition("@")
    if at:
        yield account
        yield from filter(None, account.split(":")[1:])
    if parts.query:
        yield parts.query


def _still(shown: str) -> bool:
    """Whether a value is a secret all the same: written with escapes it is no word of the text."""
    try:
        left = set(_secrets(tomllib.loads(shown)))
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return True
    return bool(left - {LEFT_OUT, "0"})
