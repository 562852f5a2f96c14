"""What becomes of the events of a calendar file."""

from datetime import date

import pytest

from accessctl.config.calendar_file import CalendarUnreadable, Found, Span, days_of

TWO_YEARS = Span(date(2026, 1, 1), date(2027, 12, 31))
ALL_DAY = "DTSTART;VALUE=DATE:"


def event(*lines: str, uid: str = "1") -> str:
    return "\n".join(
        ("BEGIN:VEVENT", f"UID:{uid}@example.org", "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT")
    )


def calendar(*events: str) -> bytes:
    lines = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//example//EN", *events, "END:VCALENDAR", "")
    return "\n".join(lines).replace("\n", "\r\n").encode()


def found_in(*events: str, span: Span = TWO_YEARS) -> Found:
    return days_of(calendar(*events), span)


def days_in(*events: str, span: Span = TWO_YEARS) -> list[str]:
    found = found_in(*events, span=span)
    assert found.left_out == ()
    return [day.isoformat() for day in found.days]


def left_out(*events: str) -> str:
    found = found_in(*events)
    assert not found.days
    (line,) = found.left_out
    return line


def test_an_all_day_event_is_a_day() -> None:
    """Its date and its name are all that is taken."""
    found = found_in(event(f"{ALL_DAY}20260619", "SUMMARY:Works outing", "LOCATION:Whitby"))
    assert found == Found({date(2026, 6, 19): "Works outing"}, ())


@pytest.mark.parametrize(
    ("end", "days"),
    [
        ("DTEND;VALUE=DATE:20260620", ["2026-06-19"]),
        ("DTEND;VALUE=DATE:20260622", ["2026-06-19", "2026-06-20", "2026-06-21"]),
        ("DTEND;VALUE=DATE:20260619", ["2026-06-19"]),
        ("DURATION:P2D", ["2026-06-19", "2026-06-20"]),
        ("DURATION:P1W", [f"2026-06-{day}" for day in range(19, 26)]),
        ("DURATION:PT5H", ["2026-06-19"]),
    ],
)
def test_the_end_is_not_part_of_the_event(end: str, days: list[str]) -> None:
    """An event of several days gives each, without the date at which it has ended; one is the fewest."""
    assert days_in(event(f"{ALL_DAY}20260619", end)) == days


def test_only_the_span_is_taken() -> None:
    """Of an event that reaches beyond either end of the span, the days within it are left."""
    span = Span(date(2026, 12, 30), date(2027, 1, 2))
    assert days_in(event(f"{ALL_DAY}20261224", "DTEND;VALUE=DATE:20270110"), span=span) == [
        "2026-12-30",
        "2026-12-31",
        "2027-01-01",
        "2027-01-02",
    ]
    assert days_in(event(f"{ALL_DAY}20251224"), event(f"{ALL_DAY}20280101"), span=span) == []


def test_the_first_and_the_last_day_that_there_are() -> None:
    """The ends of the calendar are dates like others."""
    ever = Span(date.min, date.max)
    assert days_in(event(f"{ALL_DAY}00010101"), event(f"{ALL_DAY}99991231", "DURATION:P9W"), span=ever) == [
        "0001-01-01",
        "9999-12-31",
    ]


def test_days_come_in_their_order() -> None:
    """Whatever the order of the file, the site file gets them by date."""
    assert days_in(event(f"{ALL_DAY}20270101"), event(f"{ALL_DAY}20260101")) == ["2026-01-01", "2027-01-01"]


