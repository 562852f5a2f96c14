"""The simulated warehouse over its real socket, as the process that it is."""

import contextlib
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hardware.board import Board, build
from hardware.errors import SimulationMissing, SimulationRefused
from hardware.health import DeviceState
from hardware.ports import Pattern
from hardware.signals import (
    CardForged,
    CardFrame,
    CardUnreadable,
    ContactChanged,
    DeviceBack,
    DeviceLost,
    KeyPressed,
    ReaderInsecure,
    ReaderPower,
    ReaderTampered,
    Technology,
    UnknownDevice,
)
from hardware.simulated.tool import Edge, WarehouseTool, Watch
from hardware.specs import AdcSpec, SupervisedContactSpec
from tests.hardware.conftest import simulation
from tests.hardware.listening import PATIENCE_S, Ear
from tests.hardware.site import GATE, GATE_EXIT, GATE_LAMPS, GATE_POSITION, GATE_READER, SITE, YARD, built

NUMBER = bytes.fromhex("04a1b2c3d4e5f6")


@pytest.fixture
def board(tool: WarehouseTool, warehouse_path: Path, ear: Ear) -> Iterator[Board]:
    """An open board of which contacts and reader have said their first word."""
    board = built(warehouse_path)
    board.open(ear)
    for _ in board.contacts:
        ear.next(ContactChanged)
    ear.next(DeviceBack)
    yield board
    board.close()


def edge(watch: Watch, kind: str) -> Edge:
    """Wait for the next edge of this kind."""
    return next(edge for edge in watch if edge.kind == kind)


def test_the_socket_is_ours_alone(warehouse: subprocess.Popen[str], warehouse_path: Path) -> None:
    """Nobody else on the machine can badge in our warehouse."""
    assert stat.S_IMODE(warehouse_path.stat().st_mode) == 0o600


def test_what_is_shown_at_a_reader_is_reported(tool: WarehouseTool, board: Board, ear: Ear) -> None:
    """Cards, keys and unreadable cards arrive as the reader's signals, whichever way the reader is named."""
    shown_ns = tool.badge("gate-in", NUMBER)
    frame = ear.next(CardFrame)
    assert frame.number == NUMBER
    assert frame.mono_ns >= shown_ns
    tool.key("gate-in.reader", "#")
    assert ear.next(KeyPressed).key == "#"
    tool.unreadable("gate-in")
    ear.next(CardUnreadable)


def test_cards_that_prove_a_key_are_reported_as_such(tool: WarehouseTool, board: Board, ear: Ear) -> None:
    """How a card was read, and how often, comes with its number; a forged one comes without any."""
    tool.badge("gate-in", NUMBER, Technology.SUN, 7)
    frame = ear.next(CardFrame)
    assert (frame.technology, frame.number, frame.counter) == (Technology.SUN, NUMBER, 7)
    tool.forged("gate-in", Technology.PKOC)
    assert ear.next(CardForged).technology is Technology.PKOC
    with pytest.raises(SimulationRefused, match="counts from 0"):
        tool.badge("gate-in", NUMBER, Technology.SUN, 1 << 24)


def test_a_secured_leaf_stays_shut(tool: WarehouseTool, board: Board, ear: Ear) -> None:
    """A leaf opens when its strike is released and not before; it closes at any time."""
    with pytest.raises(SimulationRefused, match=r"gate\.strike is secured"):
        tool.leaf("gate", open=True)
    board.strikes[GATE].release()
    tool.leaf("gate", open=True)
    assert ear.next(ContactChanged).active
    board.strikes[GATE].secure()
    tool.leaf("gate", open=False)
    assert not ear.next(ContactChanged).active
    assert ear.quiet


def test_force_opens_any_leaf(tool: WarehouseTool, board: Board, ear: Ear) -> None:
    """Whoever breaks the door is noticed by its position switch."""
    tool.leaf("gate", open=True, force=True)
    changed = ear.next(ContactChanged)
    assert (changed.device, changed.active) == (GATE_POSITION, True)


def test_a_line_that_is_high_while_secured_holds_its_leaf(tool: WarehouseTool, board: Board) -> None:
    """A magnet that is released unattended is held by a high line, and only while the line is high."""
    with pytest.raises(SimulationRefused):
        tool.leaf("yard", open=True)
    with tool.watch(PATIENCE_S) as watch:
        board.close()
        edge(watch, "detached")
    tool.leaf("yard", open=True)


def test_the_exit_button_is_pressed_and_let_go(tool: WarehouseTool, board: Board, ear: Ear) -> None:
    """The button reports while it is held, and a pulse lets go by itself."""
    for pressed in (True, False):
        tool.exit_request("gate", pressed)
        changed = ear.next(ContactChanged)
        assert (changed.device, changed.active) == (GATE_EXIT, pressed)
    tool.exit_request("gate")
    assert [ear.next(ContactChanged).active for _ in range(2)] == [True, False]


