"""What the day's record says of people's own rules, of duress, and of the calendar."""

from accessctl.config import Site
from accessctl.demo.day import DATE
from policies.calendar import HolidayType
from tests.demo.conftest import PlayedDay

IN = ["access_granted", "access_taken"]

# --- 8: people rules --------------------------------------------------------------------------------------


def test_access_ends_at_an_hour_of_the_day(played: PlayedDay) -> None:
    """Her contract ends at six, in the middle of the shift that her role may work."""
    assert played.told("leila-karimi", where="staff-in") == [*IN, "denied_credential_expired"]


def test_uses_are_spent(played: PlayedDay) -> None:
    """The auditor's two uses are entrance and office; after lunch he is refused, escort or not."""
    auditor = played.entries("samir-haddad", since="11:00")
    granted = [row.access_point for row in auditor if row.type == "access_granted"]
    assert granted == ["staff-in", "office-in", "staff-out"]
    assert auditor[-1].type == "denied_credential_max_uses"
    assert auditor[-1].reason == "Every use that this person had is spent."


def test_uses_of_a_day_are_spent(played: PlayedDay) -> None:
    """One tour a day: a driver's second is refused."""
    (refused,) = (row for row in played.entries("stefan-ilic") if row.type.startswith("denied"))
    assert refused.reason == "Every use that this person had today is spent."


def test_who_was_away_for_long_is_renewed(played: PlayedDay) -> None:
    """A seasonal worker is refused after eleven weeks, until the desk renews her access."""
    told = played.told("mihaela-popa", since="05:00", until="05:59")
    assert told == ["denied_credential_inactivity", "access_renewed", *IN]


def test_a_briefing_that_is_over_does_not_count(played: PlayedDay) -> None:
    """A guard whose briefing for the cold has expired is refused there; one with a valid one is not."""
    assert played.told("rhys-tanner", where="cold-in") == ["denied_prerequisite"]
    assert played.told("jamila-osei", where="cold-in") == IN


def test_a_level_may_be_lent(played: PlayedDay) -> None:
    """A picker of the early shift comes in two hours after its end: today she has the late shift's level."""
    assert played.told("ana-marsh", where="staff-in", since="14:30") == IN
    assert played.told("tomasz-wilk", where="staff-in", since="14:30", until="20:00") == [
        "denied_out_of_time_range"
    ]


def test_deny_beats_allow(played: PlayedDay) -> None:
    """He was lent the cold store, and his group is denied it."""
    assert played.told("kofi-mensah", where="cold-in") == ["denied_no_access_rights"]
    lent = [row.detail.get("level") for row in played.entries("kofi-mensah") if row.type == "person_changed"]
    assert lent == ["cold-store"]


def test_groups_stand_in_the_record(played: PlayedDay) -> None:
    """Whose company somebody is of is known from the entry that added them."""
    (added,) = (row for row in played.entries("rosa-villar") if row.type == "person_added")
    assert added.detail["groups"] == "northline"


# --- 9: duress --------------------------------------------------------------------------------------------


def test_a_duress_pin_opens_like_any_other(played: PlayedDay) -> None:
    """The door opens, and beside the grant stands a silent alarm."""
    assert played.told("jamila-osei", where="office-in") == ["access_granted", "duress", "access_taken"]
    granted = next(row for row in played.entries("jamila-osei", where="office-in"))
    usual = next(
        row for row in played.entries("viktor-hale", where="office-in") if row.type == "access_granted"
    )
    assert (granted.reason, granted.detail) == (usual.reason, usual.detail)


# --- 11: calendar -----------------------------------------------------------------------------------------


def test_a_public_holiday_keeps_the_early_shift_out(played: PlayedDay, site: Site) -> None:
    """The morning after is Good Friday, which no line of the site file names; on Thursday he came in."""
    friday = DATE.replace(day=DATE.day + 1)
    assert site.calendar.type_of(friday) is HolidayType.FULL
    assert friday not in {holiday.date for holiday in site.holidays}
    assert played.told("tomasz-wilk", where="staff-in", since="05:30", until="06:00") == IN
    assert played.told("tomasz-wilk", since="29:30", until="30:00") == ["denied_out_of_time_range"]


def test_a_schedule_may_have_hours_for_holidays(played: PlayedDay) -> None:
    """The guard is granted on Good Friday."""
    assert played.told("jamila-osei", where="floor-in", since="28:00") == IN
