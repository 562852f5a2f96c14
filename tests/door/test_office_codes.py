"""PINs, codes and cards through the desk of a whole door process."""

from pathlib import Path

import pytest

from accessctl.keys.code_generator import Generator, GeneratorSealer
from accessctl.keys.root import Purpose, RootKey
from accessctl.link.answers import (
    CardTag,
    CodeChecked,
    Fault,
    FaultCode,
    MadeGenerator,
    MadePin,
    PinHash,
    Status,
)
from accessctl.link.requests import AskStatus, CheckCode, HashPin, MakeCardTag, MakeGenerator, MakePin
from accessctl.store.people_writer import NewGenerator
from hardware.signals import Technology
from tests.door.sensed_home import FINGER, sensed_site
from tests.door.site import door
from tests.door.story import NOON, Story, make_home

GLASS = b"481920337516"


def test_a_card_that_shows_its_holders_pin_is_noticed(story: Story) -> None:
    """Alice's PIN is 4711; a number that ends in it is said to, for her and for nobody else."""
    shows, hides = b"00004711", b"00008317"
    for number, person, like in (
        (shows, "alice", True),
        (hides, "alice", False),
        (shows, "bob", False),
        (shows, "", False),
    ):
        answer = story.ask(MakeCardTag(Technology.TYPED, number.hex(), person))
        assert isinstance(answer, CardTag)
        assert answer.like_pin is like


def test_the_site_says_whether_there_are_break_glass_codes(story: Story) -> None:
    """Here there are none; a code of twelve digits is none of the others either."""
    for break_glass in (True, False):
        answer = story.ask(MakeCardTag(Technology.CODE, GLASS.hex(), break_glass=break_glass))
        assert isinstance(answer, Fault)
        assert answer.code is FaultCode.CARD_UNUSABLE
        assert GLASS.decode() not in answer.why
    status = story.ask(AskStatus())
    assert isinstance(status, Status)
    assert status.codes == {
        "digits": 8,
        "most": 100,
        "break_glass": False,
        "break_glass_digits": 12,
        "alone_at": [],
        "keys_at": ["front-in", "cage-in", "shed-in"],
    }


@pytest.mark.parametrize(("lost", "alone"), [("wider_pin_instead", ["vault-in"]), ("refuse", [])])
def test_a_code_opens_alone_where_it_stands_in_for_a_finger(
    tmp_path: Path, lost: str, alone: list[str]
) -> None:
    """While the sensor is out of order, where the site file says so; codes may be made for that day."""
    vault = door("vault", "fingerprint", FINGER, gpio=13)
    site = sensed_site(vault, names=("vault",)) + f'\n[degraded]\nbiometric_lost = "{lost}"\n'
    story = Story(make_home(tmp_path, site), site=site)
    try:
        status = story.ask(AskStatus())
    finally:
        story.process.stop()
        story.office.writer.close()
    assert isinstance(status, Status)
    assert status.codes["alone_at"] == alone


@pytest.mark.parametrize("digits", ["1234", "2580"])
def test_an_easy_pin_is_a_fault_in_words(story: Story, digits: str) -> None:
    """The office is told the rule; a made-up PIN is fine."""
    answer = story.ask(HashPin("alice", digits))
    assert isinstance(answer, Fault)
    assert answer.code is FaultCode.PIN_UNUSABLE
    assert digits not in answer.why
    assert isinstance(story.ask(MakePin("alice")), MadePin)
    assert isinstance(story.ask(HashPin("alice", "8059")), PinHash)


def test_a_generator_that_was_made_here_is_read_here(story: Story) -> None:
    """What the desk seals the desk opens, and the code of now is right."""
    made = story.ask(MakeGenerator("alice", "g-1", "Alice"))
    assert isinstance(made, MadeGenerator)
    new = NewGenerator("g-1", bytes.fromhex(made.sealed_hex), made.digits, made.period_s, made.algorithm)
    story.office.writer.set_generator("alice", new, "tester")
    key = RootKey.load(story.home.root_key).derive(Purpose.CODE_GENERATORS)
    generator = Generator(GeneratorSealer(key).open("alice", "g-1", bytes.fromhex(made.sealed_hex)))
    right = generator.code_of(generator.step_at(NOON))
    assert story.ask(CheckCode("alice", right)) == CodeChecked("g-1", fits=True)
    assert story.ask(CheckCode("alice", "abcdef")) == CodeChecked("g-1", fits=False)
