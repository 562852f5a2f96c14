"""One-time codes, printed codes and break-glass at the doors of a site, told as stories."""

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from accessctl.home import Home
from accessctl.keys.code_generator import Generator, GeneratorSealer
from accessctl.keys.root import Purpose, RootKey
from accessctl.link.answers import Status
from accessctl.link.requests import AskStatus
from accessctl.store.generator_writer import GeneratorWriter, NewGenerator
from accessctl.store.people_writer import NewCard
from hardware.ports import Pattern
from hardware.signals import Technology
from policies.people import Validity
from policies.reasons import Reason
from tests.door.conftest import ALICE, BOB
from tests.door.site import SITE, door, open_to_staff
from tests.door.story import NOON, Story

GLASS = "904718263355"
FURTHER = open_to_staff(
    SITE.replace("most = 100\n", "most = 100\nbreak_glass = true\n")
    + door("office", "card_and_code", gpio=13)
    + door("lab", "card_and_pin", "any_order = true", gpio=16)
    + door("gate", "pin", gpio=19, from_="street", to="hall"),
    *("office", "lab", "gate"),
)
GENERATOR = Generator(b"12345678901234567890")


@dataclass
class Place:
    """A site, and a generator of one-time codes in Alice's pocket."""

    story: Story

    def code(self, steps: int = 0) -> str:
        return GENERATOR.code_of(GENERATOR.step_at(self.story.clock.now()) + steps)

    def enters(self, digits: str, at: str = "office-in", card: bytes = ALICE) -> str:
        self.story.badge(at, card).keys(at, f"{digits}#")
        return self.story.last().type


@pytest.fixture
def place(staffed_home: Path, tmp_path: Path) -> Iterator[Place]:
    yield from _place_of(staffed_home, tmp_path, FURTHER)


def _place_of(staffed_home: Path, tmp_path: Path, site: str) -> Iterator[Place]:
    shutil.copytree(staffed_home, tmp_path / "home")
    home = Home(tmp_path / "home")
    home.site_file.write_text(site)
    key = RootKey.load(home.root_key).derive(Purpose.CODE_GENERATORS)
    sealed = GeneratorSealer(key).seal("alice", "g-1", GENERATOR.secret)
    with closing(GeneratorWriter(home.people)) as writer:
        writer.set_generator("alice", NewGenerator("g-1", sealed, 6, 30, "sha1"), "tester")
        writer.confirm_generator("alice", "g-1", "tester")
    story = Story(home, site=site)
    yield Place(story)
    story.process.stop()
    story.office.writer.close()


def give_code(story: Story, digits: str, **about: object) -> str:
    number = digits.encode()
    card = NewCard(story.office._tagger.tag(Technology.CODE, number), Technology.CODE, "")
    return story.office.writer.enrol_card("bob", replace(card, **about), "tester").id  # type: ignore[arg-type]


def test_the_office_learns_where_codes_are_typed(place: Place) -> None:
    """Alone they open at one gate; a break-glass code at every way in, and at no way out."""
    status = place.story.ask(AskStatus())
    assert isinstance(status, Status)
    assert status.codes["alone_at"] == ["gate-in"]
    assert status.codes["keys_at"] == [
        *("front-in", "cage-in", "shed-in"),
        *("office-in", "lab-in", "gate-in"),
    ]


def test_a_card_and_its_holders_code_open(place: Place) -> None:
    """The reader asks for the code by a prompt of its own; the right one opens."""
    place.story.badge("office-in", ALICE)
    assert place.story.playing("office-in") is Pattern.CODE_WANTED
    place.story.keys("office-in", f"{place.code()}#")
    assert place.story.last().type == "access_granted"
    assert place.story.released("office")


