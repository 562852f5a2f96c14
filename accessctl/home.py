"""Where one installation keeps its files."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LONGEST_SOCKET_PATH: Final = 100
"""The kernel takes 107 bytes for a Unix socket's path (``unix(7)``); a few are left for its name."""

SYSTEM_HOME: Final = Path("/var/lib/accessctl")
"""The installation of a machine that is a door controller."""

OPERATORS_SOCKET: Final = Path("/run/accessctl/api.sock")
"""Where that one is administered by operators, who may not enter its home."""


class HomeUnusable(Exception):
    """The folder cannot serve as an installation's home."""


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of one installation and the names of what lies in it."""

    path: Path

    def __post_init__(self) -> None:
        """Refuse a folder in which no socket could be opened."""
        if len(os.fsencode(self.path.absolute())) + len("/door.sock") > LONGEST_SOCKET_PATH:
            raise HomeUnusable(
                f"{self.path} is too long a path: Unix sockets allow about {LONGEST_SOCKET_PATH} bytes"
            )

    @property
    def site_file(self) -> Path:
        """The site file that the admin edits."""
        return self.path / "site.toml"

    @property
    def last_good_site(self) -> Path:
        """A copy of the last site file that was sound. The door process falls back on it."""
        return self.path / "site.last-good.toml"

    @property
    def root_key(self) -> Path:
        """The device root, from which every key derives. Keep it apart from backups of the databases."""
        return self.path / "root.key"

    @property
    def reader_keys(self) -> Path:
        """The keys of readers that speak over a secure channel, sealed with the root; made for the first."""
        return self.path / "reader-keys.json"

    @property
    def card_keys(self) -> Path:
        """The keys of the site's own cards, sealed with the root; without it no such card opens a door."""
        return self.path / "card-keys.json"

    @property
    def people(self) -> Path:
        """People, credentials and the outbox. Its one writer is the API process."""
        return self.path / "people.db"

    @property
    def record(self) -> Path:
        """The record and the counters. Its one writer is the door process."""
        return self.path / "record.db"

    @property
    def tree(self) -> Path:
        """The tree over the record, and its signed heads. Its one writer is the notary process."""
        return self.path / "tree.db"

    @property
    def tls(self) -> Path:
        """The API's own certificate and key for the network; made where the site file names no other."""
        return self.path / "tls"

    @property
    def backups(self) -> Path:
        """The backups that the API process has made, each one file."""
        return self.path / "backups"

    @property
    def door_socket(self) -> Path:
        """The narrow link to the door process."""
        return self.path / "door.sock"

    @property
    def door_lock(self) -> Path:
        """Held by the door process: two of them would drive the same strikes."""
        return self.path / "door.lock"

    @property
    def notary_socket(self) -> Path:
        """Where the notary is asked to sign at once."""
        return self.path / "notary.sock"

    @property
    def notary_lock(self) -> Path:
        """Held by the notary process: of two, each would sign what the other does not know."""
        return self.path / "notary.lock"

    @property
    def api_socket(self) -> Path:
        """The HTTP API."""
        return self.path / "api.sock"

    @property
    def api_lock(self) -> Path:
        """Held by the API process."""
        return self.path / "api.sock.lock"

    @property
    def warehouse_socket(self) -> Path:
        """The simulated warehouse, on a simulated board."""
        return self.path / "warehouse.sock"


def demo_home() -> Path:
    """Give the folder of the demo, in the place where programs keep their state (XDG)."""
    state = os.environ.get("XDG_STATE_HOME", "")
    # The specification says to ignore a relative path.
    base = Path(state) if state.startswith("/") else Path.home() / ".local" / "state"
    return base / "accessctl" / "demo"
