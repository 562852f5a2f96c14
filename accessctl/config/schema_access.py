"""What a site file may say of access points: where they lead, what they ask for, and what reads it."""

from typing import Final

from accessctl.config.asking import AskedFor
from accessctl.config.kinds import Choice, Flag, Gpio, Many, One, Ref, Text, Whole
from accessctl.config.reading import Table, check, key, objection
from accessctl.config.schema_doors import ButtonTable
from accessctl.config.schema_people import HIGHEST_THREAT
from accessctl.config.schema_readers import A_CARD_READER, A_KEYPAD, A_READER, ReaderTable
from policies.factors import Asks
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
    reader: ReaderTable | None = key(A_READER, None)
    keypad: ReaderTable | None = key(A_KEYPAD, None)
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

    @check("reader", "keypad", "asks")
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

    def cannot_take(self, asks: Asks) -> str | None:
        """Say what is lacking here for what is asked; ``None`` when nothing is."""
        return None if self.reader is None else self.reader.cannot_take(asks, keypad=self.keypad is not None)

    def _is_always_free(self) -> bool:
        return self.asks.is_free and all(not each.has("asks") or each.asks.is_free for each in self.asks_when)


def _point(direction: Direction, asks: Asks, asks_when: tuple[AsksWhen, ...] = ()) -> AccessPoint:
    return AccessPoint(AccessPointId(""), "", DoorId(""), AreaId(""), AreaId(""), direction, asks, asks_when)


class MusterPointTable(Table):
    """A reader at which people show that they are safe."""

    name: str = key(Text(unique_in="access_points"))
    area: str = key(Ref("areas"))
    reader: ReaderTable = key(A_CARD_READER)


class CodesTable(Table):
    """The codes that people type where a keypad alone is asked."""

    digits: int = key(Whole(SHORTEST_CODE, LONGEST_CODE, "digits"))
    most: int = key(Whole(1, 10**9, "codes"))

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
