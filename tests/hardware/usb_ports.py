"""USB ports that the kernel of a test tells of, with two PC/SC readers at them."""

import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.hardware.private_pcscd import DRIVER

FIRST_PORT: Final = "1-1.3"
SECOND_PORT: Final = "1-1.4"


def plug(sysfs: Path, port: str, bus: int, address: int) -> None:
    """Make the kernel's folder of a device at this port."""
    folder = sysfs / "bus" / "usb" / "devices" / port
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "busnum").write_text(f"{bus}\n")
    (folder / "devnum").write_text(f"{address}\n")


def made_up_ports(sysfs: Path) -> Path:
    """Make a kernel that has the readers of the driver below at two ports, and what else hangs on a bus."""
    plug(sysfs, "usb1", 1, 1)
    plug(sysfs, FIRST_PORT, 1, 4)
    plug(sysfs, SECOND_PORT, 1, 5)
    plug(sysfs, "2-1", 2, 4)
    (sysfs / "bus" / "usb" / "devices" / f"{FIRST_PORT}:1.0").mkdir()
    return sysfs


def made_usb_driver(folder: Path) -> Path:
    """Build the virtual readers' driver that says that they are on USB: addresses 4 and 5 of bus 1."""
    if shutil.which("gcc") is None or not DRIVER.exists():
        pytest.skip("apt install gcc libc6-dev vsmartcard-vpcd")
    (folder / "libifdvpcd.so.0").symlink_to(DRIVER)  # By this name the linker looks for it.
    made = folder / "libusbvpcd.so"
    source = Path(__file__).with_name("usb_vpcd.c")
    options = ["-shared", "-fPIC", f"-Wl,--no-as-needed,-rpath,{folder}"]
    subprocess.run(["gcc", *options, "-o", made, source, DRIVER, "-ldl"], check=True)
    return made
