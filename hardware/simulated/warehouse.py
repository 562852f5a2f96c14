"""What is physically so in the simulated warehouse: leaves, buttons, strikes, readers, lamps.

No socket, no clock and no thread here. Contacts and plugs outlive the door process; line levels and
lamps are the door process's doing and end with it.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from hardware.errors import SimulationRefused
from hardware.patterns import Score
from hardware.ports import Pattern

Face = Mapping[str, str | bool]
"""Who stands before a camera: ``name``; whether it is a ``photo`` of them; whether the head ``turns``."""
KEYS: Final = frozenset("0123456789*#")
LONGEST_BURST: Final = 256
"""So many pulses a tool may send at a time: more than any card, so that noise can be tried as well."""
FAULTS: Final = ("cut", "shorted")
"""What can be wrong with the wires of a contact."""


class Warehouse:
    """The doors of one site and everything that is screwed to them."""

    def __init__(self, kept: Mapping[str, Mapping[str, str]] = MappingProxyType({})) -> None:
        """Begin with no door: the first door process that attaches says what there is.

        ``kept`` are the fingers that sensors learnt earlier, as ``all_kept`` gave them.
        """
        self._released_when_high: dict[str, bool] = {}
        self._high: dict[str, bool] = {}
        self._active: dict[str, bool] = {}
        self._readers: set[str] = set()
        self._wiegand: set[str] = set()
        self._fingers: set[str] = set()
        self._kept = {sensor: dict(fingers) for sensor, fingers in kept.items()}
        self._cameras: set[str] = set()
        self._faces: dict[str, Face] = {}
        self._unplugged: set[str] = set()
        self._insecure: dict[str, str] = {}
        self._tampered: set[str] = set()
        self._powerless: set[str] = set()
        self._faults: dict[str, str] = {}
        self._scores: dict[str, Score] = {}

    def equip(
        self,
        strikes: Mapping[str, bool],
        contacts: Iterable[str],
        readers: Iterable[str],
        annunciators: Iterable[str],
        wiegand: Iterable[str] = (),
        fingers: Iterable[str] = (),
        cameras: Iterable[str] = (),
    ) -> None:
        """Take over what a door process says that there is. What was known of a device stays so."""
        self._released_when_high = dict(strikes)
        self._high = dict.fromkeys(strikes, False)
        # A leaf can be there without a switch on it, so every strike has one too.
        named = {*contacts, *(f"{_door_of(strike)}.position" for strike in strikes)}
        self._active = {contact: self._active.get(contact, False) for contact in named}
        self._readers = set(readers)
        self._wiegand = set(wiegand)
        self._fingers = set(fingers)
        self._cameras = set(cameras)
        self._scores = {annunciator: Score() for annunciator in annunciators}

    def abandon(self) -> list[str]:
        """Let every line fall and every light go dark; tell which lines were high."""
        fell = [line for line, high in self._high.items() if high]
        self._high = dict.fromkeys(self._high, False)
        self._scores = {annunciator: Score() for annunciator in self._scores}
        return fell

    def drive(self, line: str, *, high: bool) -> bool:
        """Set a line's level and tell whether that changed it."""
        changed = self._high.get(line, False) is not high
        self._high[line] = high
        return changed

    def released(self, strike: str) -> bool | None:
        """Tell whether a strike frees its leaf now; ``None`` for a line that drives no strike."""
        when_high = self._released_when_high.get(strike)
        return None if when_high is None else self._high[strike] is when_high

    def is_active(self, contact: str) -> bool:
        """Tell whether the leaf is open, or the button pressed."""
        return self._active[contact]

    def unplugged(self) -> list[str]:
        """Name the readers and sensors that are unplugged."""
        return sorted(self._unplugged & (self._readers | self._fingers | self._cameras))

    def kept(self) -> dict[str, dict[str, str]]:
        """Give the fingers that sensors keep, each under the name of its template."""
        return {sensor: dict(self._kept.get(sensor, {})) for sensor in sorted(self._fingers)}

    def all_kept(self) -> dict[str, dict[str, str]]:
        """Give the fingers of every sensor that ever was here."""
        return self._kept

    def keep(self, sensor: str, template: str, finger: str | None) -> None:
        """Have a sensor keep a finger, or with ``None`` forget it."""
        kept = self._kept.setdefault(sensor, {})
        if finger is None:
            kept.pop(template, None)
        else:
            kept[template] = finger

    def faces(self) -> dict[str, Face]:
        """Give who stands before the cameras; has no entry for one before which nobody does."""
        return {camera: face for camera, face in sorted(self._faces.items()) if camera in self._cameras}

    def stand_before(self, camera: str, face: Face | None) -> None:
        """Have somebody stand before a camera, or with ``None`` nobody."""
        if face is None:
            self._faces.pop(camera, None)
        else:
            self._faces[camera] = face

    def camera(self, name: str) -> str:
        """Find a camera by its own or its access point's name, plugged in or not; raises the same."""
        for camera in (name, f"{name}.camera"):
            if camera in self._cameras:
                return camera
        there = ", ".join(sorted(self._cameras)) or "none"
        raise SimulationRefused(f"there is no camera {name!r}; there are: {there}")

    def insecure(self) -> dict[str, str]:
        """Give the readers that something else has taken the place of, and what is wrong with it."""
        return {reader: why for reader, why in sorted(self._insecure.items()) if reader in self._readers}

    def tampered(self) -> list[str]:
        """Name the readers whose housing is open."""
        return sorted(self._tampered & self._readers)

    def powerless(self) -> list[str]:
        """Name the readers whose own supply fails."""
        return sorted(self._powerless & self._readers)

    def faults(self) -> dict[str, str]:
        """Give the contacts whose wires are cut or shorted."""
        return {contact: fault for contact, fault in sorted(self._faults.items()) if contact in self._active}

    def move_leaf(self, door: str, *, to_open: bool, force: bool = False) -> tuple[str, bool]:
        """Open or close a leaf; tell its contact and whether it moved. Raises ``SimulationRefused``."""
        contact = self._contact(door, "position")
        strike = f"{door}.strike"
        if to_open and not self._active[contact] and not force and self.released(strike) is False:
            raise SimulationRefused(f"{strike} is secured, so the leaf does not open (force would break it)")
        return contact, self._set(contact, active=to_open)

    def press(self, door: str, *, pressed: bool) -> tuple[str, bool]:
        """Press or let go an exit button; tell its contact and whether it moved. Raises the same."""
        contact = self._contact(door, "exit_request")
        return contact, self._set(contact, active=pressed)

    def set_contact(self, name: str, *, active: bool) -> tuple[str, bool]:
        """Let any contact be active or at rest, by its device name or a site input's; raises the same."""
        contact = self._contact_named(name)
        return contact, self._set(contact, active=active)

    def set_fault(self, name: str, fault: str | None) -> tuple[str, bool]:
        """Cut or short the wires of a contact, or mend them; raises the same."""
        if fault not in {None, *FAULTS}:
            raise SimulationRefused(f"wires are {' or '.join(FAULTS)}, or mended")
        contact = self._contact_named(name)
        changed = self._faults.get(contact) != fault
        if fault is None:
            self._faults.pop(contact, None)
        else:
            self._faults[contact] = fault
        return contact, changed

    def tamper(self, reader: str, *, active: bool) -> bool:
        """Open the housing of a reader or shut it; tell whether that changed anything."""
        return _put(self._tampered, reader, active)

    def fail_power(self, reader: str, *, failed: bool) -> bool:
        """Let a reader's own supply fail or be good again; tell whether that changed anything."""
        return _put(self._powerless, reader, failed)

    def replace_reader(self, reader: str, why: str) -> None:
        """Put something else on a reader's line; giving the reader back ends that."""
        self._insecure[reader] = why

    def plugged_reader(self, name: str) -> str:
        """Find a reader that can report something. Raises ``SimulationRefused``."""
        reader = self.reader(name)
        if reader in self._unplugged or reader in self._insecure:
            raise SimulationRefused(
                f"{reader} is {'unplugged' if reader in self._unplugged else 'not itself'}"
            )
        return reader

    def reader(self, name: str) -> str:
        """Find a reader by its device name or its access point's. Raises ``SimulationRefused``."""
        for reader in (name, f"{name}.reader"):
            if reader in self._readers:
                return reader
        raise SimulationRefused(f"there is no reader {name!r}; there are: {', '.join(sorted(self._readers))}")

    def finger_sensor(self, name: str) -> str:
        """Find a sensor that is plugged in, by its own or its access point's name; raises the same."""
        for sensor in (name, f"{name}.finger"):
            if sensor in self._unplugged:
                raise SimulationRefused(f"{sensor} is unplugged")
            if sensor in self._fingers:
                return sensor
        there = ", ".join(sorted(self._fingers)) or "none"
        raise SimulationRefused(f"there is no fingerprint sensor {name!r}; there are: {there}")

    def pluggable(self, name: str) -> str:
        """Find a reader, or by its whole name a sensor or camera; raises the same."""
        for kind, what, there in (
            ("finger", "fingerprint sensor", self._fingers),
            ("camera", "camera", self._cameras),
        ):
            if name in there:
                return name
            if name.endswith(f".{kind}"):
                others = ", ".join(sorted(there)) or "none"
                raise SimulationRefused(f"there is no {what} {name!r}; there are: {others}")
        return self.reader(name)

    def wiegand_reader(self, name: str) -> str:
        """Find a Wiegand reader by its device name or its access point's. Raises ``SimulationRefused``."""
        for reader in (name, f"{name}.reader"):
            if reader in self._wiegand:
                return reader
        there = ", ".join(sorted(self._wiegand)) or "none"
        raise SimulationRefused(f"there is no Wiegand reader {name!r}; there are: {there}")

    def plug(self, reader: str, *, plugged: bool) -> bool:
        """Unplug a reader or give it back; tell whether that changed anything."""
        was_itself = self._insecure.pop(reader, None) is None if plugged else True
        if plugged is (reader not in self._unplugged):
            return not was_itself
        (self._unplugged.discard if plugged else self._unplugged.add)(reader)
        return True

    def show(self, annunciator: str, pattern: Pattern | None, now_ns: int) -> None:
        """Play a pattern at a reader, or go dark."""
        if pattern is None:
            self._scores[annunciator] = Score()
        else:
            self._scores.setdefault(annunciator, Score()).show(pattern, now_ns)

    def state(self, now_ns: int) -> dict[str, object]:
        """Tell everything that a visitor of the warehouse could see at this instant."""
        doors: dict[str, dict[str, object]] = {}
        for contact, active in sorted(self._active.items()):
            door, _, kind = contact.rpartition(".")
            shown = {"leaf": "open" if active else "closed"} if kind == "position" else {kind: active}
            doors.setdefault(door, {}).update(shown)
        for strike in sorted(self._released_when_high):
            doors[_door_of(strike)]["strike"] = "released" if self.released(strike) else "secured"
        playing = {name: score.playing(now_ns) for name, score in sorted(self._scores.items())}
        return {
            "doors": doors,
            "readers": {reader: self._how(reader) for reader in sorted(self._readers)},
            "faults": self.faults(),
            "annunciators": {name: pattern and pattern.name for name, pattern in playing.items()},
            "lines": dict(sorted(self._high.items())),
        }

    def _how(self, reader: str) -> str:
        if reader in self._unplugged:
            return "unplugged"
        if reader in self._insecure:
            return "not itself"
        if reader in self._tampered:
            return "tampered"
        return "without power" if reader in self._powerless else "here"

    def _contact_named(self, name: str) -> str:
        for contact in (name, f"input.{name}"):
            if contact in self._active:
                return contact
        raise SimulationRefused(f"there is no contact {name!r}; there are: {', '.join(sorted(self._active))}")

    def _contact(self, door: str, kind: str) -> str:
        contact = f"{door}.{kind}"
        if contact not in self._active:
            raise SimulationRefused(f"there is no {contact}")
        return contact

    def _set(self, contact: str, *, active: bool) -> bool:
        changed = self._active[contact] is not active
        self._active[contact] = active
        return changed


def _put(names: set[str], name: str, there: bool) -> bool:  # noqa: FBT001 - whether it belongs in it
    changed = there is not (name in names)
    (names.add if there else names.discard)(name)
    return changed


def _door_of(device: str) -> str:
    return device.rpartition(".")[0]
