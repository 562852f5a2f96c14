"""Which mode a door is in, by rank: emergency release, lockdown, an operator's order, the schedule."""

from datetime import datetime
from typing import Final

from policies.degraded import TIMELESS, Condition, Fallback
from policies.door_modes import DoorMode, ModeRule
from policies.ids import DoorId
from policies.memory import SITE, FirstCard, Memory
from policies.rulebook import DoorRules


def mode_of(rules: DoorRules, memory: Memory) -> DoorMode:
    """Give the mode that everything in force adds up to."""
    if rules.door.id in memory.freed:
        return DoorMode.FREE
    if is_locked_down(rules, memory):
        return DoorMode.LOCKED_DOWN
    override = memory.overrides.get(rules.door.id)
    if override is not None:
        mode = override.mode
    else:
        mode = memory.scheduled.get(rules.door.id, DoorMode.LOCKED)
        if mode is DoorMode.LOCKED and _falls_open(rules, memory):
            mode = DoorMode.UNLOCKED
    return DoorMode.LOCKED if mode.releases and stays_secured(rules, memory) else mode


def stays_secured(rules: DoorRules, memory: Memory) -> bool:
    """Whether neither a schedule nor an order may keep this door released.

    That is so in an interlock, where one door that stays released would leave no other to be passed, and
    where the site file says so of a door while something is gone: who wants nobody let in wants no open
    door either.
    """
    if rules.siblings:
        return True
    return bool(memory.gone) and not _SECURING.isdisjoint(
        {
            _holds(rules, memory, Condition.ON_BATTERY, None),
            _holds(rules, memory, Condition.CONTACT_LOST, rules.door.id),
            _holds(rules, memory, Condition.READER_LOST, rules.door.id),
        }
    )


def is_locked_down(rules: DoorRules, memory: Memory) -> bool:
    """Whether a lockdown of the site, or of an area that the door leads into, is on."""
    lockdowns = memory.lockdowns
    return bool(lockdowns) and (SITE in lockdowns or not rules.leads_into.isdisjoint(lockdowns))


def rule_in_force(rules: DoorRules, memory: Memory, now: datetime) -> ModeRule | None:
    """Give the rule whose schedule holds now, whether or not its first card has come.

    Where only what holds at every hour counts, that is so of what releases the door. What keeps it shut
    goes by the clock as it stands: a clock that nobody trusts opens nothing.
    """
    untrusted = (Condition.CLOCK_UNTRUSTED, None) in memory.gone
    timeless = untrusted and rules.door.degraded.clock_untrusted in TIMELESS
    for rule in rules.door.modes:
        by_the_hour = rule.mode.releases and not rule.schedule.always
        if rule.schedule.holds_at(now) and not (timeless and by_the_hour):
            return rule
    return None


def scheduled_mode(rules: DoorRules, memory: Memory, now: datetime) -> DoorMode:
    """Give the mode that the schedules bring."""
    rule = rule_in_force(rules, memory, now)
    if rule is None or (rule.first_card and rules.door.id not in memory.first_cards):
        return DoorMode.LOCKED
    return rule.mode


def still_counts(card: FirstCard, rule: ModeRule | None, now: datetime) -> bool:
    """Whether whoever came first did so in the interval that holds now, and under the same rule."""
    if rule != card.rule:
        return False
    earlier, later = sorted((card.at, now))
    change = card.rule.schedule.next_change(earlier)
    return change is None or change > later


def next_change(rules: DoorRules, now: datetime) -> datetime | None:
    """Give the next instant at which a schedule of this door's modes begins or ends to hold."""
    changes = (rule.schedule.next_change(now) for rule in rules.door.modes)
    return min((change for change in changes if change is not None), default=None)


_SECURING: Final = frozenset({Fallback.NO_UNLOCKING, Fallback.REFUSE})


def _falls_open(rules: DoorRules, memory: Memory) -> bool:
    return bool(memory.gone) and (
        _holds(rules, memory, Condition.READER_LOST, rules.door.id) is Fallback.UNLOCK
    )


def _holds(rules: DoorRules, memory: Memory, condition: Condition, where: DoorId | None) -> Fallback | None:
    return rules.door.degraded.under(condition) if (condition, where) in memory.gone else None
