import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FunctionType

import click
import pytest
from click.testing import CliRunner, Result

from accessctl.cli.root import cli
from tests.docs.cli_reference import commands

COMMANDS = {name.removeprefix("accessctl").strip(): command for name, command in commands()}
LEAVES = {name: command for name, command in COMMANDS.items() if not isinstance(command, click.Group)}
OPTIONS = {
    name: {word for parameter in command.params for word in parameter.opts}
    for name, command in LEAVES.items()
}

ASKS_NOBODY = {
    "calendar import": "reads a file",
    "check": "reads a file",
    "completion": "prints a script",
    "demo": "begins an installation of its own",
    "drill": "reads a file",
    "init": "makes an installation",
    "logout": "has nothing to end where nobody is logged in",
    "restore": "works while nothing runs",
    "run": "runs the API",
    "simulate": "reads a file",
    "tui": "asks again and again, and says on its screen when nobody answers",
    "verify": "reads files",
    "web": "serves, and the pages say when nobody answers",
    "witness init": "makes a witness, which is no part of an installation",
    "witness run": "serves by itself",
    "witness show": "reads a folder of its own",
}
"""What works without an API, and why."""

PRINTS_SOMETHING_ELSE = {
    "calendar import": "blocks for a site file",
    "completion": "a script",
    "demo": "what happens, for people",
    "muster print": "a sheet for people",
    "proof": "a .tlog-proof",
    "rules diff": "a unified diff",
    "run": "nothing of its own",
    "simulate": "JSON, one object a line",
}
"""What prints no data that ``--json`` could change, and what it prints."""

PLAIN_IS_A_SCREEN = {"tui": "prompts and lines instead of a screen that is drawn"}
"""Where ``--plain`` says how a person is talked to, and not how data is printed."""

MORE_WORDS = {
    "api": ("GET", "/status"),
    "cards enrol": ("--number", "04a1b2c3"),
    "codes make": ("--person", "p-3kx7qz2a"),
    "operators change": ("--name", "Ana Marsh"),
    "passes make": ("--person", "p-3kx7qz2a"),
    "people change": ("--name", "Ana Marsh"),
    "people copy": ("-o", "ana.json"),
    "people import": ("--format", "json"),
    "people pin": ("--make",),
    "sim face": ("--leave",),
}
"""What a command wants besides its arguments and required options."""


@pytest.fixture
def nobody_there(tmp_path: Path) -> Callable[..., Result]:
    """Run a command on an installation that is not running."""
    return lambda *words: CliRunner().invoke(cli, ["--home", str(tmp_path), *words], input="1234\n" * 4)


@pytest.mark.parametrize("name", COMMANDS)
def test_an_option_that_there_is_not_is_wrong_use(nobody_there: Callable[..., Result], name: str) -> None:
    """Every command and every group ends with status 2 for an option that it does not have."""
    result = nobody_there(*name.split(), "--no-such-option")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "--no-such-option" in result.stderr


@pytest.mark.parametrize("name", sorted(LEAVES.keys() - ASKS_NOBODY.keys()))
def test_without_an_api_a_command_ends_with_1_and_words(
    nobody_there: Callable[..., Result], tmp_path: Path, name: str
) -> None:
    """A script can tell that nothing was done, and a person reads why; nobody sees a traceback."""
    result = nobody_there(*name.split(), *_words(name, tmp_path))
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit)
    assert "accessctl: " in result.stderr


@pytest.mark.parametrize("name", LEAVES)
def test_what_gives_data_gives_it_as_json_too(name: str) -> None:
    """A command has --json, or prints nothing on stdout that a program would want in JSON."""
    if name not in PRINTS_SOMETHING_ELSE:
        assert "--json" in OPTIONS[name] or not any(map(_prints, _reached(LEAVES[name])))


@pytest.mark.parametrize("name", LEAVES)
def test_what_prints_a_table_prints_it_plainly_too(name: str) -> None:
    """A command has --plain exactly when it prints a table, facts, or rows of its own."""
    reached = {function.__name__ for function in _reached(LEAVES[name])}
    tables = {"print_table", "print_list", "print_facts", "print_row"}
    assert ("--plain" in OPTIONS[name] and name not in PLAIN_IS_A_SCREEN) == bool(reached & tables)


@pytest.mark.parametrize(
    "name", [name for name in LEAVES if "--plain" in OPTIONS[name] and name not in PLAIN_IS_A_SCREEN]
)
def test_json_and_plain_exclude_each_other(
    nobody_there: Callable[..., Result], tmp_path: Path, name: str
) -> None:
    """Who says both gets neither, in whichever order."""
    words = (*name.split(), *_words(name, tmp_path))
    for both in (("--json", "--plain"), ("--plain", "--json")):
        result = nobody_there(*words, *both)
        assert result.exit_code == 2
        assert "say one of --json and --plain" in result.stderr


def _words(name: str, folder: Path) -> Iterator[str]:
    """Give what a command needs at the least, as something that it could take."""
    for parameter in LEAVES[name].params:
        if parameter.required:
            if isinstance(parameter, click.Option):
                yield parameter.opts[0]
            yield _word(parameter.type, folder)
    if "--yes" in OPTIONS[name]:
        yield "--yes"
    yield from MORE_WORDS.get(name, ())


def _word(kind: click.ParamType[object], folder: Path) -> str:
    match kind:
        case click.Choice():
            return str(kind.choices[0])
        case click.Path():
            file = folder / "given"
            file.write_text("{}")
            return str(file)
        case click.IntRange() | click.FloatRange():
            return str(kind.min or 1)
        case _ if kind.name == "when":
            return "2030-01-31"
        case _:
            return "p-3kx7qz2a"


def _reached(command: click.Command) -> set[FunctionType]:
    """Give the functions of the command line that a command may call."""
    found: set[FunctionType] = set()
    waiting: list[object] = [command.callback]
    while waiting:
        function = inspect.unwrap(called) if callable(called := waiting.pop()) else None
        if isinstance(function, FunctionType) and function.__module__.startswith("accessctl.cli"):
            if function not in found:
                waiting += [function.__globals__.get(name) for name in _names(function)]
            found.add(function)
    return found


def _names(function: FunctionType) -> Iterator[str]:
    codes = [function.__code__]
    while codes:
        code = codes.pop()
        yield from code.co_names
        codes += [each for each in code.co_consts if inspect.iscode(each)]


def _prints(function: FunctionType) -> bool:
    """Tell whether a function prints on stdout by itself."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    calls = [each for each in ast.walk(tree) if isinstance(each, ast.Call)]
    echoes = [each for each in calls if ast.unparse(each.func) == "click.echo"]
    return any("err" not in {keyword.arg for keyword in each.keywords} for each in echoes)
