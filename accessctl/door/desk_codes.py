"""PINs and one-time codes, as the office asks for them: whatever needs a key or the rules of the site file.

Digits that a person chose come in here and leave as a hash; digits that are made up here leave once, with
their hash. A refusal tells the rule that they break and never repeats them.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Final, Protocol

from accessctl.config import Site
from accessctl.config.site import PinMaker
from accessctl.door.clock import Clock
from accessctl.door.code_prover import generator_in, mark_of
from accessctl.door.desk_passes import OffTheLoop
from accessctl.door.refusing import DeskRefuses
from accessctl.keys.code_generator import CodesNotInstalled, Generator, GeneratorDamaged, GeneratorSealer
from accessctl.keys.pin_choice import LONGEST, NoPinLeft, ends_of_number, make_up, why_too_easy
from accessctl.keys.pins import PinHasher, PinUnusable
from accessctl.keys.root import Purpose, RootKey
from accessctl.link.answers import Answer, CodeChecked, FaultCode, MadeGenerator, MadePin, PinHash, Step
from accessctl.link.requests import CheckCode, HashPin, MakeGenerator, MakePin, StepOfCode
from accessctl.store.codes import CodeReader
from accessctl.store.errors import PeopleUnavailable
from accessctl.store.people import PinHashes
from policies.ids import PersonId
from policies.marks import Mark

TRIES: Final = 5
"""So often is a PIN made up that the person has already, or almost."""


class Keys(Protocol):
    """Who has the keys. Both raise ``KeysUnavailable``."""

    def root(self) -> RootKey:
        """Give the installation's root."""
        ...

    def hasher(self) -> PinHasher:
        """Give the hasher of PINs."""
        ...


