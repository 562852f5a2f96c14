"""The section about the record: whether it is signed, what keeps its heads, and what disagrees."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest

from accessctl.notary.book import Finding, Wrong
from accessctl.notary.found import FOUND, Found
from accessctl.operators.rights import Role
from accessctl.store.tree import TreeWriter
from accessctl.tui.dialogs import Ask, Confirm
from accessctl.tui.system.head_code import HeadCode
from tests.tui.conftest import in_a_loop
from tests.tui.rig import Site, running_site, text_of, type_in, until, until_shown
from tests.tui.system_rig import offered, rows_of, section, until_said
from tests.whole.test_notary import notary_of

RECORD = """
[record]
anchors = [{{ kind = "file", path = "{heads}", other_disk = false }}]

[record.retention]
access_days = 400
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    heads = tmp_path_factory.mktemp("heads") / "heads"
    with running_site(lambda text: text + RECORD.format(heads=heads)) as running:
        with notary_of(running.home) as notary:  # else what is accepted below would have no tree
            notary.sign()
        yield running


@pytest.fixture(autouse=True)
def nothing_disagrees(request: pytest.FixtureRequest) -> Iterator[None]:
    """Leave no finding behind."""
    yield
    if "site" in request.fixturenames:
        with closing(sqlite3.connect(request.getfixturevalue("site").home.tree)) as tree, tree:
            tree.execute("DELETE FROM meta WHERE key = ?", (FOUND,))


def disagreeing(site: Site) -> Found:
    """Let something disagree."""
    finding = Finding(Wrong.OTHER, "entry 4 is not the one that was signed", 4, 9)
    found = Found.of(finding, "accessctl/kade-1/x", datetime.now(UTC))
    with closing(TreeWriter.open(site.home.tree)) as tree:
        tree.put_meta(FOUND, found.written)
    return found


@in_a_loop
async def test_it_says_that_nothing_is_signed_and_why() -> None:
    """Before a notary has lived there."""
    with running_site() as site:
        async with section(site, "record") as pilot:
            await until_shown(pilot, "Not signed now", "is not there", "none yet", "everything, for good")
            await until_shown(pilot, "the site file names no anchor")
            assert "head" not in offered(pilot)


@in_a_loop
async def test_the_newest_head_is_shown_with_what_keeps_it(site: Site) -> None:
    """Its size and when; the anchor that has it; and as a QR code, with its text where there is room."""
    with notary_of(site.home) as notary:
        note = notary.sign().decode()
        origin, size = note.splitlines()[:2]
        async with section(site, "record", size=(160, 60)) as pilot:
            await until_shown(pilot, "Signed", origin, f"{size} entries", "runs", "access 400 days")
            await until(pilot, lambda: any(each["size"] for each in site.office.log()["anchors"]))
            await pilot.press("r")
            await until(pilot, lambda: any("well" in row for row in rows_of(pilot, "#anchors")))
            await pilot.press("h")
            await until(pilot, lambda: isinstance(pilot.app.screen, HeadCode))
            await until_shown(pilot, "▀", "▄", origin, note.splitlines()[2])


@in_a_loop
async def test_where_the_picture_has_no_room_the_text_is_shown(site: Site) -> None:
    """At the smallest terminal, with how much room it needs."""
    with notary_of(site.home) as notary:
        note = notary.sign().decode()
    async with section(site, "record", size=(80, 24)) as pilot:
        await until(pilot, lambda: "head" in offered(pilot))
        await pilot.press("h")
        await until_shown(pilot, "the window needs", note.splitlines()[0])


@in_a_loop
async def test_what_disagrees_is_accepted_by_its_id_and_with_a_reason(site: Site) -> None:
    """Both are typed; the record has who accepted it and why."""
    found = disagreeing(site)
    async with section(site, "record") as pilot:
        await until_shown(pilot, "NOT SIGNED", found.id, "entry 4 is not the one")
        await pilot.press("A")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await type_in(pilot, found.id)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Ask))
        await type_in(pilot, "the card was replaced")
        await pilot.press("enter")
        await until_said(pilot, f"{found.id} is accepted")
        entry = list(site.office.events(type="log_begun", most=1))[-1]
        assert "the card was replaced" in json.dumps(entry)


@in_a_loop
async def test_an_auditor_sees_what_disagrees_and_does_not_accept_it(site: Site) -> None:
    """The key is not offered, and does nothing."""
    found = disagreeing(site)
    async with section(site, "record", Role.AUDITOR) as pilot:
        await until_shown(pilot, found.id)
        assert "accept" not in offered(pilot)
        await pilot.press("A")
        await pilot.pause()
        assert not isinstance(pilot.app.screen, Confirm)


@in_a_loop
async def test_what_may_not_be_seen_is_not_asked_for(site: Site) -> None:
    """A guard may not read the site file: how long entries are kept is left open."""
    async with section(site, "record", Role.GUARD) as pilot:
        await until_shown(pilot, "stands in the site file")
        assert "400" not in text_of(pilot)
        assert "Reviews" in text_of(pilot)


def test_a_site_file_that_cannot_be_read_says_nothing_of_retention() -> None:
    """Nothing is made up of it."""
    from accessctl.tui.system.record_view import retention_in

    assert retention_in("[record.retention]\naccess_days = 30\n") == {"access": 30}
    assert retention_in("record = 3") == {}
    assert retention_in("[[[") == {}
