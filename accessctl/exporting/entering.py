"""Entering in the record that entries were taken out of it, where the door process lives to do that.

Whoever may read the files can copy them without a word. So an entry says that this was exported, and that
there is none says nothing.
"""

import base64
import os
import pwd
from typing import TYPE_CHECKING

from accessctl.exporting.rows import Exported
from accessctl.home import Home

if TYPE_CHECKING:
    from accessctl.evidence.checkpoint import Checkpoint


def entered(home: Home, done: Exported, person: str = "") -> bool:
    """Have it entered who took out what; tells whether it is. Waits some seconds at most.

    ``person``: whose name went along.
    """
    if not home.door_socket.is_socket():
        return False
    # What speaks to the door process takes longer to load than ten thousand entries to export.
    from accessctl.acting import Whence
    from accessctl.link.requests import TellOfExport
    from accessctl.notary.telling import tell

    user = _user()
    since, until = (done.wanted.as_json()[name] or "" for name in ("since", "until"))
    size, root = said_of(done.head)
    request = TellOfExport(
        f"export-{os.urandom(8).hex()}",
        user,
        done.form,
        done.entries,
        done.last,
        since,
        until,
        size,
        root,
        person,
    )
    return tell(home.door_socket, request, Whence(f"files:{user}"))


def said_of(head: "Checkpoint | None") -> tuple[int, str]:
    """Give size and root (in base64) of a head as an entry says them; 0 and nothing where there is none."""
    return (0, "") if head is None else (head.size, base64.b64encode(head.root).decode())


def _user() -> str:
    """Name the user of this machine who runs this."""
    uid = os.getuid()
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
