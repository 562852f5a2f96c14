"""What is remembered, under rules that may be others than when it happened.

After a restart, and when the site file was changed, areas and doors may be gone that something is remembered
of. Nothing is kept that nobody could ever lift, end or leave; and the record says what was let go.
"""

from policies.event_types import EventType
from policies.memory import SITE, Memory
from policies.presence import recount, rehome
from policies.rulebook import Rulebook
from policies.turn import Note, Turn


def adopt(turn: Turn, memory: Memory, rulebook: Rulebook) -> None:
    """Let go of what these rules do not know, and count every head anew."""
    _keep_known_doors(memory, rulebook)
    _free_doors(memory, rulebook)
    for scope in sorted(memory.lockdowns.keys() - rulebook.areas.keys() - {SITE}):
        memory.drop("lockdowns", scope)
        turn.effects.append(_let_go(EventType.LOCKDOWN_LIFTED, {"scope": scope}))
    for area in sorted(memory.armed.keys() - rulebook.areas.keys()):
        memory.drop("armed", area)
        turn.effects.append(_let_go(EventType.AREA_DISARMED, {"area": area}))
    nowhere = rehome(memory, rulebook.chains)
    if nowhere:
        words = "The area in which they were is gone: nobody knows where they are."
        detail = {"people": len(nowhere), "nowhere": sorted(nowhere)}
        turn.effects.append(Note(EventType.PASSBACK_FORGIVEN, reason=words, detail=detail))
    for visitor in sorted(memory.escorts.keys() - memory.stays.keys() - memory.guided.keys()):
        memory.drop("escorts", visitor)
    recount(memory)


def _keep_known_doors(memory: Memory, rulebook: Rulebook) -> None:
    for table, rows in (("overrides", memory.overrides), ("freed", memory.freed)):
        for door in sorted(rows.keys() - rulebook.doors.keys()):
            memory.drop(table, door)


def _free_doors(memory: Memory, rulebook: Rulebook) -> None:
    """Release also the doors that an input releases since it became active."""
    for input_id, doors in rulebook.fire_doors.items():
        if memory.inputs.get(input_id):
            for door in doors:
                memory.put("freed", door, input_id)


def _let_go(kind: EventType, detail: dict[str, object]) -> Note:
    return Note(kind, reason="The area is gone.", detail=detail)
