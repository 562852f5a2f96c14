"""What surrounds the tests is the same everywhere, whatever language, terminal and settings somebody has.

Imported before anything of the console, which chooses its words and marks as it is imported.
"""

import os

os.environ |= {"ACCESSCTL_LANGUAGE": "en", "TERM": "xterm-256color", "COLORTERM": "truecolor"}
for name in ("NO_COLOR", "XDG_CONFIG_HOME"):
    os.environ.pop(name, None)
