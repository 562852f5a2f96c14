"""The home in which the badge is measured."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from accessctl.home import Home
from tests.door.conftest import ALICE
from tests.door.site import SITE
from tests.door.story import Office, make_home


@contextmanager
def bench_home() -> Iterator[Home]:
    """A home where Alice may pass everywhere at any hour."""
    with tempfile.TemporaryDirectory(prefix="acc-") as short:
        always = SITE.replace(
            'days = "mon-fri", from = "06:00", to = "18:00"',
            'days = "every day", from = "00:00", to = "24:00"',
        )
        home = make_home(Path(short), always)
        office = Office(home)
        office.person("alice", pin="4711")
        office.card("alice", ALICE)
        office.writer.close()
        yield home
