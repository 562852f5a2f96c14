"""Factors are proven here: a card's number or a code becomes a holder, a PIN's digits right or wrong.

What leaves this file is free of secrets. What is slow is done by the workers, and every failure ends
in "cannot be checked", which is nobody's fault and opens no door.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from accessctl.config.site import PassRules
from accessctl.door.pass_prover import PassProver
from accessctl.door.workers import Workers
from accessctl.keys.cards import CardTagger, KnownCards
from accessctl.keys.pins import PinHasher
from accessctl.keys.root import Purpose, RootKey, RootKeyUnusable
from accessctl.store.errors import PeopleUnavailable
from accessctl.store.people import PeopleReader
from hardware.signals import CardFrame, Technology
from policies.factors import PinCheck
from policies.ids import CredentialId, PersonId
from policies.people import Holder
from policies.reasons import Reason
from policies.requests import Request

log = logging.getLogger(__name__)

_UNREADABLE: Final = (PeopleUnavailable, ValueError, TypeError, KeyError)
"""What a row of the store can raise: it is out of reach, or damaged."""


@dataclass(frozen=True, slots=True)
class Found:
    """What came of looking a card up."""

    holder: Holder | None
    checked: bool = True
    """``False`` when it could not be looked up; then ``holder`` says nothing."""
    failure: Reason | None = None
    """What stands against it whoever holds it: a pass that this site did not make, or whose time is over."""

    @property
    def refusal(self) -> Reason | None:
        """Say why nothing is granted whoever holds it; ``None`` where that is open."""
        return self.failure if self.checked else Reason.AUTHENTICATION_UNAVAILABLE


class KeysUnavailable(Exception):
    """The root key or the people's store is out of reach, so that nothing can be hashed."""


