"""The calendar as a command: what a site's year looks like, and days from a calendar program."""

import ast
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from accessctl import install
from accessctl.cli.calendar import MOST_LINES_LEFT_OUT
from accessctl.config.calendar_file import LARGEST_FILE
from tests.cli.conftest import Run

PUBLIC = """
[[public_holidays]]
country = "GB"
region = "ENG"
except = [2026-08-31, 2026-09-01]

[[holidays]]
date = 2026-12-24
type = "half"
name = "Christmas Eve"

[[holidays]]
date = 2026-12-25
type = "site"
name = "Stocktaking"
"""
CALENDAR = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example//EN
{events}
END:VCALENDAR
"""
EVENT = """\
BEGIN:VEVENT
UID:{uid}
DTSTAMP:20260101T000000Z
DTSTART{start}
SUMMARY:{name}
END:VEVENT"""
SPAN = ("--from", "2026-01-01", "--until", "2027-12-31")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site file with public holidays."""
    path = tmp_path / "site.toml"
    path.write_text(install.starter() + PUBLIC)
    return path


@pytest.fixture
def ics(tmp_path: Path) -> Path:
    """A calendar with an outing of one day, a fair on the same, and a meeting."""
    path = tmp_path / "company.ics"
    days = [(";VALUE=DATE:20260619", 'The "works" outing'), (";VALUE=DATE:20260619", "Fair")]
    events = [*days, (":20260619T093000Z", "Meeting")]
    text = "\n".join(
        EVENT.format(uid=uid, start=start, name=name) for uid, (start, name) in enumerate(events)
    )
    path.write_text(CALENDAR.format(events=text))
    return path


def test_a_year_is_shown_as_the_doors_take_it(alone: Run, site: Path) -> None:
    """Own days and public ones in one list, each date once, with type, name and where it comes from."""
    shown = alone("calendar", "show", str(site), "--year", "2026")
    assert shown.exit_code == 0
    heading, *rows = [
        line.split(maxsplit=4) for line in shown.stdout.replace("site file", "site-file").splitlines()
    ]
    assert heading == ["DATE", "DAY", "TYPE", "FROM", "NAME"]
    assert rows == [
        ["2026-01-01", "Thu", "full", "GB-ENG", "New Year's Day"],
        ["2026-04-03", "Fri", "full", "GB-ENG", "Good Friday"],
        ["2026-04-06", "Mon", "full", "GB-ENG", "Easter Monday"],
        ["2026-05-04", "Mon", "full", "GB-ENG", "May Day"],
        ["2026-05-25", "Mon", "full", "GB-ENG", "Spring Bank Holiday"],
        ["2026-12-24", "Thu", "half", "site-file", "Christmas Eve"],
        ["2026-12-25", "Fri", "site", "site-file", "Stocktaking"],
        ["2026-12-26", "Sat", "full", "GB-ENG", "Boxing Day"],
        ["2026-12-28", "Mon", "full", "GB-ENG", "Boxing Day (observed)"],
    ]


def test_a_year_for_programs(alone: Run, site: Path) -> None:
    """The same as JSON, with the same words."""
    days = json.loads(alone("calendar", "show", str(site), "--year", "2026", "--json").stdout)
    assert len(days) == 9
    assert days[5] == {"date": "2026-12-24", "type": "half", "name": "Christmas Eve", "from": "site file"}
    assert days[0] == {"date": "2026-01-01", "type": "full", "name": "New Year's Day", "from": "GB-ENG"}


def test_an_exception_of_an_ordinary_day_is_said(alone: Run, site: Path) -> None:
    """A mistyped date shows here, in its own year, and only talk is made of it."""
    words = "2026-09-01 is excepted from the public holidays of GB-ENG, and is none of them anyway"
    assert words in alone("calendar", "show", str(site), "--year", "2026").stderr
    assert alone("calendar", "show", str(site), "--year", "2027").stderr == ""


def test_a_site_without_public_holidays_has_its_own(alone: Run, tmp_path: Path) -> None:
    """What is written down is shown; in a year without any day that is said."""
    path = tmp_path / "site.toml"
    path.write_text(install.starter())
    assert "Christmas Eve" in alone("calendar", "show", str(path), "--year", "2030").stdout
    empty = alone("calendar", "show", str(path), "--year", "2031", "--json")
    assert (empty.exit_code, json.loads(empty.stdout)) == (0, [])
    assert f"{path} has no holidays in 2031" in empty.stderr


def test_without_a_file_the_installation_is_meant(alone: Run, site: Path) -> None:
    """The site file of the home is shown."""
    shown = alone("--home", str(site.parent), "calendar", "show", "--year", "2026")
    assert "Stocktaking" in shown.stdout


