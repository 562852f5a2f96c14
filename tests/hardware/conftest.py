import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.simulated.tool import WarehouseTool
from tests.hardware.listening import Ear
from tests.hardware.private_pcscd import PrivatePcscd, why_not
from tests.hardware.usb_ports import made_up_ports, made_usb_driver


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


@pytest.fixture
def sysfs(tmp_path: Path) -> Path:
    """A kernel that has the readers of the driver below at two ports, and what else hangs on a bus."""
    return made_up_ports(tmp_path)


@pytest.fixture(scope="session")
def usb_driver(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The virtual readers' driver, which says that they are on USB: addresses 4 and 5 of bus 1."""
    return made_usb_driver(tmp_path_factory.mktemp("usb_vpcd"))


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