class Prover:
    """Looks cards up and verifies PINs. Used from the loop's thread."""

    def __init__(
        self,
        people: PeopleReader,
        root_key: Path,
        workers: Workers,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        pass_rules: Callable[[], PassRules | None] = lambda: None,
    ) -> None:
        """Take what it reads from, who works for it, the time and the rules about passes.

        Keys are loaded when they are first needed.
        """
        self._people, self._root_key_path, self._workers = people, root_key, workers
        self._now = now
        self._passes = PassProver(self.root, pass_rules)
        self._known = KnownCards()
        self._root: RootKey | None = None
        self._tagger: CardTagger | None = None
        self._hasher: PinHasher | None = None

    def tagger(self) -> CardTagger:
        """Give the maker of card tags. Raises ``KeysUnavailable``."""
        if self._tagger is None:
            try:
                scheme = self._people.card_tag_scheme()
            except _UNREADABLE as error:
                raise KeysUnavailable(str(error)) from error
            self._tagger = CardTagger(self._key().derive(Purpose.CARD_INDEX), scheme)
        return self._tagger

    def hasher(self) -> PinHasher:
        """Give the hasher of PINs. Raises ``KeysUnavailable``."""
        if self._hasher is None:
            self._hasher = PinHasher(self._key().derive(Purpose.PIN_PEPPER))
        return self._hasher

    def why_no_keys(self) -> str | None:
        """Say why nothing can be checked; ``None`` when it can."""
        try:
            self.tagger()
            self._people.epoch()  # the keys are kept once they are loaded; the store may go at any time
        except (KeysUnavailable, PeopleUnavailable) as error:
            return str(error)
        return None

    def find(self, frame: CardFrame, then: Callable[[Found], None]) -> None:
        """Find who holds this card or code. At once for one that was good before, else after one Argon2."""
        if frame.technology is Technology.PASS:
            self._find_pass(frame, then)
        else:
            self._find_number(frame, then)

    def _find_pass(self, frame: CardFrame, then: Callable[[Found], None]) -> None:
        """Find who holds a pass by the number that is signed in it."""
        try:
            read = self._passes.check(frame.number, self._now())
        except KeysUnavailable as error:
            log.error("no pass can be checked: %s", error)  # noqa: TRY400 - the traceback adds nothing
            then(Found(None, checked=False))
            return
        if isinstance(read, Reason):
            then(Found(None, failure=read))
            return
        self._find_number(
            replace(frame, number=read.id_number),
            lambda found: then(replace(found, failure=read.refusal) if found.holder is not None else found),
        )

    def _find_number(self, frame: CardFrame, then: Callable[[Found], None]) -> None:
        tag = self._known.recall(frame.technology, frame.number)
        if tag is not None:
            then(self._look_up(frame, tag))
            return
        try:
            tagger = self.tagger()
        except KeysUnavailable as error:
            log.error("no card can be checked: %s", error)  # noqa: TRY400 - the traceback adds nothing
            then(Found(None, checked=False))
            return
        self._workers.submit(
            lambda: tagger.tag(frame.technology, frame.number), lambda made: then(self._tagged(frame, made))
        )

    def find_again(self, credential: CredentialId) -> Found:
        """Look at a card, a finger or a face that was found a moment ago as the store has it now."""
        try:
            people = self._people
            return Found(people.holder_of_card(credential) or people.holder_of_biometric(credential))
        except _UNREADABLE as error:
            log.error("a credential could not be looked up again: %s", error)  # noqa: TRY400 - as above
            return Found(None, checked=False)

    def look_again(self, request: Request) -> Request:
        """See somebody who has waited at a door as the store has them now."""
        if request.holder is None:
            return request
        found = self.find_again(request.holder.card.id)
        if not found.checked:
            return replace(request, void=Reason.AUTHENTICATION_UNAVAILABLE)
        if found.holder is None:
            return replace(request, void=Reason.UNKNOWN_CREDENTIAL)
        return replace(request, holder=found.holder)

    def check_pin(self, person: PersonId | None, pin: str, then: Callable[[PinCheck], None]) -> None:
        """Verify a PIN: right, wrong, or the person's duress PIN.

        Takes two Argon2 whichever it is, and also where nobody is known: then no PIN is right.
        """
        try:
            hasher = self.hasher()
            if person is None:
                self._workers.submit(lambda: hasher.check_nobody(pin), lambda check: then(_pin_check(check)))
                return
            hashes = self._people.pin_hashes_of(person)
        except (PeopleUnavailable, KeysUnavailable) as error:
            log.error("no PIN can be checked: %s", error)  # noqa: TRY400 - the traceback adds nothing
            then(PinCheck.UNAVAILABLE)
            return
        if hashes is None:  # taken away while the digits were typed
            then(PinCheck.UNAVAILABLE)
            return
        self._workers.submit(
            lambda: hasher.check(hashes.pin, hashes.duress, person, pin),
            lambda check: then(_pin_check(check)),
        )

    def root(self) -> RootKey:
        """Give the installation's root, from which every key derives. Raises ``KeysUnavailable``."""
        return self._key()

    def _key(self) -> RootKey:
        if self._root is None:
            try:
                self._root = RootKey.load(self._root_key_path)
            except RootKeyUnusable as error:
                raise KeysUnavailable(str(error)) from error
        return self._root

    def _tagged(self, frame: CardFrame, made: bytes | Exception) -> Found:
        if isinstance(made, Exception):
            log.error("a card's tag could not be made: %s", type(made).__name__)
            return Found(None, checked=False)
        found = self._look_up(frame, made)
        if found.holder is not None:
            self._known.remember(frame.technology, frame.number, made)
        return found

    def _look_up(self, frame: CardFrame, tag: bytes) -> Found:
        try:
            holder = self._people.holder_of(tag)
        except _UNREADABLE as error:
            log.error("a card could not be looked up: %s", error)  # noqa: TRY400 - the traceback adds nothing
            return Found(None, checked=False)
        if holder is None:
            self._known.forget(frame.technology, frame.number)
        return Found(holder)


def _pin_check(check: PinCheck | Exception) -> PinCheck:
    if isinstance(check, Exception):
        log.error("a PIN could not be verified: %s", type(check).__name__)
        return PinCheck.UNAVAILABLE
    return check
