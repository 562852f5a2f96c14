"""The muster page at a site that hides names from auditors."""

from collections.abc import Iterator

import pytest

from accessctl.demo.roster import BY_HANDLE
from accessctl.operators.rights import Role
from tests.tui.conftest import in_a_loop
from tests.tui.rig import Site, console_at, running_site, text_of, until_shown
from tests.tui.test_muster import goes, person_id, without_pins

NAME = BY_HANDLE["marta-quill"].name


def hiding(site: str) -> str:
    return without_pins(site).replace("[operators]\n", "[operators]\nauditors_see_names = false\n", 1)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site(hiding) as running:
        goes(running, "marta-quill", "staff-in", "lobby")
        yield running


@in_a_loop
async def test_an_auditor_sees_pseudonyms_where_names_are_hidden(site: Site) -> None:
    """Inside as well as missing; a guard sees the names."""
    pseudonym = person_id(site, NAME)
    async with console_at(site, Role.AUDITOR, page="muster") as pilot:
        await until_shown(pilot, pseudonym, "1 person inside")
        assert NAME not in text_of(pilot)
        site.office.start_muster()
        await until_shown(pilot, "1 MISSING of 1", pseudonym)
        assert NAME not in text_of(pilot)
    async with console_at(site, Role.GUARD, page="muster") as pilot:
        await until_shown(pilot, NAME, "1 MISSING of 1")
