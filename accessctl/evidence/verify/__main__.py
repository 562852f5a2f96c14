"""The command ``accessctl-verify``: verifies an export or a proof, with a public key and nothing else.

Exit status: 0 good, 1 a finding, 2 wrong use, or what was found cannot be written.
"""

import argparse
import errno
import json
import os
import sys
import time
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import Final, TextIO

from accessctl.evidence.verify.asked import Asked, WrongUse
from accessctl.evidence.verify.report import on_one_line

_EVERY_S: Final = 5.0
_WRONG_USE: Final = 2
_STOPPED: Final = 130
"""As shells say that Ctrl-C ended a command."""
_EPILOG: Final = "Exit status: 0 good, 1 a finding, 2 wrong use, or what was found cannot be written."


def main() -> None:
    """Run the command of this process."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal need not have what names are written with
            stream.reconfigure(errors="replace")
    sys.exit(_ended(sys.argv[1:]))


def _ended(words: list[str]) -> int:
    """Run it, and give an exit status too where it is stopped, or cannot say what it has found.

    That is no finding, and must not be taken for one.
    """
    try:
        return run(words)
    except KeyboardInterrupt:
        return _STOPPED
    except OSError as error:
        with suppress(OSError):
            _say([f"accessctl-verify: what was found cannot be written: {error.strerror}"], sys.stderr)
        _leave_unsaid()
        return _WRONG_USE


def _leave_unsaid() -> None:
    """Let Python's own last attempt to write the rest go nowhere: it would change the exit status."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, AttributeError):  # there may be no stream at all
            os.dup2(nowhere, stream.fileno())


def run(words: list[str]) -> int:
    """Do what the words ask, print it, and give the exit status."""
    parser = _parser()
    given = parser.parse_args(words)
    asked = Asked(given.path, given.vkey, given.policy, given.previous, given.pruned, given.who)
    try:
        report = asked.verify(_Telling())
    except (WrongUse, OSError) as error:
        _say([f"accessctl-verify: {error}"], sys.stderr)
        return _WRONG_USE
    if given.json:
        _say(json.dumps(report.as_json(), indent=2).replace("\x7f", "\\u007f").split("\n"), sys.stdout)
    else:
        _say(report.lines(), sys.stdout)
    return 0 if report.good else 1


class _Telling:
    """Says on stderr, now and then, how far it has come."""

    def __init__(self) -> None:
        self._done, self._last = 0, time.monotonic()

    def __call__(self, more: int) -> None:
        self._done += more
        if time.monotonic() - self._last >= _EVERY_S:
            self._last = time.monotonic()
            _say([f"accessctl-verify: {self._done:,} entries"], sys.stderr)


def _say(lines: list[str], where: TextIO | None) -> None:
    """Write lines, of which none commands the terminal or makes another one. Raises ``OSError``."""
    if where is None:  # as Python has it where the stream was closed from the beginning
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    where.write("".join(f"{on_one_line(line)}\n" for line in lines))
    where.flush()


def _parser() -> argparse.ArgumentParser:
    about = "Verify an export (a folder) or a proof of one entry (.tlog-proof)."
    parser = argparse.ArgumentParser("accessctl-verify", description=about, epilog=_EPILOG)
    parser.add_argument("path", type=Path, help="the folder of the export, or the proof")
    parser.add_argument(
        "--vkey", type=Path, metavar="FILE", help="the public key to trust; else the vkey.txt beside it"
    )
    parser.add_argument("--policy", type=Path, metavar="FILE", help="logs, witnesses and a quorum to trust")
    parser.add_argument(
        "--previous",
        type=Path,
        metavar="PATH",
        action="append",
        default=[],
        help="an older export or its checkpoint: has anything been removed or changed since? (repeatable)",
    )
    parser.add_argument(
        "--pruned", type=int, default=0, metavar="SEQ", help="entries up to this one may be absent"
    )
    parser.add_argument(
        "--who", type=Path, metavar="FILE", help="with a proof: who its pseudonym is, as .who says it"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


if __name__ == "__main__":
    main()
