"""A hand in the simulated warehouse of a running installation, and the invented people of the demo."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal

from hardware.errors import HardwareError
from hardware.signals import Technology
from hardware.simulated.tool import WarehouseTool

LENGTHS: Final = {Technology.PKOC: 64, Technology.PIV: 32, Technology.DESFIRE: 7, Technology.SUN: 7}
"""Bytes of the numbers of cards that prove a key."""
_READER: Final = ".reader"


class SimulationError(Exception):
    """The warehouse cannot do this, or is not there."""


class Simulation:
    """Does what people do at doors. Every method raises ``SimulationError`` with words."""

    def __init__(self, tool: WarehouseTool) -> None:
        """Use this tool."""
        self._tool = tool

    def badge(
        self,
        access_point: str,
        number: bytes,
        technology: str = Technology.ISO14443_UID,
        counter: int | None = None,
    ) -> None:
        """Show a card at an access point; ``counter`` is how often it was read, as it says itself."""
        kind = Technology(technology)
        wanted = LENGTHS.get(kind)
        if wanted not in {None, len(number)}:
            raise SimulationError(f"the number of such a card ({kind}) has {wanted} bytes")
        with _in_words():
            self._tool.badge(access_point + _READER, number, kind, counter)

    def forged(self, access_point: str, technology: str) -> None:
        """Show a card that claims to have a key, and does not prove it."""
        with _in_words():
            self._tool.forged(access_point + _READER, Technology(technology))

    def show_pass(self, access_point: str, text: str) -> None:
        """Show a pass, or any other code, at an access point."""
        with _in_words():
            self._tool.show_pass(access_point + _READER, text)

    def press(self, access_point: str, keys: str) -> None:
        """Press keys one after the other."""
        with _in_words():
            for key in keys:
                self._tool.key(access_point + _READER, key)

    def wiegand(self, access_point: str, what: str, site_file: Path) -> None:
        """Send a number such as ``h10301:123:4567``, or bits as they are, down a Wiegand reader's wires."""
        with _in_words():
            self._tool.pulses(
                access_point + _READER, what if not set(what) - {"0", "1"} else _bits(what, site_file)
            )

    def leaf(self, door: str, *, opened: bool, force: bool) -> None:
        """Open or close a leaf; with force also a secured one."""
        with _in_words():
            self._tool.leaf(door, open=opened, force=force)

    def exit_request(self, door: str) -> None:
        """Press the exit button."""
        with _in_words():
            self._tool.exit_request(door)

    def contact(self, device: str, *, active: bool) -> None:
        """Let any other input be active or at rest."""
        with _in_words():
            self._tool.contact(device, active=active)

    def finger(self, access_point: str, finger: str, *, bad: bool) -> None:
        """Touch the fingerprint sensor of an access point."""
        with _in_words():
            self._tool.finger(f"{access_point}.finger", finger, bad=bad)

    def face(self, access_point: str, name: str | None, *, photo: bool, turns: bool) -> None:
        """Have somebody stand before the camera of an access point; with ``None`` nobody."""
        with _in_words():
            self._tool.face(f"{access_point}.camera", name, photo=photo, turns=turns)

    def lose(self, access_point: str, what: str = "reader") -> None:
        """Unplug the reader of an access point, or another device of it."""
        with _in_words():
            self._tool.lose(f"{access_point}.{what}")

    def give_back(self, access_point: str, what: str = "reader") -> None:
        """Plug it in again."""
        with _in_words():
            self._tool.give_back(f"{access_point}.{what}")

    def fault(self, device: str, fault: Literal["cut", "shorted"] | None) -> None:
        """Cut or short the wires of an input, or mend them."""
        with _in_words():
            self._tool.fault(device, fault)

    def tamper(self, access_point: str, *, active: bool) -> None:
        """Open the housing of a reader, or shut it."""
        with _in_words():
            self._tool.tamper(access_point + _READER, active=active)

    def power(self, access_point: str, *, failed: bool) -> None:
        """Let a reader's own supply fail, or be good again."""
        with _in_words():
            self._tool.power(access_point + _READER, failed=failed)

    def insecure(self, access_point: str, why: str) -> None:
        """Put something on a reader's line that is not the reader."""
        with _in_words():
            self._tool.insecure(access_point + _READER, why)

    def unreadable(self, access_point: str) -> None:
        """Show a card that is pulled away too soon."""
        with _in_words():
            self._tool.unreadable(access_point + _READER)

    def state(self) -> dict[str, Any]:
        """Tell how everything stands in the warehouse."""
        with _in_words():
            return self._tool.state()


@contextmanager
def warehouse_at(path: Path) -> Iterator[Simulation]:
    """Reach into the warehouse of a running installation. Raises ``SimulationError``."""
    with _in_words():
        tool = WarehouseTool(path)
    try:
        yield Simulation(tool)
    finally:
        tool.close()


def card_of(who: str) -> bytes:
    """Give the card number that hex digits or a person of the demo stand for. Raises ``SimulationError``."""
    from accessctl.demo.roster import BY_HANDLE

    for person in BY_HANDLE.values():
        if who.casefold() in {person.handle, person.name.casefold()}:
            return person.card_number
    try:
        number = bytes.fromhex(who.replace(":", "").replace("-", ""))
    except ValueError:
        number = b""
    if not number:
        raise SimulationError(
            f"{who} is no person of the demo, such as {next(iter(BY_HANDLE))}, and no card number in hex"
        )
    return number


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except HardwareError as error:
        raise SimulationError(str(error)) from error


def _bits(number: str, site_file: Path) -> str:
    """Lay a number out in its format. Raises ``SimulationError``."""
    from accessctl.config import SiteInvalid, load_file
    from hardware.readers.wiegand import encode, parse_number

    try:
        formats = load_file(site_file).card_formats
        name, *fields = parse_number(number, formats).decode().split(":")
        last, facility, extra, *_ = [*map(int, reversed(fields)), None, None]
        bits = encode(formats[name], facility, last or 0, extra=extra)
        return "".join(map(str, bits))
    except (SiteInvalid, OSError, ValueError) as error:
        raise SimulationError(str(error)) from error
