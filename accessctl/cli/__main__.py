"""``python -m accessctl.cli`` is ``accessctl``."""

from accessctl.cli import main

main()