def test_any_contact_can_be_active_and_at_rest(tool: WarehouseTool, board: Board, ear: Ear) -> None:
    """Inputs that are neither leaf nor exit button have a hand at them too; an unknown one is refused."""
    tool.contact("gate.exit_request", active=True)
    assert ear.next(ContactChanged).active
    tool.contact("gate.exit_request", active=False)
    assert not ear.next(ContactChanged).active
    with pytest.raises(SimulationRefused, match=r"there is no contact 'input\.smoke'; there are: "):
        tool.contact("input.smoke", active=True)


def test_an_unplugged_reader_is_lost(tool: WarehouseTool, board: Board, ear: Ear) -> None:
    """A reader without its plug reads nothing, and is back when it is plugged in."""
    tool.lose("gate-in")
    assert "unplugged" in ear.next(DeviceLost).why
    with pytest.raises(SimulationRefused, match="unplugged"):
        tool.badge("gate-in", NUMBER)
    tool.give_back("gate-in")
    ear.next(DeviceBack)
    tool.badge("gate-in", NUMBER)
    ear.next(CardFrame)


def test_what_cannot_be_is_refused_with_a_reason(tool: WarehouseTool, board: Board, ear: Ear) -> None:
    """Unknown readers, doors and keys are told by name, and nothing happens."""
    with pytest.raises(SimulationRefused, match=r"'roof'.*gate-in\.reader"):
        tool.badge("roof", NUMBER)
    with pytest.raises(SimulationRefused, match=r"roof\.position"):
        tool.leaf("roof", open=True)
    with pytest.raises(SimulationRefused, match="0 to 9"):
        tool.key("gate-in", "A")
    assert ear.quiet


def test_nobody_reads_while_no_door_process_is_there(tool: WarehouseTool, board: Board) -> None:
    """A badge that no door process can see is refused, so that no test waits for it."""
    with tool.watch(PATIENCE_S) as watch:
        board.close()
        edge(watch, "detached")
    with pytest.raises(SimulationRefused, match="no door process"):
        tool.badge("gate-in", NUMBER)


def test_the_edges_of_a_passage_can_be_watched(tool: WarehouseTool, board: Board, ear: Ear) -> None:
    """A watcher sees badge and line in order, by one clock, and never the card's number."""
    with tool.watch(PATIENCE_S) as watch:
        shown_ns = tool.badge("gate-in", NUMBER)
        ear.next(CardFrame)
        board.strikes[GATE].release()
        card, line = next(watch), next(watch)
    assert (card.kind, card.device, card.at_ns) == ("card", "gate-in.reader", shown_ns)
    assert (line.kind, line.device, dict(line.facts)) == ("line", GATE, {"high": True, "released": True})
    assert line.at_ns > card.at_ns
    assert NUMBER.hex() not in repr(card)


def test_the_state_can_be_seen(tool: WarehouseTool, board: Board) -> None:
    """The warehouse tells leaves, strikes, readers and lamps as a visitor would see them."""
    with tool.watch(PATIENCE_S) as watch:
        board.annunciators[GATE_LAMPS].show(Pattern.PIN_WANTED)
        board.strikes[GATE].release()
        edge(watch, "line")
    state = tool.state()
    assert state["attached"] is True
    assert state["doors"]["gate"] == {"leaf": "closed", "exit_request": False, "strike": "released"}
    assert state["readers"] == {"gate-in.reader": "here"}
    assert state["annunciators"] == {"gate-in.annunciator": "PIN_WANTED"}


def test_lamps_on_lines_can_be_seen_too(tool: WarehouseTool, board: Board) -> None:
    """An annunciator wired to GPIO lines shows as its lines, by colour."""
    with tool.watch(PATIENCE_S) as watch:
        for lamps in board.annunciators.values():
            lamps.show(Pattern.IDLE)
        assert edge(watch, "line").device == "yard-in.annunciator.red"


def test_contacts_outlive_the_door_process(tool: WarehouseTool, board: Board, warehouse_path: Path) -> None:
    """A leaf that was open when the door process ended is open for the next one, from its first word on."""
    tool.leaf("gate", open=True, force=True)
    with tool.watch(PATIENCE_S) as watch:
        board.close()
        edge(watch, "detached")
    again, ear = built(warehouse_path), Ear()
    again.open(ear)
    heard = [ear.next(ContactChanged) for _ in range(2)]
    assert [(changed.device, changed.active) for changed in heard] == [
        (GATE_POSITION, True),
        (GATE_EXIT, False),
    ]
    again.close()


