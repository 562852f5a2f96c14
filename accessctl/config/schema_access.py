"""What a site file may say of access points: where they lead, what they ask for, and what reads it."""

from collections.abc import Mapping
from typing import Final, Self

from accessctl.config.asking import AskedFor, named_in
from accessctl.config.kinds import Choice, Flag, Gpio, Many, One, Ref, Text, Whole
from accessctl.config.reading import Reading, Table, as_table, check, key, objection
from accessctl.config.schema_cameras import A_CAMERA, CameraTable
from accessctl.config.schema_doors import ButtonTable
from accessctl.config.schema_people import HIGHEST_THREAT
from accessctl.config.schema_readers import A_CARD_READER, A_KEYPAD, A_READER, ReaderTable
from accessctl.config.schema_sensors import A_FINGER_SENSOR, FingerTable
from accessctl.config.site import BREAK_GLASS_DIGITS, PinMaker
from policies.factors import Asks, Factor
from policies.ids import AccessPointId, AreaId, DoorId
from policies.places import AccessPoint, AreaState, AsksWhen, Direction

CODES_FOR_EACH_IN_USE: Final = 1000
SHORTEST_CODE: Final = 4
LONGEST_CODE: Final = 12


class AnnunciatorTable(Table):
    """Light and buzzer at a reader."""

    green_gpio: int | None = key(Gpio(), None)
    red_gpio: int | None = key(Gpio(), None)
    buzzer_gpio: int | None = key(Gpio(), None)
    active_low: bool = key(Flag(), default=False)

    @check("green_gpio", "red_gpio", "buzzer_gpio", at="")
    def has_a_line(self) -> str | None:
        """Refuse one that can show nothing."""
        if self.green_gpio is None and self.red_gpio is None and self.buzzer_gpio is None:
            return "needs green_gpio, red_gpio or buzzer_gpio"
        return None


class AsksWhenTable(Table):
    """What is asked for instead at some times."""

    schedule: str | None = key(Ref("schedules"), None)
    threat_level: int | None = key(Whole(1, HIGHEST_THREAT), None)
    area: AreaState | None = key(Choice(AreaState), None)
    asks: Asks = key(AskedFor())

    @check("schedule", "threat_level", "area", at="")
    def is_not_always_so(self) -> str | None:
        """Refuse what would always hold."""
        if self.schedule is not None:
            return None
        return objection(lambda: AsksWhen(Asks.CARD, None, self.threat_level, self.area))


class AccessPointTable(Table):
    """One direction through one door."""

    name: str = key(Text(unique_in="access_points"))
    door: str = key(Ref("doors"))
    from_area: str = key(Ref("areas"), name="from")
    to_area: str = key(Ref("areas"), name="to")
    direction: Direction = key(Choice(Direction))
    asks: Asks = key(AskedFor(), Asks.CARD)
    asks_when: tuple[AsksWhenTable, ...] = key(Many(AsksWhenTable), ())
    any_order: bool = key(Flag(), default=False)
    reader: ReaderTable | None = key(A_READER, None)
    keypad: ReaderTable | None = key(A_KEYPAD, None)
    finger: FingerTable | None = key(A_FINGER_SENSOR, None)
    camera: CameraTable | None = key(A_CAMERA, None)
    annunciator: AnnunciatorTable | None = key(One(AnnunciatorTable), None)
    button: ButtonTable | None = key(One(ButtonTable), None)

    @check("from_area", "to_area")
    def leads_elsewhere(self) -> str | None:
        """Refuse a way from a place to itself."""
        return "leads back to where it comes from" if self.from_area == self.to_area else None

    @check("direction", "asks")
    def lets_people_out(self) -> str | None:
        """Refuse a way out that could keep somebody in."""
        return objection(lambda: _point(self.direction, self.asks))

    @check("direction", "asks_when")
    def always_lets_people_out(self) -> str | None:
        """Refuse a way out that could keep somebody in at times."""
        sometimes = (AsksWhen(Asks.CARD, threat_level=1),) if self.asks_when else ()
        return objection(lambda: _point(self.direction, Asks.CARD, sometimes))

    @check("asks", "asks_when", "any_order")
    def has_something_to_put_in_order(self) -> str | None:
        """Refuse to leave the order open where there is never more than one thing to show."""
        if not self.any_order:
            return None
        asked = [self.asks, *(each.asks for each in self.asks_when if each.has("asks"))]
        if any(way.value.bit_count() > 1 for asks in asked for way in asks.ways):
            return None
        if not all(each.has("asks") for each in self.asks_when):
            return None
        return "has no effect: nothing is ever asked here that could come before a card; leave it out"

    @check("reader", "keypad", "finger", "camera", "asks")
    def can_take_what_it_asks(self) -> str | None:
        """Refuse to ask for what nobody can show here."""
        return self.cannot_take(self.asks)

    @check("reader", "keypad")
    def has_one_set_of_keys(self) -> str | None:
        """Refuse a second keypad, and one that stands beside nothing."""
        if self.keypad is None:
            return None
        if self.reader is None:
            return "stands beside a reader, and there is none; a keypad alone is the reader: reader = { ... }"
        keys = self.reader.has("kind") and self.reader.has_keys
        return f"{self.reader.called} has keys of its own; leave this out" if keys else None

    @check("reader", "annunciator")
    def has_one_annunciator(self) -> str | None:
        """Refuse a second light where the reader brings its own."""
        if self.reader is None or self.annunciator is None or not self.reader.has_lights:
            return None
        return f"{self.reader.called} has light and buzzer built in; leave this out"

    @check("asks", "asks_when", "button", "reader")
    def can_be_asked(self) -> str | None:
        """Want a reader, unless a button is all that people need."""
        if self.reader is not None or (self.button is not None and self._is_always_free()):
            return None
        return "is missing"

    @check("direction", "asks", "asks_when", "button")
    def is_free_for_who_presses(self) -> str | None:
        """Refuse a button where it would let nobody in."""
        if self.button is None:
            return None
        if self.direction is Direction.OUT:
            return "is for ways in; a button on the way out is the exit_request of the door"
        if self.asks.is_free or any(each.has("asks") and each.asks.is_free for each in self.asks_when):
            return None
        return 'a button lets people in where nothing is asked of them; write asks = "nothing"'

    @classmethod
    def read(cls, value: object, at: str, reading: Reading) -> Self:
        """Read it, and refuse lists that name a finger or a face for which there is no sensor.

        What is asked for, once it is read, does not tell this from ``"biometric"``, for which either will do.
        """
        table = super().read(value, at, reading)
        raw = as_table(value)
        if not table.has("reader", "keypad", "finger", "camera"):
            return table
        asked = [(f"{at}.asks", raw.get("asks"), table.asks)] if table.has("asks") else []
        for number, each in enumerate(table.asks_when if table.has("asks_when") else ()):
            if each.has("asks"):
                asked.append((f"{at}.asks_when[{number}].asks", _at(raw, number), each.asks))
        for path, said, asks in asked:
            lacking = named_in(said) & asks.factors & ~table.sensed
            if lacking and table.cannot_take(asks) is None:
                reading.note(path, _NAMED[lacking])
        return table

    def cannot_take(self, asks: Asks) -> str | None:
        """Say what is lacking here for what is asked; ``None`` when nothing is."""
        if self.reader is None:
            return None
        return self.reader.cannot_take(asks, keypad=self.keypad is not None, sensed=self.sensed)

    @property
    def sensed(self) -> Factor:
        """For which of a finger and a face there is a sensor."""
        finger = Factor.NONE if self.finger is None else Factor.FINGERPRINT
        face = Factor.FACE if self.camera is not None and self.camera.sees_faces else Factor.NONE
        return finger | face

    def _is_always_free(self) -> bool:
        return self.asks.is_free and all(not each.has("asks") or each.asks.is_free for each in self.asks_when)


