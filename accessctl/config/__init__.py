"""The site file: read once, checked completely, frozen.

``load`` turns the text into a ``Site`` made of the values that ``policies`` and ``hardware`` work
with, or raises ``SiteInvalid`` with every problem the file has. ``docs/site-file.md`` is the manual.
"""

from accessctl.config.errors import Problem, SiteInvalid
from accessctl.config.load import LARGEST_FILE, load, load_file, revision_of
from accessctl.config.site import Holiday, Site

__all__ = ["LARGEST_FILE", "Holiday", "Problem", "Site", "SiteInvalid", "load", "load_file", "revision_of"]
