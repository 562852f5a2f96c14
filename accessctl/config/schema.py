"""What a site file may say: one class for each table, one attribute for each key.

``docs/site-file.md`` explains the keys to people; a test keeps it complete.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import Enum, auto
from typing import Final
from zoneinfo import ZoneInfo

from accessctl.config.kinds import Choice, Flag, Gpio, Id, Many, Named, One, Ref, Refs, Text, Whole
from accessctl.config.reading import Table, check, key, objection
from accessctl.config.times import Clock, Day, Seconds, Timezone, Weekdays
from hardware.signals import DeviceId
from hardware.specs import BoardKind, LockKind, StrikeSpec, Unattended
from policies.calendar import HolidayType
from policies.factors import Asks, Factor
from policies.ids import AccessPointId, AreaId, DoorId
from policies.places import AccessPoint, Direction, DoorTimes
from policies.schedule import Interval

A_DAY_S: Final = 24 * 60 * 60
LONGEST_DEBOUNCE_MS: Final = 400
"""IEC 60839-11-1 wants every input seen that is active for longer than this."""
_USUAL: Final = DoorTimes()
_NEVER_IN_THE_WAY: Final = timedelta(days=365)


class ReaderKind(Enum):
    """What reads the cards."""

    PCSC = auto()
    SIMULATED = auto()


class SiteTable(Table):
    """The place as a whole."""

    name: str = key(Text())
    controller: str = key(Id())
    timezone: ZoneInfo = key(Timezone())


class BoardTable(Table):
    """What the lines and readers stand on."""

    kind: BoardKind = key(Choice(BoardKind))


class HolidayTable(Table):
    """One day that is not like other days."""

    date: date = key(Day())
    type: HolidayType = key(Choice(HolidayType))
    name: str = key(Text())


class AreaTable(Table):
    """A bounded place."""

    name: str = key(Text(unique_in="areas"))


class HoursTable(Table):
    """An interval of a day."""

    start: int = key(Clock(), name="from")
    end: int = key(Clock(ends=True), name="to")

    @check("start", "end")
    def holds_some_time(self) -> str | None:
        """Refuse an interval of no length."""
        return objection(lambda: Interval(self.start, self.end))


class WeeklyTable(Table):
    """An interval of several days of the week."""

    days: frozenset[int] = key(Weekdays())
    start: int = key(Clock(), name="from")
    end: int = key(Clock(ends=True), name="to")

    @check("start", "end")
    def holds_some_time(self) -> str | None:
        """Refuse an interval of no length."""
        return objection(lambda: Interval(self.start, self.end))


class HolidayHoursTable(Table):
    """The intervals that replace the weekly ones, for each type of holiday."""

    full: tuple[HoursTable, ...] = key(Many(HoursTable), ())
    half: tuple[HoursTable, ...] = key(Many(HoursTable), ())
    site: tuple[HoursTable, ...] = key(Many(HoursTable), ())

    def of(self) -> Mapping[HolidayType, tuple[HoursTable, ...]]:
        """Give the intervals of each type that has some."""
        each = {HolidayType.FULL: self.full, HolidayType.HALF: self.half, HolidayType.SITE: self.site}
        return {holiday: hours for holiday, hours in each.items() if hours}


class ScheduleTable(Table):
    """When a right holds."""

    weekly: tuple[WeeklyTable, ...] = key(Many(WeeklyTable), ())
    holidays: HolidayHoursTable | None = key(One(HolidayHoursTable), None)


class StrikeTable(Table):
    """The lock of a door."""

    gpio: int = key(Gpio(drives_a_strike=True))
    lock: LockKind = key(Choice(LockKind), LockKind.FAIL_SECURE)
    unattended: Unattended = key(Choice(Unattended), Unattended.SECURED)

    @check("lock", "unattended")
    def can_be_wired(self) -> str | None:
        """Refuse what no wiring can do."""
        return objection(lambda: StrikeSpec(DeviceId(""), 0, self.lock, self.unattended))


class PositionTable(Table):
    """The switch that tells whether the leaf is closed."""

    gpio: int = key(Gpio())
    normally_closed: bool = key(Flag(), default=True)
    debounce_ms: int = key(Whole(1, LONGEST_DEBOUNCE_MS, "milliseconds"), 20)


class ExitRequestTable(Table):
    """The button, bar or motion detector on the inside."""

    gpio: int = key(Gpio())
    releases: bool = key(Flag(), default=True)
    normally_closed: bool = key(Flag(), default=False)
    debounce_ms: int = key(Whole(1, LONGEST_DEBOUNCE_MS, "milliseconds"), 20)


class DoorTable(Table):
    """A barrier with its lock."""

    name: str = key(Text(unique_in="doors"))
    strike: StrikeTable = key(One(StrikeTable))
    position: PositionTable | None = key(One(PositionTable), None)
    exit_request: ExitRequestTable | None = key(One(ExitRequestTable), None)
    release_time_s: timedelta = key(Seconds(3, 600, "IEC 60839-11-1 asks for 3 or more"), _USUAL.release)
    relock_delay_s: timedelta = key(Seconds(0, 600), _USUAL.relock_delay)
    open_time_s: timedelta = key(Seconds(10, A_DAY_S, "IEC 60839-11-1 asks for 10 or more"), _USUAL.open)
    pre_alarm_s: timedelta = key(Seconds(0, A_DAY_S), _USUAL.pre_alarm)

    # Two questions where DoorTimes asks one, so that neither contradiction hides the other.

    @check("release_time_s", "relock_delay_s")
    def relocks_in_time(self) -> str | None:
        """Refuse a delay that outlasts the release."""
        release, delay = self.release_time_s, self.relock_delay_s
        what = objection(lambda: DoorTimes(release, delay, _NEVER_IN_THE_WAY, timedelta()))
        return what and f"{what} ({delay.total_seconds():g} s, {release.total_seconds():g} s)"

    @check("open_time_s", "pre_alarm_s", "release_time_s")
    def warns_after_the_release(self) -> str | None:
        """Refuse a warning while people may still be opening the door."""
        release, warning = self.release_time_s, self.open_time_s - self.pre_alarm_s
        what = objection(lambda: DoorTimes(release, timedelta(), self.open_time_s, self.pre_alarm_s))
        return what and f"{what} ({release.total_seconds():g} s, {warning.total_seconds():g} s after opening)"


class ReaderTable(Table):
    """What reads the cards at an access point."""

    kind: ReaderKind = key(Choice(ReaderKind))
    name: str | None = key(Text(128), None)

    @check("kind", "name")
    def can_be_found(self) -> str | None:
        """Ask for the name of a reader that is found by it, and of no other."""
        if self.kind is ReaderKind.PCSC and self.name is None:
            return 'is missing: a pcsc reader is found by its name, such as "ACS ACR122U"'
        if self.kind is ReaderKind.SIMULATED and self.name is not None:
            return "a simulated reader has no name of its own; leave this out"
        return None


class AnnunciatorTable(Table):
    """Light and buzzer at a reader."""

    green_gpio: int | None = key(Gpio(), None)
    red_gpio: int | None = key(Gpio(), None)
    buzzer_gpio: int | None = key(Gpio(), None)

    @check("green_gpio", "red_gpio", "buzzer_gpio", at="")
    def has_a_line(self) -> str | None:
        """Refuse one that can show nothing."""
        if self.green_gpio is None and self.red_gpio is None and self.buzzer_gpio is None:
            return "needs green_gpio, red_gpio or buzzer_gpio"
        return None


class AccessPointTable(Table):
    """One direction through one door."""

    name: str = key(Text(unique_in="access_points"))
    door: str = key(Ref("doors"))
    from_area: str = key(Ref("areas"), name="from")
    to_area: str = key(Ref("areas"), name="to")
    direction: Direction = key(Choice(Direction))
    asks: Asks = key(Choice(Asks), Asks.CARD)
    reader: ReaderTable = key(One(ReaderTable))
    annunciator: AnnunciatorTable | None = key(One(AnnunciatorTable), None)

    @check("from_area", "to_area")
    def leads_elsewhere(self) -> str | None:
        """Refuse a way from a place to itself."""
        return "leads back to where it comes from" if self.from_area == self.to_area else None

    @check("direction", "asks")
    def lets_people_out(self) -> str | None:
        """Refuse a way out that could keep somebody in."""
        return objection(
            lambda: AccessPoint(
                AccessPointId(""), "", DoorId(""), AreaId(""), AreaId(""), self.direction, self.asks
            )
        )

    @check("reader", "asks")
    def can_take_what_it_asks(self) -> str | None:
        """Refuse to ask for a PIN where nobody can type one."""
        if not self.reader.has("kind") or self.reader.kind is not ReaderKind.PCSC:
            return None
        if Factor.PIN not in self.asks.factors:
            return None
        return 'a pcsc reader has no keypad to type a PIN on; write asks = "card"'

    @check("reader", "annunciator")
    def has_one_annunciator(self) -> str | None:
        """Refuse a second light where the reader brings its own."""
        simulated = self.reader.has("kind") and self.reader.kind is ReaderKind.SIMULATED
        if simulated and self.annunciator is not None:
            return "a simulated reader has light and buzzer built in; leave this out"
        return None


class PolicyTable(Table):
    """Some access points and when they may be passed."""

    access_points: tuple[str, ...] = key(Refs("access_points"))
    schedule: str = key(Ref("schedules"))


class LevelTable(Table):
    """A set of access policies."""

    policies: tuple[PolicyTable, ...] = key(Many(PolicyTable))


class RoleTable(Table):
    """What people who do the same work may pass."""

    name: str = key(Text(unique_in="roles"))
    levels: tuple[str, ...] = key(Refs("levels", fewest=0))


class SiteFile(Table):
    """The whole file."""

    site: SiteTable = key(One(SiteTable))
    board: BoardTable = key(One(BoardTable))
    holidays: tuple[HolidayTable, ...] = key(Many(HolidayTable), ())
    areas: Mapping[str, AreaTable] = key(Named(AreaTable))
    schedules: Mapping[str, ScheduleTable] = key(Named(ScheduleTable), {})
    doors: Mapping[str, DoorTable] = key(Named(DoorTable, fewest=1))
    access_points: Mapping[str, AccessPointTable] = key(Named(AccessPointTable))
    levels: Mapping[str, LevelTable] = key(Named(LevelTable), {})
    roles: Mapping[str, RoleTable] = key(Named(RoleTable), {})
