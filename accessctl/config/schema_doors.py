"""What a site file may say of doors: their wires, times and modes, and what joins several of them."""

from datetime import timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from accessctl.config.kinds import Choice, Flag, Gpio, Many, One, Ref, Refs, RefsOrAll, Text, Whole, Word
from accessctl.config.reading import Table, check, key, objection
from accessctl.config.site import InputKind
from accessctl.config.times import Seconds
from accessctl.config.wiring import AdcChannel, PartOfSupply
from hardware.signals import DeviceId
from hardware.specs import LockKind, StrikeSpec, Unattended
from policies.degraded import CHOICES, Condition, Fallback
from policies.door_modes import SCHEDULABLE, DoorMode, ModeRule
from policies.ids import ScheduleId
from policies.places import DoorTimes
from policies.schedule import Schedule

A_DAY_S: Final = 24 * 60 * 60
LONGEST_DEBOUNCE_MS: Final = 400
"""IEC 60839-11-1 wants every input seen that is active for longer than this."""
LONGEST_ENERGISED_S: Final = 3600
USUAL_BANDS: Final = (0.15, 0.42, 0.85)
_USUAL: Final = DoorTimes()
_NEVER_IN_THE_WAY: Final = timedelta(days=365)
_SOME_SCHEDULE: Final = Schedule(ScheduleId(""), ZoneInfo("UTC"), ((),) * 7)


class StrikeTable(Table):
    """The lock of a door."""

    gpio: int = key(Gpio(drives_a_strike=True))
    lock: LockKind = key(Choice(LockKind), LockKind.FAIL_SECURE)
    unattended: Unattended = key(Choice(Unattended), Unattended.SECURED)
    longest_energised_s: timedelta | None = key(Seconds(3, LONGEST_ENERGISED_S), None)

    @check("lock", "unattended")
    def can_be_wired(self) -> str | None:
        """Refuse what no wiring can do."""
        return objection(lambda: StrikeSpec(DeviceId(""), 0, self.lock, self.unattended))

    @check("lock", "longest_energised_s")
    def can_rest(self) -> str | None:
        """Refuse to let a lock rest that is energised while it holds."""
        rest = self.longest_energised_s
        return objection(lambda: StrikeSpec(DeviceId(""), 0, self.lock, longest_energised=rest))


class ContactTable(Table):
    """A contact on a line of its own, or supervised on a channel of the converter."""

    gpio: int | None = key(Gpio(), None)
    adc_channel: int | None = key(AdcChannel(), None)
    normally_closed: bool = key(Flag(), default=False)
    low: float | None = key(PartOfSupply(), None)
    middle: float | None = key(PartOfSupply(), None)
    high: float | None = key(PartOfSupply(), None)
    debounce_ms: int = key(Whole(1, LONGEST_DEBOUNCE_MS, "milliseconds"), 20)

    @check("gpio", "adc_channel", at="")
    def is_somewhere(self) -> str | None:
        """Want one place for its wire."""
        if self.gpio is None and self.adc_channel is None:
            return "needs gpio or adc_channel"
        if self.gpio is not None and self.adc_channel is not None:
            return "has gpio and adc_channel, and hangs on one of them only"
        return None

    @check("adc_channel", "low", "middle", "high", at="")
    def has_bands(self) -> str | None:
        """Refuse bands of a line that has none, and bands that are no order."""
        if self.adc_channel is None:
            given = self.low is not None or self.middle is not None or self.high is not None
            return "low, middle and high are for an adc_channel; leave them out" if given else None
        low, middle, high = self.bands
        if low < middle < high:
            return None
        return f"low, middle and high must rise, and are {low:g}, {middle:g} and {high:g}"

    @property
    def bands(self) -> tuple[float, float, float]:
        """Where shorted, closed, open and cut end, as parts of the supply voltage."""
        return (
            USUAL_BANDS[0] if self.low is None else self.low,
            USUAL_BANDS[1] if self.middle is None else self.middle,
            USUAL_BANDS[2] if self.high is None else self.high,
        )


