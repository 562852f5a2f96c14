"""What can happen to a door."""

from policies.door_events import WHEN_ELAPSED
from policies.effects import DoorTimer


def test_every_timer_has_something_to_say() -> None:
    """Each timer tells its door one thing when it runs out, and no two the same."""
    assert set(WHEN_ELAPSED) == set(DoorTimer)
    assert len(set(WHEN_ELAPSED.values())) == len(DoorTimer)
