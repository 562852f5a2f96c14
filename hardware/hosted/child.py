"""A driver's process as its parent has it: started, given orders, heard, and ended for certain.

Nothing here waits for the child but ``receive`` and ``end``, which say how long.
"""

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from typing import Final

from hardware.hosted.orders import Order, pack
from hardware.hosted.unit import HostedUnit
from hardware.hosted.wire import LONGEST_PACKET, HostedSignal, Pulse, decode

MS_PER_S: Final = 1_000


class Child:
    """One life of a driver's process."""

    def __init__(self, unit: HostedUnit) -> None:
        """Start it. Raises ``OSError`` when there is no room for one more process.

        NOTE: the kernel kills it when the thread that started it ends.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket = ours
        with theirs, contextlib.ExitStack() as undo:
            undo.callback(ours.close)
            ours.setblocking(False)  # noqa: FBT003 - as the library has it
            # -P: it must not import what somebody put into the working directory. The devices' names are
            # there to be seen in a list of processes.
            command = [sys.executable, "-P", "-m", "hardware.hosted", *unit.names]
            self._process = subprocess.Popen(command, stdin=theirs.fileno(), stdout=subprocess.DEVNULL)
            undo.pop_all()
        self.pid = self._process.pid
        self._send(pack(replace(unit, patterns=dict(unit.patterns), keys=dict(unit.keys))))
        self._poll = select.poll()
        self._poll.register(ours, select.POLLIN)
        self._packet = bytearray(LONGEST_PACKET)

    def order(self, order: Order) -> bool:
        """Send an order if it can be sent at once; tell whether it was."""
        return self._send(pack(order))

    def receive(self, within_s: float) -> HostedSignal | Pulse | None:
        """Wait for what it tells; ``None`` for nothing.

        Raises ``EOFError`` when it hung up, and ``NotUnderstood``.
        """
        if not self._poll.poll(within_s * MS_PER_S):
            return None
        try:
            length = self._socket.recv_into(self._packet)
        except BlockingIOError:
            return None
        except OSError:
            length = 0
        if not length:
            raise EOFError
        return decode(bytes(self._packet[:length]))

    def hang_up(self) -> None:
        """Tell it to end, from any thread; whoever waits in ``receive`` is woken."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def end(self, within_s: float) -> str:
        """See to it that it is gone, by force when the time is over; tell how it ended."""
        self.hang_up()
        try:
            status = self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        self._socket.close()
        if status < 0:
            return f"was ended by {signal.Signals(-status).name}"
        return f"ended by itself (status {status})"

    def kill(self) -> None:
        """End it now; ``end`` still has to be called."""
        os.kill(self.pid, signal.SIGKILL)

    def _send(self, packet: bytes) -> bool:
        try:
            return self._socket.send(packet) == len(packet)
        except OSError:
            return False
