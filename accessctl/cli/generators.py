"""The secret of a code generator, as it is shown once: for a camera and for fingers."""

import io
from typing import Final

import click

from accessctl.cli.talk import say

_GROUP: Final = 4


def show_secret(secret: str, uri: str, how: str, *, err: bool = False) -> None:
    """Print the secret as a picture and in letters; on stderr where it is not what was asked for."""
    try:
        import segno
    except ImportError:  # the letters below do as well
        say("for a picture of it: pip install 'accessctl[codes]'")
    else:
        picture = io.StringIO()
        segno.make_qr(uri, error="m").terminal(picture, compact=True, border=2)
        click.echo(picture.getvalue(), err=err)
    click.echo(" ".join(secret[at : at + _GROUP] for at in range(0, len(secret), _GROUP)), err=err)
    say(f"this is shown only now; typed in by hand: by time, {how}")
