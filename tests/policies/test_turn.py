"""What one happening brings about, as values."""

from datetime import datetime, timedelta, timezone

from policies.effects import Release, Secure
from policies.event_types import EventType
from policies.ids import DoorId
from policies.turn import AtDoor, Note, Turn
from tests.policies.values import NOON


def test_a_turn_keeps_its_instant_in_utc() -> None:
    """Whatever zone it was given in."""
    summer = timezone(timedelta(hours=1))
    assert Turn(datetime(2025, 6, 18, 12, tzinfo=summer)).now == NOON
    assert Turn(datetime(2025, 6, 18, 12, tzinfo=summer)).now.utcoffset() == timedelta()


def test_a_turn_tells_its_entries_and_whether_it_releases() -> None:
    """Entries in their order; and whether any strike is released, which has to be recorded before."""
    turn = Turn(NOON)
    note, secure = Note(EventType.DOOR_LOCKED), AtDoor(DoorId("front"), Secure())
    turn.effects += [note, secure]
    assert (turn.notes, turn.releases, turn.refusal) == ([note], False, None)
    turn.effects.append(AtDoor(DoorId("back"), Release()))
    assert turn.releases
