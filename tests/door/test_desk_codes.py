"""New PINs, and code generators, as the office asks for them."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar, cast

import pytest

from accessctl.config import Site
from accessctl.config.site import KeypadCodes, PinMaker, PinRules
from accessctl.door.clock import VirtualClock
from accessctl.door.codes import CodeUnusable, code_in
from accessctl.door.desk_codes import CodeDesk
from accessctl.door.proving import Prover
from accessctl.door.refusing import DeskRefuses
from accessctl.door.workers import InlineWorkers
from accessctl.home import Home
from accessctl.keys import pin_choice
from accessctl.keys.code_generator import Generator, GeneratorSealer
from accessctl.keys.pins import PinHasher, PinUnusable
from accessctl.keys.root import Purpose
from accessctl.link.answers import Answer, CodeChecked, FaultCode, MadeGenerator, MadePin, PinHash
from accessctl.link.requests import CheckCode, HashPin, MakeGenerator, MakePin, Request
from accessctl.store.codes import CodeReader
from accessctl.store.people_writer import NewCard
from hardware.signals import Technology
from policies.marks import Mark
from policies.reasons import Reason
from tests.door.codes_home import ANA, give_generator, home_of_ana, root_of, writing
from tests.door.story import NOON

T = TypeVar("T")


class Desk:
    """The part of the desk that makes PINs and codes, on a home of its own."""

    def __init__(self, home: Home) -> None:
        self.home, self.rules = home, PinRules()
        self.people = CodeReader(home.people)
        self.used_up: list[Mark] = []
        self.prover = Prover(self.people, home.root_key, InlineWorkers())
        self.desk = CodeDesk(
            self.prover, self._site, self.people, VirtualClock(NOON), self._do, self.used_up.append
        )
        self.hashed = 0

    def _site(self) -> Site:
        return cast("Site", SimpleNamespace(pins=self.rules, name="Kade Warehouse"))

    async def _do(self, task: Callable[[], T]) -> T:
        self.hashed += 1
        return task()

    def ask(self, request: Request) -> Any:  # noqa: ANN401 - whatever the request is answered with
        async def answered() -> Answer:
            return await self.desk.answers()[type(request)](request)

        return asyncio.run(answered())

    def is_like_pin(self, technology: Technology, number: bytes, person: str = ANA) -> bool:
        return asyncio.run(self.desk.is_like_pin(person, technology, number))

    def set_pins(self, pin: str, duress: str | None = None) -> None:
        hasher = self.prover.hasher()
        with writing(self.home) as writer:
            writer.set_pin(ANA, hasher.hash(ANA, pin), "tester")
            if duress is not None:
                writer.set_duress_pin(ANA, hasher.hash(ANA, duress), "tester")

    def card(self, hint: str) -> None:
        with writing(self.home) as writer:
            writer.enrol_card(ANA, NewCard(hint.encode() * 16, "typed", hint), "tester")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(home_of_ana(tmp_path / "home"))
    yield desk
    desk.people.close()


@pytest.fixture
def hasher(desk: Desk) -> PinHasher:
    return PinHasher(root_of(desk.home).derive(Purpose.PIN_PEPPER))


# ------------------------------------------------------------------------------ codes on their way

ALLOWED = KeypadCodes(digits=6, most=900, break_glass=True)


def test_a_break_glass_code_has_twelve_digits() -> None:
    """Whatever other codes have; neither passes for the other."""
    assert code_in(b"481920337516".hex(), ALLOWED, break_glass=True) == b"481920337516"
    assert code_in(b"604913".hex(), ALLOWED) == b"604913"
    for digits, break_glass, wanted in ((b"604913", True, 12), (b"481920337516", False, 6)):
        with pytest.raises(CodeUnusable, match=f"a code has {wanted} digits here"):
            code_in(digits.hex(), ALLOWED, break_glass=break_glass)


def test_where_the_site_has_none_no_break_glass_code_is_tagged() -> None:
    """Neither without the key nor without the table; the words name the key."""
    for codes in (KeypadCodes(digits=12, most=900), None):
        with pytest.raises(CodeUnusable, match=r"\[codes\]"):
            code_in(b"481920337516".hex(), codes, break_glass=True)


# ------------------------------------------------------------------------------------------- PINs


def test_a_pin_that_somebody_chose_is_hashed(desk: Desk, hasher: PinHasher) -> None:
    """What comes back is what a door verifies."""
    answer = desk.ask(HashPin(ANA, "4711"))
    assert isinstance(answer, PinHash)
    assert hasher.verify(answer.hash, ANA, "4711")


@pytest.mark.parametrize("duress", [False, True])
@pytest.mark.parametrize("pin", ["1234", "0000", "2580", "1987", "3112"])
def test_a_pin_that_everybody_tries_is_refused(
    desk: Desk, pin: str, duress: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """As a PIN and as a duress PIN; the words tell the rule, never the digits, and no hash is paid."""
    caplog.set_level(logging.DEBUG)
    desk.set_pins("8059")
    with pytest.raises(PinUnusable) as caught:
        desk.ask(HashPin(ANA, pin, duress))
    assert pin not in str(caught.value)
    assert pin not in caplog.text
    assert desk.hashed == 0


def test_a_pin_is_not_the_end_of_a_card(desk: Desk) -> None:
    """The two digits that are known of each card are enough to rule that out."""
    assert isinstance(desk.ask(HashPin(ANA, "8317")), PinHash)
    desk.card("17")
    with pytest.raises(PinUnusable, match="must not end as the number of one of the person's cards does"):
        desk.ask(HashPin(ANA, "8317"))
    assert isinstance(desk.ask(HashPin(ANA, "8371")), PinHash)


@pytest.mark.parametrize("pin", ["8057", "12a4", "80", "8059173"])
def test_the_site_says_how_long_a_pin_is(desk: Desk, pin: str) -> None:
    """Too short for this site, or no digits: refused; long enough: taken."""
    desk.rules = PinRules(digits=7)
    if len(pin) == 7:
        assert isinstance(desk.ask(HashPin(ANA, pin)), PinHash)
        return
    with pytest.raises(PinUnusable, match="a PIN has 7 to 12 digits here"):
        desk.ask(HashPin(ANA, pin))


def test_where_the_system_makes_them_nobody_chooses(desk: Desk) -> None:
    """And what it makes has as many digits as the site says."""
    desk.rules = PinRules(6, PinMaker.SYSTEM)
    with pytest.raises(PinUnusable, match="nobody chooses a PIN"):
        desk.ask(HashPin(ANA, "805917"))
    answer = desk.ask(MakePin(ANA))
    assert isinstance(answer, MadePin)
    assert len(answer.pin) == 6


def test_a_pin_that_was_made_up_is_no_easy_one(desk: Desk, hasher: PinHasher) -> None:
    """It can be typed at once, and never ends as a card of the person does."""
    desk.card("17")
    made = desk.ask(MakePin(ANA))
    assert hasher.verify(made.hash, ANA, made.pin)
    assert pin_choice.why_too_easy(made.pin, ("17",)) is None
    assert made.pin not in repr(made)


@pytest.mark.parametrize("taken", ["8059", "8058", "8050"])
def test_a_duress_pin_is_more_than_a_step_away(desk: Desk, taken: str) -> None:
    """Neither the PIN itself nor what is a step from it in the last digit; 9 and 0 are a step apart."""
    desk.set_pins("8059")
    with pytest.raises(PinUnusable):
        desk.ask(HashPin(ANA, taken, duress=True))
    assert isinstance(desk.ask(HashPin(ANA, "8057", duress=True)), PinHash)


def test_a_new_pin_is_as_far_from_the_duress_pin(desk: Desk) -> None:
    """But may be a step from the old PIN, which is no more."""
    desk.set_pins("8059", duress="3671")
    for taken in ("8059", "3671", "3670", "3672"):
        with pytest.raises(PinUnusable):
            desk.ask(HashPin(ANA, taken))
    assert isinstance(desk.ask(HashPin(ANA, "8058")), PinHash)


def test_a_made_up_pin_is_another_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Should chance give what the person has, or almost, it is tried again."""
    desk.set_pins("8059", duress="3671")
    chance = iter(["8059", "3672", "2894"])
    monkeypatch.setattr("accessctl.door.desk_codes.make_up", lambda *_: next(chance))
    assert desk.ask(MakePin(ANA)).pin == "2894"
    monkeypatch.setattr("accessctl.door.desk_codes.make_up", lambda *_: "8059")
    with pytest.raises(PinUnusable):
        desk.ask(MakePin(ANA))


