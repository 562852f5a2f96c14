"""``python -m accessctl.api --home DIR``: run the API process of one installation."""

import argparse
import asyncio
import logging
import sys
from pathlib import Path

from accessctl.api.serving import AlreadyServed, OperatorsSocket, serve
from accessctl.backup.swap import finish
from accessctl.home import Home, HomeUnusable


def main() -> int:
    """Run until SIGTERM. Exit status 2 when it cannot start, with the reason on stderr."""
    parser = argparse.ArgumentParser(prog="accessctl-api", description="The API process of accessctl.")
    parser.add_argument("--home", type=Path, required=True, help="the installation's folder")
    parser.add_argument(
        "--operators-socket", type=Path, metavar="PATH", help="serve there too, for those who may not enter"
    )
    parser.add_argument("--operators-group", metavar="NAME", help="who may connect there")
    arguments = parser.parse_args()
    if (arguments.operators_socket is None) is not (arguments.operators_group is None):
        parser.error("--operators-socket and --operators-group go together")
    operators = (
        None
        if arguments.operators_socket is None
        else OperatorsSocket(arguments.operators_socket, arguments.operators_group)
    )
    logging.basicConfig(level=logging.WARNING, format="api: %(message)s", stream=sys.stderr)
    # At warning it has a line for each write to a client that has left, and whoever likes can leave often.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    try:
        home = Home(arguments.home)
        finish(home)  # a restore that was cut short
        asyncio.run(serve(home, operators))
    except (AlreadyServed, HomeUnusable, OSError, ValueError) as error:
        print(f"api: cannot start: {error}", file=sys.stderr)  # noqa: T201 - it is what a service says
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
