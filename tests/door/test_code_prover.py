"""One-time codes are checked against real stores with real keys."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from accessctl.door.clock import VirtualClock
from accessctl.door.code_prover import CodeProver
from accessctl.door.gathering import Checked
from accessctl.door.proving import KeysUnavailable
from accessctl.door.workers import InlineWorkers, Workers
from accessctl.home import Home
from accessctl.keys.root import RootKey
from accessctl.store.codes import CodeReader
from policies.factors import Factor
from policies.reasons import Reason
from tests.door.codes_home import ANA, HOLDER, give_generator, home_of_ana, root_of
from tests.door.story import NOON, HeldWorkers

STEP = timedelta(seconds=30)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return home_of_ana(tmp_path / "home")


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NOON)


@pytest.fixture
def people(home: Home) -> Iterator[CodeReader]:
    reader = CodeReader(home.people)
    yield reader
    reader.close()


@pytest.fixture
def prover(home: Home, people: CodeReader, clock: VirtualClock) -> CodeProver:
    return CodeProver(people, lambda: root_of(home), clock, InlineWorkers())


def checked(prover: CodeProver, digits: str) -> Checked:
    answers: list[Checked] = []
    prover.check(HOLDER, digits, answers.append)
    (answer,) = answers
    return answer


def change(home: Home, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(home.people)) as connection:
        connection.execute(sql, values)
        connection.commit()


def test_the_right_code_says_who_and_which_step(home: Home, prover: CodeProver) -> None:
    """It proves its holder, and names what must not count a second time."""
    generator = give_generator(home)
    step = generator.step_at(NOON)
    answer = checked(prover, generator.code_of(step))
    assert (answer.factor, answer.failure, answer.person) == (Factor.CODE, None, ANA)
    assert answer.marks == (("totp:g-1", step, Reason.CODE_REPLAYED),)
    assert not answer.duress


def test_the_same_code_names_the_same_step(home: Home, prover: CodeProver, clock: VirtualClock) -> None:
    """Half a minute later it still fits, and names what has been used: the rules see that it is a replay."""
    generator = give_generator(home)
    code = generator.code_of(generator.step_at(NOON))
    first = checked(prover, code)
    clock.move_to(NOON + STEP)
    assert checked(prover, code).marks == first.marks
    clock.move_to(NOON + 2 * STEP)
    assert checked(prover, code).failure is Reason.WRONG_CODE


@pytest.mark.parametrize("aside", [-2, 2])
def test_a_code_of_another_time_is_wrong(home: Home, prover: CodeProver, aside: int) -> None:
    """A minute too old or too new proves nothing and uses nothing up."""
    generator = give_generator(home)
    answer = checked(prover, generator.code_of(generator.step_at(NOON) + aside))
    assert answer == Checked(Factor.CODE, Reason.WRONG_CODE)


@pytest.mark.parametrize("digits", ["", "1", "12345678901234567890", "abcdef"])
def test_what_is_no_code_is_wrong(home: Home, prover: CodeProver, digits: str) -> None:
    """Whatever is typed, it is wrong and no error."""
    give_generator(home)
    assert checked(prover, digits).failure is Reason.WRONG_CODE


def test_without_a_generator_there_is_no_code(home: Home, prover: CodeProver) -> None:
    """Nor with one that was never confirmed, though the code be right."""
    assert checked(prover, "123456").failure is Reason.NO_CODE
    generator = give_generator(home, confirmed=False)
    assert checked(prover, generator.code_of(generator.step_at(NOON))).failure is Reason.NO_CODE


def test_somebody_elses_row_cannot_be_checked(home: Home, prover: CodeProver) -> None:
    """Whoever copies a sealed secret into another's row lets nobody in by it, and nobody's count goes up."""
    generator = give_generator(home, person="bob")
    answer = checked(prover, generator.code_of(generator.step_at(NOON)))
    assert answer == Checked(Factor.CODE, Reason.AUTHENTICATION_UNAVAILABLE)


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("UPDATE totp SET sealed = ?", b""),
        ("UPDATE totp SET sealed = ?", b"\0" * 48),
        ("UPDATE totp SET algorithm = ?", "md5"),
        ("UPDATE totp SET period_s = ?", 0),
        ("UPDATE totp SET digits = ?", 99),
        ("UPDATE totp SET id = ?", "g-2"),
    ],
)
def test_a_damaged_row_is_no_wrong_code(home: Home, prover: CodeProver, sql: str, value: object) -> None:
    """It is a fault of the store."""
    generator = give_generator(home)
    code = generator.code_of(generator.step_at(NOON))
    assert checked(prover, code).failure is None
    change(home, sql, value)
    assert checked(prover, code) == Checked(Factor.CODE, Reason.AUTHENTICATION_UNAVAILABLE)


def test_every_bit_of_the_stored_secret_counts(home: Home, prover: CodeProver, people: CodeReader) -> None:
    """One bit flipped anywhere: refused."""
    generator = give_generator(home)
    code = generator.code_of(generator.step_at(NOON))
    row = people.generator_of(ANA)
    assert row is not None
    for bit in range(0, len(row.sealed) * 8, 7):
        flipped = bytearray(row.sealed)
        flipped[bit // 8] ^= 1 << bit % 8
        change(home, "UPDATE totp SET sealed = ?", bytes(flipped))
        assert checked(prover, code).failure is Reason.AUTHENTICATION_UNAVAILABLE
    change(home, "UPDATE totp SET sealed = ?", row.sealed)
    assert checked(prover, code).failure is None


def test_without_store_or_key_nothing_can_be_checked(
    home: Home, people: CodeReader, clock: VirtualClock, prover: CodeProver
) -> None:
    """That is nobody's fault."""

    def no_key() -> RootKey:
        raise KeysUnavailable("the root key is gone")

    generator = give_generator(home)
    code = generator.code_of(generator.step_at(NOON))
    without_key = CodeProver(people, no_key, clock, InlineWorkers())
    assert checked(without_key, code).failure is Reason.AUTHENTICATION_UNAVAILABLE
    home.people.unlink()
    assert checked(prover, code).failure is Reason.AUTHENTICATION_UNAVAILABLE