def test_where_no_pin_is_left_the_office_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person whose cards end in every way there is makes nobody wait, and the words say why."""
    every = tuple(f"{number:02}" for number in range(100))
    monkeypatch.setattr(CodeReader, "card_hints_of", lambda *_: every)
    with pytest.raises(PinUnusable, match="cards"):
        desk.ask(MakePin(ANA))


# ---------------------------------------------------------------------------------- cards and PINs


@pytest.mark.parametrize(
    ("pins", "like"),
    [
        (("4567",), True),
        (("1230",), True),
        (("8059", "1234567"), True),
        (("8059", "4567"), True),
        (("8059",), False),
        (("2345",), False),
    ],
)
def test_a_card_that_shows_a_pin_is_noticed(desk: Desk, pins: tuple[str, ...], like: bool) -> None:
    """When a card is enrolled its number is at hand: its beginnings and ends are compared with both PINs."""
    desk.set_pins(*pins)
    assert desk.is_like_pin(Technology.WIEGAND, b"h10301:123:4567") is like


def test_without_a_pin_nothing_is_compared(desk: Desk) -> None:
    """Nor for a code, which is for nobody's card: no hash is paid."""
    assert not desk.is_like_pin(Technology.TYPED, b"80594711")
    desk.set_pins("8059")
    assert not desk.is_like_pin(Technology.TYPED, b"80594711", person="")
    assert desk.hashed == 0
    assert desk.is_like_pin(Technology.TYPED, b"80594711")


