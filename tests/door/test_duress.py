"""A cry for help at the door: the door behaves as ever, and the record has an alarm."""

from tests.door.conftest import ALICE
from tests.door.story import Story

DURESS = "9182"


def threatened(story: Story) -> Story:
    story.office.set_duress_pin("alice", DURESS)
    return story


def shown_and_done(story: Story, pin: str) -> tuple[list[object], list[bool]]:
    """What the light showed and what the strike did from the badge on."""
    before = len(story.shown("cage-in"))
    story.badge("cage-in", ALICE).keys("cage-in", f"{pin}#")
    released = [story.released("cage")]
    story.after(10)
    return list(story.shown("cage-in")[before:]), [*released, story.released("cage")]


def test_a_duress_pin_opens_and_raises_a_silent_alarm(story: Story) -> None:
    """The strike is released, and beside the ordinary grant stands the alarm, in one transaction."""
    mark = threatened(story).mark()
    story.badge("cage-in", ALICE).keys("cage-in", f"{DURESS}#")
    assert story.released("cage")
    assert story.types(since=mark)[:2] == ["access_granted", "duress"]
    assert story.rows()[-1].person == "alice"


def test_nothing_at_the_door_tells_it_from_the_right_pin(story: Story) -> None:
    """Light, tone and strike are the same, step by step."""
    threatened(story)
    assert shown_and_done(story, DURESS) == shown_and_done(story, "4711")


def test_a_duress_pin_is_no_wrong_pin(story: Story) -> None:
    """It ends a count of wrong PINs as the right one does."""
    threatened(story)
    for _ in range(3):
        story.badge("cage-in", ALICE).keys("cage-in", "0000#")
    story.badge("cage-in", ALICE).keys("cage-in", f"{DURESS}#").after(10)
    for _ in range(4):
        story.badge("cage-in", ALICE).keys("cage-in", "0000#")
    story.badge("cage-in", ALICE).keys("cage-in", "4711#")
    assert story.released("cage")


def test_a_cry_for_help_is_heard_where_it_opens_nothing(story: Story) -> None:
    """Somebody who is refused under duress needs help all the same."""
    threatened(story)
    mark = story.mark()
    story.badge("cage-in", ALICE)
    story.office.writer.change_person("alice", story.office.disabled, "tester")
    story.keys("cage-in", f"{DURESS}#")
    assert story.types(since=mark)[-2:] == ["denied_credential_manual_disable", "duress"]
    assert not story.released("cage")