DOOR_PROCESS = """
import sys
from pathlib import Path
from tests.hardware.site import GATE, built
board = built(Path(sys.argv[1]))
board.open(lambda signal: None)
board.strikes[GATE].release()
print("released", flush=True)
sys.stdin.read()
"""


def test_a_door_process_that_is_killed_lets_go_of_its_lines(
    tool: WarehouseTool, warehouse_path: Path
) -> None:
    """After kill -9 each line is low at once: the gate is held again, the yard is released, as specified."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with (
        tool.watch(PATIENCE_S) as watch,
        subprocess.Popen(
            [sys.executable, "-c", DOOR_PROCESS, str(warehouse_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        ) as door_process,
    ):
        assert door_process.stdout is not None
        assert door_process.stdout.readline() == b"released\n"
        tool.leaf("gate", open=True)
        tool.leaf("gate", open=False)
        edge(watch, "contact")
        door_process.send_signal(signal.SIGKILL)
        fallen = {line.device: line.facts["released"] for line in (edge(watch, "line"), edge(watch, "line"))}
    assert fallen == {GATE: False, YARD: True}
    with pytest.raises(SimulationRefused):
        tool.leaf("gate", open=True)
    tool.leaf("yard", open=True)


def test_a_second_door_process_is_refused(board: Board, warehouse_path: Path) -> None:
    """Two processes cannot drive one warehouse: the second one finds its readers lost, with the reason."""
    other, ear = built(warehouse_path), Ear()
    other.open(ear)
    assert "another door process is attached" in ear.skip_to(DeviceLost).why
    other.close()


def test_the_warehouse_may_go_and_come_back(warehouse_path: Path, ear: Ear) -> None:
    """Readers are lost with the warehouse and back with it; strikes are told their line again."""
    board = built(warehouse_path)
    board.open(ear)
    assert [ear.next(ContactChanged).active for _ in range(2)] == [False, False]
    ear.next(DeviceLost)
    board.strikes[GATE].release()
    for _ in range(2):
        with simulation(warehouse_path), WarehouseTool(warehouse_path) as tool:
            ear.next(DeviceBack)
            assert tool.state()["doors"]["gate"]["strike"] == "released"
            tool.badge("gate-in", NUMBER)
            ear.next(CardFrame)
        assert "simulated warehouse" in ear.next(DeviceLost).why
    board.close()


def test_a_stale_socket_is_replaced(warehouse_path: Path) -> None:
    """What a killed warehouse left behind does not keep the next one from starting."""
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(warehouse_path))
    with simulation(warehouse_path), WarehouseTool(warehouse_path) as tool:
        assert tool.state()["attached"] is False


@pytest.mark.parametrize("taken", ["a warehouse", "a file"])
def test_what_is_not_stale_is_left_alone(tool: WarehouseTool, warehouse_path: Path, taken: str) -> None:
    """A second warehouse at the same path, or one in the place of a file, does not start."""
    path = warehouse_path
    if taken == "a file":
        path = warehouse_path.with_name("notes.txt")
        path.write_text("keep me")
    done = subprocess.run(
        [sys.executable, "-m", "hardware.simulated", path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert str(path) in done.stderr
    assert path.exists()
    assert tool.state()["attached"] is False


def test_the_warehouse_ends_when_told_to(warehouse: subprocess.Popen[str], warehouse_path: Path) -> None:
    """SIGTERM ends it well, and takes the socket along."""
    warehouse.send_signal(signal.SIGTERM)
    assert warehouse.wait(PATIENCE_S) == 0
    assert not warehouse_path.exists()


def test_a_tool_without_warehouse_says_so(warehouse_path: Path) -> None:
    """The error names the socket at which nobody is."""
    with pytest.raises(SimulationMissing, match=str(warehouse_path)):
        WarehouseTool(warehouse_path)


@pytest.mark.parametrize(
    "line",
    [b"no json\n", b"[1]\n", b'{"op": "fly"}\n', b'{"op": "badge"}\n', b'{"op": "line", "line": "x"}\n'],
)
def test_nonsense_is_answered_and_harms_nobody(
    tool: WarehouseTool, warehouse_path: Path, line: bytes
) -> None:
    """A client that talks nonsense gets a reason; a tool cannot drive lines; the others are served on."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(PATIENCE_S)
        client.connect(str(warehouse_path))
        client.sendall(line)
        assert b'"ok":false' in client.recv(4096)
    assert tool.state()["attached"] is False


