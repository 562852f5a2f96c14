"""The rules in force, as the API process keeps them."""

import asyncio
import logging
import os
import sys
from pathlib import Path

import pytest

from accessctl.api.office import Office, OfficeSilent, ask_child
from accessctl.home import Home
from accessctl.office.rules import STRICTEST, OfficeRules
from tests.config.sites import GOOD

LOCAL = '\n[operators]\nlocal = { maria = "maria" }\n'


class Told:
    """Stands for the process that reads the file, and for the clock."""

    def __init__(self, home: Home) -> None:
        self.now, self.asked = 0.0, 0
        self.answer: OfficeRules | None = OfficeRules(local={"maria": "maria"})
        self.home = home
        self.office = Office(home, clock=lambda: self.now, ask=self._ask)

    async def _ask(self, home: Home) -> OfficeRules:
        assert home == self.home
        self.asked += 1
        await asyncio.sleep(0)
        if self.answer is None:
            raise OfficeSilent("it died")
        return self.answer


@pytest.fixture
def told(tmp_path: Path) -> Told:
    home = Home(tmp_path)
    home.site_file.write_text("1")
    return Told(home)


def test_the_file_is_read_once_as_long_as_it_stays(told: Told) -> None:
    """However many ask, and however long."""

    async def story() -> None:
        for told.now in (0.0, 0.5, 5.0, 500.0):
            rules = await asyncio.gather(*(told.office.rules() for _ in range(10)))
            assert rules == [OfficeRules(local={"maria": "maria"})] * 10
        assert told.asked == 1

    asyncio.run(story())


@pytest.mark.parametrize("change", ["written", "replaced", "removed", "last good"])
def test_a_change_counts_within_a_second(told: Told, change: str) -> None:
    """A file that is written, replaced or removed is read again at the next look, and not before."""

    async def story() -> None:
        await told.office.rules()
        site = told.home.site_file
        match change:
            case "written":
                site.write_text("12")
            case "replaced":
                before = site.stat()
                (site.parent / "new").write_text("2")
                (site.parent / "new").replace(site)
                os.utime(site, ns=(before.st_atime_ns, before.st_mtime_ns))
            case "removed":
                site.unlink()
            case _:
                told.home.last_good_site.write_text("1")
        told.answer = OfficeRules()
        told.now = 0.9
        assert (await told.office.rules()).local == {"maria": "maria"}
        told.now = 1.0
        assert await told.office.rules() == OfficeRules()
        assert told.asked == 2

    asyncio.run(story())


def test_until_the_rules_are_known_the_strictest_hold(told: Told) -> None:
    """A process that dies gives nobody anything."""
    told.answer = None
    assert asyncio.run(told.office.rules()) is STRICTEST


def test_when_reading_fails_the_old_rules_stay_and_it_is_said_once(
    told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    """It is tried again every second; what works then counts, and a later failure is said anew."""

    async def story() -> None:
        await told.office.rules()
        for text in ("12", "123"):
            told.home.site_file.write_text(text)
            told.answer = None
            for _ in range(3):
                told.now += 1
                assert (await told.office.rules()).local == {"maria": "maria"}
            told.answer = OfficeRules(local={"maria": "maria"})
            told.now += 1
            await told.office.rules()

    with caplog.at_level(logging.WARNING, "accessctl.api.office"):
        asyncio.run(story())
    assert told.asked == 9
    assert len(caplog.records) == 2


def test_a_process_is_really_asked(tmp_path: Path) -> None:
    """What the site file says is in force, without this process having read it."""
    home = Home(tmp_path)
    home.site_file.write_text(GOOD + LOCAL)
    assert asyncio.run(Office(home).rules()).local == {"maria": "maria"}


def test_a_file_that_is_not_sound_leaves_the_rules_as_they_were(tmp_path: Path) -> None:
    """Whoever breaks the site file while editing it locks nobody out; once it is sound again it counts."""
    home = Home(tmp_path)
    now = 0.0
    office = Office(home, clock=lambda: now)

    async def story() -> None:
        nonlocal now
        for text in (GOOD + LOCAL, "nonsense = 1"):
            home.site_file.write_text(text)
            now += 1
            assert (await office.rules()).local == {"maria": "maria"}
        home.site_file.write_text(GOOD)
        now += 1
        assert (await office.rules()).local == {}

    asyncio.run(story())


@pytest.mark.parametrize("program", ["/bin/false", "/bin/true", "/bin/no-such-program"])
def test_a_process_that_fails_has_told_nothing(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it ends badly, says nothing, or cannot even be started."""
    monkeypatch.setattr(sys, "executable", program)
    with pytest.raises(OfficeSilent):
        asyncio.run(ask_child(Home(tmp_path)))
