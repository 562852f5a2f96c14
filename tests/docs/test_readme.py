import re
import shlex
from pathlib import Path

import click
import pytest

from accessctl.cli.root import cli
from tests.docs.pages import ROOT, blocks_of, pages, prose_of, text_of

COMMAND = re.compile(r"^(?:\$ )?(?:\S*/)?accessctl (?P<arguments>.+?)(?: > \S+)?$")
SPAN = re.compile(r"`accessctl ([^`…]+)`")


def commands_of(page: Path) -> list[str]:
    """Give what is typed after ``accessctl`` in the blocks and in the sentences of a page."""
    text = text_of(page)
    lines = (
        each for block in blocks_of(text, "") for line in block.splitlines() for each in line.split(" && ")
    )
    typed = [found["arguments"] for line in lines if (found := COMMAND.match(line))]
    return typed + [span for span in SPAN.findall(prose_of(text)) if span.split()[0].islower()]


TYPED = [
    (page, line)
    for page in pages()
    if page.name != "cli.md" and "adr" not in page.parts
    for line in commands_of(page)
]


def parse(arguments: list[str]) -> None:
    """Parse a command line as the real one does, down to its last argument, and carry nothing out."""
    command: click.Command = cli
    context = command.make_context("accessctl", arguments)
    while isinstance(command, click.Group):
        rest = [*context._protected_args, *context.args]
        _, found, rest = command.resolve_command(context, rest)
        assert found is not None
        command = found
        context = command.make_context(command.name, rest, parent=context)


@pytest.mark.parametrize(("page", "line"), TYPED, ids=[f"{page.name}: {line}" for page, line in TYPED])
def test_what_the_pages_tell_to_type_is_understood(page: Path, line: str) -> None:
    """Every command line of the documentation is one that the real command takes."""
    try:
        parse([word for word in shlex.split(line) if word != "COMMAND"])
    except click.MissingParameter:
        # A sentence may name a command without its arguments; a block may not.
        assert f"`accessctl {line}`" in text_of(page)


def test_command_lines_are_found() -> None:
    """Negative control: the search finds what is there, and the parser refuses what is wrong."""
    assert len([line for page, line in TYPED if page.name == "README.md"]) > 15
    with pytest.raises(click.UsageError):
        parse(["doors", "open", "gate"])


def test_make_targets_that_are_named_exist() -> None:
    """`make something` in a page is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    named = {
        name for page in pages() for name in re.findall(r"(?:`|^)make ([a-z]+)", text_of(page), re.MULTILINE)
    }
    assert named <= targets


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    """A link to a file of this repository finds it."""
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text_of(page))
    placeholder = "M-title.md"  # of the template for decisions
    assert [link for link in links if link != placeholder and not (page.parent / link).exists()] == []
