"""``python -m accessctl.notary HOME``: run the notary process of one installation."""

import argparse
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from accessctl.alone import AlreadyHeld, alone
from accessctl.evidence.ed25519 import LogSigner
from accessctl.home import Home, HomeUnusable
from accessctl.keys.root import Purpose, RootKey, RootKeyUnusable
from accessctl.notary.anchors import Anchor, anchor_of
from accessctl.notary.keeping import Keeper
from accessctl.notary.keys import Keys
from accessctl.notary.posts import Posts
from accessctl.notary.pruning import Pruner
from accessctl.notary.rules import RecordRules
from accessctl.notary.serving import Serving
from accessctl.notary.telling import prune, tell

_NICENESS: Final = 5
"""Doors come first."""
_SITE_FILE_S: Final = 60.0

log = logging.getLogger(__name__)


def main() -> int:
    """Run until SIGTERM. Exit status 1 when it cannot sign here, with the reason on stderr."""
    parser = argparse.ArgumentParser(prog="accessctl-notary", description="The notary process of accessctl.")
    parser.add_argument("home", type=Path, help="the installation's folder")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="notary: %(message)s", stream=sys.stderr)
    with suppress(PermissionError):
        os.nice(_NICENESS)
    try:
        home = Home(arguments.home)
        root = RootKey.load(home.root_key)
        with alone(home.notary_lock):
            _keeper_of(home, root).run()
    except AlreadyHeld:
        log.error("another notary process already runs at %s", arguments.home)  # noqa: TRY400
        return 1
    except (RootKeyUnusable, HomeUnusable, OSError) as error:
        log.error("nothing can be signed: %s", error)  # noqa: TRY400 - the traceback adds nothing
        return 1
    return 0


def _keeper_of(home: Home, root: RootKey) -> Serving:
    seed, key = root.derive(Purpose.RECORD_HEADS), root.derive(Purpose.PRUNING)

    def signer(origin: str) -> LogSigner:
        return LogSigner(origin, seed)

    posts = Posts(home, lambda: anchors_at(home, signer), _now)
    pruner = Pruner(lambda: rules_at(home).retention, partial(prune, home.door_socket), _now, key)
    told = partial(tell, home.door_socket)
    keeper = Keeper(home, signer, told, posts, pruner=pruner, keys=Keys.of(root))
    return Serving(keeper, home.notary_socket)


def _now() -> datetime:
    return datetime.now(UTC)


def anchors_at(home: Home, signer: Callable[[str], LogSigner]) -> Sequence[Anchor]:
    """Make the anchors that the site file in force names; none where it cannot be read, which is logged."""
    return [anchor_of(rule, home.path, signer) for rule in rules_at(home).anchors]


def rules_at(home: Home) -> RecordRules:
    """Give what the site file in force says of the record; where it cannot be read, nothing, and log that."""
    command = (sys.executable, "-P", "-m", "accessctl.notary.site_file", str(home.path))
    try:
        answer = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True, timeout=_SITE_FILE_S
        )
        said = json.loads(answer.stdout)
        rules = RecordRules() if said is None else RecordRules.from_json(said)
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError) as error:
        log.error("the site file does not tell of the record: %s", error)  # noqa: TRY400 - as above
        return RecordRules()
    if said is None:
        log.error("the site file cannot be used, so no anchor is known, and nothing is pruned")
    return rules


if __name__ == "__main__":
    sys.exit(main())