@pytest.mark.parametrize(
    ("lines", "days"),
    [
        (["RRULE:FREQ=YEARLY"], ["2026-05-04", "2027-05-04"]),
        (["RRULE:FREQ=YEARLY;INTERVAL=2"], ["2027-05-04"]),
        (["RRULE:FREQ=YEARLY;COUNT=4"], ["2026-05-04"]),
        (["RRULE:FREQ=YEARLY;UNTIL=20270503"], ["2026-05-04"]),
        (["RRULE:FREQ=YEARLY;UNTIL=20270504T235959Z"], ["2026-05-04", "2027-05-04"]),
        (["RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=1MO"], ["2026-05-04", "2027-05-03"]),
        (["RRULE:FREQ=YEARLY;BYHOUR=0,12;BYMINUTE=0;BYSECOND=0"], ["2026-05-04", "2027-05-04"]),
        (["RRULE:FREQ=YEARLY", "EXDATE;VALUE=DATE:20260504"], ["2027-05-04"]),
        (["RRULE:FREQ=YEARLY", "EXDATE;VALUE=DATE:20250504,20270504"], ["2026-05-04"]),
        (["RRULE:FREQ=YEARLY", "EXDATE:20260504T000000", "EXDATE:20270504T000000Z"], []),
        (["RDATE;VALUE=DATE:20260706,20300706"], ["2026-07-06"]),
        (["RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"], []),
    ],
)
def test_what_repeats_is_expanded_within_the_span(lines: list[str], days: list[str]) -> None:
    """Each time is a day; those that were called off are not, and a rule without end ends with the span."""
    assert days_in(event(f"{ALL_DAY}20230504", *lines)) == days


def test_a_repeated_event_may_last_into_the_span() -> None:
    """What began before the span, and is still going on, counts."""
    shutdown = event(f"{ALL_DAY}20201228", "DURATION:P8D", "RRULE:FREQ=YEARLY")
    assert days_in(shutdown, span=Span(date(2027, 1, 3), date(2027, 1, 10))) == ["2027-01-03", "2027-01-04"]


def test_one_time_of_many_may_be_moved_or_called_off() -> None:
    """An event that stands for a repetition takes its place, and leaves other events alone."""
    yearly = event(f"{ALL_DAY}20200601", "RRULE:FREQ=YEARLY", "SUMMARY:Stocktaking")
    moved = event("RECURRENCE-ID;VALUE=DATE:20260601", f"{ALL_DAY}20260608", "SUMMARY:Stocktaking, late")
    off = event("RECURRENCE-ID;VALUE=DATE:20270601", f"{ALL_DAY}20270601", "STATUS:CANCELLED")
    other = event(f"{ALL_DAY}20260601", uid="2")
    assert days_in(yearly, moved, off) == ["2026-06-08"]
    assert days_in(yearly, moved, off, other) == ["2026-06-01", "2026-06-08"]


def test_a_cancelled_event_is_no_day() -> None:
    """Nobody has to be told of it."""
    assert days_in(event(f"{ALL_DAY}20260619", "STATUS:CANCELLED")) == []


def test_an_event_with_a_time_is_left_out_and_said() -> None:
    """A meeting closes no warehouse."""
    meeting = event("DTSTART;TZID=Europe/London:20260619T093000", "SUMMARY:Meeting")
    assert left_out(meeting) == "Meeting: 2026-06-19 09:30 is not all day"


def test_meetings_of_other_years_are_not_worth_a_word() -> None:
    """Only what lies in the span, or may repeat into it, is mentioned."""
    assert days_in(event("DTSTART:20190619T093000Z")) == []
    assert left_out(event("DTSTART:20190619T093000Z", "RRULE:FREQ=WEEKLY")).endswith("is not all day")


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (["DTSTART;VALUE=DATE:2026-06-19"], "its DTSTART cannot be read"),
        (["LOCATION:Whitby"], "it has no DTSTART"),
        ([f"{ALL_DAY}20260619", "DTEND;VALUE=DATE:tomorrow"], "its DTEND cannot be read"),
        ([f"{ALL_DAY}20260619", "RRULE:FREQ=OFTEN"], "its RRULE cannot be read"),
        ([f"{ALL_DAY}20260619", "RRULE:FREQ=HOURLY"], "it repeats as no whole day can"),
        ([f"{ALL_DAY}20260619", "RRULE:FREQ=DAILY;INTERVAL=0"], "it repeats as no whole day can"),
        ([f"{ALL_DAY}20260619", "RRULE:FREQ=YEARLY", "EXDATE:never"], "its EXDATE cannot be read"),
        (
            [f"{ALL_DAY}20260619", "RRULE:FREQ=YEARLY;RSCALE=CHINESE"],
            "it repeats in a way that cannot be worked out (RSCALE=CHINESE;FREQ=YEARLY;UNTIL=20271231)",
        ),
    ],
)
def test_an_event_that_cannot_be_understood_spoils_no_other(lines: list[str], why: str) -> None:
    """It is left out, with the reason, and the rest is taken."""
    found = found_in(event(*lines, "SUMMARY:Odd"), event(f"{ALL_DAY}20270101", "SUMMARY:New Year", uid="2"))
    assert found == Found({date(2027, 1, 1): "New Year"}, (f"Odd: {why}",))


