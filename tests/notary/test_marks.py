"""The keeper and rows that somebody else has put into the record: none of them is ever signed."""

from pathlib import Path

import pytest

from accessctl.evidence.verify.report import Report
from accessctl.exporting.looking import verify_record
from accessctl.home import Home
from accessctl.notary.keys import Keys
from tests.exporting.making import silent
from tests.homes import new_home
from tests.notary.keepers import KEYS, keeping, past_the_triggers, reason_of, record, rows, types

KEY = KEYS.marks
BY_HAND = "INSERT INTO event (at_ms, mono_ns, clock_synced, run, type) VALUES (1, 1, 1, 1, 'door_closed')"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


def verified(home: Home, keys: Keys | None = KEYS) -> Report:
    return verify_record(home.record, home.tree, None, (), silent(0), keys)


def test_a_row_that_was_added_by_hand_is_an_alarm_and_is_not_signed(home: Home) -> None:
    """The first such number is named; what stands before it stays signed."""
    record(home, 10, key=KEY)
    with keeping(home, keys=KEYS) as kept:
        signed, foreign = kept.until_signed().checkpoint.size, len(rows(home)) + 1
        past_the_triggers(home, BY_HAND)
        record(home, 2, key=KEY)
        kept.keeper.sign_now()
        words = kept.until_found()
        kept.once(lambda: "log_integrity_failure" in types(home), "nothing was told")
        head = kept.newest()
    assert words == f"entry {foreign} was not written by the door process"
    assert reason_of(home, "log_integrity_failure") == words
    assert head is not None
    assert head.checkpoint.size == signed < foreign


def test_what_an_operator_has_accepted_is_signed_and_what_comes_after_is_looked_at_again(home: Home) -> None:
    """Acceptance is of what there is then; the next such row is an alarm of its own."""
    record(home, 3, key=KEY)
    with keeping(home, keys=KEYS) as kept:
        kept.until_signed()
        past_the_triggers(home, BY_HAND)
        kept.keeper.sign_now()
        kept.until_found()
        kept.accept()
        kept.once(lambda: kept.keeper.found is None, "it was not accepted")
        kept.until_signed()
        assert verified(home).good
        past_the_triggers(home, BY_HAND)
        kept.keeper.sign_now()
        assert "was not written by the door process" in kept.until_found()


def test_entries_without_marks_count_once_they_were_accepted(home: Home) -> None:
    """As those of a version that made none: nothing else tells them from a record that somebody made up."""
    record(home, 5)
    with keeping(home, keys=KEYS) as kept:
        assert kept.until_found() == "entry 1 was not written by the door process"
        kept.accept()
        kept.until_signed()
        record(home, 5, key=KEY)
        kept.until_signed()
        record(home, 1)
        kept.keeper.sign_now()
        assert "was not written by the door process" in kept.until_found()


def test_marks_that_are_all_taken_away_are_missed(home: Home) -> None:
    """No entry goes without one, unless an operator has accepted it."""
    record(home, 5, key=KEY)
    with keeping(home, keys=KEYS) as kept:
        kept.until_signed()
        past_the_triggers(home, "UPDATE event SET mark = NULL")
        past_the_triggers(home, BY_HAND)
        kept.keeper.sign_now()
        assert "was not written by the door process" in kept.until_found()


def test_where_it_lies_a_row_that_is_not_signed_yet_is_found(home: Home) -> None:
    """With the installation's root; without it the report says what it cannot know."""
    record(home, 5, key=KEY)
    with keeping(home, keys=KEYS) as kept:
        kept.until_signed()
    record(home, 2, key=KEY)
    assert verified(home).good
    past_the_triggers(home, BY_HAND)
    seq = len(rows(home))
    (finding,) = verified(home).findings
    assert (finding.seq, finding.words) == (seq, f"entry {seq} was not written by the door process")
    without = verified(home, None)
    assert without.good
    assert any("root.key" in note for note in without.notes)
