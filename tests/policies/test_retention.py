"""How long entries are kept: which class each is of, and when it may go."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from policies.event_types import EventType
from policies.reasons import Reason
from policies.retention import FLOOR, PRUNABLE, EventClass, Retention, types_of

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
EVERY_TYPE = set(EventType) | {reason.event_type for reason in Reason}


def test_every_type_is_of_exactly_one_class() -> None:
    """A type of no class would be kept for good without anybody having decided so."""
    counted = Counter(type_ for kind in EventClass for type_ in types_of(kind))
    assert set(counted) == EVERY_TYPE
    assert set(counted.values()) == {1}


def test_what_tells_of_the_record_itself_is_kept_for_good() -> None:
    """Who may have entries removed must not have that removed."""
    assert {type_ for type_ in EVERY_TYPE if type_.startswith("log_")} <= types_of(EventClass.KEPT)


@pytest.mark.parametrize(
    "type_",
    [
        "data_erased",
        "consent_withdrawn",
        "person_deleted",
        "token_revoked",
        "operator_deleted",
        "key_rotated",
    ],
)
def test_what_was_taken_back_is_kept_for_good(type_: str) -> None:
    """An older copy of the people's store is set right by these, however old they are."""
    assert type_ in types_of(EventClass.KEPT)


def test_a_limit_counts_back_from_now() -> None:
    """Entries of a class that has a limit may go when they are that old; others never."""
    retention = Retention({EventClass.ACCESS: 30})
    assert retention.before(EventClass.ACCESS, NOW) == NOW - timedelta(days=30)
    assert retention.before(EventClass.DOORS, NOW) is None
    assert Retention().before(EventClass.ACCESS, NOW) is None


def test_alarms_have_a_floor_and_what_is_kept_has_no_limit() -> None:
    """Whatever a rule says that was made otherwise than by a site file."""
    retention = Retention({EventClass.ALARMS: 1, EventClass.KEPT: 1})
    assert retention.before(EventClass.ALARMS, NOW) == NOW - timedelta(days=FLOOR[EventClass.ALARMS])
    assert retention.before(EventClass.KEPT, NOW) is None
    assert EventClass.KEPT not in PRUNABLE
