import pytest

from tests.docs.cli_reference import PAGE, commands, reference
from tests.docs.pages import text_of


def test_the_reference_is_what_the_commands_say() -> None:
    """docs/cli.md is as `python -m tests.docs.cli_reference --write` would write it now."""
    assert text_of(PAGE) == reference()


@pytest.mark.parametrize(("name", "command"), list(commands()), ids=[name for name, _ in commands()])
def test_every_command_has_help_and_explains_its_options(name: str, command: object) -> None:
    """No command and no option stands there without a sentence about it."""
    assert getattr(command, "help", None), name
    unexplained = [
        option.opts
        for option in getattr(command, "params", [])
        if option.param_type_name == "option" and not option.help
    ]
    assert not unexplained
