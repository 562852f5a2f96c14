"""The plain console at a real site: prompts and lines, as a screen reader gets them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyotp
import pytest

from accessctl.operators.rights import Role
from tests.tui.rig import PASSWORD, Site, running_site
from tests.whole.site import once

PATIENCE_S = 30


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


class Plain:
    """Somebody at a plain console, who types lines and reads what is said."""

    def __init__(self, site: Site, *options: str, token: str | None = None) -> None:
        env = {**os.environ, "PYTHONUNBUFFERED": "1", "XDG_CONFIG_HOME": str(site.home.path)}
        if token is not None:
            env["ACCESSCTL_TOKEN"] = token
        command = [sys.executable, "-m", "accessctl.cli", "--home", str(site.home.path), "tui", "--plain"]
        self.process = subprocess.Popen(
            [*command, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, text=True
        )
        self.said = ""

    def until(self, words: str) -> str:
        """Read until these words were said, and give what was said since the last time."""
        assert self.process.stdout is not None
        found = ""
        while words not in found:
            char = self.process.stdout.read(1)
            assert char, f"it ended before {words!r}: {found}"
            found += char
        self.said += found
        return found

    def type(self, *lines: str) -> None:
        """Type lines, each with its end."""
        assert self.process.stdin is not None
        for line in lines:
            self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def end(self) -> str:
        """Type no more, and give what was said until it ended."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        said = self.process.stdout.read()
        assert self.process.wait(PATIENCE_S) == 0, said
        return said


def until_asked(site: Site, point: str) -> None:
    """Wait until the reader's lamp asks for a card: one that comes before is somebody's badge."""
    once(
        lambda: site.hands.state()["annunciators"][f"{point}.annunciator"] == "PIN_WANTED",
        lambda: f"nobody waits for a card at {point}",
    )


@contextmanager
def plain(site: Site, *options: str, token: str | None = None) -> Iterator[Plain]:
    talking = Plain(site, *options, token=token)
    try:
        yield talking
    finally:
        talking.process.kill()
        talking.process.wait(PATIENCE_S)
        for stream in (talking.process.stdin, talking.process.stdout):
            if stream is not None and not stream.closed:
                stream.close()


def test_doors_are_said_one_after_the_other(site: Site) -> None:
    """A sentence for each, and nothing that would move a cursor."""
    with plain(site) as talking:
        talking.type("doors", "quit")
        said = talking.end()
    assert "Kade Warehouse." in said
    assert "Staff entrance (staff): " in said
    assert "\x1b" not in said
    assert "│" not in said


def test_a_door_is_released_and_the_record_says_by_whom(site: Site) -> None:
    """Chosen by the beginning of its name."""
    before = site.office.status()["seq"]
    with plain(site) as talking:
        talking.type("release", "main", "release", "quit")
        assert "Done." in talking.end()
    events = list(site.office.events(after=before, type="manual_unlock"))
    assert [event["door"] for event in events] == ["gate"]


def test_a_new_person_gets_a_card_and_a_pin(site: Site) -> None:
    """The card is shown when it is asked for, and the PIN is said once."""
    with plain(site) as talking:
        talking.type("new", "Nora Plain", "1")
        talking.until("At which reader is the card shown: ")
        talking.type("staff-in")
        talking.until("Show the card at staff-in now")
        until_asked(site, "staff-in")
        site.hands.badge("staff-in", bytes.fromhex("04a1b2c3d4e5f6"))
        talking.until("PIN: ")
        talking.type("made", "quit")
        said = talking.said + talking.end()
    assert "Enrolled: the card that ends in" in said
    assert "Warning: anyone who holds this card" in said
    assert "The PIN, said this once: " in said
    (person,) = site.office.people("Nora Plain")
    assert (person["has_pin"], person["active_cards"]) == (True, 1)


def test_why_somebody_was_refused_is_said_check_by_check(site: Site) -> None:
    """The first check that objects says why."""
    from accessctl.demo.roster import BY_HANDLE

    site.hands.badge("cage-in", BY_HANDLE["tess-whitlock"].card_number)
    with plain(site) as talking:
        talking.type("why")
        talking.until("Which refusal: ")
        talking.type("1", "quit")
        said = talking.said + talking.end()
    assert "Tess Whitlock" in said
    assert "objects: " in said


def test_an_empty_line_leaves_a_job_and_nothing_is_changed(site: Site) -> None:
    """Also where something dangerous was begun: the typed word is another one."""
    with plain(site) as talking:
        talking.type("lockdown", "lockdown", "1", "no", "", "release", "", "quit")
        said = talking.end()
    assert "Nothing was changed." in said
    assert not site.office.site()["lockdowns"]


def test_the_cold_store_is_locked_down_and_lifted(site: Site) -> None:
    """By its name, after its id was typed."""
    with plain(site) as talking:
        talking.type("lockdown", "lockdown", "cold-store", "cold-store", "quit")
        talking.end()
    assert "cold-store" in site.office.site()["lockdowns"]
    with plain(site) as talking:
        talking.type("lockdown", "lift", "cold-store", "quit")
        talking.end()
    assert not site.office.site()["lockdowns"]


def test_events_are_exported(site: Site, tmp_path: Path) -> None:
    """Into the file that was named, for its owner alone."""
    path = tmp_path / "week.csv"
    with plain(site) as talking:
        talking.type("export", "7", "csv", str(path), "quit")
        assert "were written" in talking.end()
    assert path.read_text().startswith("seq,")
    assert path.stat().st_mode & 0o077 == 0


def test_a_home_that_nobody_has_is_said_and_the_next_job_is_done(site: Site) -> None:
    """A folder of that name is not there, and the console goes on."""
    with plain(site) as talking:
        talking.type("export", "7", "csv", "~nosuchuser/week.csv", "export", "7", "csv", "/dev/full")
        talking.type("doors", "quit")
        said = talking.end()
    assert "/dev/full is a device" in said
    assert "Not written: No such file or directory" in said
    assert "Staff entrance (staff): " in said


def test_a_muster_is_run_by_lines(site: Site) -> None:
    """Begun, everybody seen safe, ended."""
    with plain(site) as talking:
        talking.type("muster", "muster")
        talking.until("Who was seen safe: ")
        talking.type("end", "end", "quit")
        assert "The muster has ended." in talking.end()
    assert not site.office.muster()["running"]


def test_jobs_that_a_role_may_not_do_are_not_offered(site: Site) -> None:
    """An enroller gives no orders and reads no events."""
    with plain(site, token=site.token(Role.ENROLLER)) as talking:
        talking.type("release", "quit")
        said = talking.end()
    assert "Release, lock or unlock a door" not in said
    assert "Why was somebody refused" not in said
    assert "That is none of them" in said


def test_who_must_log_in_does_so_by_lines(site: Site) -> None:
    """Name, password and code; the account's own rights count for nothing."""
    secret = site.new_operator("pia", Role.GUARD)
    with plain(site, "--login") as talking:
        talking.type("pia", PASSWORD, pyotp.TOTP(secret).now(), "quit")
        assert "You are pia." in talking.end()


def test_the_screens_library_is_not_loaded(site: Site) -> None:
    """It has no part in prompts and lines."""
    code = "import sys, accessctl.tui.plain.desk; print([m for m in sys.modules if m.startswith('textual')])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
    assert site.office.status()["site"]
