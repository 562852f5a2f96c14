"""Completion in a shell: the script for it, and the ids that the installation knows."""

from collections.abc import Callable, Iterable
from contextlib import redirect_stderr, suppress
from io import StringIO
from typing import TYPE_CHECKING, Any, Final

import click
from click.shell_completion import CompletionItem, get_completion_class

from accessctl.cli.talk import Failed, installation_of

if TYPE_CHECKING:
    from accessctl.client import ApiClient, Token

PATIENCE_S: Final = 0.5
"""Whoever presses Tab waits. An API that is slower than this completes nothing."""

Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]
Known = Callable[["ApiClient"], Iterable[tuple[str, str]]]
"""Gives ids, each with a few words about it, which zsh and fish show."""


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script that makes a SHELL complete commands, options, and ids of doors, readers and the like.

    Ids come from the running API, if it answers within half a second. People are not completed: each Tab
    would be a look at personal data, and stand in the record.

    \b
    bash: accessctl completion bash > ~/.local/share/bash-completion/completions/accessctl
    zsh:  accessctl completion zsh > "${fpath[1]}/_accessctl"
    fish: accessctl completion fish > ~/.config/fish/completions/accessctl.fish

    For everybody: /usr/share/bash-completion/completions, /usr/local/share/zsh/site-functions and
    /usr/share/fish/vendor_completions.d.
    """
    made = get_completion_class(shell)
    if made is None:
        raise Failed(f"there is no completion for {shell}")
    root = click.get_current_context().find_root().command
    click.echo(made(root, {}, "accessctl", "_ACCESSCTL_COMPLETE").source())


def _completer(known: Known) -> Completer:
    """Complete what the API knows; silent in every other case, since a message would tear the line."""

    def complete(context: click.Context, _of: click.Parameter, begun: str) -> list[CompletionItem]:
        with redirect_stderr(StringIO()), suppress(Exception):
            found = _ask(context, known)
            return [CompletionItem(id_, help=about) for id_, about in found if id_.startswith(begun)]
        return []

    return complete


def _ask(context: click.Context, known: Known) -> list[tuple[str, str]]:
    # Nothing of the command was run, so the root's options are where click has put them.
    with installation_of(context.find_root()).client(PATIENCE_S) as api:
        return list(known(api))


def _access_points(api: "ApiClient") -> Iterable[tuple[str, str]]:
    readers = api.status()["readers"]
    return {reader["access_point"]: reader["name"] for reader in readers}.items()


def _named(rows: Iterable[Any]) -> Iterable[tuple[str, str]]:
    return ((row["id"], row["name"]) for row in rows)


def _counts(token: "Token") -> bool:
    return token["revoked_at"] is None


door_ids = _completer(lambda api: _named(api.doors()))
access_point_ids = _completer(_access_points)
area_ids = _completer(lambda api: _named(api.site()["areas"]))
role_ids = _completer(lambda api: _named(api.roles()))
reader_ids = _completer(lambda api: ((each["id"], each["driver"]) for each in api.readers()))
operator_ids = _completer(lambda api: _named(api.operators()))
session_ids = _completer(lambda api: ((each["id"], each["operator"]) for each in api.sessions()))
token_ids = _completer(lambda api: ((each["id"], each["label"]) for each in api.tokens() if _counts(each)))
approval_ids = _completer(
    lambda api: ((each["id"], each["what"]) for each in api.approvals() if each["state"] == "waiting")
)
