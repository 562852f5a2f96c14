"""The live board: tiles that never claim more than is known, and the stream of what happens."""

from collections.abc import Iterator

import pytest

from accessctl.operators.rights import Role
from accessctl.tui.board.drawer import DoorDrawer
from accessctl.tui.board.stream import Kind
from accessctl.tui.board.stream_view import StreamView
from accessctl.tui.lines import LineTable
from accessctl.tui.standing import RECENT
from tests.tui.board_hands import board, choose, refuse_at_the_cage
from tests.tui.conftest import in_a_loop
from tests.tui.rig import Site, console_at, running_site, shown, text_of, type_in, until, until_shown


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


@in_a_loop
async def test_every_door_has_a_tile_even_on_a_small_terminal(site: Site) -> None:
    """Nine doors stand in three columns on 80 cells, and the stream has room below them."""
    async with console_at(site, size=(80, 24)) as pilot:
        names = [door["name"] for door in site.office.doors()]
        await until_shown(pilot, *names, "SECURED", "What happens")


@in_a_loop
async def test_the_stream_stands_beside_the_tiles_where_there_is_room(site: Site) -> None:
    """On a wide terminal nothing is below the tiles."""
    async with console_at(site, size=(160, 50)) as pilot:
        page = board(pilot)
        stream = page.query_one(StreamView)
        assert stream.region.y == page.tiles.region.y
        assert stream.region.x >= page.tiles.region.right


@in_a_loop
async def test_arrows_and_clicks_choose_a_door_and_enter_opens_its_drawer(site: Site) -> None:
    """The chosen tile is what the keys are about."""
    async with console_at(site, size=(80, 24)) as pilot:
        page = board(pilot)
        assert page.ordered_door == "gate"
        await pilot.press("right", "down")
        assert page.ordered_door == "floor"
        await pilot.press("up", "left")
        assert page.ordered_door == "gate"
        await pilot.click(page.tiles, offset=(30, 2))
        await until(pilot, lambda: page.ordered_door == "dock-1")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, DoorDrawer))
        assert shown(pilot, DoorDrawer).ordered_door == "dock-1"


@in_a_loop
async def test_a_tile_tells_who_came_last_and_what_is_wrong(site: Site) -> None:
    """Somebody refused, a leaf forced open and a reader that is gone are all said in words."""
    async with console_at(site, size=(160, 50)) as pilot:
        await refuse_at_the_cage(pilot, site, "joel-hartnell")
        await until_shown(pilot, "✗ Joel Hartnell")
        site.hands.leaf("aisle", opened=True, force=True)
        await until_shown(pilot, "ALARM", "leaf open", "door forced open")
        site.hands.leaf("aisle", opened=False, force=False)
        site.hands.lose("office-in")
        await until_shown(pilot, "Office, in: offline")
        site.hands.give_back("office-in")
        await until(pilot, lambda: "offline" not in text_of(pilot).replace("reader offline", ""))


@in_a_loop
async def test_no_tile_looks_live_while_nobody_answers(site: Site) -> None:
    """Every state is unknown then, with what it was and how old that is; it comes back by itself."""
    async with console_at(site, size=(100, 30)) as pilot:
        page = board(pilot)
        await until_shown(pilot, "SECURED")
        site.api.process.kill()
        await until(pilot, lambda: not any(tile.live for tile in page.tiles.tiles))
        await until_shown(pilot, "UNKNOWN", "was SECURED", " s old")
        assert text_of(pilot).count("? UNKNOWN") == len(page.tiles.tiles)
        assert "▪ SECURED" not in text_of(pilot)
        site.restart_api()
        await until(pilot, lambda: all(tile.live for tile in page.tiles.tiles))
        await until_shown(pilot, "▪ SECURED")


@in_a_loop
async def test_a_drawer_says_as_well_that_it_is_old(site: Site) -> None:
    """What it shows of the door is said to be of a time that is named."""
    async with console_at(site, size=(100, 30)) as pilot:
        await pilot.press("enter")
        await until_shown(pilot, "Main gate", "fail-secure")
        site.api.process.kill()
        await until_shown(pilot, "Nobody answers. What follows was so at")
        site.restart_api()
        await until(pilot, lambda: "Nobody answers" not in text_of(pilot))


