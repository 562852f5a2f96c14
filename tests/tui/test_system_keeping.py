"""Backups and keys: made, checked, deleted, where it takes two as well."""

from collections.abc import Iterator

import pytest

from accessctl.tui.dialogs import Choose, Confirm
from tests.tui.conftest import in_a_loop
from tests.tui.rig import Site, running_site, type_in, until, until_shown
from tests.tui.system_rig import choose, rows_of, section, until_said


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


@pytest.fixture(autouse=True)
def no_backups(site: Site) -> Iterator[None]:
    """Leave none behind."""
    yield
    for each in site.office.backups():
        site.office.delete_backup(each["id"])


@in_a_loop
async def test_a_backup_is_made_checked_and_deleted(site: Site) -> None:
    """With how far it is, whether it is whole, and its id to be typed before it goes."""
    async with section(site, "backups") as pilot:
        await until_shown(pilot, "There is no backup")
        await pilot.press("b")
        await until_said(pilot, "is there. Take a copy elsewhere")
        await until_shown(pilot, "not checked", "root.key")
        (made,) = site.office.backups()
        await pilot.press("c")
        await until_shown(pilot, "whole, checked")
        await pilot.press("D")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await type_in(pilot, made["id"])
        await pilot.press("enter")
        await until_said(pilot, f"{made['id']} is deleted")
        await until(pilot, lambda: not rows_of(pilot, "#backups-table"))
        assert site.office.backups() == []


@in_a_loop
async def test_a_backup_that_is_not_whole_is_said_to_be(site: Site) -> None:
    """With what is wrong with it."""
    begun = site.office.make_backup()
    async with section(site, "backups") as pilot:
        await until(pilot, lambda: site.office.backup(begun["id"])["state"] == "ready")
        file = site.home.backups / f"{begun['id']}.tar"
        whole = bytearray(file.read_bytes())
        whole[len(whole) // 2 : len(whole) // 2 + 4096] = b"\x55" * 4096
        file.write_bytes(whole)
        await pilot.press("r")
        await choose(pilot, "#backups-table", begun["id"])
        await pilot.press("c")
        await until_shown(pilot, "NOT WHOLE")


@in_a_loop
async def test_a_backup_while_another_is_made_is_refused_in_words(site: Site) -> None:
    """Unless the first was quicker; either way one is told, and nothing breaks."""
    async with section(site, "backups") as pilot:
        await pilot.press("b", "b")
        await until_shown(pilot, "not checked")
        await until(pilot, lambda: all(row[-1] == "not checked" for row in rows_of(pilot, "#backups-table")))
        if len(site.office.backups()) == 1:
            await until_said(pilot, "Refused", "a backup is being made already")


@in_a_loop
async def test_the_keys_of_cards_are_made(site: Site) -> None:
    """They are named by their check, and never shown."""
    async with section(site, "keys") as pilot:
        await until_shown(pilot, "No keys of the site's own cards", "Passes are signed by")
        await pilot.press("m")
        await until(pilot, lambda: isinstance(pilot.app.screen, Choose))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("enter")
        await until_shown(pilot, "DESFire cards", "after the next start")
        (held,) = site.office.card_keys()
        await until_shown(pilot, held["check"])
        await pilot.press("m", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("enter")
        await until_said(pilot, "Refused")
