import asyncio
from collections.abc import Callable

import pytest
from textual.binding import Binding
from textual.events import Key
from textual.pilot import Pilot

from accessctl.client import ApiRefused, ApiUnreachable
from accessctl.tui.app import WarehouseView
from accessctl.tui.door_tile import DoorTile
from accessctl.tui.event_list import EventList
from accessctl.tui.help_screen import HelpScreen
from accessctl.tui.ports import Gesture, Hands, Scene
from accessctl.tui.status_line import StatusLine
from tests.tui.conftest import in_a_loop, view_of
from tests.tui.fakes import FakeWarehouse


async def settle(pilot: Pilot[None]) -> None:
    """Let threads and messages come to rest, then look once more."""
    view = pilot.app
    assert isinstance(view, WarehouseView)
    await pilot.pause()
    await view.look()
    await pilot.pause()


def tile(view: WarehouseView, door: str) -> DoorTile:
    return view.query_one(f"#door-{door}", DoorTile)


def recorded(view: WarehouseView) -> list[str]:
    return [strip.text.rstrip() for strip in view.query_one(EventList).lines]


def said(view: WarehouseView) -> str:
    return str(view.query_one(StatusLine).content)


@in_a_loop
async def test_doors_and_readers_are_shown(warehouse: FakeWarehouse) -> None:
    """The view begins with a tile for each door and the reader that it was told to select."""
    view = view_of(warehouse)
    async with view.run_test() as pilot:
        await settle(pilot)
        assert [tile.door["name"] for tile in view.query(DoorTile)] == ["Main gate", "Cage"]
        assert [tile.look for tile in view.query(DoorTile)] == ["secured", "secured"]
        assert view.points.selected == "gate-in"
        assert tile(view, "gate").has_class("-chosen")


@in_a_loop
async def test_a_badge_releases_a_door_and_the_leaf_opens(warehouse: FakeWarehouse) -> None:
    """Badging changes the tile's colour and adds a line; then the leaf can be opened and closed."""
    view = view_of(warehouse)
    async with view.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        before = tile(view, "gate").styles.background
        await pilot.press("b")
        await settle(pilot)
        assert tile(view, "gate").look == "released"
        assert tile(view, "gate").styles.background != before
        assert "access_granted" in recorded(view)[-1]
        assert "Ana Marsh" in recorded(view)[-1]
        await pilot.press("o")
        await settle(pilot)
        assert tile(view, "gate").look == "open"
        await pilot.press("o")
        await settle(pilot)
        assert warehouse.hands.done == [
            ("badge", "gate-in"),
            ("leaf", "gate", "open"),
            ("leaf", "gate", "close"),
        ]


@in_a_loop
async def test_a_refusal_says_why(warehouse: FakeWarehouse) -> None:
    """Another person's card is refused, and the line ends with the reason."""
    view = view_of(warehouse)
    async with view.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await pilot.press("down", "enter")
        await settle(pilot)
        assert tile(view, "gate").look == "secured"
        assert recorded(view)[-1].endswith("The card is not known here.")


@in_a_loop
async def test_digits_go_to_the_keypad(warehouse: FakeWarehouse) -> None:
    """Digits are pressed at the selected reader, Enter ends a PIN that was begun and badges otherwise."""
    view = view_of(warehouse)
    async with view.run_test() as pilot:
        await settle(pilot)
        await pilot.press("tab", "end")
        await pilot.press("enter", "1", "2", "asterisk", "3", "enter", "4", "number_sign", "enter")
        await settle(pilot)
        pressed = [("press", "cage-in", key) for key in ("1", "2", "*", "3", "#", "4", "#")]
        assert warehouse.hands.done == [("badge", "cage-in"), *pressed, ("badge", "cage-in")]


@in_a_loop
async def test_another_reader_forgets_a_pin_that_was_begun(warehouse: FakeWarehouse) -> None:
    """Enter badges again after another reader was selected in the middle of a PIN."""
    view = view_of(warehouse)
    async with view.run_test() as pilot:
        await settle(pilot)
        await pilot.press("1", "tab", "end", "enter")
        await settle(pilot)
        assert warehouse.hands.done == [("press", "gate-in", "1"), ("badge", "cage-in")]


