"""``python -m accessctl.notary.site_file HOME``: prints what the site file in force says of the record.

A process of its own, because what reads a site file reaches down to the devices, and the notary needs none of
it. What it prints is JSON,
``null`` where no file can be used.
"""

import json
import sys
from pathlib import Path

from accessctl.config import SiteInvalid
from accessctl.config.last_good import load_site
from accessctl.home import Home


def main() -> None:
    """Print it."""
    try:
        site, _ = load_site(Home(Path(sys.argv[1])))
    except SiteInvalid:
        found = None
    else:
        found = site.record.to_json()
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