def test_a_bad_site_file_is_a_finding(alone: Run, site: Path) -> None:
    """Its problems are told, and no half of a calendar."""
    site.write_text(site.read_text().replace('"GB"', '"UK"'))
    refused = alone("calendar", "show", str(site))
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert 'public_holidays[0].country: no such country: "UK"' in refused.stderr


def test_imported_days_are_good_for_the_site_file(alone: Run, site: Path, ics: Path) -> None:
    """What is printed can be appended as it is, even behind a last line that has no end."""
    done = alone("calendar", "import", str(ics), "--type", "half", *SPAN)
    assert done.exit_code == 0
    text = site.read_text().rstrip() + done.stdout
    (*_, added) = tomllib.loads(text)["holidays"]
    assert (str(added["date"]), added["type"], added["name"]) == ("2026-06-19", "half", 'The "works" outing')
    site.write_text(text)
    assert alone("check", str(site)).exit_code == 0


def test_what_is_left_out_is_said_beside_the_data(alone: Run, ics: Path) -> None:
    """The data go to stdout, and the talk to stderr."""
    done = alone("calendar", "import", str(ics), *SPAN)
    assert (
        done.stdout == '\n[[holidays]]\ndate = 2026-06-19\ntype = "full"\nname = "The \\"works\\" outing"\n'
    )
    assert done.stderr.splitlines() == [
        'left out  Fair: 2026-06-19 is The "works" outing already',
        "left out  Meeting: 2026-06-19 09:30 is not all day",
        "accessctl: days taken: 1, from 2026-01-01 to 2027-12-31",
    ]


def test_a_thousand_meetings_are_not_listed(alone: Run, tmp_path: Path) -> None:
    """After some lines the rest is counted."""
    path = tmp_path / "busy.ics"
    meetings = (EVENT.format(uid=n, start=":20260619T093000Z", name="Meeting") for n in range(50))
    path.write_text(CALENDAR.format(events="\n".join(meetings)))
    said = alone("calendar", "import", str(path), *SPAN).stderr.splitlines()
    assert said[MOST_LINES_LEFT_OUT] == f"left out  {50 - MOST_LINES_LEFT_OUT} more"
    assert len(said) == MOST_LINES_LEFT_OUT + 2


@pytest.mark.parametrize("raw", [b"", b"garbage", bytes(range(256)), b"BEGIN:VCALENDAR\r\n\x1b]0;x\x07\r\n"])
def test_what_is_no_calendar_is_one_line(alone: Run, tmp_path: Path, raw: bytes) -> None:
    """Garbage ends with status 1 and one line that cannot command the terminal."""
    path = tmp_path / "garbage.ics"
    path.write_bytes(raw)
    refused = alone("calendar", "import", str(path), *SPAN)
    assert (refused.exit_code, refused.stdout) == (1, "")
    (line,) = refused.stderr.splitlines()
    assert line.startswith(f"accessctl: {path}: ")
    assert line.isprintable()


def test_a_file_may_have_ten_mebibytes(alone: Run, tmp_path: Path) -> None:
    """One byte more is refused before anything is read from it."""
    path = tmp_path / "large.ics"
    path.write_bytes(b"\n" * (LARGEST_FILE + 1))
    refused = alone("calendar", "import", str(path), *SPAN)
    assert (refused.exit_code, refused.stderr) == (1, f"accessctl: {path}: is larger than 10 MiB\n")


def test_a_file_that_is_not_there(alone: Run, tmp_path: Path) -> None:
    """It is told by its name."""
    refused = alone("calendar", "import", str(tmp_path / "none.ics"))
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "none.ics: No such file or directory" in refused.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("--from", "2026-02-01", "--until", "2026-01-31"),
        ("--from", "2026-13-01"),
        ("--from", "next week"),
        ("--type", "whole"),
    ],
)
def test_wrong_use(alone: Run, ics: Path, words: tuple[str, ...]) -> None:
    """A span that ends before it begins, a date that is none, and a type that is none."""
    assert alone("calendar", "import", str(ics), *words).exit_code == 2


def test_without_an_end_the_year_after_is_taken_too(alone: Run, ics: Path) -> None:
    """The span ends with the year after the one in which it begins, or with the last that there is."""
    done = alone("calendar", "import", str(ics), "--from", "2026-03-01")
    assert done.stderr.splitlines()[-1].endswith("from 2026-03-01 to 2027-12-31")
    last = alone("calendar", "import", str(ics), "--from", "9999-03-01")
    assert last.stderr.splitlines()[-1].endswith("from 9999-03-01 to 9999-12-31")


def test_help_brings_in_no_library() -> None:
    """Asking what the command does needs neither calendars nor holidays."""
    code = (
        "import sys\nfrom accessctl.cli.root import cli\n"
        "cli(['calendar', 'import', '--help'], standalone_mode=False)\n"
        "print([m for m in ('icalendar', 'holidays', 'dateutil') if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ast.literal_eval(done.stderr) == []
