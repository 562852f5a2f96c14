"""What is typed and answered around people, put in words: pure functions."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from accessctl.client import (
    ApiRefused,
    Card,
    Deleted,
    Imported,
    Left,
    MadeCode,
    Person,
    PersonDetails,
)
from accessctl.tui.lines import Cell
from accessctl.tui.people import bulk_words, event_rows, wanted
from accessctl.tui.people.credentials import code_in_words, revocable
from accessctl.tui.people.facts import Dossier, Names, sections
from accessctl.tui.people.form import fields_of
from accessctl.tui.people.form_values import FieldWrong, Said, changes_of, moment_of, said_of
from accessctl.tui.people.leaving import deleted_in_words, left_in_words
from accessctl.tui.people.rows import row_of, state_of
from accessctl.tui.people.wanted import Named, wanted_of, with_filter
from tests.api.test_leaving import NOTHING
from tests.tui.events_made import entry

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
ROLES = (Named("picker-early", "Picker, early shift"), Named("picker-late", "Picker, late shift"))
GROUPS = (Named("northline", "Northline Haulage"),)


def person(**more: object) -> PersonDetails:
    return cast(
        "PersonDetails",
        {
            "id": "p-1",
            "name": "Ana Marsh",
            "roles": ["picker-early"],
            "groups": [],
            "valid_from": None,
            "valid_until": None,
            "disabled": False,
            "uses_total": None,
            "uses_a_day": None,
            "exempt": False,
            "extended": False,
            "qualifications": [],
            "temporary_access": [],
            "has_pin": False,
            "has_duress_pin": False,
            "has_code": False,
            "code_generator": "none",
            "active_cards": 1,
            "added_at": "2026-01-01T00:00:00Z",
            "seen_from": "2026-01-01T00:00:00Z",
            **more,
        },
    )


def card(**more: object) -> Card:
    return cast(
        "Card",
        {
            "id": "c-1",
            "person": "p-1",
            "technology": "iso14443-uid",
            "hint": "55",
            "clonable": True,
            "status": "active",
            "valid_from": None,
            "valid_until": None,
            "enrolled_at": "2026-01-01T00:00:00Z",
            **more,
        },
    )


def said(of: Person, **more: Any) -> Said:  # noqa: ANN401 - whatever stands in a field
    return replace(said_of(of), **more)


def told(dossier: Dossier) -> str:
    facts = (fact for section in sections(dossier, Names(), NOW) for fact in section.facts)
    return "\n".join(f"{fact.about}: {fact.said}" for fact in facts)


# ------------------------------------------------------------------------------------ the field


def test_words_and_filters_are_told_apart() -> None:
    """Filters may stand anywhere among the words."""
    found = wanted_of("mar role:picker-late is:disabled an no:card", ROLES, GROUPS)
    assert found.query() == {
        "q": "mar an",
        "role": "picker-late",
        "group": None,
        "disabled": True,
        "has_card": False,
    }
    assert not found.doubts


def test_a_filter_is_understood_as_soon_as_it_is_clear() -> None:
    """The beginning of an id or of a word of the name is enough where only one begins so."""
    assert wanted_of("group:nor", ROLES, GROUPS).group == "northline"
    assert wanted_of("role:late", ROLES, GROUPS).role == "picker-late"


def test_a_filter_that_is_not_clear_yet_does_not_count_and_says_which_there_are() -> None:
    """Nobody is hidden by half a word."""
    found = wanted_of("role:pick", ROLES, GROUPS)
    assert found.role is None
    assert "picker-early, picker-late" in found.doubts[0]
    assert "there is none" in wanted_of("role:nobody", ROLES, GROUPS).doubts[0]


def test_a_filter_replaces_another_of_its_kind_and_goes_when_chosen_again() -> None:
    """Words stay where they are."""
    assert with_filter("mar is:disabled", wanted.ENABLED) == "is:enabled mar "
    assert with_filter("mar is:disabled", wanted.DISABLED) == "mar "
    assert with_filter("role:driver mar", "role:guard") == "role:guard mar "


def test_no_more_is_asked_than_the_api_takes() -> None:
    """A pasted page is cut."""
    assert len(wanted_of("x" * 500).q) == 120


# ----------------------------------------------------------------------------------------- rows


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, ""),
        ({"disabled": True}, "disabled"),
        ({"valid_until": "2026-03-02T11:00:00Z"}, "expired"),
        ({"valid_from": "2026-03-03T00:00:00Z"}, "not yet"),
    ],
)
def test_a_row_says_in_a_word_what_keeps_somebody_out(more: dict[str, Any], words: str) -> None:
    """Disabled, expired, not yet; and nothing where all is well."""
    assert state_of(person(**more), NOW).words == words


def test_a_row_has_a_cell_for_each_column() -> None:
    """Somebody without a card is marked."""
    row = [cell if isinstance(cell, str) else cell.text for cell in row_of(person(active_cards=0), NOW)]
    assert row[0] == "Ana Marsh"
    assert "1" not in row[4]


# ------------------------------------------------------------------------------------- details


def test_details_tell_what_may_not_be_seen_from_what_is_not_there() -> None:
    """Without the right to see cards their number alone is told; nobody is said to be nowhere."""
    words = told(Dossier(person()))
    assert "1 that counts" in words
    assert "not inside" not in words
    assert "not inside" in told(Dossier(person(), where={}))


def test_details_warn_of_cards_that_anyone_can_copy() -> None:
    """A card that counts and can be copied says so; one that was revoked says that."""
    words = told(Dossier(person(), cards=(card(), card(id="c-2", hint="77", status="lost"))))
    assert "…55 counts" in words
    assert "can be copied" in words
    assert "…77 lost  iso14443-uid" in words


def test_details_say_what_has_ended() -> None:
    """A qualification that is over, and temporary access with its end."""
    words = told(
        Dossier(
            person(
                qualifications=[{"id": "cold-work", "until": "2026-02-01T00:00:00Z"}],
                temporary_access=[
                    {
                        "id": "t-1",
                        "level": "cage",
                        "valid_from": None,
                        "valid_until": "2026-03-09T00:00:00Z",
                    }
                ],
            )
        )
    )
    assert "cold-work: cold-work, ✗ ended 2026-0" in words
    assert "cage: until 2026-03-0" in words


def test_details_name_where_somebody_can_pass_and_where_they_are() -> None:
    """Nowhere is said as well; what is not sure is marked."""
    where = {"area": "floor", "since": "2026-03-02T08:00:00Z", "sureness": "assumed", "outside": False}
    words = told(Dossier(person(), can_pass=(), where=where))
    assert "nowhere" in words
    assert "area: floor" in words
    assert "assumed" in words


# ---------------------------------------------------------------------------------------- form


def test_only_what_was_changed_is_sent() -> None:
    """A form that was left as it was changes nothing, seconds that it does not show included."""
    one = person(valid_until="2026-12-31T17:59:59Z", uses_total=3)
    assert changes_of(one, said_of(one), NOW) == {}
    changes = changes_of(one, said(one, name="Ana Moor", uses_total="", exempt=True), NOW)
    assert changes == {"name": "Ana Moor", "uses_total": None, "exempt": True}


def test_roles_that_stay_keep_their_order_and_new_ones_come_behind() -> None:
    """What is unticked goes."""
    one = person(roles=["b", "a"])
    changes = changes_of(one, said(one, roles=frozenset({"a", "c"})), NOW)
    assert changes == {"roles": ["a", "c"]}


def test_a_limit_that_means_nothing_is_refused_at_its_field() -> None:
    """The field is named, so that the form can go there."""
    one = person()
    with pytest.raises(FieldWrong) as wrong:
        changes_of(one, said(one, valid_until="soon"), NOW)
    assert wrong.value.field == "valid_until"
    with pytest.raises(FieldWrong) as wrong:
        changes_of(one, said(one, uses_a_day="many"), NOW)
    assert wrong.value.field == "uses_a_day"


def test_a_day_begins_where_validity_begins_and_ends_where_it_ends() -> None:
    """Through that day; an instant that has passed is one as well."""
    begin, end = moment_of("2026-02-01", NOW, ends=False), moment_of("2026-02-01", NOW, ends=True)
    assert begin is not None
    assert end is not None
    assert (end - begin).days == 1
    assert moment_of("4h", NOW, ends=True) == NOW.replace(hour=16)


def test_a_refusal_of_the_api_names_the_fields_it_is_about() -> None:
    """Others than those of the form are left out."""
    problems = [{"path": "body.name", "what": "x"}, {"path": "body.secret", "what": "y"}]
    assert fields_of(ApiRefused({"problems": problems})) == ("name",)


# ----------------------------------------------------------------------------- what was taken


def test_what_was_taken_from_a_leaver_is_told_line_by_line() -> None:
    """And that it was nothing, where it was."""
    nothing = cast("Left", {"person": "p-1", **NOTHING})
    assert left_in_words(nothing) == "They had nothing any more."
    words = left_in_words({**nothing, "disabled": True, "cards": ["c-1", "c-2"], "pin": True})
    assert words.splitlines() == ["✓ disabled now", "✓ 2 cards: c-1, c-2", "✓ PIN"]


def test_a_receipt_tells_what_a_sensor_has_yet_to_forget() -> None:
    """And where somebody who is gone is counted still."""
    receipt = {
        "id": "e-1",
        "person": "p-1",
        "at": "2026-03-02T12:00:00Z",
        "by": "maria",
        "seq": 17,
        "erased": [],
        "key_destroyed": None,
        "consents_withdrawn": [],
        "sensors": [{"sensor": "s-1", "fingers": 2, "forgotten": False, "why": "it does not answer"}],
        "files": {"clean": True, "searched_bytes": 4096, "rewritten": True, "why": ""},
        "held_by": [{"name": "b-1", "at": "2026-03-01T12:00:00Z", "folder": False}],
    }
    deleted = {"person": "p-1", "held": {"cards": 1, "pins": 0}, "counted_in": "floor", "receipt": receipt}
    words = deleted_in_words(cast("Deleted", deleted))
    assert "2 fingers ▲ not yet: it does not answer" in words
    assert "searched 4096 bytes" in words
    assert "cards: 1" in words
    assert "counted in floor" in words
    assert "b-1 of " in words


def test_what_can_be_revoked_is_what_counts() -> None:
    """A lost card is not offered again; a PIN and a generator are."""
    dossier = Dossier(
        person(has_pin=True, code_generator="confirmed"), cards=(card(), card(id="c-2", status="lost"))
    )
    assert [choice.value for choice in revocable(dossier)] == ["card:c-1", "pin", "generator"]


def test_digits_are_shown_in_groups_that_can_be_read_out() -> None:
    """With where, how often and until when."""
    code = {
        "code": "604913",
        "access_points": ["gate-in"],
        "uses": 1,
        "valid_until": "2026-03-31T18:00:00Z",
    }
    words = code_in_words(cast("MadeCode", code))
    assert "604 913" in words
    assert "1 ×, gate-in" in words


# ----------------------------------------------------------------------------------- many people


def test_an_import_says_row_by_row_what_it_would_do() -> None:
    """Before and after of what changes, and how much is not listed."""
    imported: Imported = {
        "id": None,
        "dry_run": True,
        "rows": 5,
        "added": 2,
        "changed": 1,
        "unchanged": 2,
        "cards": 0,
        "changes": [
            {"row": 2, "person": None, "action": "add", "changes": {"name": [None, "Nina"]}},
            {"row": 3, "person": "p-1", "action": "change", "changes": {"roles": [["a"], ["b", "c"]]}},
        ],
    }
    rows = [
        [cell.text if isinstance(cell, Cell) else cell for cell in row]
        for row in bulk_words.change_rows(imported)
    ]
    assert rows == [["    2", "adds", "new", "name Nina"], ["    3", "changes", "p-1", "roles a → b c"]]
    assert bulk_words.sum_in_words(imported).endswith("2 as they are; 1 more row is not listed")


def test_each_bad_row_is_told_with_its_field() -> None:
    """The path that a program reads becomes a row and a field."""
    refused = ApiRefused(
        {"detail": "1 row is wrong", "problems": [{"path": "rows.17.roles.0", "what": "is not known"}]}
    )
    row = [cell.text if isinstance(cell, Cell) else cell for cell in bulk_words.problem_rows(refused)[0]]
    assert row == ["   17", "roles.0", "is not known"]
    assert "1 problem" in bulk_words.refusal_in_words(refused)


# ---------------------------------------------------------------------------------------- events


def test_an_entry_is_a_row() -> None:
    """What, where by its name, and why; for an entry without a reason, what else it says."""
    refused = entry(7, "denied_not_on_time", reason="Not at this hour.")
    changed = entry(8, "person_changed", access_point=None, door=None, reason=None, detail={"by": "root"})
    rows = [event_rows.row_of(each, {"gate-in": "Main gate, in"}, NOW) for each in (refused, changed)]
    told = [[cell.text for cell in row if isinstance(cell, Cell)] for row in rows]
    assert told[0][2:] == ["denied not on time", "Main gate, in", "Not at this hour."]
    assert told[1][2:] == ["person changed", "", "by root"]
