"""A time stamper for tests: `openssl ts` behind HTTP on this machine, with an authority of its own."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

_CONFIG = """\
[req]
distinguished_name = dn
[dn]
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
[stamper]
basicConstraints = CA:FALSE
extendedKeyUsage = critical, timeStamping
keyUsage = critical, digitalSignature
[tsa]
default_tsa = here
[here]
dir = .
serial = serial
crypto_device = builtin
signer_cert = stamper.pem
certs = ca.pem
signer_key = stamper.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


def openssl(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run it there."""
    return subprocess.run(
        ["openssl", *words], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )


class Stamper:
    """Its keys, and what it has stamped."""

    def __init__(self, folder: Path) -> None:
        """Make an authority and a certificate for stamping, in this folder."""
        self.folder, self.requests, self.spoil = folder, 0, False
        folder.mkdir()
        (folder / "openssl.cnf").write_text(_CONFIG)
        (folder / "serial").write_text("01\n")
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", "openssl.cnf")
        ca = ("-x509", "-subj", "/CN=An authority", "-days", "30", "-extensions", "ca")
        one = ("-subj", "/CN=A stamper", "-days", "30", "-CA", "ca.pem", "-CAkey", "ca.key", "-x509")
        for words in (
            ("req", *ca, *key, "-keyout", "ca.key", "-out", "ca.pem"),
            ("req", *one, "-extensions", "stamper", *key, "-keyout", "stamper.key", "-out", "stamper.pem"),
        ):
            done = openssl(folder, *words)
            assert done.returncode == 0, done.stderr

    @property
    def ca(self) -> Path:
        """The root that is to be trusted."""
        return self.folder / "ca.pem"

    def stamp(self, request: bytes) -> bytes:
        """Give the reply."""
        self.requests += 1
        (self.folder / "query").write_bytes(request)
        words = ("ts", "-reply", "-queryfile", "query", "-out", "reply", "-config", "openssl.cnf")
        done = openssl(self.folder, *words)
        assert done.returncode == 0, done.stderr
        reply = (self.folder / "reply").read_bytes()
        return reply[:-1] + bytes([reply[-1] ^ 1]) if self.spoil else reply


@contextmanager
def stamping(stamper: Stamper) -> Iterator[str]:
    """Serve it, and give its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            reply = stamper.stamp(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/tsa"
        finally:
            server.shutdown()
            thread.join()