def test_each_end_is_a_job_of_its_own(desk: Desk) -> None:
    """Somebody at a door waits for one of them at most."""
    desk.set_pins("8059")
    number = b"0012345678"
    desk.is_like_pin(Technology.TYPED, number)
    assert desk.hashed == len(pin_choice.ends_of_number(Technology.TYPED, number))


# --------------------------------------------------------------------------------- code generators


def test_a_generator_is_made_and_sealed(desk: Desk) -> None:
    """What is stored opens for its person and its id alone, and is the secret that its holder was given."""
    made = desk.ask(MakeGenerator(ANA, "g-7", "Ana Marsh"))
    assert isinstance(made, MadeGenerator)
    secret = GeneratorSealer(root_of(desk.home).derive(Purpose.CODE_GENERATORS)).open(
        ANA, "g-7", bytes.fromhex(made.sealed_hex)
    )
    generator = Generator(secret, made.digits, made.period_s, made.algorithm)
    assert generator.base32 == made.secret
    assert generator.uri("Ana Marsh", "Kade Warehouse") == made.uri
    assert made.secret not in repr(made)
    assert len(secret) == 20


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_code_is_tried(desk: Desk, confirmed: bool) -> None:
    """Also of a generator that does not count yet: that is how it comes to count."""
    generator = give_generator(desk.home, confirmed=confirmed)
    right = generator.code_of(generator.step_at(NOON))
    assert desk.ask(CheckCode(ANA, right)) == CodeChecked("g-1", fits=True)
    late = generator.code_of(generator.step_at(NOON) + 2)
    assert desk.ask(CheckCode(ANA, late)) == CodeChecked("g-1", fits=False)
    # What confirmed the generator opens no door any more.
    assert desk.used_up == [Mark("totp:g-1", generator.step_at(NOON), Reason.CODE_REPLAYED)]


def test_what_cannot_be_tried_is_refused_in_words(desk: Desk) -> None:
    """Nobody's generator, and one whose secret was swapped for another's."""
    with pytest.raises(DeskRefuses) as nobodys:
        desk.ask(CheckCode(ANA, "123456"))
    assert nobodys.value.code is FaultCode.UNUSABLE
    give_generator(desk.home, person="bob")
    with pytest.raises(DeskRefuses, match="make a new one") as swapped:
        desk.ask(CheckCode(ANA, "123456"))
    assert swapped.value.code is FaultCode.UNUSABLE
    assert "123456" not in str(swapped.value)


def test_without_a_store_nothing_is_made(desk: Desk) -> None:
    """A PIN that could be the end of a card is not hashed on trust."""
    with closing(desk.people):
        desk.home.people.unlink()
    requests: list[Request] = [HashPin(ANA, "8059"), MakePin(ANA), CheckCode(ANA, "123456")]
    for request in requests:
        with pytest.raises(DeskRefuses) as caught:
            desk.ask(request)
        assert caught.value.code is FaultCode.PEOPLE_UNAVAILABLE
