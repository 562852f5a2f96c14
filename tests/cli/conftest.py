from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from accessctl.cli.root import cli
from tests.api.running import RunningApi
from tests.homes import new_home

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApi]:
    """A served home with a scripted door process."""
    running = RunningApi(new_home(tmp_path_factory.mktemp("cli")))
    yield running
    running.close()


@pytest.fixture(autouse=True)
def _nobody_is_logged_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whoever runs the tests may be, elsewhere."""
    monkeypatch.delenv("ACCESSCTL_TOKEN", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))


@pytest.fixture
def run(api: RunningApi) -> Run:
    """Run a command on that home."""
    return lambda *words, **more: CliRunner().invoke(cli, ["--home", str(api.home.path), *words], **more)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command that is told nothing by the environment."""
    monkeypatch.delenv("ACCESSCTL_HOME", raising=False)
    return lambda *words, **more: CliRunner().invoke(cli, [*words], **more)
