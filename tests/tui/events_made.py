"""Entries of a record, made up for what is pure."""

from accessctl.client import Event

EPOCH = "0a29c1229519bcb1"


def entry(seq: int, type_: str = "access_granted", **facts: object) -> Event:
    """Give an entry with this number."""
    made = {
        "seq": seq,
        "at": "2026-01-05T06:58:12.417Z",
        "mono_ns": seq * 10**9,
        "clock_synced": True,
        "controller": "kade-1",
        "epoch": EPOCH,
        "boot": "b-1",
        "rules": "r-1",
        "version": "1",
        "type": type_,
        "door": "gate",
        "access_point": "gate-in",
        "person": "p-1",
        "person_name": "Ana Marsh",
        "credential": "c-1",
        "reason": "Granted.",
        "detail": {},
    }
    return {**made, **facts}  # type: ignore[typeddict-item]
