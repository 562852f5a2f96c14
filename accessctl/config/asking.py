"""How a site file says what an access point asks for: a word, or two out of a list."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from operator import or_
from typing import ClassVar, Final

from accessctl.config.kinds import Word
from accessctl.config.reading import Reading, Table, Wrong, as_list, key, show
from policies.factors import BIOMETRIC, Asks, Factor

ASKS: Final[Mapping[str, Asks]] = {
    "nothing": Asks.NOTHING,
    "card": Asks.CARD,
    "card_and_pin": Asks.CARD_AND_PIN,
    "card_and_code": Asks.CARD_AND_CODE,
    "card_and_biometric": Asks.CARD_AND_BIOMETRIC,
    "card_and_fingerprint": Asks((Factor.CARD | Factor.FINGERPRINT,)),
    "card_and_face": Asks((Factor.CARD | Factor.FACE,)),
    "card_pin_and_code": Asks((Factor.CARD | Factor.PIN | Factor.CODE,)),
    "card_pin_and_biometric": Asks(
        (Factor.CARD | Factor.PIN | Factor.FINGERPRINT, Factor.CARD | Factor.PIN | Factor.FACE)
    ),
    "pin": Asks.PIN,
    "fingerprint": Asks((Factor.FINGERPRINT,)),
    "face": Asks((Factor.FACE,)),
}
"""The last two stand for a finger or face alone, which has to be accepted in as many words."""
FACTORS: Final[Mapping[str, tuple[Factor, ...]]] = {
    "card": (Factor.CARD,),
    "pin": (Factor.PIN,),
    "code": (Factor.CODE,),
    "fingerprint": (Factor.FINGERPRINT,),
    "face": (Factor.FACE,),
    "biometric": (Factor.FINGERPRINT, Factor.FACE),
}
"""What each word lets people show. A finger and a face are one kind of proof: they never make a pair."""

_TYPED: Final = frozenset({"pin", "code"})
"""Neither says who somebody is, so the two never make a pair; beside a card each of them does."""
_KNOWN: Final = Word(FACTORS)
_SAID_OTHERWISE: Final = {asks: word for word, asks in ASKS.items()}
_SPOKEN: Final[Mapping[Factor, str]] = {
    Factor.CARD: "card",
    Factor.PIN: "PIN",
    Factor.CODE: "one-time code",
    Factor.FINGERPRINT: "fingerprint",
    Factor.FACE: "face",
}
_SPOKEN_OF: Final[Mapping[str, str]] = {
    "nothing": "nothing",
    "card": "a card",
    "card_and_pin": "card and PIN",
    "card_and_code": "card and one-time code",
    "card_and_biometric": "card and finger or face",
    "card_and_fingerprint": "card and fingerprint",
    "card_and_face": "card and face",
    "card_pin_and_code": "card, PIN and one-time code",
    "card_pin_and_biometric": "card, PIN and finger or face",
    "pin": "a keypad code",
    "fingerprint": "a finger alone",
    "face": "a face alone",
}


@dataclass(frozen=True, slots=True)
class TwoOf:
    """A list of factors, two of which have to be shown."""

    def read(self, value: object, at: str, reading: Reading) -> Asks:
        """Take the words and give every pair. Notes what is none."""
        words: dict[str, None] = {}
        sound = True
        for place, item in enumerate(as_list(value)):
            try:
                _KNOWN.read(item, at, reading)
                if item in words:
                    raise Wrong(f"{show(item)} is named twice")  # noqa: TRY301 - noted with its place below
                words[str(item)] = None
            except Wrong as wrong:
                reading.note(f"{at}[{place}]", wrong.what)
                sound = False
        if words.keys() >= _TYPED and "card" not in words:
            raise Wrong(
                'a PIN and a one-time code do nothing without a card: name "card" as well, or write '
                'asks = "card_pin_and_code"'
            )
        ways = tuple(dict.fromkeys(_pairs(words)))
        if ways:
            return Asks(ways)
        if sound:
            raise Wrong(
                "must name two kinds of factor at least; fingerprint, face and biometric are one kind"
            )
        return Asks.CARD  # what is wrong is noted, and a card is what no further check objects to


def _pairs(words: Mapping[str, None]) -> Iterator[Factor]:
    for one, other in combinations(words, 2):
        if {one, other} == _TYPED:
            continue
        for first in FACTORS[one]:
            for second in FACTORS[other]:
                if not (first & BIOMETRIC and second & BIOMETRIC):
                    yield first | second


class TwoOfTable(Table):
    """What an access point asks for, where it leaves a choice."""

    two_of: Asks = key(TwoOf())


@dataclass(frozen=True, slots=True)
class AskedFor:
    """What an access point asks for."""

    schema: ClassVar[type[Table]] = TwoOfTable

    def read(self, value: object, at: str, reading: Reading) -> Asks:
        """Take one of the words, or a table ``{ two_of = [...] }``."""
        if not isinstance(value, dict):
            try:
                return Word(ASKS).read(value, at, reading)
            except Wrong as wrong:
                if isinstance(value, str):
                    raise
                raise Wrong(f"{wrong.what}; two out of several are {{ two_of = [...] }}") from wrong
        table = TwoOfTable.read(value, at, reading)
        return table.two_of if table.has("two_of") else Asks.CARD


def named_in(value: object) -> Factor:
    """Give which of finger and face a value names in a list, each for itself, and not by ``"biometric"``."""
    listed = value.get("two_of") if isinstance(value, dict) else None
    words = listed if isinstance(listed, list) else []
    return reduce(or_, (each for word in _BODIES if word in words for each in FACTORS[word]), Factor.NONE)


_BODIES: Final = ("fingerprint", "face")


def in_words(asks: Asks) -> str:
    """Say what is asked for, as people say it: ``a card``, ``card and PIN or card and face``."""
    word = _SAID_OTHERWISE.get(asks)
    if word is not None:
        return _SPOKEN_OF[word]
    return " or ".join(" and ".join(name for one, name in _SPOKEN.items() if one in way) for way in asks.ways)