def test_a_time_zone_that_nobody_knows_spoils_nothing() -> None:
    """Some programs have names of their own for time zones, and a whole day has none."""
    found = found_in(event("DTSTART;TZID=Our Office:20260619T093000"), event(f"{ALL_DAY}20270101", uid="2"))
    assert list(found.days) == [date(2027, 1, 1)]


def test_of_two_events_on_a_day_the_first_gives_the_name() -> None:
    """A site file has a date once; the second is said, unless it is the same by another way."""
    first, second = (event(f"{ALL_DAY}20260619", f"SUMMARY:{name}", uid=name) for name in ("Outing", "Fair"))
    found = found_in(first, second, first)
    assert found == Found({date(2026, 6, 19): "Outing"}, ("Fair: 2026-06-19 is Outing already",))


@pytest.mark.parametrize(
    ("summary", "name"),
    [
        ("SUMMARY:Closed\\, whole site\\; see notice", "Closed, whole site; see notice"),
        ("SUMMARY:Zwei\\nZeilen\t und  Abstand ", "Zwei Zeilen und Abstand"),
        ("SUMMARY:Evil \x1b[31m\u202e name", "Evil [31m name"),
        ("SUMMARY:Betriebs\r\n ferien \r\n\tim Sommer", "Betriebsferien im Sommer"),
        ("SUMMARY:" + "x" * 64, "x" * 64),
        ("SUMMARY:" + "x" * 65, "x" * 63 + "…"),
        ("SUMMARY:", "Holiday"),
        ("LOCATION:Whitby", "Holiday"),
        ("SUMMARY:One\r\nSUMMARY:Two", "One"),
    ],
)
def test_a_name_is_made_fit_for_the_site_file(summary: str, name: str) -> None:
    """Folded lines are joined; what cannot be printed goes, what is too long is cut, and none is empty."""
    raw = calendar(event(f"{ALL_DAY}20260619", "@")).replace(b"@\r\n", f"{summary}\r\n".encode())
    assert days_of(raw, TWO_YEARS).days == {date(2026, 6, 19): name}


def test_lines_may_end_as_on_any_system() -> None:
    """Line ends of Unix and a byte order mark do no harm."""
    raw = b"\xef\xbb\xbf" + calendar(event(f"{ALL_DAY}20260619")).replace(b"\r\n", b"\n")
    assert list(days_of(raw, TWO_YEARS).days) == [date(2026, 6, 19)]


def test_a_file_may_hold_several_calendars() -> None:
    """The events of all of them count."""
    raw = calendar(event(f"{ALL_DAY}20260619")) + calendar(event(f"{ALL_DAY}20260620"))
    assert len(days_of(raw, TWO_YEARS).days) == 2


def test_a_calendar_without_events_is_a_calendar() -> None:
    """It has no days, and nothing is wrong with it."""
    assert days_of(calendar(), TWO_YEARS) == Found({}, ())


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (b"", "holds no whole calendar"),
        (b"\r\n\r\n", "holds no whole calendar"),
        (calendar(event(f"{ALL_DAY}20260619"))[:-20], "holds no whole calendar"),
        (calendar().replace(b"END:VCALENDAR\r\n", b""), "holds no whole calendar"),
        (b"BEGIN:VEVENT\r\n" * 5000, "holds no whole calendar"),
        (b"<!DOCTYPE html><title>Sign in: please</title>", "is no calendar file"),
        (bytes(1000), "is no calendar file"),
        (b"BEGIN:VCALENDAR\r\nSUMMARY:Z\xfcrich\r\n", "is not UTF-8 text \\(line 2\\)"),
        (bytes(range(256)) * 50, "is not UTF-8 text"),
    ],
)
def test_what_is_no_calendar_is_refused(raw: bytes, what: str) -> None:
    """Whatever the file is, the refusal is one short line."""
    with pytest.raises(CalendarUnreadable, match=what) as refused:
        days_of(raw, TWO_YEARS)
    assert len(str(refused.value)) < 200
    assert "\n" not in str(refused.value)
