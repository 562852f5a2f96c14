"""Turns what a file says of the record into its rules."""

from accessctl.config.schema import SiteFile
from accessctl.config.schema_record import (
    AnchorTable,
    FileAnchorTable,
    RetentionTable,
    TimestampAnchorTable,
    WitnessAnchorTable,
)
from accessctl.notary.rules import (
    AnchorRule,
    FileAnchorRule,
    RecordRules,
    SyslogAnchorRule,
    TimestampAnchorRule,
    WitnessAnchorRule,
)
from policies.retention import PRUNABLE, Retention


def record_of(file: SiteFile) -> RecordRules:
    """Give the rules of the record."""
    if file.record is None:
        return RecordRules()
    return RecordRules(tuple(map(_anchor, file.record.anchors)), _retention(file.record.retention))


def _retention(table: RetentionTable | None) -> Retention:
    days = {kind: getattr(table, kind.value, None) for kind in PRUNABLE}
    return Retention({kind: limit for kind, limit in days.items() if limit is not None})


def _anchor(table: AnchorTable) -> AnchorRule:
    match table:
        case FileAnchorTable():
            return FileAnchorRule(table.path, table.other_disk)
        case WitnessAnchorTable():
            return WitnessAnchorRule(table.url, table.vkey, table.ca)
        case TimestampAnchorTable():
            return TimestampAnchorRule(table.url, table.ca, table.every_hours)
        case _:
            return SyslogAnchorRule()
