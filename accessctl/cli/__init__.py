"""The command ``accessctl``: it parses, asks, prints. Data on stdout, talk on stderr.

Exit status: 0 good, 1 a finding or a refusal, 2 wrong use. Whatever is heavy is imported by the command
that needs it, so that ``--help`` and mistakes are answered at once.
"""

import sys
from io import TextIOWrapper


def main() -> None:
    """Run the command line of this process."""
    from accessctl.cli.root import cli

    # A terminal need not have what words are written with; data for programs are bytes, in UTF-8.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    cli(prog_name="accessctl")
