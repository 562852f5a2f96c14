"""A witness as a process of its own, and posting to it without anything of ours."""

import http.client
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from accessctl.witness.folder import Folder
from tests.whole.site import once

NAME = "witness.example.com/w1"


class Serving:
    """A process that cosigns."""

    def __init__(self, path: Path, *words: str, listen: str = "127.0.0.1:0") -> None:
        """Make its folder where it is not there, and start it."""
        self.folder, self.log = Folder(path), path.with_suffix(".log")
        if not self.folder.name.exists():
            self.folder.make(NAME)
        self.vkey = str(self.folder.signer().vkey)
        self._before = self.log.read_text().count("cosigns at") if self.log.exists() else 0
        command = [sys.executable, "-P", "-m", "accessctl.cli", "witness", "run", str(path)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([*command, "--listen", listen, *words], stderr=log)
        self.url = once(self._url, lambda: f"it does not serve: {self.log.read_text()}", every_s=0.05)

    def _url(self) -> str | None:
        assert self.process.poll() is None, self.log.read_text()
        said = [line for line in self.log.read_text().splitlines() if "cosigns at" in line]
        return said[-1].rpartition(" ")[2] if len(said) > self._before else None

    def name(self, *vkeys: object) -> None:
        """Let it cosign these logs too."""
        with self.folder.logs.open("a") as file:
            file.writelines(f"{vkey}\n" for vkey in vkeys)

    def post(
        self, body: bytes, path: str = "/add-checkpoint", method: str = "POST"
    ) -> tuple[int, str, bytes]:
        """Ask it, and give status, type and body."""
        parts = urlsplit(self.url)
        assert parts.hostname is not None
        if parts.scheme == "https":
            context = ssl.create_default_context(cafile=str(self.folder.tls / "cert.pem"))
            asked: http.client.HTTPConnection = http.client.HTTPSConnection(
                parts.hostname, parts.port, context=context, timeout=10
            )
        else:
            asked = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
        try:
            asked.request(method, path, body)
            answer = asked.getresponse()
            return answer.status, answer.getheader("content-type") or "", answer.read()
        finally:
            asked.close()

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Ask it to stop, and give its exit status."""
        self.process.terminate()
        return self.process.wait(10)


@contextmanager
def serving(path: Path, *words: str, listen: str = "127.0.0.1:0") -> Iterator[Serving]:
    """Let a witness serve, and end it."""
    process = Serving(path, *words, listen=listen)
    try:
        yield process
    finally:
        process.kill()
