import re
import tomllib
from pathlib import Path

from tests.mutants.tool import LOCK

ROOT = Path(__file__).parents[2]


def versions(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z][\w.-]*)==(\S+)", lock.read_text(encoding="utf-8"), re.MULTILINE))


def test_the_lock_has_what_the_group_names() -> None:
    """Whoever adds to the group renews the lock."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    assert set(groups["mutants"]) <= versions(ROOT / LOCK).keys()


def test_mutants_meet_the_same_versions_as_the_tests() -> None:
    """A library that is in both locks is in both at one version."""
    theirs, ours = versions(ROOT / LOCK), versions(ROOT / "requirements.lock")
    assert {name: theirs[name] for name in theirs.keys() & ours} == {
        name: ours[name] for name in theirs.keys() & ours
    }
