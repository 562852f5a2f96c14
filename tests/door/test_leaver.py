"""Somebody leaves: at the next read every door refuses, whatever they show."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

pytest.importorskip("cryptography", reason="pip install 'accessctl[passes]'")

from accessctl.keys.code_generator import Generator, GeneratorSealer
from accessctl.keys.root import Purpose, RootKey
from accessctl.link.answers import SignedPass
from accessctl.link.requests import SignPass
from accessctl.store.people_writer import NewCard, NewGenerator
from hardware.signals import Technology
from policies.ids import PersonId
from policies.people import Validity
from tests.door.conftest import ALICE, BOB
from tests.door.sensed_home import CAMERA, FINGER, Sensed, begin, sensed_site
from tests.door.site import SITE, door
from tests.door.story import NOON

GENERATOR = Generator(b"12345678901234567890")
CODE = "93817264"
SITE_OF_ALL = (
    sensed_site(
        door("store", "fingerprint", FINGER, gpio=13),
        door("lab", "face", CAMERA, gpio=16),
        door("gate", "pin", gpio=19),
        door("office", "card_and_code", gpio=20),
        names=("store", "lab", "gate", "office"),
        site=SITE,
    ).replace('liveness = "none"', 'liveness = "none"\nfaces = "identify"')
    + "\n[passes]\naccepted = true\n"
)


class Leaving:
    """Alice, who holds one of everything, and the doors that ask for it."""

    def __init__(self, sensed: Sensed) -> None:
        self.sensed, self.story = sensed, sensed.story
        office, home = self.story.office, self.story.home
        office.code("alice", CODE)
        sealer = GeneratorSealer(RootKey.load(home.root_key).derive(Purpose.CODE_GENERATORS))
        sealed = sealer.seal("alice", "g-1", GENERATOR.secret)
        office.writer.set_generator("alice", NewGenerator("g-1", sealed, 6, 30, "sha1"), "tester")
        office.writer.confirm_generator("alice", "g-1", "tester")
        self.pass_ = self._pass()
        sensed.enroller.finger("alice", "store-in", "a-1")
        sensed.keeps("store-in", "a-1", "alice's thumb")
        sensed.enroller.face("alice")
        self.story.after(2)

    def shows(self, what: str) -> tuple[str, bool]:
        """Let Alice show something; gives what the record says, and whether the door was released."""
        story = self.story
        story.after(60)
        match what:
            case "card":
                return self._came_of("front", lambda: story.badge("front-in", ALICE))
            case "pin":
                return self._came_of("cage", lambda: story.badge("cage-in", ALICE).keys("cage-in", "4711#"))
            case "code":
                return self._came_of("gate", lambda: story.keys("gate-in", f"{CODE}#"))
            case "one-time code":
                code = GENERATOR.code_of(GENERATOR.step_at(story.clock.now()))
                return self._came_of(
                    "office", lambda: story.badge("office-in", ALICE).keys("office-in", f"{code}#")
                )
            case "pass":
                reader = story.reader("front-in")
                return self._came_of("front", lambda: reader.show_card(self.pass_.encode(), Technology.PASS))
            case "finger":
                return self._came_of("store", lambda: self.sensed.touch("store-in", "alice's thumb"))
            case _:
                return self._came_of("lab", lambda: self.sensed.look("lab-in", "alice"))

    def _came_of(self, name: str, act: Callable[[], object]) -> tuple[str, bool]:
        mark = self.story.mark()
        act()
        self.story.after(4)
        said = [row.type for row in self.story.rows() if row.seq > mark and row.access_point is not None]
        return said[0] if said else "", self.story.released(name)

    def _pass(self) -> str:
        signed = self.story.ask(SignPass("", valid_until=(NOON + timedelta(days=1)).isoformat()))
        assert isinstance(signed, SignedPass), signed
        times = Validity(
            datetime.fromisoformat(signed.valid_from), datetime.fromisoformat(signed.valid_until)
        )
        card = NewCard(bytes.fromhex(signed.tag_hex), Technology.PASS, signed.hint, times)
        self.story.office.writer.enrol_pass("alice", card, "tester")
        return signed.text


@pytest.fixture
def leaving(staffed_home: Path, tmp_path: Path) -> Iterator[Leaving]:
    sensed = begin(staffed_home, tmp_path, SITE_OF_ALL)
    yield Leaving(sensed)
    sensed.end()


EVERYTHING = ("card", "pin", "code", "one-time code", "pass", "finger", "face")


@pytest.mark.parametrize("what", EVERYTHING)
def test_whatever_a_leaver_shows_is_refused_at_the_next_read(leaving: Leaving, what: str) -> None:
    """It opened a minute ago, and its card's tag is remembered; nothing is forgotten but the right."""
    assert leaving.shows(what) == ("access_granted", True)
    taken = leaving.story.office.writer.leave("alice", "tester")
    assert taken.anything
    type_, released = leaving.shows(what)
    assert type_.startswith("denied_")
    assert not released


def test_a_leaver_is_refused_everywhere_by_one_step(leaving: Leaving) -> None:
    """Everything at once, and a colleague passes as before."""
    leaving.story.office.writer.leave("alice", "tester")
    came_of = {what: leaving.shows(what) for what in EVERYTHING}
    assert {what for what, (type_, released) in came_of.items() if released or "granted" in type_} == set()
    leaving.story.after(60)
    leaving.story.badge("front-in", BOB)
    assert leaving.story.released("front")


def test_who_leaves_while_the_pin_is_typed_is_refused(leaving: Leaving) -> None:
    """The card was good a second before; the door looks again."""
    story = leaving.story
    story.after(60)
    story.badge("cage-in", ALICE).keys("cage-in", "47")
    story.office.writer.leave("alice", "tester")
    story.keys("cage-in", "11#")
    assert not story.released("cage")


def test_the_record_says_who_let_somebody_go(leaving: Leaving) -> None:
    """The entry has the operator and the counts, and it is in the record a moment later."""
    leaving.story.office.writer.leave("alice", "maria")
    leaving.story.after(20)
    (left,) = [row for row in leaving.story.rows() if row.type == "person_left"]
    assert left.person == "alice"
    assert '"operator":"maria"' in (left.detail or "")
    assert '"cards":1' in (left.detail or "")


@pytest.mark.parametrize("what", EVERYTHING)
def test_who_was_deleted_opens_nothing(leaving: Leaving, what: str) -> None:
    """There is nobody any more to whom it could belong."""
    assert leaving.shows(what) == ("access_granted", True)
    leaving.story.office.writer.delete_person("alice", "tester")
    _, released = leaving.shows(what)
    assert not released


def test_a_leaver_who_is_inside_is_seen_leaving(leaving: Leaving) -> None:
    """Nobody is kept in, and the revoked card says who it is that goes."""
    story = leaving.story
    story.badge("front-in", ALICE).opens("front").closes("front")
    story.office.writer.leave("alice", "tester")
    story.after(60).badge("front-out", ALICE)
    assert story.released("front")
    story.opens("front").closes("front")
    assert story.process.controller.memory.stays[PersonId("alice")].area == "street"


def test_who_is_deleted_inside_stays_in_presence(leaving: Leaving) -> None:
    """By pseudonym: the rules count heads, and a muster must not lose one."""
    story = leaving.story
    story.badge("front-in", ALICE).opens("front").closes("front")
    assert "alice" in story.process.controller.memory.stays
    story.office.writer.delete_person("alice", "tester")
    story.after(60)
    assert "alice" in story.process.controller.memory.stays
