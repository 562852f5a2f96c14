"""What a request leaves behind: codes that are used up, failures that are counted, and break-glass."""

from datetime import timedelta

import pytest

from policies.effects import Release, Sound, Tone
from policies.event_types import EventType
from policies.factors import Asks, Factor
from policies.ids import AccessPointId, AreaId, DoorId
from policies.marks import Mark
from policies.people import Card, Holder
from policies.places import MusterPoint
from policies.reasons import Reason
from policies.requests import Request
from policies.rulebook import Rulebook
from policies.tries import Tries
from policies.turn import LOUD, LOUD_FOR, Answer, AtDoor, Start, Turn
from policies.warden import Warden
from tests.policies.scene import asks
from tests.policies.sites import ALICE, area, but, person, site, way_in
from tests.policies.values import MINUTE, NOON

CARD, PIN, CODE, FACE = Factor.CARD, Factor.PIN, Factor.CODE, Factor.FACE
PINNED = person("alice", has_pin=True)
STEP = Mark("totp:g", 7, Reason.CODE_REPLAYED)


def warden_of(book: Rulebook | None = None) -> Warden:
    warden = Warden(book or site(points=[way_in("front", Asks((CARD | PIN | CODE,)))]))
    warden.start(NOON)
    warden.memory.settle()
    return warden


def answer(turn: Turn) -> Reason:
    return next(effect.decision.reason for effect in turn.effects if isinstance(effect, Answer))


def types(turn: Turn) -> list[str]:
    return [note.type for note in turn.notes]


def shows(proven: Factor, *marks: Mark, failure: Reason | None = None, who: Holder = PINNED) -> Request:
    return but(asks(who, proven=proven, failure=failure), {"marks": marks})


def test_a_code_counts_once() -> None:
    """The second time it is refused by its own reason, at this door and at any other."""
    warden = warden_of()
    assert answer(warden.present(shows(CARD | PIN | CODE, STEP), NOON)) is Reason.GRANTED
    warden.memory.settle()
    assert answer(warden.present(shows(CARD | PIN | CODE, STEP), NOON)) is Reason.CODE_REPLAYED
    later = STEP._replace(value=8)
    assert answer(warden.present(shows(CARD | PIN | CODE, later), NOON)) is Reason.GRANTED


def test_a_code_is_used_up_also_where_more_is_wanted_or_something_objects() -> None:
    """Whoever saw it typed has nothing, whatever became of the attempt."""
    warden = warden_of()
    turn = warden.present(shows(CARD | CODE, STEP), NOON)
    assert answer(turn) is Reason.PIN_WANTED
    assert warden.memory.marks == {"totp:g": 7}
    refused = warden.present(shows(CARD | CODE, STEP._replace(value=9), failure=Reason.WRONG_PIN), NOON)
    assert answer(refused) is Reason.WRONG_PIN
    assert warden.memory.marks == {"totp:g": 9}


def test_an_old_code_takes_nothing_back() -> None:
    """What was replayed does not make the newer one count again."""
    warden = warden_of()
    warden.present(shows(CARD | PIN | CODE, STEP), NOON)
    warden.present(shows(CARD | PIN | CODE, STEP._replace(value=3)), NOON)
    assert warden.memory.marks == {"totp:g": 7}


def test_what_is_used_up_is_undone_with_a_turn_that_could_not_be_recorded() -> None:
    """Nothing of such a turn has happened, and nobody was let in by it."""
    warden = warden_of()
    warden.present(shows(CARD | PIN | CODE, STEP), NOON)
    warden.memory.undo()
    assert warden.memory.marks == {}


@pytest.mark.parametrize(
    ("failure", "key"),
    [
        (Reason.WRONG_CODE, "code:alice"),
        (Reason.WRONG_FACE, "biometric:alice"),
        (Reason.WRONG_FINGER, "biometric:alice"),
        (Reason.NOT_LIVE, "biometric:alice"),
        (Reason.OTHER_PERSON, "biometric:alice"),
    ],
)
def test_what_failed_counts_against_the_person(failure: Reason, key: str) -> None:
    """Five cost a wait, which the record tells of with the person."""
    warden = warden_of(site(points=[way_in("front", Asks((CARD | CODE | FACE,)))]))
    for _ in range(4):
        assert EventType.LOCKOUT not in types(warden.present(shows(CARD, failure=failure), NOON))
    turn = warden.present(shows(CARD, failure=failure), NOON)
    assert warden.memory.tries[key].failed == 5
    (lockout,) = (note for note in turn.notes if note.type == EventType.LOCKOUT)
    assert lockout.person == "alice"
    assert lockout.detail["tries"] == 5


@pytest.mark.parametrize(
    "failure", [Reason.FACTOR_TIMEOUT, Reason.AUTHENTICATION_UNAVAILABLE, Reason.NO_FACE]
)
def test_what_is_nobodys_fault_counts_against_nobody(failure: Reason) -> None:
    """Too late, or not to be checked, is no wrong try."""
    warden = warden_of()
    warden.present(shows(CARD, failure=failure), NOON)
    assert warden.memory.tries == {}


