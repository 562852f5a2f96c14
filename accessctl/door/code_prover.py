"""A one-time code becomes right or wrong here, offline, and which step of time it used up.

That a step counts once is the rules' business, which remember it over restarts; here is only said which it
was. Where a code cannot be checked, nobody's count goes up, and nobody passes.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from accessctl.door.clock import Clock
from accessctl.door.gathering import Checked, Mark, Then
from accessctl.door.proving import KeysUnavailable
from accessctl.door.workers import Workers
from accessctl.keys.code_generator import Generator, GeneratorDamaged, GeneratorSealer
from accessctl.keys.root import Purpose, RootKey
from accessctl.store.codes import CodeReader, GeneratorRow
from accessctl.store.errors import PeopleUnavailable
from policies.factors import Factor
from policies.ids import PersonId
from policies.people import Holder
from policies.reasons import Reason

log = logging.getLogger(__name__)


class CodeProver:
    """Checks one-time codes. Used from the loop's thread; the libraries are loaded where the workers are."""

    def __init__(
        self, people: CodeReader, root: Callable[[], RootKey], clock: Clock, workers: Workers
    ) -> None:
        """Take the store, who gives the root key (raising ``KeysUnavailable``), the clock, and who works."""
        self._people, self._root, self._clock, self._workers = people, root, clock, workers

    def check(self, holder: Holder, digits: str, then: Then) -> None:
        """Check a code of the generator of ``holder``; ``then`` is called once, at once or later.

        What counts is the instant at which the code was typed, not the one at which it is looked at.
        """
        person, at = holder.person.id, self._clock.now()
        try:
            row = self._people.generator_of(person)
            key = self._root().derive(Purpose.CODE_GENERATORS)
        except (PeopleUnavailable, KeysUnavailable) as error:
            log.error("no one-time code can be checked: %s", error)  # noqa: TRY400 - a traceback adds nothing
            then(_failed(Reason.AUTHENTICATION_UNAVAILABLE))
            return
        if row is None or not row.confirmed:
            then(_failed(Reason.NO_CODE))
            return
        self._workers.submit(
            lambda: _matching_step(row, person, key, digits, at),
            lambda step: then(_checked(row, person, step)),
        )


def generator_in(row: GeneratorRow, person: str, key: bytes) -> Generator:
    """Open what the store keeps of a generator. Raises ``GeneratorDamaged`` and ``CodesNotInstalled``."""
    secret = GeneratorSealer(key).open(person, row.id, row.sealed)
    return Generator(secret, row.digits, row.period_s, row.algorithm)


def mark_of(generator: str, step: int) -> Mark:
    """Name the step of time that a code of a generator belongs to: it counts once."""
    return Mark(f"totp:{generator}", step, Reason.CODE_REPLAYED)


def _matching_step(row: GeneratorRow, person: PersonId, key: bytes, digits: str, at: datetime) -> int | None:
    return generator_in(row, person, key).matching_step(digits, at)


def _checked(row: GeneratorRow, person: PersonId, step: int | Exception | None) -> Checked:
    match step:
        case int():
            return Checked(Factor.CODE, person=person, marks=(mark_of(row.id, step),))
        case None:
            return _failed(Reason.WRONG_CODE)
        case GeneratorDamaged():
            log.error("the code generator %s cannot be read: %s", row.id, step)
        case _:
            log.error("a one-time code could not be checked: %s", type(step).__name__)
    return _failed(Reason.AUTHENTICATION_UNAVAILABLE)


def _failed(reason: Reason) -> Checked:
    return Checked(Factor.CODE, reason)