class CodeDesk:
    """Makes and hashes PINs, makes code generators and tries them. Used from the loop's thread."""

    def __init__(
        self,
        keys: Keys,
        site: Callable[[], Site],
        people: CodeReader,
        clock: Clock,
        off_the_loop: OffTheLoop,
        use_up: Callable[[Mark], None],
    ) -> None:
        """Take the keys, the site in force, the people's store, the clock, who works, and who remembers."""
        self._keys, self._site, self._people = keys, site, people
        self._clock, self._off_the_loop, self._use_up = clock, off_the_loop, use_up

    def answers(self) -> Mapping[type, Callable[[Any], Awaitable[Answer]]]:
        """Give who answers what."""
        return {
            HashPin: self._hash_pin,
            MakePin: self._make_pin,
            MakeGenerator: self._make_generator,
            CheckCode: self._check_code,
            StepOfCode: self._step_of_code,
        }

    # --------------------------------------------------------------------------------------- PINs

    async def _hash_pin(self, request: HashPin) -> PinHash:
        rules, pin = self._site().pins, request.pin
        if rules.made_by is PinMaker.SYSTEM:
            raise PinUnusable("at this site nobody chooses a PIN: have one made up (people pin --make)")
        if not (rules.digits <= len(pin) <= LONGEST and pin.isascii() and pin.isdigit()):
            raise PinUnusable(f"a PIN has {rules.digits} to {LONGEST} digits here")
        if (why := why_too_easy(pin, self._hints(request.person))) is not None:
            raise PinUnusable(why)
        return PinHash(await self._hash(request.person, pin, duress=request.duress))

    async def _make_pin(self, request: MakePin) -> MadePin:
        digits, hints = self._site().pins.digits, self._hints(request.person)
        for tries_left in reversed(range(TRIES)):
            try:
                pin = await self._off_the_loop(partial(make_up, digits, hints))
            except NoPinLeft as error:
                raise PinUnusable(str(error)) from error
            try:
                return MadePin(pin, await self._hash(request.person, pin, duress=request.duress))
            except PinUnusable:  # by chance it is what the person has, or a step away from it
                if not tries_left:
                    raise
        raise AssertionError

    async def is_like_pin(self, person: str, technology: str, number: bytes) -> bool:
        """Whether a person's PIN, or duress PIN, is a beginning or an end of a card's number.

        Each is tried by itself, so that somebody who stands at a door meanwhile waits for one of them and not
        for all. Where nobody is named there is nothing to compare.
        """
        hashes = self._hashes(person) if person else None
        if hashes is None:
            return False
        hasher, there = self._keys.hasher(), _those_of(hashes)
        for end in sorted(ends_of_number(technology, number)):
            if await self._off_the_loop(partial(hasher.is_one_of, there, person, end)):
                return True
        return False

    async def _hash(self, person: str, pin: str, *, duress: bool) -> str:
        """Hash a PIN unless the person has it already, as either PIN, or the other one is a step away."""
        hasher, hashes = self._keys.hasher(), self._hashes(person)
        other = None if hashes is None else hashes.pin if duress else hashes.duress
        there = () if hashes is None else _those_of(hashes)
        apart_from = () if other is None else (other,)
        return await self._off_the_loop(lambda: hasher.hash(person, pin, unlike=there, apart_from=apart_from))

    def _hints(self, person: str) -> tuple[str, ...]:
        try:
            return self._people.card_hints_of(PersonId(person))
        except PeopleUnavailable as error:
            raise _out_of_reach(error) from error

    def _hashes(self, person: str) -> PinHashes | None:
        try:
            return self._people.pin_hashes_of(PersonId(person))
        except PeopleUnavailable as error:
            raise _out_of_reach(error) from error

    # ----------------------------------------------------------------------------- one-time codes

    async def _make_generator(self, request: MakeGenerator) -> MadeGenerator:
        issuer, key = self._site().name, self._keys.root().derive(Purpose.CODE_GENERATORS)

        def make() -> MadeGenerator:
            made = Generator.new()
            sealed = GeneratorSealer(key).seal(request.person, request.generator, made.secret)
            return MadeGenerator(
                sealed_hex=sealed.hex(),
                digits=made.digits,
                period_s=made.period_s,
                algorithm=made.algorithm,
                secret=made.base32,
                uri=made.uri(request.account, issuer),
            )

        try:
            return await self._off_the_loop(make)
        except CodesNotInstalled as error:
            raise DeskRefuses(FaultCode.NOT_SET_UP, str(error)) from error

    async def _check_code(self, request: CheckCode) -> CodeChecked:
        """Try a code of a new generator. One that is right is used up by that, and opens no door."""
        try:
            row = self._people.generator_of(PersonId(request.person))
        except PeopleUnavailable as error:
            raise _out_of_reach(error) from error
        if row is None:
            raise DeskRefuses(FaultCode.UNUSABLE, f"{request.person} has no code generator")
        key, now = self._keys.root().derive(Purpose.CODE_GENERATORS), self._clock.now()
        try:
            step = await self._off_the_loop(
                lambda: generator_in(row, request.person, key).matching_step(request.code, now)
            )
        except CodesNotInstalled as error:
            raise DeskRefuses(FaultCode.NOT_SET_UP, str(error)) from error
        except GeneratorDamaged as error:
            words = (
                f"what is stored of the generator of {request.person} cannot be read: {error}; make a new one"
            )
            raise DeskRefuses(FaultCode.UNUSABLE, words) from error
        if step is not None:
            self._use_up(mark_of(row.id, step))
        return CodeChecked(row.id, step is not None)

    async def _step_of_code(self, request: StepOfCode) -> Step:
        """Find the step that a code of somebody's generator belongs to, whose seal the office keeps."""
        key, now = self._keys.root().derive(Purpose.CODE_GENERATORS), self._clock.now()

        def find() -> int:
            sealed = bytes.fromhex(request.sealed_hex)
            secret = GeneratorSealer(key).open(request.owner, request.generator, sealed)
            return Generator(secret).matching_step(request.code, now) or 0

        try:
            return Step(await self._off_the_loop(find))
        except CodesNotInstalled as error:
            raise DeskRefuses(FaultCode.NOT_SET_UP, str(error)) from error
        except (GeneratorDamaged, ValueError) as error:
            words = f"what is stored of the generator of {request.owner} cannot be read: make a new one"
            raise DeskRefuses(FaultCode.UNUSABLE, words) from error


def _those_of(hashes: PinHashes) -> tuple[str, ...]:
    return tuple(each for each in (hashes.pin, hashes.duress) if each is not None)


def _out_of_reach(error: PeopleUnavailable) -> DeskRefuses:
    return DeskRefuses(FaultCode.PEOPLE_UNAVAILABLE, str(error))