def test_a_right_one_forgets_the_failures_before_it() -> None:
    """Of its own kind, and only where nothing objected."""
    warden = warden_of()
    warden.present(shows(CARD | PIN, failure=Reason.WRONG_CODE), NOON)
    assert warden.memory.tries["code:alice"].failed == 1
    warden.present(shows(CARD | PIN | CODE, STEP), NOON)
    assert "code:alice" not in warden.memory.tries


def test_one_wrong_pin_each_for_many_people_locks_the_reader() -> None:
    """Who sprays one PIN over found cards meets the reader's own count."""
    warden = warden_of(site(points=[way_in("front", Asks.CARD_AND_PIN)]))
    people = [person(f"p{number}", has_pin=True) for number in range(20)]
    turns = [warden.present(shows(CARD, failure=Reason.WRONG_PIN, who=who), NOON) for who in people]
    (lockout,) = (note for note in turns[-1].notes if note.type == EventType.LOCKOUT)
    assert lockout.person is None
    assert answer(warden.present(shows(CARD), NOON)) is Reason.READER_LOCKED_OUT
    assert answer(warden.present(shows(CARD | PIN), NOON)) is Reason.READER_LOCKED_OUT
    assert answer(warden.present(shows(CARD), NOON + MINUTE)) is Reason.PIN_WANTED


def test_a_code_that_nobody_has_counts_against_the_reader() -> None:
    """Guessing codes at a keypad is slowed down as well."""
    warden = warden_of(site(points=[way_in("front", Asks.PIN)]))
    turn = warden.present(asks(None, proven=PIN), NOON)
    assert answer(turn) is Reason.UNKNOWN_CODE
    assert warden.memory.tries["reader:front-in"].failed == 1


def test_a_strange_card_is_asked_for_a_pin_as_any_other() -> None:
    """Whoever found a card learns nothing of it: only after the digits is it said to be unknown."""
    warden = warden_of(site(points=[way_in("front", Asks.CARD_AND_PIN)]))
    turn = warden.present(asks(None), NOON)
    assert answer(turn) is Reason.PIN_WANTED
    assert not turn.notes
    turn = warden.present(asks(None, failure=Reason.UNKNOWN_CREDENTIAL), NOON)
    assert types(turn) == ["denied_unknown_credential"]


def test_a_strange_card_is_refused_at_once_where_no_pin_goes_with_every_card() -> None:
    """There is nothing to hide there; nor where the reader takes no PIN for a while."""
    at = warden_of(site(points=[way_in("front", Asks.CARD)]))
    assert answer(at.present(asks(None), NOON)) is Reason.UNKNOWN_CREDENTIAL
    at = warden_of(site(points=[way_in("front", Asks.CARD_AND_PIN)]))
    at.memory.tries["reader:front-in"] = Tries(20, NOON, NOON + MINUTE)
    assert answer(at.present(asks(None), NOON)) is Reason.READER_LOCKED_OUT


def test_what_is_void_lets_nobody_in_whatever_was_proven() -> None:
    """A card whose time is over, or whose holder is gone meanwhile, opens no door by itself."""
    warden = warden_of(site())
    for void in (Reason.FACTOR_TIMEOUT, Reason.OTHER_PERSON, Reason.UNKNOWN_CREDENTIAL):
        turn = warden.present(but(asks(ALICE), {"void": void}), NOON)
        assert answer(turn) is void
        assert not any(isinstance(effect, AtDoor) for effect in turn.effects)
    out = warden.present(but(asks(ALICE, at="front-out"), {"void": Reason.FACTOR_TIMEOUT}), NOON)
    assert answer(out) is Reason.GRANTED


def test_strange_faces_are_not_looked_at_for_a_while() -> None:
    """Five of them at a door where a face alone opens cost half a minute; then a known one opens."""
    warden = warden_of(site(points=[way_in("front", Asks((FACE,)))]))
    strange = asks(None, proven=Factor.NONE, failure=Reason.UNKNOWN_FACE)
    turns = [warden.present(strange, NOON) for _ in range(5)]
    assert [EventType.LOCKOUT in types(turn) for turn in turns] == [False] * 4 + [True]
    assert answer(warden.present(asks(ALICE, proven=FACE), NOON)) is Reason.SENSOR_LOCKED_OUT
    later = warden.present(asks(ALICE, proven=FACE), NOON + MINUTE)
    assert answer(later) is Reason.GRANTED


def test_who_must_wait_with_one_factor_goes_on_by_another() -> None:
    """A locked-out face is no reason to keep out who has a PIN, where a PIN would do."""
    warden = warden_of(site(points=[way_in("front", Asks((CARD | FACE, CARD | PIN)))]))
    assert answer(warden.present(asks(PINNED), NOON)) is Reason.FACTOR_WANTED
    warden.memory.tries["biometric:alice"] = Tries(50, NOON, NOON + MINUTE)
    assert answer(warden.present(asks(PINNED), NOON)) is Reason.PIN_WANTED
    assert answer(warden.present(asks(ALICE), NOON)) is Reason.BIOMETRIC_OFF