@in_a_loop
async def test_a_forced_door_is_in_alarm(warehouse: FakeWarehouse) -> None:
    """Forcing a held leaf turns its tile to alarm, in words and in colour."""
    view = view_of(warehouse)
    async with view.run_test() as pilot:
        await settle(pilot)
        await pilot.press("f")
        await settle(pilot)
        assert tile(view, "gate").look == "alarm"
        assert "FORCED OPEN" in str(tile(view, "gate").render())


@in_a_loop
async def test_a_leaf_that_is_held_does_not_open(warehouse: FakeWarehouse) -> None:
    """What the warehouse says is impossible is said in words, and the view goes on."""
    view = view_of(warehouse)
    async with view.run_test() as pilot:
        await settle(pilot)
        await pilot.press("o")
        await settle(pilot)
        assert "is secured" in said(view)
        assert warehouse.hands.done == []


@in_a_loop
async def test_the_exit_button_releases(warehouse: FakeWarehouse) -> None:
    """The exit request goes to the selected door."""
    view = view_of(warehouse)
    async with view.run_test() as pilot:
        await settle(pilot)
        await pilot.press("x")
        await settle(pilot)
        assert warehouse.hands.done == [("exit", "gate")]
        assert tile(view, "gate").look == "released"


@in_a_loop
async def test_orders_go_to_the_api(warehouse: FakeWarehouse) -> None:
    """Release, unlock and lock are ordered of the selected door, and an unlocked one looks so."""
    view = view_of(warehouse)
    async with view.run_test() as pilot:
        await settle(pilot)
        await pilot.press("r", "u")
        await settle(pilot)
        assert tile(view, "gate").look == "unlocked"
        await pilot.press("l")
        await settle(pilot)
        assert warehouse.orders == [("gate", "release"), ("gate", "unlock"), ("gate", "lock")]


@in_a_loop
async def test_a_refused_order_is_explained(warehouse: FakeWarehouse) -> None:
    """What the API refuses stands in the status line."""
    view = view_of(warehouse)
    async with view.run_test() as pilot:
        await settle(pilot)
        warehouse.refusal = ApiRefused({"detail": "the strike does not answer"})
        await pilot.press("r")
        await settle(pilot)
        assert said(view) == "the strike does not answer"


@in_a_loop
async def test_a_dead_api_is_told_and_forgotten(warehouse: FakeWarehouse) -> None:
    """While the API does not answer the doors are shown as stale; afterwards all is as before."""
    view = view_of(warehouse)
    async with view.run_test() as pilot:
        await settle(pilot)
        warehouse.trouble = ApiUnreachable("nobody answers")
        await settle(pilot)
        assert view.screen.has_class("-stale")
        assert said(view) == "nobody answers"
        warehouse.trouble = None
        await settle(pilot)
        assert not view.screen.has_class("-stale")
        assert said(view) == "The API answers again."


@in_a_loop
async def test_a_click_selects_a_door(warehouse: FakeWarehouse) -> None:
    """A click on a tile selects the first reader of its door."""
    view = view_of(warehouse)
    async with view.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await pilot.click("#door-cage")
        await pilot.pause()
        assert view.points.selected == "cage-in"
        assert tile(view, "cage").has_class("-chosen")


@in_a_loop
async def test_lamps_show_that_a_pin_is_wanted(warehouse: FakeWarehouse) -> None:
    """The tile says what the reader's lamp tells the person in front of it."""
    view = view_of(warehouse)
    async with view.run_test() as pilot:
        await settle(pilot)
        warehouse.lamps["cage-in"] = "PIN_WANTED"
        await settle(pilot)
        assert "PIN" in str(tile(view, "cage").render())


@in_a_loop
async def test_nothing_is_shown_twice_or_left_out(warehouse: FakeWarehouse) -> None:
    """Entries come in order and once, the last of those that were there and all that follow."""
    view = view_of(warehouse)
    for _ in range(40):
        warehouse.record("reader_online", "gate-in")
    async with view.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        assert len(recorded(view)) == 30
        for _ in range(450):
            warehouse.record("door_opened", door="gate")
        for _ in range(3):
            await settle(pilot)
        assert len(recorded(view)) == 480
        asked = warehouse.asked.count("events")
        await settle(pilot)
        assert warehouse.asked.count("events") == asked


