"""What is wrong with how an installation is kept, and with how it stands, in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from accessctl.doctor.finding import Finding, Weight
from accessctl.doctor.standing import ClockFacts, Copies, Disk, Store

MIB: Final = 1024 * 1024
FULL_BYTES: Final = 200 * MIB
FULL_SHARE: Final = 0.03
"""With less, a backup or a month of record may find no room: when the record has none, doors fall back."""
TIGHT_BYTES: Final = 1024 * MIB
TIGHT_SHARE: Final = 0.10
OLD_BACKUP: Final = timedelta(days=7)
_MAKE_BACKUP: Final = "accessctl backups make, and again every night; then take the file elsewhere"
_CLOCK: Final = "clock"
_CLOCK_REMEDY: Final = (
    "timedatectl says who keeps it right: systemctl enable --now systemd-timesyncd, or chrony with a "
    "receiver or a clock chip where there is no network"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How the door process says that everything stands."""

    rules: str
    """The revision of the site file in force."""
    record_ok: bool
    keys_ok: bool
    unrecorded: int
    conditions: Sequence[str] = field(default=())
    """What doors rely on and is gone (``policies.degraded.Condition``)."""

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Standing":
        """Read what whoever asked the door process passes on."""
        return cls(
            str(said["rules"]),
            bool(said["record_ok"]),
            bool(said["keys_ok"]),
            int(said["unrecorded"]),
            tuple(said["conditions"]),
        )


def stands(standing: Standing, revision: str | None) -> Iterator[Finding]:
    """Find what the door process lacks. ``revision`` is that of the site file as it lies there."""
    if not standing.record_ok:
        yield Finding(
            "record.db",
            "the record cannot be written",
            "look at the disk; the log of accessctl-door says why",
        )
    if standing.unrecorded:
        what = f"{standing.unrecorded} entries wait in memory for the record"
        yield Finding("record.db", what, "do not switch the controller off; look at the disk")
    if not standing.keys_ok:
        what = "neither cards nor PINs can be checked: the root key or the people's store is not usable"
        yield Finding("root.key", what, "sudo accessctl doctor on the controller says which")
    if "on_battery" in standing.conditions:
        yield Finding(
            "mains", "the mains are lost: it runs on its battery", "look at the supply and its fuse"
        )
    if revision is not None and revision != standing.rules:
        what = f"it lies there as {revision}, and {standing.rules} is in force"
        do = "put it in force or put the former one back (accessctl site); the log of accessctl-door says why"
        yield Finding("site.toml", what, do)


def clock(facts: ClockFacts, conditions: Sequence[str] | None) -> Iterator[Finding]:
    """Find a clock that nothing keeps right. ``conditions``: what the door process says; ``None``: silent."""
    if conditions is not None and "clock_untrusted" in conditions:
        what = "nothing keeps it right: doors go by what the site file states for a clock that is not trusted"
        yield Finding(_CLOCK, what, _CLOCK_REMEDY)
    elif facts.kept_right is False:
        yield Finding(_CLOCK, "nothing keeps it right", _CLOCK_REMEDY)


def disk(found: Disk | None) -> Iterator[Finding]:
    """Find a disk that is full, or will be."""
    if found is None:
        return
    share = found.free / max(1, found.total)
    left = f"{found.free // MIB} MiB are left of {found.total // MIB} MiB"
    do = "remove what is not of accessctl; take old backups elsewhere and delete them here"
    if found.free < FULL_BYTES or share < FULL_SHARE:
        yield Finding("disk", f"it is full: {left}", do)
    elif found.free < TIGHT_BYTES or share < TIGHT_SHARE:
        yield Finding("disk", f"it fills: {left}", do, Weight.NOTE)


def unreadable(stores: Sequence[Store]) -> Iterator[Finding]:
    """Find stores that cannot be read."""
    for store in stores:
        if store.wrong is not None:
            yield Finding(store.name, store.wrong, "put a backup in its place: accessctl restore")


def backups(copies: Copies, now: datetime) -> Iterator[Finding]:
    """Find out whether there is a backup of late."""
    if copies.newest_at is None:
        yield Finding("backups", "there is none", _MAKE_BACKUP, Weight.NOTE)
    elif now - copies.newest_at > OLD_BACKUP:
        what = f"the newest is {(now - copies.newest_at).days} days old"
        yield Finding("backups", what, _MAKE_BACKUP, Weight.NOTE)
