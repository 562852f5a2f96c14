"""Every command that asks the API, as every role: it is refused when a call that it makes lacks the right."""

from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from accessctl.api.gate import _Gate
from accessctl.cli.root import cli
from accessctl.link.answers import EnrolmentOutcome, EnrolmentState
from accessctl.link.requests import AskEnrolment, Follow, TakeOutbox
from accessctl.operators.rights import RIGHTS_OF, Right, Role
from tests.api import cast
from tests.api.prepared import ANA, Prepared
from tests.api.standing import last_told, standing, told_since
from tests.cli.test_every_command import ASKS_NOBODY, LEAVES, MORE_WORDS, OPTIONS, _word

GO_ON = frozenset({"events follow", "readers watch"})
"""What ends when somebody presses a key: run only as who may not."""
NO_OPERATORS = frozenset({"login", "doctor", "calendar show", "export", "proof"})
"""What works for nobody in particular, without the API or before one is anybody."""
ASKING = sorted(
    name for name in LEAVES if name not in ASKS_NOBODY.keys() | NO_OPERATORS and not name.startswith("sim ")
)
GIVEN = {
    "number": "1",
    "area": "cage",
    "person": ANA,
    "access_point": "entrance-in",
    "door": "gate",
    "level": "cage",
    "qualification": "induction",
    "reader": "gate-in",
    "operator": "otto",
    "--at": "gate-in",
    "--role": "driver",
}
"""What stands for an argument or an option, by its name; others are ids of the prepared home, or anything."""
MORE = {**MORE_WORDS, "codes make": ("--person", ANA), "passes make": ("--person", ANA)}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    prepared = Prepared(tmp_path_factory.mktemp("matrix"))
    failed = EnrolmentState("n", "", 0, 5, EnrolmentOutcome.FAILED, why="nobody came")
    with prepared.api.peer.answering(AskEnrolment, failed):
        yield prepared
    prepared.close()


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[Right]:
    """Which rights were asked for, one after the other."""
    seen: list[Right] = []
    check = _Gate._check_right

    async def noting(gate: _Gate, actor: object) -> None:
        if gate._right is not None:
            seen.append(gate._right)
        await check(gate, actor)  # type: ignore[arg-type]

    monkeypatch.setattr(_Gate, "_check_right", noting)
    return seen


def words(name: str, home: Prepared, folder: Path, operator: str) -> Iterator[str]:
    # Everybody may take back what they asked for; what others asked for is for who decides.
    approval = f"a-{operator}" if name == "approvals refuse" else "a-vera"
    ids = {**home.ids, "id_": home.ids["loan"], "approval": approval}
    for parameter in LEAVES[name].params:
        if parameter.required:
            label = parameter.opts[0] if isinstance(parameter, click.Option) else (parameter.name or "")
            if isinstance(parameter, click.Option):
                yield label
            chosen = isinstance(parameter.type, click.Choice | click.Path | click.IntRange)
            yield (
                _word(parameter.type, folder)
                if chosen
                else GIVEN.get(label, "") or ids.get(label, "") or _word(parameter.type, folder)
            )
    if "--yes" in OPTIONS[name]:
        yield "--yes"
    if name == "backups download":
        yield from ("--out", str(folder / f"{operator}.tar"))
    yield from MORE.get(name, ())


@pytest.fixture
def run(home: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Role], Result]:
    def as_role(name: str, role: Role) -> Result:
        monkeypatch.setenv("ACCESSCTL_TOKEN", cast.session_of(cast.operator_of(role)))
        monkeypatch.chdir(tmp_path)
        given = list(words(name, home, tmp_path, cast.operator_of(role)))
        folder = str(home.api.home.path)
        return CliRunner().invoke(cli, ["--home", folder, *name.split(), *given], input="47391\n" * 4)

    return as_role


@pytest.mark.parametrize("name", ASKING)
def test_a_command_is_refused_exactly_when_a_right_lacks(
    home: Prepared, checked: list[Right], run: Callable[[str, Role], Result], name: str
) -> None:
    """With status 1 and the right in words; when the first call was refused nothing has happened at all."""
    for role in Role:
        if name in GO_ON and Right.EVENTS_READ in RIGHTS_OF[role]:
            continue
        home.set_back()
        checked.clear()
        before, begin, heard = standing(home.api.home), last_told(home.api.home), len(home.api.peer.heard)
        result = run(name, role)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert checked, f"no call was made: {result.output}"
        lacking = [right for right in checked if right not in RIGHTS_OF[role]]
        told = [each for each in told_since(home.api.home, begin) if each.type == "call_refused"]
        assert [each.detail["right"] for each in told] == lacking
        assert (
            (result.exit_code == 1 and f"has not the right {lacking[0]}" in result.stderr)
            if lacking
            else ("has not the right" not in result.stderr)
        )
        if lacking and checked == lacking:
            assert standing(home.api.home) == before
            done = home.api.peer.heard[heard:]
            assert [each for each in done if not isinstance(each, TakeOutbox | Follow)] == []


@pytest.mark.parametrize("role", Role)
def test_some_commands_are_for_each_role_and_some_are_not(
    home: Prepared, run: Callable[[str, Role], Result], role: Role
) -> None:
    """Everybody sees doors; only an admin makes a backup."""
    home.set_back()
    assert run("doors list", role).exit_code == 0
    assert run("backups make", role).exit_code == (0 if role is Role.ADMIN else 1)
