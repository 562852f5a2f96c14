"""How the record of the site that stands still is signed: one head, and two places that keep heads."""

import hashlib
import json
from contextlib import closing
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Final

from accessctl.evidence.checkpoint import Checkpoint
from accessctl.evidence.ed25519 import LogSigner
from accessctl.evidence.note import signed
from accessctl.home import Home
from accessctl.notary.hands import AnchorState
from accessctl.notary.notary import ORIGIN, VKEY
from accessctl.notary.posts import ANCHORS
from accessctl.store.tree import Head, TreeWriter
from tests.tui.still_day import day

_ORIGIN: Final = "accessctl/kade-1/5f1c09e2a7d84b33"


def sign(home: Home, at: datetime) -> None:
    """Write a head over what has happened until then, under a key that everybody knows."""
    signer = LogSigner(_ORIGIN, bytes(range(32)))
    checkpoint = Checkpoint(_ORIGIN, len(day()), hashlib.sha256(b"still").digest())
    note = str(signed(checkpoint.text, signer))
    kept = AnchorState("file /mnt/usb/accessctl-heads", checkpoint.size, at.isoformat())
    hours_ago = (at - timedelta(hours=3)).isoformat()
    lost = AnchorState(
        "witness https://witness.example.com",
        checkpoint.size - 9,
        hours_ago,
        failing_since=hours_ago,
        why="no route to host",
    )
    with closing(TreeWriter.open(home.tree)) as tree:
        tree.put_meta(ORIGIN, _ORIGIN)
        tree.put_meta(VKEY, str(signer.vkey))
        tree.put_meta(ANCHORS, json.dumps([asdict(kept), asdict(lost)]))
        tree.write((), Head(checkpoint, at, note))