def test_a_line_without_end_is_cut_off(tool: WarehouseTool, warehouse_path: Path) -> None:
    """A client cannot make the warehouse collect bytes for ever."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(PATIENCE_S)
        client.connect(str(warehouse_path))
        with contextlib.suppress(ConnectionError):
            client.sendall(b"x" * 200_000)
        with contextlib.suppress(ConnectionError):
            assert client.recv(1) == b""
    assert tool.state()["attached"] is False


def test_a_reader_tells_what_is_wrong_with_it(tool: WarehouseTool, board: Board, ear: Ear) -> None:
    """Its housing and its supply are signals, each change once, and it goes on reading."""
    for _ in range(2):
        tool.tamper("gate-in", active=True)
    assert ear.next(ReaderTampered).active
    tool.power("gate-in", failed=True)
    assert ear.next(ReaderPower).failed
    tool.badge("gate-in", NUMBER)
    ear.next(CardFrame)
    assert tool.state()["readers"] == {"gate-in.reader": "tampered"}
    tool.tamper("gate-in", active=False)
    assert not ear.next(ReaderTampered).active
    assert tool.state()["readers"] == {"gate-in.reader": "without power"}


def test_something_else_on_a_readers_line_reads_nothing(tool: WarehouseTool, board: Board, ear: Ear) -> None:
    """It is lost with its cause until the reader is given back."""
    tool.insecure("gate-in", "the key is wrong")
    assert ear.next(ReaderInsecure).why == "the key is wrong"
    assert ear.next(DeviceLost).why == "the key is wrong"
    with pytest.raises(SimulationRefused, match="not itself"):
        tool.badge("gate-in", NUMBER)
    tool.give_back("gate-in")
    ear.next(DeviceBack)
    assert tool.state()["readers"] == {"gate-in.reader": "here"}


def test_a_strange_keyboard_beside_a_reader_is_told(tool: WarehouseTool, board: Board, ear: Ear) -> None:
    """The name that it gives itself comes along."""
    tool.unknown_device("gate-in", "keyboard at 1-1.4")
    assert ear.next(UnknownDevice).what == "keyboard at 1-1.4"


def test_trouble_from_before_the_attachment_is_known(
    tool: WarehouseTool, warehouse_path: Path, ear: Ear
) -> None:
    """A door process that comes later hears how its reader is."""
    with contextlib.closing(built(warehouse_path)) as first:
        first.open(ear)
        ear.skip_to(DeviceBack)
        tool.tamper("gate-in", active=True)
        tool.insecure("gate-in", "the key is wrong")
    later = Ear()
    with contextlib.closing(built(warehouse_path)) as second:
        second.open(later)
        for _ in second.contacts:
            later.next(ContactChanged)
        assert later.next(DeviceLost).why == "the key is wrong"
        tool.give_back("gate-in")
        later.next(DeviceBack)
        assert later.next(ReaderTampered).active


def test_a_simulated_reader_has_health(tool: WarehouseTool, board: Board, ear: Ear) -> None:
    """Its page says that it is here or lost, why, and what went wrong last."""
    reader = board.readers[GATE_READER]
    assert reader.health.state is DeviceState.HERE
    tool.unreadable("gate-in")
    ear.next(CardUnreadable)
    assert reader.health.errors_this_hour == 1
    tool.lose("gate-in")
    ear.next(DeviceLost)
    assert (reader.health.state, reader.health.why) == (DeviceState.LOST, "it was unplugged")


def test_a_cut_wire_reads_as_an_open_contact(tool: WarehouseTool, board: Board, ear: Ear) -> None:
    """A contact that nobody supervises has two states: a cut wire at a switch reads as an open leaf."""
    tool.fault("gate.position", "cut")
    assert ear.next(ContactChanged).active
    tool.fault("gate.position", None)
    assert not ear.next(ContactChanged).active
    tool.fault("gate.exit_request", "shorted")
    assert ear.next(ContactChanged).device == GATE_EXIT
    with pytest.raises(SimulationRefused, match="cut or shorted"):
        tool.fault("gate.position", "bent")  # type: ignore[arg-type]


@pytest.fixture
def supervised(tool: WarehouseTool, warehouse_path: Path, ear: Ear) -> Iterator[Board]:
    """A gate whose switch hangs on the converter."""
    switch = SupervisedContactSpec(GATE_POSITION, 0, normally_closed=True)
    spec = replace(SITE, contacts=(switch,), adc=AdcSpec())
    board = build(spec, simulation=warehouse_path)
    board.open(ear)
    ear.skip_to(ContactChanged)
    yield board
    board.close()


def test_supervised_wires_tell_cut_from_open(tool: WarehouseTool, supervised: Board, ear: Ear) -> None:
    """Through the converter a cut or shorted wire is a lost contact, and an open leaf is an open leaf."""
    tool.leaf("gate", open=True, force=True)
    assert ear.skip_to(ContactChanged).active
    tool.fault("gate.position", "cut")
    assert ear.skip_to(DeviceLost).why == "the wires are cut"
    tool.fault("gate.position", "shorted")
    tool.fault("gate.position", None)
    ear.skip_to(DeviceBack)
    assert ear.skip_to(ContactChanged).active
