"""The system page: its sections, who is offered which, and how the installation is."""

from collections.abc import Iterator

import pytest

from accessctl.operators.rights import Role
from accessctl.tui.dialogs import Tell
from accessctl.tui.system.page import SECTIONS, SystemPage
from accessctl.tui.system.section_list import SectionList
from tests.tui.conftest import in_a_loop
from tests.tui.rig import Site, console_at, running_site, shown, text_of, until, until_shown
from tests.tui.system_rig import choose, here, offered, rows_of, section


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


def offered_sections(page: SystemPage) -> list[str]:
    return [each.ID for each in SECTIONS if each.RIGHT is None or each.RIGHT in page.console.rights]


@in_a_loop
async def test_health_says_in_words_how_it_is(site: Site) -> None:
    """Facts, what is wrong or noteworthy, what to do, and what nobody can find out from here."""
    async with section(site, "health") as pilot:
        await until_shown(
            pilot, "Record", "is written", "Disk", "free", "Databases", "Door process", "backups"
        )
        await choose(pilot, "#findings", "backups")
        await until_shown(pilot, "accessctl backups make", "Not known from here")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Tell))
        await until_shown(pilot, "What nobody can find out from here")


@in_a_loop
async def test_what_is_wrong_is_marked_beside_the_section(site: Site) -> None:
    """A reader that is lost is seen whichever section is shown, and with what to do about it."""
    site.hands.lose("office-in")
    try:
        async with section(site, "account") as pilot:
            page = shown(pilot, SystemPage)
            page._watch()
            await until_shown(pilot, "▲ 1")
            await page.go_to("devices")
            await until(pilot, lambda: rows_of(pilot, "#devices-table")[:1], "no devices")
            await until(pilot, lambda: rows_of(pilot, "#devices-table")[0][1] == "office-in.reader")
            await until_shown(pilot, "LOST")
    finally:
        site.hands.give_back("office-in")


@in_a_loop
async def test_brackets_go_from_section_to_section(site: Site) -> None:
    """On the narrowest screen as well, and round."""
    async with section(site, "health", size=(80, 24)) as pilot:
        await pilot.press("right_square_bracket")
        await until_shown(pilot, "gate-in.reader")
        await pilot.press("left_square_bracket", "left_square_bracket")
        await until(pilot, lambda: here(pilot) == "account")


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
@in_a_loop
async def test_a_click_on_a_name_shows_that_section(site: Site, size: tuple[int, int]) -> None:
    """Whether the names stand in a line or in a column."""
    async with section(site, "health", size=size) as pilot:
        list_ = shown(pilot, SystemPage).query_one(SectionList)
        offset = (2, 2) if list_.upright else (12, 0)
        await pilot.click(SectionList, offset=offset)
        await until(pilot, lambda: here(pilot) == "devices")


@pytest.mark.parametrize(
    ("role", "sections"),
    [
        (Role.GUARD, ["health", "devices", "record", "account"]),
        (Role.ENROLLER, ["health", "devices", "keys", "account"]),
        (Role.INSTALLER, ["health", "devices", "record", "account"]),
        (Role.AUDITOR, [each.ID for each in SECTIONS]),
    ],
)
@in_a_loop
async def test_a_role_is_offered_what_it_may_see(site: Site, role: Role, sections: list[str]) -> None:
    """And no section more."""
    async with section(site, "health", role) as pilot:
        page = shown(pilot, SystemPage)
        assert offered_sections(page) == sections
        await page.go_to("operators")
        await pilot.pause()
        assert here(pilot) == ("operators" if "operators" in sections else "health")


@in_a_loop
async def test_who_may_not_read_the_rules_sees_that_doors_work(site: Site) -> None:
    """A guard is told no findings, only how the doors say they are."""
    async with section(site, "health", Role.GUARD) as pilot:
        await until_shown(pilot, "Doors work", "Record", "Clock")
        assert "Databases" not in text_of(pilot)


@pytest.mark.parametrize(
    ("id_", "never"),
    [
        ("devices", {"test", "pair", "wiring"}),
        ("backups", {"make", "delete"}),
        ("operators", {"new", "roles", "login", "disable", "end", "delete"}),
        ("approvals", {"approve"}),
        ("keys", {"make"}),
    ],
)
@in_a_loop
async def test_an_auditor_looks_and_changes_nothing(site: Site, id_: str, never: set[str]) -> None:
    """What a role may not do is not offered."""
    async with section(site, id_, Role.AUDITOR) as pilot:
        await until(pilot, lambda: offered(pilot))
        assert not offered(pilot) & never


@in_a_loop
async def test_an_api_that_is_gone_is_said_and_nothing_freezes(site: Site) -> None:
    """What stands there is called old until somebody answers again."""
    async with section(site, "devices") as pilot:
        await until_shown(pilot, "gate-in.reader")
        site.api.process.kill()
        await pilot.press("r")
        await until_shown(pilot, "may be old")
        site.restart_api()
        await until(pilot, lambda: "may be old" not in text_of(pilot))


@in_a_loop
async def test_the_page_comes_by_its_number(site: Site) -> None:
    """And shows its first section."""
    async with console_at(site) as pilot:
        await pilot.press("6")
        await until_shown(pilot, "Health", "Devices", "Record")
