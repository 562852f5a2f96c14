"""Many cards at once: their numbers are sealed here at once, and their tags made here in their own time.

Sealing is quick and is done on the loop, a few at a time, so that a badge comes in between. A tag is an
Argon2: those of waiting cards are made by a thread of their own, one at a time and behind everybody else, so
no badge stands behind them in a queue. What the loop does for each of them takes some microseconds: a thread
of low rank that held the interpreter's lock for long would make the loop as slow as itself.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from accessctl.config import Site
from accessctl.door.card_numbers import CardUnusable, number_in
from accessctl.door.proving import Prover
from accessctl.door.refusing import DeskRefuses
from accessctl.keys.cards import hint_of
from accessctl.keys.pending_numbers import NumberDamaged, NumberSealer, SealingUnusable
from accessctl.keys.root import Purpose
from accessctl.link.answers import Answer, FaultCode, SealedNumbers, Tagged
from accessctl.link.requests import SealNumbers, TagSealed

AT_A_TIME: Final = 10
"""So many numbers are sealed before the loop has its turn: a tenth of a millisecond."""
MOST: Final = 200

MakesTag = Callable[[Callable[[], bytes]], Awaitable[bytes]]
"""Makes a tag where nothing waits behind it."""


class TaggingDesk:
    """Seals numbers, and makes tags of what it sealed. Used from the loop's thread."""

    def __init__(self, prover: Prover, site: Callable[[], Site], beside: MakesTag) -> None:
        """Take who has the keys, the site in force, and who makes tags."""
        self._prover, self._site, self._beside = prover, site, beside
        self._sealer: NumberSealer | None = None

    def answers(self) -> Mapping[type, Callable[[Any], Awaitable[Answer]]]:
        """Give who answers what."""
        return {SealNumbers: self._seal, TagSealed: self._tag}

    async def _seal(self, request: SealNumbers) -> SealedNumbers:
        sealer, formats = self._the_sealer(), self._site().card_formats
        sealed: list[dict[str, Any]] = []
        for place, said in enumerate(_bounded(request.numbers)):
            name, person, technology, number_hex = _texts(said, "name", "person", "technology", "number_hex")
            try:
                number = number_in(technology, number_hex, formats)
            except CardUnusable as error:
                sealed.append({"why": str(error)})
            else:
                sealed.append({"sealed_hex": sealer.seal(person, name, technology, number).hex()})
            if place % AT_A_TIME == AT_A_TIME - 1:
                await asyncio.sleep(0)
        return SealedNumbers(sealed)

    async def _tag(self, request: TagSealed) -> Tagged:
        sealer, tagger = self._the_sealer(), self._prover.tagger()
        tagged: list[dict[str, Any]] = []
        for said in _bounded(request.cards):
            name, person, technology, sealed_hex = _texts(said, "name", "person", "technology", "sealed_hex")
            try:
                number = sealer.open(person, name, technology, bytes.fromhex(sealed_hex))
            except (NumberDamaged, ValueError) as error:
                why = str(error) if isinstance(error, NumberDamaged) else "it is not in hex"
                tagged.append({"why": f"its number cannot be read any more: {why}"})
                continue
            tag = await self._beside(lambda kind=technology, number=number: tagger.tag(kind, number))  # type: ignore[misc]
            tagged.append({"tag_hex": tag.hex(), "hint": hint_of(number, technology)})
        return Tagged(tagged)

    def _the_sealer(self) -> NumberSealer:
        if self._sealer is None:
            try:
                self._sealer = NumberSealer(self._prover.root().derive(Purpose.PENDING_NUMBERS))
            except SealingUnusable as error:
                raise DeskRefuses(FaultCode.NOT_SET_UP, str(error)) from error
        return self._sealer


def _bounded(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if len(items) > MOST:
        raise DeskRefuses(FaultCode.UNUSABLE, f"at most {MOST} at a time")
    return items


def _texts(said: object, *names: str) -> list[str]:
    """Give these fields, all of them text."""
    found = [said.get(name) for name in names] if isinstance(said, dict) else []
    texts = [text for text in found if isinstance(text, str)]
    if len(texts) < len(names):
        raise DeskRefuses(FaultCode.UNUSABLE, f"each one needs {', '.join(names)}")
    return texts
