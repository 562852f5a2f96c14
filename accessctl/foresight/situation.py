"""How a site stands, put together from what the stores and the door process say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from accessctl.config import Site, SiteInvalid
from accessctl.config.last_good import load_site
from accessctl.config.load import load_file
from accessctl.home import Home
from accessctl.store.facts import FactQueries
from policies.adopting import adopt
from policies.degraded import Condition
from policies.door import DoorState, Phase
from policies.ids import PersonId
from policies.lockout import WrongPins
from policies.memory import Memory
from policies.modes import mode_of, scheduled_mode
from policies.rulebook import Rulebook
from policies.turn import Turn

Status = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Situation:
    """The rules in force, and what is remembered."""

    rulebook: Rulebook
    memory: Memory
    wrong_pins: Mapping[PersonId, WrongPins] = field(default_factory=dict)


def situation_of(home: Home, status: Status | None, now: datetime, at: datetime | None = None) -> Situation:
    """Put the situation together. Raises ``SiteInvalid`` and ``RecordUnavailable``.

    ``status`` is what the door process says of itself, ``None`` where it does not answer. At another instant
    than now it says only which rules are in force: nobody knows how doors and devices will stand then.
    """
    rulebook = site_in_force(home, None if status is None else status["rules"]).rulebook
    facts = FactQueries(home.record)
    memory = facts.memory()
    put_doors(memory, rulebook, status if at is None else None, at or now)
    return Situation(rulebook, memory, facts.wrong_pins())


def site_in_force(home: Home, revision: str | None) -> Site:
    """Give the site with the revision that the door process goes by, or else the one that a start would take.

    The file may have been changed since it was read; then its copy is in force. Raises ``SiteInvalid``.
    """
    for path in (home.last_good_site, home.site_file) if revision is not None else ():
        site = _if_sound(path)
        if site is not None and site.rulebook.revision == revision:
            return site
    return load_site(home)[0]


def put_doors(memory: Memory, rulebook: Rulebook, status: Status | None, at: datetime) -> None:
    """Let devices be as ``status`` says, or else at rest, and each door in the mode that these rules bring.

    What is remembered of areas and doors that these rules do not know is let go, as a start would do.
    """
    if status is not None:
        for condition, where in status["site_state"]["gone"]:
            memory.gone[Condition(condition), where] = True
    adopt(Turn(at), memory, rulebook)
    said = {} if status is None else {door["id"]: door for door in status["doors"]}
    for door_id, rules in rulebook.doors.items():
        door = said.get(door_id)
        memory.doors[door_id] = DoorState(Phase.SECURED) if door is None else _state(door)
        memory.scheduled[door_id] = scheduled_mode(rules, memory, at)
        memory.modes[door_id] = mode_of(rules, memory)
    memory.settle()


def _if_sound(path: Path) -> Site | None:
    try:
        return load_file(path)
    except SiteInvalid:
        return None


def _state(door: Mapping[str, Any]) -> DoorState:
    """Give the state that a door's description stands for, as far as other doors ask about it."""
    released = door["strike"] == "released"
    if door["leaf"] != "open":  # a door without a position switch is closed as far as anybody can know
        return DoorState(Phase.RELEASED if released else Phase.SECURED)
    return DoorState(Phase.JOINED if released else Phase.OPEN)
