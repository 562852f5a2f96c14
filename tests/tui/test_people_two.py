"""People at a site where a deletion takes two operators."""

from collections.abc import Iterator

import pytest

from accessctl.tui.dialogs import Confirm
from accessctl.tui.people.page import PeoplePage
from accessctl.tui.people.people_list import PeopleList
from tests.tui.conftest import in_a_loop
from tests.tui.rig import Site, console_at, running_site, shown, type_in, until

_TWO = '\n[approvals]\nneeds = ["deletion"]\n'


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site(lambda text: text + _TWO) as running:
        yield running


@in_a_loop
async def test_a_deletion_that_takes_two_waits_and_deletes_nobody(site: Site) -> None:
    """The page goes on, the person is there still, and what was asked for waits for another operator."""
    person = site.office.add_person("Wanda Waits", ["picker-early"])
    async with console_at(site, page="people") as pilot:
        people = shown(pilot, PeoplePage).query_one(PeopleList)
        people.look_for(person["id"])
        await until(pilot, lambda: people.person is not None and people.person["id"] == person["id"])
        await pilot.press("escape", "D")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await type_in(pilot, person["id"])
        await pilot.press("enter")
        await until(pilot, lambda: [each["state"] for each in site.office.approvals()] == ["waiting"])
        await until(pilot, lambda: isinstance(pilot.app.screen, PeoplePage))
        assert site.office.person(person["id"])["name"] == "Wanda Waits"