def test_another_root_key_lets_nobody_in(home: Home, prover: CodeProver) -> None:
    """What was sealed under the key before is nothing to a new one."""
    generator = give_generator(home)
    home.root_key.unlink()
    RootKey.create(home.root_key)
    answer = checked(prover, generator.code_of(generator.step_at(NOON)))
    assert answer.failure is Reason.AUTHENTICATION_UNAVAILABLE


def test_the_instant_is_the_one_at_which_it_was_typed(
    home: Home, people: CodeReader, clock: VirtualClock
) -> None:
    """Somebody whose code waits behind others' hashes is not refused for that."""
    workers = HeldWorkers()
    held: Workers = workers
    prover = CodeProver(people, lambda: root_of(home), clock, held)
    generator = give_generator(home)
    answers: list[Checked] = []
    prover.check(HOLDER, generator.code_of(generator.step_at(NOON)), answers.append)
    assert answers == []
    clock.move_to(NOON + 10 * STEP)
    workers.work()
    assert [answer.failure for answer in answers] == [None]


def test_nothing_secret_is_logged(home: Home, prover: CodeProver, caplog: pytest.LogCaptureFixture) -> None:
    """Neither what was typed nor what was expected, at any level, whatever came of it."""
    caplog.set_level(logging.DEBUG)
    generator = give_generator(home)
    right = generator.code_of(generator.step_at(NOON))
    typed = "918273"
    checked(prover, right)
    checked(prover, typed)
    change(home, "UPDATE totp SET sealed = ?", b"\0" * 48)
    checked(prover, typed)
    assert "cannot be read" in caplog.text
    secrets = (right, typed, generator.base32, generator.secret.hex())
    assert [secret for secret in secrets if secret in caplog.text] == []