def test_a_replayed_card_is_not_seen_safe() -> None:
    """At a muster point what counts upwards is compared and used up as at a door."""
    point = MusterPoint(AccessPointId("meet"), "Meeting point", AreaId("hall"))
    warden = warden_of(but(site(), {"muster_points": {point.id: point}}))
    seen = Mark("card:c", 7, Reason.CARD_REPLAYED)
    warden.present(but(asks(ALICE, at="meet"), {"marks": (seen,)}), NOON)
    again = warden.present(but(asks(ALICE, at="meet"), {"marks": (seen,)}), NOON)
    assert answer(again) is Reason.CARD_REPLAYED


def with_card(**more: object) -> Holder:
    return Holder(ALICE.person, but(Card(ALICE.card.id), more))


def test_a_pass_lets_in_as_often_as_it_may() -> None:
    """Each entry is counted with the grant; the next one is refused by its own reason."""
    warden = warden_of(site())
    twice = with_card(uses=2)
    for _ in range(2):
        assert answer(warden.present(asks(twice), NOON)) is Reason.GRANTED
    assert answer(warden.present(asks(twice), NOON)) is Reason.CREDENTIAL_SPENT
    assert warden.memory.spent == {ALICE.card.id: 2}


def test_a_pass_for_another_door_is_no_use_here() -> None:
    """And it is not spent by being tried."""
    warden = warden_of(site())
    elsewhere = with_card(uses=1, points=frozenset({AccessPointId("store-in")}))
    assert answer(warden.present(asks(elsewhere), NOON)) is Reason.OTHER_DOOR
    assert warden.memory.spent == {}


GLASS = with_card(break_glass=True, uses=1)


def test_break_glass_opens_alone_and_is_loud() -> None:
    """No right, no hour and no second factor is asked for: the door is released, sounds, and says why."""
    book = site(points=[way_in("front", Asks.CARD_AND_PIN)], areas=[area("hall", assurance=2)], levels_of={})
    warden = warden_of(book)
    turn = warden.present(asks(GLASS, proven=PIN), NOON)
    assert answer(turn) is Reason.GRANTED
    assert AtDoor(DoorId("front"), Release()) in turn.effects
    assert AtDoor(DoorId("front"), Sound(Tone.ALARM)) in turn.effects
    assert Start((LOUD, "front"), LOUD_FOR) in turn.effects
    (told,) = (note for note in turn.notes if note.type == EventType.BREAK_GLASS)
    assert (told.person, told.credential) == ("alice", ALICE.card.id)
    quiet = warden.elapsed((LOUD, "front"), NOON + LOUD_FOR)
    assert quiet.effects == [AtDoor(DoorId("front"), Sound(Tone.QUIET))]


def test_nothing_else_of_that_person_opens_alone() -> None:
    """The same person's card has no such right: the control of the test above."""
    book = site(points=[way_in("front", Asks.CARD_AND_PIN)], levels_of={})
    turn = warden_of(book).present(asks(with_card(), proven=PIN), NOON)
    assert answer(turn) is Reason.NO_ACCESS_LEVEL
    assert not any(isinstance(effect, AtDoor) for effect in turn.effects)


def test_break_glass_is_used_once_and_bows_to_a_lockdown() -> None:
    """What ranks higher than any credential ranks higher than this one."""
    warden = warden_of(site())
    assert answer(warden.present(asks(GLASS, proven=PIN), NOON)) is Reason.GRANTED
    assert answer(warden.present(asks(GLASS, proven=PIN), NOON)) is Reason.CREDENTIAL_SPENT
    locked = warden_of(site())
    locked.memory.lockdowns["site"] = "local:root"
    locked.recall(NOON)
    assert answer(locked.present(asks(GLASS, proven=PIN), NOON)) is Reason.LOCKED_DOWN


def test_a_door_in_alarm_goes_on_sounding() -> None:
    """The end of the noise about a break-glass code silences no other alarm."""
    warden = warden_of(site())
    warden.leaf(DoorId("front"), NOON, is_open=False)
    warden.leaf(DoorId("front"), NOON, is_open=True)
    assert warden.elapsed((LOUD, "front"), NOON + timedelta(seconds=1)).effects == []


def test_the_record_has_no_digits() -> None:
    """What goes into the record of a failed code says how often, and nothing of what was typed."""
    warden = warden_of()
    turns = [warden.present(shows(CARD | PIN, failure=Reason.WRONG_CODE), NOON) for _ in range(5)]
    told = [note.detail for turn in turns for note in turn.notes if note.type == EventType.LOCKOUT]
    assert told == [{"tries": 5, "of": "code"}]
    assert answer(warden.present(shows(CARD), NOON)) is Reason.CODE_LOCKED_OUT
