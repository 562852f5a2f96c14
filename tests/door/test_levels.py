"""What the door process tells of access levels."""

from pathlib import Path

from accessctl.link.answers import Levels
from accessctl.link.requests import AskLevels
from accessctl.link.wire import LONGEST_LINE, encode
from tests.door.site import SITE
from tests.door.story import Story, make_home


def test_a_level_is_where_and_when_and_whose(story: Story) -> None:
    """Access points by schedule, and the roles that have it."""
    told = story.ask(AskLevels())
    assert told == Levels(
        [
            {
                "id": "staff",
                "policies": [
                    {"schedule": "day", "access_points": ["front-in", "front-out", "shed-in"]},
                    {"schedule": "always", "access_points": ["cage-in"]},
                ],
                "roles": ["staff"],
                "groups": [],
                "denied_roles": [],
                "denied_groups": [],
            }
        ],
        1,
    )


def test_many_levels_are_told_in_parts(tmp_path: Path) -> None:
    """No answer is longer than a line may be, and together they are all."""
    more = "\n".join(
        f'[levels.level-{number:04d}]\npolicies = [{{ access_points = ["front-in"], schedule = "day" }}]'
        for number in range(600)
    )
    site = f'{SITE}\n{more}\n[groups.all]\nname = "All"\nlevels = ["level-0007"]\ndenies = ["level-0008"]\n'
    story = Story(make_home(tmp_path, site), site=site)
    found: list[str] = []
    parts = 0
    total = 1
    while len(found) < total:
        told = story.ask(AskLevels(len(found)))
        assert isinstance(told, Levels)
        assert len(encode(told)) < LONGEST_LINE
        found += [level["id"] for level in told.levels]
        total, parts = told.total, parts + 1
        for level in told.levels:
            assert level["groups"] == (["all"] if level["id"] == "level-0007" else [])
            assert level["denied_groups"] == (["all"] if level["id"] == "level-0008" else [])
    assert parts > 1
    assert found == ["staff", *(f"level-{number:04d}" for number in range(600))]
    assert story.ask(AskLevels(-5)) == story.ask(AskLevels())
    story.process.stop()
    story.office.writer.close()
