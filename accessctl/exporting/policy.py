"""The policy in an export: the log, and the witnesses that have cosigned its head (C2SP tlog-policy).

It says what is there, for tools that want a policy. Whom to trust, an auditor's own policy says.
"""

import time
from typing import Final

from accessctl.exporting.signed import Signed, signed_record
from accessctl.home import Home
from accessctl.notary.hands import states_in
from accessctl.notary.posts import ANCHORS

WITNESSES_S: Final = 5.0
"""So long does an export wait for witnesses that are well."""
_GROUP: Final = "witnesses"
_LOOK_S: Final = 0.1


def policy_of(signed: Signed) -> str:
    """Give the file: all witnesses that have cosigned this very head make up its quorum."""
    names = [f"w{number}" for number in range(1, len(signed.witnesses) + 1)]
    lines = [f"log {signed.vkey}"]
    lines += [f"witness {name} {each.vkey}" for name, each in zip(names, signed.witnesses, strict=True)]
    if len(names) > 1:
        lines.append(f"group {_GROUP} all {' '.join(names)}")
    lines.append(f"quorum {_GROUP if len(names) > 1 else names[0] if names else 'none'}")
    return "\n".join([*lines, ""])


def lacking(signed: Signed) -> list[str]:
    """Give the names of witnesses that have cosigned older heads of this log, and not this one."""
    there = {each.vkey for each in signed.witnesses}
    return [vkey.partition("+")[0] for vkey in signed.tree.witnesses(signed.origin) if vkey not in there]


def wait_for_witnesses(home: Home, patience_s: float = WITNESSES_S) -> None:
    """Give those a moment who have cosigned before and can be reached. Raises ``ExportFailed``."""
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        with signed_record(home.record, home.tree) as signed:
            states = states_in(signed.tree.meta(ANCHORS)).values()
            gone = {state.name for state in states if state.failing_since is not None}
            if all(f"witness {name}" in gone for name in lacking(signed)):
                return
        time.sleep(_LOOK_S)
