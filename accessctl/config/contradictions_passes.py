"""What can be wrong between the readers and what is said of passes."""

from collections.abc import Iterator

from accessctl.config.errors import Problem
from accessctl.config.reading import Table, under
from accessctl.config.schema import SiteFile
from accessctl.config.schema_readers import NfcTable, UsbTable
from hardware.specs import NfcReads, UsbReads


def contradictions_of_passes(file: SiteFile) -> Iterator[Problem]:
    """Want it said that passes count, wherever something reads them."""
    if not file.has("access_points", "passes") or file.passes is not None:
        return
    for name, point in file.access_points.items():
        for key_ in point.keys:
            table = vars(point).get(key_)
            if isinstance(table, Table) and _reads_passes(table):
                where = f"{under('access_points', name)}.{key_}"
                yield Problem(
                    "passes", f"is missing: {where} reads passes; say that they count: accepted = true"
                )
                return


def _reads_passes(table: Table) -> bool:
    match table:
        case UsbTable():
            return vars(table).get("reads") is UsbReads.PASS
        case NfcTable():
            return vars(table).get("reads") is NfcReads.PASS
        case _:
            return vars(table).get("passes") is True
