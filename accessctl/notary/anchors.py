"""Places off this device that keep signed heads: the system's log, a file on another disk, and more.

Another kind needs what ``Anchor`` says, a rule in ``rules.py``, and a line in ``anchor_of``. Each is used
from a thread of its own (``hands.py``), so it may take its time, or hang.
"""

import os
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Protocol

from accessctl.evidence.checkpoint import opened
from accessctl.evidence.ed25519 import LogSigner, LogVerifier
from accessctl.evidence.note import NoteWrong
from accessctl.home import Home
from accessctl.notary.lines import on_one_line
from accessctl.notary.rules import AnchorRule, FileAnchorRule, TimestampAnchorRule, WitnessAnchorRule
from accessctl.store.tree import Cosignature, Stamp

Receipt = Cosignature | Stamp
"""What an anchor gives for a head."""
DEV_LOG: Final = Path("/dev/log")
PATIENCE_S: Final = 5.0
_AUTHPRIV_NOTICE: Final = 10 * 8 + 5
"""Facility and severity (RFC 5424)."""
_PORTION: Final = 1024 * 1024
"""So many bytes of a file are looked through at once: some four thousand heads."""
_LONGEST: Final = 16 * 1024
"""No head of ours is longer."""
Signer = Callable[[str], LogSigner]
"""Gives the key that signs for a log."""
_NOTE: Final = re.compile(
    rb"^(?P<origin>[^\s]+)\n(?P<size>0|[1-9][0-9]{0,18})\n[A-Za-z0-9+/=]{44}\n\n(?:\xe2\x80\x94 [^\n]+\n)+",
    re.MULTILINE,
)


class NotNow(Exception):
    """A head is not wanted yet. The newest one is offered again after a while; nothing is wrong."""

    def __init__(self, for_s: float) -> None:
        """Wait for so many seconds."""
        super().__init__(f"not for {for_s:.0f} s")
        self.for_s = for_s


class Anchor(Protocol):
    """Keeps heads where whoever has this device cannot take them back."""

    @property
    def newest_only(self) -> bool:
        """Whether of several heads that wait the newest is enough."""
        ...

    @property
    def gives_back(self) -> bool:
        """Whether ``newest`` gives what was put, as long as nobody takes it away there."""
        ...

    @property
    def name(self) -> str:
        """What it is called in the record and on screens: its kind, and what tells it from others."""
        ...

    def newest(self, origin: str) -> bytes | None:
        """Give the newest head that it keeps of this log, as it was signed.

        Where it has none of it and has one of another log of the same controller, that one. ``None`` where
        it has neither, or cannot be read at all. Raises ``OSError`` when it cannot be reached, and
        ``Disagrees`` where it knows by itself that it keeps another record than this.
        """
        ...

    def put(self, note: bytes) -> Receipt | None:
        """Keep a head, and give what is to be kept beside it here.

        Raises ``OSError`` when it was not kept, or not for certain, ``NotNow``, and ``Disagrees`` as above.
        """
        ...


class SyslogAnchor:
    """One line for each head in the system's log, from where a site sends it elsewhere. It cannot be read."""

    name = "syslog"
    newest_only = False
    gives_back = False

    def __init__(self, path: Path = DEV_LOG) -> None:
        """``path``: the socket of the log."""
        self._path = path

    def newest(self, origin: str) -> bytes | None:
        """Give nothing: what was logged cannot be read back."""
        return None

    def put(self, note: bytes) -> None:
        """Log a head. Raises ``OSError``."""
        line = f"<{_AUTHPRIV_NOTICE}>accessctl-notary[{os.getpid()}]: {on_one_line(note)}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
            log.settimeout(PATIENCE_S)
            log.connect(str(self._path))
            log.send(line.encode())


class FileAnchor:
    """A file to which heads are added. It is never shortened here."""

    newest_only = False
    gives_back = True

    def __init__(self, rule: FileAnchorRule, home: Path, signer: Signer) -> None:
        """``home``: where the record lies; the file may have to lie on another disk."""
        self._path, self._home, self._other_disk = Path(rule.path), home, rule.other_disk
        self._signer = signer
        self._grown = 0
        """So many bytes it had after the newest head was added."""
        self.name = f"file {rule.path}"

    def newest(self, origin: str) -> bytes | None:
        """Give the largest head of this log that was signed here. Raises ``OSError``.

        All of the file is read, from its end: whoever may add to it can add what is no head, and old heads.
        """
        self._look_at_disk()
        ours: tuple[int, bytes] = (-1, b"")
        other: bytes | None = None
        for found in self._from_the_end():
            name, size, note = found["origin"].decode(errors="replace"), int(found["size"]), found.group()
            if name == origin:
                if size > ours[0] and self._is_signed(note, name):
                    ours = (size, note)
            elif other is None and _controller(name) == _controller(origin) and self._is_signed(note, name):
                other = note
        return ours[1] or other

    def _from_the_end(self) -> Iterator[re.Match[bytes]]:
        """Give whatever looks like a head, of each portion the first one first."""
        try:
            file = self._path.open("rb")
        except FileNotFoundError:
            return
        with file:
            end = file.seek(0, os.SEEK_END)
            while end > 0:
                begin = max(0, end - _PORTION)
                file.seek(begin)
                for found in _NOTE.finditer(file.read(end - begin + _LONGEST)):
                    if found.start() < end - begin:
                        yield found
                end = begin

    def _is_signed(self, note: bytes, origin: str) -> bool:
        try:
            opened(note, origin, [LogVerifier(self._signer(origin).vkey)])
        except NoteWrong:
            return False
        return True

    def put(self, note: bytes) -> None:
        """Add a head and bring it to the disk. Raises ``OSError``."""
        self._look_at_disk()
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        handle = os.open(self._path, flags, 0o640)
        try:
            if os.fstat(handle).st_size < self._grown:
                self._grown = 0
                raise OSError("it is shorter than it was")
            whole = b"\n" + note  # a head that was cut short by a stick that was pulled ends before it
            if os.write(handle, whole) != len(whole):
                raise OSError("there is no room for another head")
            os.fsync(handle)
            self._grown = os.fstat(handle).st_size
        finally:
            os.close(handle)

    def _look_at_disk(self) -> None:
        # A folder whose disk is not there looks like any other, and lies beside the record.
        if self._other_disk and self._path.parent.stat().st_dev == self._home.stat().st_dev:
            raise OSError("it lies on the same file system as the record: is the other disk mounted?")


def anchor_of(rule: AnchorRule, home: Path, signer: Signer) -> Anchor:
    """Make what a rule says. ``signer``: the keys of this installation's logs.

    What speaks over the network is loaded for those that are there.
    """
    match rule:
        case FileAnchorRule():
            return FileAnchor(rule, home, signer)
        case WitnessAnchorRule():
            from accessctl.notary.witness_anchor import WitnessAnchor

            return WitnessAnchor(rule, Home(home))
        case TimestampAnchorRule():
            from accessctl.notary.timestamp_anchor import TimestampAnchor

            return TimestampAnchor(rule, Home(home))
        case _:
            return SyslogAnchor()


def _controller(origin: str) -> str:
    return "/".join(origin.split("/")[:2])
