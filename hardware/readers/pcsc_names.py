"""Could two readers of a site be one and the same PC/SC reader? Needs no PC/SC library to tell.

It must not happen: each reader has a process of its own, and one card would count at two doors.
"""

from collections.abc import Iterable
from itertools import combinations

from hardware.errors import ReaderNamesOverlap
from hardware.specs import PcscReaderSpec


def check_names(specs: Iterable[PcscReaderSpec]) -> None:
    """Raise ``ReaderNamesOverlap`` for two readers that could be the same one.

    Two ports that differ tell two readers apart, and so do two names of which neither begins with the other.
    A name and a port never do: what is plugged in at the port has a name, too.
    """
    for one, other in combinations(specs, 2):
        if not (_ports_differ(one, other) or _names_differ(one, other)):
            name = one.name or other.name or f"at USB port {one.usb_port}"
            raise ReaderNamesOverlap(one.id, other.id, name)


def _ports_differ(one: PcscReaderSpec, other: PcscReaderSpec) -> bool:
    return None not in {one.usb_port, other.usb_port} and one.usb_port != other.usb_port


def _names_differ(one: PcscReaderSpec, other: PcscReaderSpec) -> bool:
    if one.name is None or other.name is None:
        return False
    return not (one.name.startswith(other.name) or other.name.startswith(one.name))
