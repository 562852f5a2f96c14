"""The protocol of the simulated warehouse: JSON objects, one a line, on a Unix socket of mode 0600.

The door process attaches; a second one is refused while the first is connected::

    > {"op": "attach", "strikes": {"gate.strike": true}, "contacts": ["gate.position"],
       "readers": ["gate-in.reader"], "annunciators": ["gate-in.annunciator"], "wiegand": ["yard-in.reader"],
       "fingers": ["cage-in.finger"], "cameras": ["cage-in.camera"],
       "lines": {"gate.strike": false}}
    < {"ok": true, "contacts": {"gate.position": false}, "unplugged": [], "insecure": {},
       "tampered": [], "powerless": [], "faults": {},
       "kept": {"cage-in.finger": {"p-1:1": "mila"}},
       "faces": {"cage-in.camera": {"name": "mila", "photo": false, "turns": true}}}
    > {"op": "keep", "device": "cage-in.finger", "template": "p-1:1", "finger": "mila"}    (null: forgotten)
    < {"told": "finger", "device": "cage-in.finger", "finger": "mila", "bad": false}
    < {"told": "face", "device": "cage-in.camera", "name": "mila", "photo": false, "turns": true}
    < {"told": "face", "device": "cage-in.camera", "name": null}        nobody any more
    > {"op": "line", "line": "gate.strike", "high": true}
    > {"op": "show", "annunciator": "gate-in.annunciator", "pattern": "GRANTED"}    (null: dark)
    < {"told": "card", "device": "gate-in.reader", "number": "04a1b2c3", "technology": "iso14443-uid",
       "counter": null}    (without a technology: a UID)
    < {"told": "forged", "device": "gate-in.reader", "technology": "pkoc", "why": "..."}
    < {"told": "pass", "device": "gate-in.reader", "text": "AP1..."}
    < {"told": "unreadable", "device": "gate-in.reader", "why": "..."}
    < {"told": "key", "device": "gate-in.reader", "key": "7"}
    < {"told": "contact", "device": "gate.position", "active": true}
    < {"told": "lost", "device": "gate-in.reader"}     and "back"
    < {"told": "tamper", "device": "gate-in.reader", "active": true}
    < {"told": "power", "device": "gate-in.reader", "failed": true}
    < {"told": "insecure", "device": "gate-in.reader", "why": "..."}    and the reader is lost with it
    < {"told": "unknown", "device": "gate-in.reader", "what": "..."}
    < {"told": "pulses", "device": "yard-in.reader", "bits": "0110..."}    0 is a pulse on D0, 1 one on D1
    < {"told": "fault", "device": "gate.position", "fault": "cut"}      or "shorted"; null: mended

The value of a strike is whether a high line means released. ``line``, ``show`` and ``keep`` are not answered.
When the connection ends, every line of it goes low at once, as a pull resistor makes it where the kernel
lets go of a dead process's lines (on a Pi: ``dtparam=strict_gpiod``, see the wiring guide).

Tools ask, and each question has one answer, ``{"ok": true, "at": NS}`` or ``{"ok": false, "why": "..."}``::

    {"op": "badge", "reader": "gate-in", "number": "04a1b2c3"}    {"op": "unreadable", "reader": "gate-in"}
    {"op": "key", "reader": "gate-in", "key": "7"}                {"op": "lose", "reader": "gate-in"}
    {"op": "leaf", "door": "gate", "open": true, "force": false}  {"op": "return", "reader": "gate-in"}
    {"op": "pass", "reader": "gate-in", "text": "AP1..."}
    {"op": "badge", "reader": "gate-in", "number": "04a1b2c3d4e5f6", "technology": "ntag424-sun",
     "counter": 7}
    {"op": "forged", "reader": "gate-in", "technology": "pkoc"}
    {"op": "rex", "door": "gate", "pressed": true}    (null: pressed for a moment)
    {"op": "contact", "device": "input.fire", "active": true}
    {"op": "fault", "device": "gate.position", "fault": "cut"}
    {"op": "tamper", "reader": "gate-in", "active": true}
    {"op": "power", "reader": "gate-in", "failed": true}
    {"op": "insecure", "reader": "gate-in", "why": "..."}
    {"op": "unknown", "reader": "gate-in", "what": "..."}
    {"op": "pulses", "reader": "yard-in", "bits": "0110..."}
    {"op": "finger", "sensor": "cage-in", "finger": "mila", "bad": false}
    {"op": "face", "camera": "cage-in", "name": "mila", "photo": false, "turns": true}    (name null: leaves)
    {"op": "state"}    adds "state" to the answer
    {"op": "watch"}    from then on every edge comes as {"at": NS, "edge": "line", "device": ..., ...}

``at`` is the warehouse's ``time.monotonic_ns()``: for what it sends, just before sending; for what it
receives, when it was received. An edge never holds a card's number, a key, a finger or a face.

Devices are named ``<access point>.reader``, ``<access point>.annunciator``, ``<door>.strike``,
``<door>.position`` and ``<door>.exit_request``; tools may leave ``.reader`` out.
"""

import json
from typing import Any, Final

Message = dict[str, Any]
"""One line of the protocol. What it holds is the other side's claim until somebody has looked."""

LONGEST_LINE: Final = 65_536
"""Bytes. An attaching door process names all its devices in one line; nothing else comes near."""


_encode: Final = json.JSONEncoder(separators=(",", ":")).encode
"""Made once: ``json.dumps`` with separators makes an encoder at every call."""


def encode(message: Message) -> bytes:
    """Make one line of a message."""
    return _encode(message).encode() + b"\n"


def decode(line: bytes) -> Message:
    """Read one line. Raises ``ValueError`` when it is no JSON object."""
    message = json.loads(line)
    if not isinstance(message, dict):
        raise ValueError("a message is a JSON object")  # noqa: TRY004 - a wrong line, not a wrong call
    return message
