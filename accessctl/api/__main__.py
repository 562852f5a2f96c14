"""``python -m accessctl.api --home DIR``: run the API process of one installation."""

import argparse
import asyncio
import logging
import sys
from pathlib import Path

from accessctl.api.serving import AlreadyServed, serve
from accessctl.home import Home, HomeUnusable


def main() -> int:
    """Run until SIGTERM. Exit status 2 when it cannot start, with the reason on stderr."""
    parser = argparse.ArgumentParser(prog="accessctl-api", description="The API process of accessctl.")
    parser.add_argument("--home", type=Path, required=True, help="the installation's folder")
    where = parser.parse_args().home
    logging.basicConfig(level=logging.WARNING, format="api: %(message)s", stream=sys.stderr)
    try:
        asyncio.run(serve(Home(where)))
    except (AlreadyServed, HomeUnusable, OSError) as error:
        print(f"api: cannot start: {error}", file=sys.stderr)  # noqa: T201 - it is what a service says
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