class WatchTable(ContactTable):
    """A contact that is closed while all is well, so that a cut wire is seen."""

    normally_closed: bool = key(Flag(), default=True)


class ButtonTable(ContactTable):
    """A contact that somebody closes."""


class ExitRequestTable(ContactTable):
    """The button, bar or motion detector on the inside."""

    releases: bool = key(Flag(), default=True)


class ExtendedTable(Table):
    """The times of a door for people who need longer; what is left out is as usual."""

    release_time_s: timedelta | None = key(Seconds(3, 600), None)
    relock_delay_s: timedelta | None = key(Seconds(0, 600), None)
    open_time_s: timedelta | None = key(Seconds(10, A_DAY_S), None)
    pre_alarm_s: timedelta | None = key(Seconds(0, A_DAY_S), None)

    def over(self, usual: DoorTimes) -> DoorTimes:
        """Give all four times. Raises ``ValueError`` where they contradict each other."""
        release = usual.release if self.release_time_s is None else self.release_time_s
        delay = usual.relock_delay if self.relock_delay_s is None else self.relock_delay_s
        open_time = usual.open if self.open_time_s is None else self.open_time_s
        warning = usual.pre_alarm if self.pre_alarm_s is None else self.pre_alarm_s
        return DoorTimes(release, delay, open_time, warning)


class ModeTable(Table):
    """A mode that holds by schedule."""

    mode: DoorMode = key(Word({mode.value: mode for mode in SCHEDULABLE}))
    schedule: str = key(Ref("schedules"))
    first_card: bool = key(Flag(), default=False)
    first_card_of: tuple[str, ...] = key(Refs("members"), ())

    @check("mode", "first_card")
    def waits_for_nothing_else(self) -> str | None:
        """Refuse a first card for anything but unlocking."""
        return objection(lambda: ModeRule(self.mode, _SOME_SCHEDULE, self.first_card))

    @check("first_card", "first_card_of")
    def waits_for_somebody(self) -> str | None:
        """Refuse to say whose card comes first where none is waited for."""
        members = tuple(self.first_card_of)
        return objection(lambda: ModeRule(DoorMode.UNLOCKED, _SOME_SCHEDULE, self.first_card, members))  # type: ignore[arg-type]


def _answer_to(condition: Condition) -> Word[Fallback]:
    return Word({fallback.value: fallback for fallback in CHOICES[condition]})


class DegradedTable(Table):
    """What holds while something is gone that doors rely on."""

    clock_untrusted: Fallback | None = key(_answer_to(Condition.CLOCK_UNTRUSTED), None)
    record_unwritable: Fallback | None = key(_answer_to(Condition.RECORD_UNWRITABLE), None)
    reader_lost: Fallback | None = key(_answer_to(Condition.READER_LOST), None)
    contact_lost: Fallback | None = key(_answer_to(Condition.CONTACT_LOST), None)
    biometric_lost: Fallback | None = key(_answer_to(Condition.BIOMETRIC_LOST), None)
    on_battery: Fallback | None = key(_answer_to(Condition.ON_BATTERY), None)

    def under(self, condition: Condition) -> Fallback | None:
        """Give what this table says of a condition; ``None`` where it says nothing."""
        chosen: Fallback | None = getattr(self, condition.value)
        return chosen