@in_a_loop
async def test_it_plays_by_itself_until_somebody_touches_it(warehouse: FakeWarehouse) -> None:
    """The scene that is on at the first key is played to its end, and the next one is not begun."""
    view: WarehouseView

    async def press() -> None:
        await view.on_event(Key("down", None))

    def touch() -> None:
        asyncio.run_coroutine_threadsafe(press(), loop).result()

    loop = asyncio.get_running_loop()
    view = view_of(warehouse, scene(), scene(touch), scene())
    async with view.run_test() as pilot:
        while any(worker.group == "play" for worker in view.workers):
            await pilot.pause()
        assert [act[0] for act in warehouse.hands.done] == ["badge", "leaf", "leaf"] * 2
        assert said(view) == "Your turn."


@in_a_loop
async def test_afterwards_it_is_the_users_turn(warehouse: FakeWarehouse) -> None:
    """When everything was played and nobody has touched anything, the view says what to do."""
    view = view_of(warehouse, scene())
    async with view.run_test() as pilot:
        while any(worker.group == "play" for worker in view.workers):
            await pilot.pause()
        assert said(view).startswith("Your turn: select somebody")


def scene(on_badge: Callable[[], None] = lambda: None) -> Scene:
    def badge(hands: Hands) -> None:
        hands.badge("gate-in", FakeWarehouse.GOOD)
        on_badge()

    return Scene(
        "somebody passes",
        (
            Gesture(0, badge),
            Gesture(0, lambda hands: hands.leaf("gate", opened=True, force=False)),
            Gesture(0, lambda hands: hands.leaf("gate", opened=False, force=False)),
        ),
    )


@in_a_loop
async def test_help_explains_every_key(warehouse: FakeWarehouse) -> None:
    """The help page has each tooltip and the hint, doors move on behind it, and q closes it alone."""
    view = view_of(warehouse)
    async with view.run_test(size=(120, 50)) as pilot:
        await settle(pilot)
        await pilot.press("question_mark")
        await settle(pilot)
        assert isinstance(view.screen, HelpScreen)
        page = str(view.screen.query_one("#help Static").render())
        assert all(binding.tooltip in page for binding in bindings())
        assert "accessctl sim badge ana-marsh gate-in" in page
        await pilot.press("q")
        await pilot.pause()
        assert not isinstance(view.screen, HelpScreen)
        assert view.is_running


@in_a_loop
async def test_q_leaves(warehouse: FakeWarehouse) -> None:
    """The view ends, and ends well."""
    view = view_of(warehouse)
    async with view.run_test() as pilot:
        await settle(pilot)
        await pilot.press("q")
    assert view.return_code == 0


def bindings() -> list[Binding]:
    return [binding for binding in WarehouseView.BINDINGS if isinstance(binding, Binding)]


def test_every_key_has_a_name_and_a_tooltip() -> None:
    """Each binding has an id of its own and words that say what it does; the keypad shares one line."""
    ids = [binding.id for binding in bindings()]
    assert None not in ids
    assert len(set(ids)) == len(ids)
    keypad = [binding for binding in bindings() if binding.action.startswith("press(")]
    assert len(keypad) == 12
    assert [binding.id for binding in bindings() if not binding.tooltip and binding not in keypad] == []


@pytest.mark.parametrize(
    ("facts", "look"),
    [
        ({}, "secured"),
        ({"strike": "released"}, "released"),
        ({"mode": "unlocked", "strike": "released"}, "unlocked"),
        ({"leaf": "open", "mode": "unlocked"}, "open"),
        ({"leaf": "unknown"}, "unknown"),
        ({"leaf": "open", "alarm": "held_open"}, "alarm"),
        ({"fault": "the line does not answer"}, "alarm"),
    ],
)
def test_the_most_urgent_thing_is_what_a_door_looks_like(facts: dict[str, str], look: str) -> None:
    """Alarms and faults come before an open leaf, that before an order, that before a release."""
    door = FakeWarehouse().doors["gate"] | facts
    assert DoorTile(door).look == look
