"""``python -m accessctl.office HOME``: prints the rules of the office that are in force there, as JSON.

They are those of the site file, or of the last good one where that cannot be used; ``null`` where neither
can.
"""

import json
import sys
from pathlib import Path

from accessctl.config import SiteInvalid
from accessctl.config.last_good import load_site
from accessctl.home import Home
from accessctl.office.rules import OfficeRules


def rules_of(home: Home) -> OfficeRules | None:
    """Give the rules that a sound file says."""
    try:
        site, _ = load_site(home)
    except SiteInvalid:
        return None
    return site.office


if __name__ == "__main__":
    found = rules_of(Home(Path(sys.argv[1])))
    json.dump(None if found is None else found.to_json(), sys.stdout)
