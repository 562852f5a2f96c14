from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from accessctl.simulate import run
from accessctl.simulate.fields import instant_of
from tests.simulate.lines import text_of


@pytest.fixture
def play(tmp_path: Path) -> Callable[..., str]:
    """Play a trace at a site, both given as text or values, and give everything that is printed."""

    def played(
        site: str,
        *lines: object,
        people: list[object] | None = None,
        until: str | None = None,
        only: tuple[str, ...] = (),
    ) -> str:
        path, printed = tmp_path / "site.toml", list[str]()
        path.write_text(site)
        people_path = None
        if people is not None:
            people_path = tmp_path / "people.jsonl"
            people_path.write_bytes(text_of(people))
        end = None if until is None else instant_of(until)
        trace = BytesIO(text_of(lines))
        run.play(path, trace, "trace", printed.append, people=people_path, until=end, only=only)
        return "".join(printed)

    return played
