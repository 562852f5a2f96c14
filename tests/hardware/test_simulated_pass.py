"""Passes in the simulated warehouse, over its real socket."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.board import Board
from hardware.signals import CardFrame, CardUnreadable, DeviceBack, Technology
from hardware.simulated.tool import WarehouseTool
from tests.hardware.listening import PATIENCE_S, Ear
from tests.hardware.site import built

PASS = "AP1" + "AB27" * 37


@pytest.fixture
def board(tool: WarehouseTool, warehouse_path: Path, ear: Ear) -> Iterator[Board]:
    """An open board whose reader is there."""
    board = built(warehouse_path)
    board.open(ear)
    ear.skip_to(DeviceBack)
    yield board
    board.close()


def test_a_pass_is_told_from_any_other_code(tool: WarehouseTool, board: Board, ear: Ear) -> None:
    """A simulated reader does as a real one: a pass is reported, and anything else is no card."""
    tool.show_pass("gate-in", PASS)
    frame = ear.skip_to(CardFrame)
    assert (frame.technology, frame.number) == (Technology.PASS, PASS.encode())
    tool.show_pass("gate-in.reader", PASS.lower())
    assert ear.next(CardUnreadable).why == "what was shown is no pass"


def test_who_watches_learns_no_pass(tool: WarehouseTool, board: Board) -> None:
    """That one was shown is told, and not what it says."""
    with tool.watch(PATIENCE_S) as watch:
        tool.show_pass("gate-in", PASS)
        shown = next(edge for edge in watch if edge.kind == "pass")
    assert (shown.device, dict(shown.facts)) == ("gate-in.reader", {})