@in_a_loop
async def test_words_narrow_the_stream(site: Site) -> None:
    """Each word has to stand somewhere in an entry; Escape gives the filter up."""
    async with console_at(site, size=(100, 30)) as pilot:
        await refuse_at_the_cage(pilot, site, "joel-hartnell")
        stream = board(pilot).query_one(StreamView)
        await pilot.press("slash")
        await type_in(pilot, "hartnell cage")
        await until(pilot, lambda: 0 < len(stream.stream) < 5)
        assert {stream.stream.event(at)["person_name"] for at in range(len(stream.stream))} == {
            "Joel Hartnell"
        }
        await pilot.press("enter")
        await until_shown(pilot, "with “hartnell cage”")
        await pilot.press("escape")
        await until(pilot, lambda: not stream.stream.filtered)


@in_a_loop
async def test_a_key_goes_through_the_kinds_of_entries(site: Site) -> None:
    """All, refusals, alarms, those of the chosen door, and all again."""
    async with console_at(site, size=(100, 30)) as pilot:
        await refuse_at_the_cage(pilot, site, "joel-hartnell")
        await choose(pilot, "gate")
        stream = board(pilot).query_one(StreamView).stream
        await pilot.press("f")
        kinds = [stream.kind]
        assert {stream.event(at)["type"][:7] for at in range(len(stream))} == {"denied_"}
        await pilot.press("f")
        kinds.append(stream.kind)
        await pilot.press("f")
        kinds.append(stream.kind)
        assert {stream.event(at)["door"] for at in range(len(stream))} == {"gate"}
        await choose(pilot, "cage")
        await until(pilot, lambda: {stream.event(at)["door"] for at in range(len(stream))} == {"cage"})
        await pilot.press("f")
        assert [*kinds, stream.kind] == [Kind.REFUSALS, Kind.ALARMS, Kind.DOOR, Kind.ALL]


@in_a_loop
async def test_the_stream_follows_the_newest_and_waits_for_who_reads(site: Site) -> None:
    """Whoever has gone up keeps the same entry under the cursor, and is told what has come meanwhile."""
    async with console_at(site, size=(80, 24)) as pilot:
        view = board(pilot).query_one(StreamView)
        table = view.query_one(LineTable)
        assert view.following
        table.focus()
        await pilot.press("pageup")
        read = view.stream.event(table.cursor)["seq"]
        await refuse_at_the_cage(pilot, site, "joel-hartnell")
        await until_shown(pilot, "newer (End: go on)")
        assert view.stream.event(table.cursor)["seq"] == read
        await pilot.press("end")
        await until_shown(pilot, "the newest last")
        await until(pilot, lambda: view.following)


@in_a_loop
async def test_who_may_not_read_the_record_sees_tiles_alone(site: Site) -> None:
    """An enroller has no stream, no alarms and no keys for them."""
    async with console_at(site, Role.ENROLLER, size=(100, 30)) as pilot:
        await until_shown(pilot, "Main gate", "SECURED")
        assert not pilot.app.screen.query(StreamView)
        for words in ("What happens", "Filter", "Release", "Acknowledge"):
            assert words not in text_of(pilot)
        await pilot.press("f", "slash", "A", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, DoorDrawer))
        await until_shown(pilot, "fail-secure")
        assert "What happened here" not in text_of(pilot)


@in_a_loop
async def test_who_came_long_ago_is_still_who_came_last() -> None:
    """Nobody is said to have come never while the record says otherwise, or while it may not be read."""
    with running_site() as site:  # of its own: so much is recorded that others would not find theirs
        async with console_at(site, size=(160, 50)) as pilot:
            refusal = await refuse_at_the_cage(pilot, site, "joel-hartnell")
        body = "name,roles\n" + "".join(f"Extra {number},cleaner\n" for number in range(RECENT + 50))
        site.office.import_people(iter([body.encode()]), "csv")
        while site.office.status()["seq"] < refusal["seq"] + RECENT:
            pass
        async with console_at(site, size=(160, 50)) as pilot:
            assert refusal["seq"] < board(pilot).console.standing.recent[0]["seq"]
            await until_shown(pilot, "✗ Joel Hartnell", "nobody yet")
        async with console_at(site, Role.ENROLLER, size=(160, 50)) as pilot:
            await until_shown(pilot, "Main gate", "SECURED")
            assert "nobody yet" not in text_of(pilot)
