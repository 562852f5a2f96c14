"""Who gave an order, as the record tells it."""

from policies.event_types import EventType
from policies.ids import DoorId, PersonId
from policies.signed import Signed
from policies.turn import Note


def test_an_order_names_its_operator() -> None:
    """In words, and in the detail with what else is said; the id stands there if there is one."""
    assert Signed("olga", None).note(EventType.AREA_ARMED, {"area": "store"}) == Note(
        EventType.AREA_ARMED, reason="Ordered by olga.", detail={"operator": "olga", "area": "store"}
    )
    note = Signed("olga", "17").note(EventType.DOOR_RELEASED, door=DoorId("front"), person=PersonId("p"))
    assert (note.door, note.person) == ("front", "p")
    assert note.detail == {"operator": "olga", "order": "17"}
