"""The console in a browser: our login in front, textual-serve behind it. Needs the extra ``web``."""

from typing import Final

ENDED: Final = 3
"""The exit status of a console whose session has ended: then there is a login to lead to."""