_NAMED: Final = {
    Factor.FINGERPRINT: "names a finger, and there is no fingerprint sensor here: finger = { kind = ... }",
    Factor.FACE: "names a face, and there is no camera for faces here: camera = { kind = ... }",
}


def _at(raw: Mapping[str, object], number: int) -> object:
    """Give what an entry of ``asks_when`` says, as the file has it."""
    entries = raw.get("asks_when")
    entry = entries[number] if isinstance(entries, list) else None
    return entry.get("asks") if isinstance(entry, dict) else None


def _point(direction: Direction, asks: Asks, asks_when: tuple[AsksWhen, ...] = ()) -> AccessPoint:
    return AccessPoint(AccessPointId(""), "", DoorId(""), AreaId(""), AreaId(""), direction, asks, asks_when)


class MusterPointTable(Table):
    """A reader at which people show that they are safe."""

    name: str = key(Text(unique_in="access_points"))
    area: str = key(Ref("areas"))
    reader: ReaderTable = key(A_CARD_READER)


class PinsTable(Table):
    """The PINs that people type beside a card."""

    digits: int = key(Whole(SHORTEST_CODE, LONGEST_CODE, "digits"), SHORTEST_CODE)
    made_by: PinMaker = key(Choice(PinMaker), PinMaker.PERSON)


class CodesTable(Table):
    """The codes that people type where a keypad alone is asked."""

    digits: int = key(Whole(SHORTEST_CODE, LONGEST_CODE, "digits"))
    most: int = key(Whole(1, 10**9, "codes"))
    break_glass: bool = key(Flag(), default=False)

    @check("digits", "break_glass", at="digits")
    def are_told_from_break_glass_codes(self) -> str | None:
        """Refuse codes that are as long as those for emergencies, which are told by their length."""
        if not self.break_glass or self.digits < BREAK_GLASS_DIGITS:
            return None
        return (
            f"must be {BREAK_GLASS_DIGITS - 1} or fewer beside break_glass = true: {BREAK_GLASS_DIGITS} "
            "digits are a break-glass code"
        )

    @check("digits", "most")
    def are_hard_to_guess(self) -> str | None:
        """Refuse so many codes that a guess would hit one of them too easily."""
        fit = 10**self.digits // CODES_FOR_EACH_IN_USE
        if self.most <= fit:
            return None
        return (
            f"must be {fit} or fewer with {self.digits} digits: for each code in use there have to be "
            f"{CODES_FOR_EACH_IN_USE} possible ones, so that nobody guesses one"
        )
