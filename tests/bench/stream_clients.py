"""Many clients of the live stream in one process, as cheap as they can be: what is measured is not them.

They read the numbers of the entries and nothing else; one of them also looks how old each entry is.
"""

import asyncio
import json
import re
import resource
import sys
import time
from pathlib import Path
from typing import Final

_ITEM: Final = re.compile(rb'id: \w+-(\d+)\ndata: \{"seq":\d+,"at":"[^"]*","mono_ns":(\d+)')
_BEGIN: Final = re.compile(rb": the record follows\nid: \w+-(\d+)\n")
_ASK: Final = b"GET /v1/events/stream HTTP/1.1\r\nHost: api\r\n\r\n"
_LATEST_S: Final = 20.0


class Client(asyncio.Protocol):
    """Follows from now on."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.begun: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.seqs: list[int] = []
        self.delays_us: list[float] = []
        self._text = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask."""
        assert isinstance(transport, asyncio.WriteTransport)
        transport.write(_ASK)

    def data_received(self, data: bytes) -> None:
        """Note the numbers of what came."""
        self._text += data
        if not self.begun.done() and (begin := _BEGIN.search(self._text)):
            self.begun.set_result(int(begin[1]))
        end = 0
        for item in _ITEM.finditer(self._text):
            self.seqs.append(int(item[1]))
            self.delays_us.append((time.monotonic_ns() - int(item[2])) / 1000)
            end = item.end()
        self._text = self._text[end:][-4096:]


async def follow(path: Path, count: int) -> None:
    """Let so many clients follow, say when they do, and once told up to where, say what they got."""
    loop = asyncio.get_running_loop()
    clients = [(await loop.create_unix_connection(Client, str(path)))[1] for _ in range(count)]
    begins = [await client.begun for client in clients]
    print("following", flush=True)
    last = int(await asyncio.to_thread(sys.stdin.readline))
    deadline = time.monotonic() + _LATEST_S
    while time.monotonic() < deadline and any(last not in client.seqs[-5:] for client in clients):  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    expected = [list(range(begin + 1, last + 1)) for begin in begins]
    got = [[seq for seq in client.seqs if seq <= last] for client in clients]
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {
                "lost": sum(len(set(all_) - set(some)) for all_, some in zip(expected, got, strict=True)),
                "wrong": sum(all_ != some for all_, some in zip(expected, got, strict=True)),
                "received": sum(map(len, got)),
                "delays_us": clients[0].delays_us,
                "cpu_s": usage.ru_utime + usage.ru_stime,
            }
        )
    )


if __name__ == "__main__":
    asyncio.run(follow(Path(sys.argv[1]), int(sys.argv[2])))