class DoorTable(Table):
    """A barrier with its lock."""

    name: str = key(Text(unique_in="doors"))
    strike: StrikeTable = key(One(StrikeTable))
    position: WatchTable | None = key(One(WatchTable), None)
    exit_request: ExitRequestTable | None = key(One(ExitRequestTable), None)
    tamper: WatchTable | None = key(One(WatchTable), None)
    bond: WatchTable | None = key(One(WatchTable), None)
    release_time_s: timedelta = key(Seconds(3, 600, "IEC 60839-11-1 asks for 3 or more"), _USUAL.release)
    relock_delay_s: timedelta = key(Seconds(0, 600), _USUAL.relock_delay)
    open_time_s: timedelta = key(Seconds(10, A_DAY_S, "IEC 60839-11-1 asks for 10 or more"), _USUAL.open)
    pre_alarm_s: timedelta = key(Seconds(0, A_DAY_S), _USUAL.pre_alarm)
    extended: ExtendedTable | None = key(One(ExtendedTable), None)
    longest_prop_s: timedelta | None = key(Seconds(10, A_DAY_S), None)
    modes: tuple[ModeTable, ...] = key(Many(ModeTable), ())
    degraded: DegradedTable | None = key(One(DegradedTable), None)

    # Two questions where DoorTimes asks one, so that neither contradiction hides the other.

    @check("release_time_s", "relock_delay_s")
    def relocks_in_time(self) -> str | None:
        """Refuse a delay that outlasts the release."""
        release, delay = self.release_time_s, self.relock_delay_s
        what = objection(lambda: DoorTimes(release, delay, _NEVER_IN_THE_WAY, timedelta()))
        return what and f"{what} ({_s(delay)}, {_s(release)})"

    @check("open_time_s", "pre_alarm_s", "release_time_s")
    def warns_after_the_release(self) -> str | None:
        """Refuse a warning while people may still be opening the door."""
        release, warning = self.release_time_s, self.open_time_s - self.pre_alarm_s
        what = objection(lambda: DoorTimes(release, timedelta(), self.open_time_s, self.pre_alarm_s))
        return what and f"{what} ({_s(release)}, {_s(warning)} after opening)"

    @check("release_time_s", "relock_delay_s", "open_time_s", "pre_alarm_s", "extended")
    def gives_more_time(self) -> str | None:
        """Refuse times for people who need longer that are shorter than usual, or contradict each other."""
        extended = self.extended
        if extended is None or not extended.has(*ExtendedTable.keys) or objection(self.times):
            return None
        usual = self.times()
        what = objection(lambda: extended.over(usual))
        if what is not None:
            return what
        times = extended.over(usual)
        if times.release < usual.release or times.open < usual.open:
            return f"must not be shorter than usual ({_s(usual.release)} released, {_s(usual.open)} open)"
        longer = times.release > usual.release or times.open > usual.open
        return None if longer else "gives nobody more time than usual; leave this out"

    @check("open_time_s", "longest_prop_s")
    def may_be_propped(self) -> str | None:
        """Refuse a longest time for propping that is over before a door that is not propped would alarm."""
        if self.longest_prop_s is None or self.longest_prop_s >= self.open_time_s:
            return None
        return f"must not be shorter than the open time ({_s(self.longest_prop_s)}, {_s(self.open_time_s)})"

    def times(self) -> DoorTimes:
        """Give the usual times. Raises ``ValueError`` where they contradict each other."""
        return DoorTimes(self.release_time_s, self.relock_delay_s, self.open_time_s, self.pre_alarm_s)


def _s(span: timedelta) -> str:
    return f"{span.total_seconds():g} s"


class InterlockTable(Table):
    """Doors of which one at most is off its latch."""

    doors: tuple[str, ...] = key(Refs("doors", fewest=2))
    wait_s: timedelta | None = key(Seconds(1, 600), None)


class InputTable(WatchTable):
    """A line that tells something of the site."""

    kind: InputKind = key(Choice(InputKind))
    doors: tuple[str, ...] | Literal["all"] | None = key(RefsOrAll("doors"), None)
    door: str | None = key(Ref("doors"), None)

    @check("kind", "doors")
    def releases_doors(self) -> str | None:
        """Want a fire input to release doors, and no other."""
        if self.kind is InputKind.FIRE and self.doors is None:
            return 'is missing: say which doors this fire input releases, or doors = "all"'
        if self.kind is not InputKind.FIRE and self.doors is not None:
            return "only a fire input releases doors; leave this out"
        return None

    @check("kind", "door")
    def watches_a_door(self) -> str | None:
        """Want a tamper input to watch a door, and no other."""
        if self.kind is InputKind.TAMPER and self.door is None:
            return "is missing: say which door this tamper input watches"
        if self.kind is not InputKind.TAMPER and self.door is not None:
            return "only a tamper input watches a door; leave this out"
        return None
