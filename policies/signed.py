"""Who gave an order, as the record tells it."""

from collections.abc import Mapping
from dataclasses import dataclass

from policies.event_types import EventType
from policies.ids import DoorId, PersonId
from policies.turn import NOTHING_MORE, Note


@dataclass(frozen=True, slots=True)
class Signed:
    """Who gave an order, and under which id."""

    operator: str
    order_id: str | None

    @property
    def words(self) -> str:
        """Say who it was."""
        return f"Ordered by {self.operator}."

    def note(
        self,
        kind: EventType,
        detail: Mapping[str, object] = NOTHING_MORE,
        *,
        door: DoorId | None = None,
        person: PersonId | None = None,
    ) -> Note:
        """Give the entry of an order."""
        known = {} if self.order_id is None else {"order": self.order_id}
        said = {"operator": self.operator, **known, **detail}
        return Note(kind, door, person=person, reason=self.words, detail=said)