@pytest.mark.parametrize(("steps", "opens"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_counts_one_step_early_or_late(place: Place, steps: int, opens: bool) -> None:
    """The clocks of a token and a board may differ by half a minute, and no more."""
    place.enters(place.code(steps))
    assert place.story.released("office") is opens


def test_a_code_counts_once_at_any_door_and_over_a_crash(place: Place) -> None:
    """Whoever looked over a shoulder has nothing, though the process died meanwhile."""
    code = place.code()
    assert place.enters(code) == "access_granted"
    place.story.after(6)
    assert place.enters(code) == "denied_code_replay"
    place.story.restart(crash=True)
    assert place.enters(code) == "denied_code_replay"
    assert not place.story.released("office")


def test_a_clock_that_was_set_back_brings_no_code_back(place: Place) -> None:
    """The step that was used stays used, whatever time it seems to be."""
    code = place.code()
    place.enters(code)
    place.story.restart(crash=True)
    place.story.clock.set_to(NOON)
    assert place.enters(code) == "denied_code_replay"


def test_somebody_elses_code_is_wrong(place: Place) -> None:
    """Bob has no generator, and is told so before anything is typed."""
    assert place.enters(place.code(), card=BOB) == "denied_credential_not_provisioned"
    assert not place.story.released("office")


def test_wrong_codes_lock_the_person_out(place: Place) -> None:
    """Five cost a minute, over a restart too; a right code does not end the wait."""
    for _ in range(5):
        place.enters("000000")
    assert "lockout_max_attempts" in place.story.types()
    place.story.restart(crash=True)
    place.story.badge("office-in", ALICE)
    assert place.story.last().type == "denied_credential_lockout"
    place.story.after(61)
    assert place.enters(place.code()) == "access_granted"


def test_a_code_that_does_not_come_is_said_to_be_late(place: Place) -> None:
    """The prompt ends after ten seconds, and nothing is counted against anybody."""
    place.story.badge("office-in", ALICE).after(11)
    assert place.story.last().type == "denied_authentication_factor_timeout"
    assert place.enters(place.code()) == "access_granted"


def test_one_persons_code_serves_one_door_at_a_time(place: Place) -> None:
    """While Alice is asked for a code at one door, nobody is asked for hers at another."""
    story = place.story
    story.badge("office-in", ALICE)
    attempt = story.point("office-in")
    assert attempt._services.claims.claim("alice", "elsewhere") is False
    story.keys("office-in", f"{place.code()}#")
    assert attempt._services.claims.claim("alice", "elsewhere") is True


def test_a_card_is_refused_while_its_holder_is_checked_elsewhere(place: Place) -> None:
    """It has a reason of its own, and opens nothing."""
    place.story.point("office-in")._services.claims.claim("alice", "elsewhere")
    place.story.badge("office-in", ALICE)
    assert place.story.last().type == "denied_factor_in_use"
    assert place.story.last().reason == Reason.FACTOR_ELSEWHERE.words


# ------------------------------------------------------------------------------------- any order


def test_a_pin_may_come_before_the_card_where_the_site_says_so(place: Place) -> None:
    """Typed first, it waits for the card; the prompt says that something is still wanted."""
    story = place.story
    story.keys("lab-in", "4711#")
    assert story.playing("lab-in") is Pattern.PIN_WANTED
    story.badge("lab-in", ALICE)
    assert story.last().type == "access_granted"
    assert story.released("lab")


def test_a_pin_that_came_first_must_be_the_cardholders(place: Place) -> None:
    """Bob's card after Alice's PIN opens nothing."""
    story = place.story
    story.office.set_pin("bob", "8520")
    story.keys("lab-in", "4711#").badge("lab-in", BOB)
    assert story.last().type == Reason.WRONG_PIN.event_type
    assert not story.released("lab")


def test_digits_that_no_card_follows_are_forgotten(place: Place) -> None:
    """After ten seconds the next card begins anew, and has to bring its own PIN."""
    story = place.story
    story.keys("lab-in", "4711#").after(11)
    before = story.mark()
    story.badge("lab-in", ALICE)
    assert story.mark() == before
    assert story.playing("lab-in") is Pattern.PIN_WANTED
    assert not story.released("lab")


def test_elsewhere_digits_before_a_card_mean_nothing(place: Place) -> None:
    """Where the site says nothing of any order, the card comes first."""
    story = place.story
    story.keys("cage-in", "4711#").badge("cage-in", ALICE)
    assert story.playing("cage-in") is Pattern.PIN_WANTED
    assert not story.released("cage")


# ------------------------------------------------------------- printed codes, and break-glass


def test_a_printed_code_opens_its_door_as_often_as_it_may(place: Place) -> None:
    """Once; the second time it is spent, and after a restart too."""
    story = place.story
    give_code(story, "27182818", uses=1)
    story.keys("gate-in", "27182818#")
    assert story.last().type == "access_granted"
    story.after(6).restart(crash=True).keys("gate-in", "27182818#")
    assert story.last().type == "denied_credential_max_uses"
    assert not story.released("gate")


def test_a_printed_code_is_for_the_doors_that_it_names(place: Place) -> None:
    """Elsewhere it is refused by a reason of its own."""
    give_code(place.story, "27182818", points=("office-in",))
    place.story.keys("gate-in", "27182818#")
    assert place.story.last().type == "denied_wrong_access_point"
    assert not place.story.released("gate")


def test_a_printed_code_ends(place: Place) -> None:
    """What is over is over."""
    give_code(place.story, "27182818", validity=Validity(end=NOON))
    place.story.keys("gate-in", "27182818#")
    assert place.story.last().type == "denied_credential_expired"


def test_a_code_that_nobody_has_is_refused_by_its_own_words(place: Place) -> None:
    """Nobody is told that a card was unknown who has shown none."""
    place.story.keys("gate-in", "99999999#")
    assert place.story.last().type == "denied_unknown_credential"
    assert place.story.last().reason == Reason.UNKNOWN_CODE.words


def test_break_glass_opens_any_door_with_keys_and_everybody_hears_it(place: Place) -> None:
    """Card and PIN are asked there, and Bob has no right: the code alone opens, and the door sounds."""
    story = place.story
    give_code(story, GLASS, break_glass=True, uses=1)
    story.keys("cage-in", f"{GLASS}#")
    assert story.released("cage")
    assert story.types()[-2:] == ["access_granted", "break_glass"]
    story.after(4)
    assert story.playing("cage-in") is Pattern.ALARM
    story.after(60)
    assert story.playing("cage-in") is not Pattern.ALARM
    story.keys("cage-in", f"{GLASS}#")
    assert story.last().type == "denied_credential_max_uses"


def test_a_wrong_break_glass_code_opens_nothing(place: Place) -> None:
    """It counts against the reader, as every code does that nobody has."""
    give_code(place.story, GLASS, break_glass=True, uses=1)
    place.story.keys("cage-in", f"{GLASS[:-1]}6#")
    assert place.story.last().reason == Reason.UNKNOWN_CODE.words
    assert not place.story.released("cage")


def test_without_the_sites_word_no_break_glass_code_is_looked_up(staffed_home: Path, tmp_path: Path) -> None:
    """Where the site file does not accept them, keys before a card mean nothing."""
    shutil.copytree(staffed_home, tmp_path / "home")
    site = FURTHER.replace("break_glass = true\n", "")
    story = Story(Home(tmp_path / "home"), site=site)
    give_code(story, GLASS, break_glass=True)
    before = story.mark()
    story.keys("cage-in", f"{GLASS}#")
    assert story.mark() == before
    assert not story.released("cage")
    story.process.stop()
    story.office.writer.close()


def test_a_locked_reader_tells_nobody_which_code_would_be_right(place: Place) -> None:
    """Right or wrong, it says the same; and what it does not take makes nobody wait longer."""
    story = place.story
    give_code(story, "73915284", points=("gate-in",))
    for _ in range(20):
        story.keys("gate-in", "99999999#").after(1)
    assert story.types().count("lockout_max_attempts") == 1
    told = []
    for digits in ("11112222", "73915284", "11113333"):
        story.keys("gate-in", f"{digits}#")
        told.append((story.last().type, story.playing("gate-in")))
        story.after(3)
    assert set(told) == {("denied_reader_lockout", Pattern.LOCKED_OUT)}
    assert story.types().count("lockout_max_attempts") == 1
    story.after(61).keys("gate-in", "73915284#")
    assert story.last().type == "access_granted"


def test_switched_off_a_break_glass_code_opens_no_keypad_door_either(
    staffed_home: Path, tmp_path: Path
) -> None:
    """Where any code is looked up, it is found, and refused with what stands against it."""
    shutil.copytree(staffed_home, tmp_path / "home")
    story = Story(Home(tmp_path / "home"), site=FURTHER.replace("break_glass = true\n", ""))
    give_code(story, GLASS, break_glass=True)
    story.keys("gate-in", f"{GLASS}#")
    assert not story.released("gate")
    assert story.last().reason == Reason.UNKNOWN_CODE.words
    assert json.loads(story.last().detail or "") == {"why": "break-glass codes are switched off"}
    story.process.stop()
    story.office.writer.close()


@pytest.fixture
def either(staffed_home: Path, tmp_path: Path) -> Iterator[Place]:
    """A door that asks for a card and, as one likes, a PIN or a one-time code; Alice has both."""
    store = door("store", "any", gpio=20).replace('"any"', '{ two_of = ["card", "pin", "code"] }')
    site = FURTHER.replace('"gate-in"]', '"gate-in", "store-in"]') + store
    yield from _place_of(staffed_home, tmp_path, site)


@pytest.mark.parametrize("with_pin", [True, False])
def test_where_pin_or_code_would_do_either_opens(either: Place, with_pin: bool) -> None:
    """Whoever has both is asked for the PIN and may type the code."""
    assert either.enters("4711" if with_pin else either.code(), at="store-in") == "access_granted"


def test_where_pin_or_code_would_do_a_code_counts_once(either: Place) -> None:
    """Typed again it is told as what it is, and not as a wrong PIN."""
    code = either.code()
    either.enters(code, at="store-in")
    either.story.after(6)
    assert either.enters(code, at="store-in") == "denied_code_replay"


def test_where_pin_or_code_would_do_what_is_neither_is_a_wrong_pin(either: Place) -> None:
    """It is counted once, and not as both."""
    assert either.enters("000000", at="store-in") == "denied_incorrect_authentication_factor"
    assert either.story.last().reason == Reason.WRONG_PIN.words


def test_the_tenth_wrong_pin_is_told_as_the_last(place: Place) -> None:
    """Not as one more wait, after which nothing would be tried either."""
    for _ in range(10):
        place.enters("0000", at="lab-in")
        place.story.after(3600)
    lockouts = [row.reason for row in place.story.rows() if row.type == "lockout_max_attempts"]
    assert lockouts[-1] == Reason.TOO_MANY_WRONG_PINS.words
    assert Reason.TOO_MANY_WRONG_PINS.words not in lockouts[:-1]


def test_nothing_that_was_typed_is_written_anywhere(place: Place) -> None:
    """No code and no digit of one stands in a file of the home."""
    story, code = place.story, place.code()
    give_code(story, GLASS, break_glass=True, uses=1)
    place.enters(code)
    story.keys("cage-in", f"{GLASS}#")
    story.process.stop()
    for path in story.home.path.rglob("*"):
        if path.is_file() and path != story.home.site_file:
            held = path.read_bytes()
            assert code.encode() not in held, path
            assert GLASS.encode() not in held, path
            assert GENERATOR.secret not in held, path
