import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.simulated.tool import WarehouseTool
from tests.hardware.listening import Ear
from tests.hardware.private_pcscd import PrivatePcscd, why_not


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def pcscd() -> Iterator[PrivatePcscd]:
    """A private pcscd, not started yet; the test is skipped, with the reason, where none can run."""
    if missing := why_not():
        pytest.skip(missing)
    with PrivatePcscd() as private:
        yield private


@contextlib.contextmanager
def simulation(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Run the simulated warehouse as the process that it is, and kill it in the end."""
    command = [sys.executable, "-m", "hardware.simulated", str(path)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert str(path) in process.stderr.readline()
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def warehouse_path(tmp_path: Path) -> Path:
    return tmp_path / "warehouse.sock"


@pytest.fixture
def warehouse(warehouse_path: Path) -> Iterator[subprocess.Popen[str]]:
    with simulation(warehouse_path) as process:
        yield process


@pytest.fixture
def tool(warehouse: subprocess.Popen[str], warehouse_path: Path) -> Iterator[WarehouseTool]:
    with WarehouseTool(warehouse_path) as tool:
        yield tool
