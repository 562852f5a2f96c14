"""A card, a code and a PIN are proven against real stores with real keys."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from accessctl.config.site import KeypadCodes
from accessctl.door.codes import CodeUnusable, code_in
from accessctl.door.proving import Found, Prover
from accessctl.door.workers import InlineWorkers
from accessctl.home import Home
from accessctl.keys.root import RootKey
from accessctl.store.people import PeopleReader
from accessctl.store.people_writer import PeopleWriter
from hardware.signals import CardFrame, DeviceId, Technology
from policies.factors import PinCheck
from policies.ids import PersonId
from tests.homes import new_home

ANA = PersonId("ana")
CODE = b"048213"
CODES = KeypadCodes(digits=6, most=900)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with a key and one person."""
    home = new_home(tmp_path / "home")
    RootKey.create(home.root_key)
    with closing(PeopleWriter(home.people)) as writer:
        writer.add_person("Ana Marsh", ("picker",), "tester", id_=ANA)
    return home


@pytest.fixture
def prover(home: Home) -> Iterator[Prover]:
    people = PeopleReader(home.people)
    yield Prover(people, home.root_key, InlineWorkers())
    people.close()


@pytest.fixture
def writer(home: Home) -> Iterator[PeopleWriter]:
    writer = PeopleWriter(home.people)
    yield writer
    writer.close()


def frame(number: bytes, technology: Technology = Technology.CODE) -> CardFrame:
    return CardFrame(DeviceId("cage-in.reader"), 0, technology, number)


def found(prover: Prover, shown: CardFrame) -> Found:
    answers: list[Found] = []
    prover.find(shown, answers.append)
    (answer,) = answers
    return answer


def checked(prover: Prover, pin: str) -> PinCheck:
    answers: list[PinCheck] = []
    prover.check_pin(ANA, pin, answers.append)
    (answer,) = answers
    return answer


# ------------------------------------------------------------------------------------------- codes


@pytest.fixture
def code(prover: Prover, writer: PeopleWriter) -> str:
    """Ana's code, as the office has it made: its tag is stored and nothing else of it."""
    digits = code_in(CODE.hex(), CODES)
    return writer.enrol_code(ANA, prover.tagger().tag(Technology.CODE, digits), CODES.most, "tester").id


def test_a_code_is_found_as_a_card_is(prover: Prover, code: str) -> None:
    """Whoever types it is known, at once when it was good before."""
    for _ in range(2):
        holder = found(prover, frame(CODE)).holder
        assert holder is not None
        assert (holder.person.id, holder.card.id) == (ANA, code)


@pytest.mark.parametrize("typed", [b"048214", b"48213", b"0482130", b"", b"\x04\x82\x13"])
def test_no_other_digits_are_the_code(prover: Prover, code: str, typed: bytes) -> None:
    """Zeros in front and the length count."""
    assert found(prover, frame(typed)) == Found(None)


@pytest.mark.parametrize("technology", [Technology.ISO14443_UID, Technology.ISO15693_UID])
def test_no_card_passes_for_a_code(prover: Prover, code: str, technology: Technology) -> None:
    """A card programmed with the code's bytes for a number is another card."""
    assert found(prover, frame(CODE, technology)) == Found(None)


@pytest.mark.parametrize(
    "number_hex", ["", "30343832313", "3034383231", "30343832313330", "04821304", "0x3034"]
)
def test_what_is_no_code_is_not_tagged(number_hex: str) -> None:
    """A code has as many digits as the site says; the refusal does not repeat what was asked for."""
    with pytest.raises(CodeUnusable) as refused:
        code_in(number_hex, CODES)
    assert str(refused.value) == "a code has 6 digits here"


def test_a_site_without_codes_tags_none() -> None:
    """Where no door opens to a code, none is made."""
    with pytest.raises(CodeUnusable, match=r"no \[codes\]"):
        code_in(CODE.hex(), None)


# -------------------------------------------------------------------------------------------- PINs


@pytest.fixture
def with_pins(prover: Prover, writer: PeopleWriter) -> None:
    """Ana has a PIN and a duress PIN."""
    writer.set_pin(ANA, prover.hasher().hash(ANA, "4711"), "tester")
    writer.set_duress_pin(ANA, prover.hasher().hash(ANA, "2222"), "tester")


def test_a_pin_is_right_or_wrong_or_a_cry_for_help(prover: Prover, with_pins: None) -> None:
    """What leaves is which of the three, and no digit."""
    assert [checked(prover, pin) for pin in ("4711", "2222", "1234")] == [
        PinCheck.MATCHED,
        PinCheck.DURESS,
        PinCheck.WRONG,
    ]


def test_without_a_pin_none_can_be_checked(prover: Prover) -> None:
    """Nobody is to blame for a PIN that was taken away while its digits were typed."""
    assert checked(prover, "4711") is PinCheck.UNAVAILABLE


def test_a_duress_hash_that_is_damaged_is_nobodys_fault(
    prover: Prover, writer: PeopleWriter, with_pins: None
) -> None:
    """No wrong PIN is counted for what the store has lost."""
    writer.set_duress_pin(ANA, "nonsense", "tester")
    assert checked(prover, "4711") is PinCheck.UNAVAILABLE


# -------------------------------------------------------------------------------- nothing is kept


def found_in(folder: Path, digits: bytes) -> list[str]:
    """Name the files below a folder that hold these digits, as text or as hex of it."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [
        path.name for path in files for form in (digits, digits.hex().encode()) if form in path.read_bytes()
    ]


def test_no_digit_lies_in_the_store(home: Home, prover: Prover, writer: PeopleWriter) -> None:
    """Of a code and of both PINs the files hold a tag and hashes and nothing else, the log included."""
    pin, duress, long_code = "839501740", "603184270", b"730518264095"
    writer.set_pin(ANA, prover.hasher().hash(ANA, pin), "tester")
    writer.set_duress_pin(ANA, prover.hasher().hash(ANA, duress), "tester")
    writer.enrol_code(ANA, prover.tagger().tag(Technology.CODE, long_code), CODES.most, "tester")
    assert (home.path / "people.db-wal").stat().st_size
    assert [found_in(home.path, digits) for digits in (pin.encode(), duress.encode(), long_code)] == [
        [],
        [],
        [],
    ]


@pytest.mark.parametrize("form", [b"730518264095", b"730518264095".hex().encode()])
def test_a_digit_that_lay_there_would_be_found(tmp_path: Path, form: bytes) -> None:
    """Negative control: each form is found in the middle of a file."""
    (tmp_path / "file").write_bytes(b"before" + form + b"after")
    assert found_in(tmp_path, b"730518264095") == ["file"]
