"""By which words a person is found: those of the name, without case and accents.

A search is made of what was typed so far, so a word matches by its beginning.
"""

import re
import unicodedata
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+")


def plain(text: str) -> str:
    """Give text as it is compared: ``Müller-Šimon`` is ``muller-simon``."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    # Folding may compose what was apart, and the other way round: once more, and then the marks go.
    return "".join(c for c in unicodedata.normalize("NFKD", apart) if not unicodedata.combining(c))


def words_of(text: str) -> tuple[str, ...]:
    """Give the words of a text as they are compared, each once, in their order."""
    folded = text.casefold() if text.isascii() else plain(text)
    return tuple(dict.fromkeys(_WORD.findall(folded)))
