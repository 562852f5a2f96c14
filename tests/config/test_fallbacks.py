"""What holds at each door while something is gone, as people read it."""

import pytest

from accessctl.config import load
from accessctl.config.fallbacks import THEN, WHILE, DegradedRow, degraded_table
from accessctl.config.findings import findings
from policies.degraded import CHOICES, Condition
from policies.ids import DoorId
from tests.config.sites import FULL, GOOD, spoilt


def row(text: str, door: str, condition: Condition) -> DegradedRow:
    (found,) = [
        row for row in degraded_table(load(text)) if (row.door, row.condition) == (door, condition.value)
    ]
    return found


def test_every_door_has_a_row_for_every_condition() -> None:
    """The table is complete, in the order of the file."""
    table = degraded_table(load(FULL))
    assert [(each.door, each.condition) for each in table] == [
        (door, condition.value) for door in load(FULL).doors for condition in Condition
    ]


def test_every_choice_there_is_can_be_said() -> None:
    """No fallback is without words, and none has words that it cannot be chosen for."""
    assert set(WHILE) == set(Condition)
    assert set(THEN) == {(condition, each) for condition, choices in CHOICES.items() for each in choices}


def test_a_row_says_what_holds() -> None:
    """The word of the file stands beside what it means."""
    assert row(FULL, "gate", Condition.CONTACT_LOST) == DegradedRow(
        DoorId("gate"),
        "contact_lost",
        "refuse",
        "its position switch is gone",
        "no badge lets anybody in, and neither a schedule nor an order keeps it unlocked",
        wider=False,
    )


@pytest.mark.parametrize(
    ("text", "door", "condition", "why"),
    [
        (FULL, "wicket", Condition.READER_LOST, "never: it has no reader"),
        (GOOD, "cage", Condition.CONTACT_LOST, "never: it has no position switch"),
        (FULL, "store", Condition.BIOMETRIC_LOST, "never: none is asked for here"),
        (GOOD, "gate", Condition.ON_BATTERY, "never known: no input tells of the mains"),
    ],
)
def test_what_cannot_happen_at_a_door_is_said_to_be_so(
    text: str, door: str, condition: Condition, why: str
) -> None:
    """A promise about something that is not there would be no promise."""
    found = row(text, door, condition)
    assert (found.then, found.wider) == (why, False)


def test_a_finger_that_is_asked_for_at_times_may_be_gone() -> None:
    """What is asked at a threat level counts as asked."""
    assert row(FULL, "gate", Condition.BIOMETRIC_LOST).then.startswith("nobody is let in")


WIDER = [
    (
        "clock_untrusted",
        "timeless_only",
        "wider_ignore_schedules",
        "who may enter at some hour may enter at any",
    ),
    ("record_unwritable", "refuse", "wider_grant_without_record", "badges count, and are recorded when"),
    ("reader_lost", "refuse", "wider_without_passback", "badges count; passback refuses nobody"),
    ("biometric_lost", "refuse", "wider_pin_instead", "a PIN is asked for instead"),
]


@pytest.mark.parametrize(("condition", "usual", "wider", "words"), WIDER)
def test_whatever_is_wider_than_normal_is_noted(condition: str, usual: str, wider: str, words: str) -> None:
    """It was written in so many words, and is said in so many words for each door that it concerns."""
    text = spoilt((f'\n{condition} = "{usual}"', f'\n{condition} = "{wider}"'), text=FULL)
    site = load(text)
    found = [finding for finding in findings(site) if finding.what.startswith(f'"{wider}" lets in more')]
    assert found
    assert all(words in finding.what and finding.severity == "note" for finding in found)
    marked = [f"doors.{each.door}.degraded.{condition}" for each in degraded_table(site) if each.wider]
    assert [finding.path for finding in found] == marked


def test_a_strike_that_stays_released_is_noted_at_its_door() -> None:
    """One door may fall open while the others refuse."""
    text = spoilt(
        ('degraded = { contact_lost = "refuse" }', 'degraded = { reader_lost = "wider_unlock" }'), text=FULL
    )
    (finding,) = findings(load(text))
    assert str(finding) == (
        'note: doors.gate.degraded.reader_lost: "wider_unlock" lets in more than normally: while a reader of '
        "this door is gone: the strike stays released"
    )


def test_nothing_is_wider_than_normal_unless_the_file_says_so() -> None:
    """A file that says nothing of it lets in no more when something is gone."""
    assert not any(each.wider for each in degraded_table(load(GOOD)))
