"""The site file of an installation, and the copy of the last one that was sound.

A mistake in the file must not keep people in or out at the next start, when perhaps nobody is there to
mend it: then the copy holds, and what is wrong with the newer file is said and recorded.
"""

import logging

from accessctl.config.errors import SiteInvalid
from accessctl.config.load import load_file
from accessctl.config.site import Site
from accessctl.home import Home

log = logging.getLogger(__name__)


def load_site(home: Home) -> tuple[Site, SiteInvalid | None]:
    """Load the site file, or the last good one with what is wrong with the newer.

    Raises ``SiteInvalid`` when there is neither.
    """
    try:
        return load_file(home.site_file), None
    except SiteInvalid as error:
        try:
            return load_file(home.last_good_site), error
        except SiteInvalid:
            raise error from None


def keep_as_last_good(home: Home) -> None:
    """Keep a copy of a site file that is in force. Where that cannot be written, it is logged."""
    try:
        temporary = home.last_good_site.with_suffix(".new")
        temporary.write_bytes(home.site_file.read_bytes())
        temporary.replace(home.last_good_site)
    except OSError as error:
        log.warning("no copy of the site file could be kept: %s", error)
