"""Somebody else on this machine, who speaks to a door process."""

import subprocess
import sys
from pathlib import Path

from accessctl.link.requests import Request
from accessctl.link.wire import Message, decode, encode

_SPEAK = """
import os, socket, sys
os.chdir(sys.argv[1])
os.setgroups([])
os.setgid(int(sys.argv[2]))
os.setuid(int(sys.argv[2]))
with socket.socket(socket.AF_UNIX) as link:
    link.connect("door.sock")
    link.sendall(sys.stdin.buffer.read())
    sys.stdout.buffer.write(link.makefile("rb").readline())
"""


def ask_as(uid: int, folder: Path, request: Request) -> Message:
    """Ask the door process of a folder as this user, who gets at its socket whatever it is. Only root may.

    The process enters the folder before it becomes somebody else, since those above it are ours alone.
    """
    folder.chmod(0o711)
    (folder / "door.sock").chmod(0o666)
    said = subprocess.run(
        [sys.executable, "-c", _SPEAK, str(folder), str(uid)],
        input=encode(request),
        capture_output=True,
        check=True,
        timeout=20,
    )
    return decode(said.stdout)
