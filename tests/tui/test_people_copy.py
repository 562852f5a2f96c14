"""A copy of what is held of somebody, saved from their page."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from stat import S_IMODE

import pytest
from textual.widgets import Input

from accessctl.operators.rights import Role
from accessctl.tui.people.person_screen import PersonScreen
from accessctl.tui.saving import SaveDialog
from tests.tui.conftest import in_a_loop
from tests.tui.rig import Site, console_at, running_site, until, until_shown
from tests.tui.system_rig import offered, until_said


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


@pytest.mark.parametrize("name", ["copy.zip", "copy.json"])
@in_a_loop
async def test_a_copy_is_saved_for_its_owner_alone(site: Site, tmp_path: Path, name: str) -> None:
    """With a page to read, or the data alone; that it was made stands in the record."""
    person = site.office.add_person("Ines Copy", ["picker-early"])["id"]
    file = tmp_path / name
    async with console_at(site, size=(120, 36)) as pilot:
        pilot.app.push_screen(PersonScreen(person))
        await until_shown(pilot, "Ines Copy", "Can pass now")
        await pilot.press("C")
        await until(
            pilot, lambda: isinstance(pilot.app.screen, SaveDialog) and pilot.app.screen.query("#path")
        )
        pilot.app.screen.query_one("#path", Input).value = str(file)
        await pilot.press("enter")
        await until_said(pilot, "Written", name)
    assert S_IMODE(file.stat().st_mode) == 0o600
    if name.endswith("zip"):
        with zipfile.ZipFile(file) as packed:
            assert sorted(packed.namelist()) == [f"{person}.html", f"{person}.json"]
            data = packed.read(f"{person}.json")
            assert "Ines Copy" in packed.read(f"{person}.html").decode()
    else:
        data = file.read_bytes()
    assert json.loads(data)["person"] == person
    entry = list(site.office.events(type="subject_export", most=1))[-1]
    assert entry["person"] == person


@pytest.mark.parametrize(("role", "may"), [(None, True), (Role.ENROLLER, False), (Role.GUARD, False)])
@in_a_loop
async def test_who_may_not_copy_is_not_offered_it(site: Site, role: Role | None, may: bool) -> None:
    """Only who has the right for it has the key."""
    person = site.office.people_page(limit=1)["people"][0]
    async with console_at(site, role, size=(120, 36)) as pilot:
        pilot.app.push_screen(PersonScreen(person["id"]))
        await until_shown(pilot, person["name"], "Can pass now")
        assert ("copy" in offered(pilot)) is may
