"""The proof of one entry."""

from pathlib import Path

import click

from accessctl.cli.export import NOT_ENTERED
from accessctl.cli.private_file import write_private
from accessctl.cli.talk import Failed, Installation, installation, say


@click.command()
@click.argument("number", type=click.IntRange(1))
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="The file. [else stdout]"
)
@click.option("--with-name", is_flag=True, help="Write beside it, as OUTPUT.who, who its person is.")
@click.option("--name", help="With --with-name: the name of then, where the person has another one now.")
@installation
def proof(
    here: Installation, /, number: int, output: Path | None, name: str | None, *, with_name: bool
) -> None:
    """Prove that the entry with this NUMBER stands in the record: a .tlog-proof with the entry in it.

    Whoever has the public key can verify it with nothing else (accessctl verify). In it is a pseudonym. Who
    has the .who file too knows the name, and can prove it at every entry about that person, for good.

    \b
    Examples: accessctl proof 4711 -o 4711.tlog-proof
              accessctl proof 4711 -o 4711.tlog-proof --with-name
    """
    if with_name and output is None:
        raise click.UsageError("--with-name writes a second file beside the first: name that with -o")
    if name is not None and not with_name:
        raise click.UsageError("--name is for --with-name")
    from accessctl.exporting.entering import entered
    from accessctl.exporting.errors import ExportFailed
    from accessctl.exporting.proving import Handed, handed

    try:
        given: Handed = handed(number, here.home, name, with_name=with_name)
    except ExportFailed as failed:
        raise Failed(str(failed)) from failed
    if output is None:
        click.echo(bytes(given.proof), nl=False)
    else:
        write_private(output, bytes(given.proof))
        if given.who is not None:
            write_private(output.with_name(f"{output.name}.who"), bytes(given.who))
    say(f"it verifies with the public key {given.vkey}")
    if not entered(here.home, given.exported, "" if given.who is None else given.who.person):
        say(NOT_ENTERED)
