"""A place in the air over nfcpy's udp driver, where tags that are processes can be put and taken away."""

import contextlib
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict

from hardware.ports import Reader
from tests.hardware.listening import PATIENCE_S
from tests.hardware.nfc_emulated import Tag


def free_port() -> int:
    """Find a UDP port that nobody has."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.bind(("0.0.0.0", 0))  # noqa: S104 - as nfcpy will
        return int(found.getsockname()[1])


@contextlib.contextmanager
def put(port: int, tag: Tag) -> Iterator[subprocess.Popen[str]]:
    """Put a tag on the reader, and take it away in the end."""
    command = [sys.executable, "-m", "tests.hardware.nfc_emulated", str(port), json.dumps(asdict(tag))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


def wait_for_looks(reader: Reader, looks: int) -> None:
    """Wait until the reader has looked so many times more."""
    deadline = time.monotonic() + PATIENCE_S
    beat = reader.health.beat_ns
    while looks:
        assert time.monotonic() < deadline, "the reader does not go round"
        time.sleep(0.005)
        if (now := reader.health.beat_ns) != beat:
            beat, looks = now, looks - 1
