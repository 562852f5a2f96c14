from accessctl.store.alarm_kinds import KINDS
from policies.event_types import EventType
from policies.reasons import Reason
from policies.retention import EventClass, types_of
from tests.docs.pages import DOCS, rows_of, text_of, unquoted

PAGE = text_of(DOCS / "events.md")
ROWS = {unquoted(row[0]): row[1:] for row in rows_of(PAGE.partition("## Decisions")[2])}


def test_every_type_of_event_is_explained_and_no_other() -> None:
    """A type that is added, renamed or dropped must be so on the page too."""
    assert set(ROWS) == {reason.event_type for reason in Reason} | {kind.value for kind in EventType}


def test_no_type_is_explained_twice() -> None:
    """One thing has one place on the page."""
    named = [unquoted(row[0]) for row in rows_of(PAGE.partition("## Decisions")[2])]
    assert len(named) == len(set(named))


def test_the_numbers_of_bacnet_are_those_of_the_code() -> None:
    """Another system maps a decision by its number, so the page must not get it wrong."""
    shown = {reason.event_type: ROWS[reason.event_type][0] for reason in Reason}
    assert shown == {
        reason.event_type: "–" if reason.bacnet is None else str(reason.bacnet) for reason in Reason
    }


def test_decisions_stand_in_the_order_of_the_code() -> None:
    """The table reads as the enum does."""
    decisions = PAGE.partition("## Decisions")[2].partition("## Doors")[0]
    in_the_code = list(dict.fromkeys(reason.event_type for reason in Reason))
    assert [unquoted(row[0]) for row in rows_of(decisions)] == in_the_code


def test_whoever_gets_an_alarm_finds_what_to_do() -> None:
    """Everything that the list of alarms can hold is on the page for those who run a site."""
    table = text_of(DOCS / "operations.md").partition("## What each alarm means")[2].partition("\n## ")[0]
    named = {unquoted(name) for row in rows_of(table) for name in row[0].split(", ")}
    assert named == set(KINDS)


def test_the_classes_of_retention_are_those_of_the_code() -> None:
    """Whoever sets a limit has to know what goes by it."""
    table = PAGE.partition("## How long entries are kept")[2].partition("\n## ")[0]
    shown = {unquoted(row[0]): {unquoted(name) for name in row[3].split(", ")} for row in rows_of(table)}
    assert shown == {kind.value: set(types_of(kind)) for kind in EventClass}
