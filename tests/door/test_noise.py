"""What may have been nobody: an event, and no release; and nobody goes on where somebody else began."""

from hardware.signals import CardUnreadable, DeviceId, ReaderSecured
from tests.door.conftest import ALICE
from tests.door.story import Story

WAY_OUT = DeviceId("front-out.reader")


def heard(story: Story, *, shown: bool) -> None:
    signal = CardUnreadable(WAY_OUT, 0, "a parity bit is wrong", shown)
    story.process.controller.handle(signal)


def test_noise_on_a_wire_lets_nobody_out(story: Story) -> None:
    """A spike on a Wiegand line, or a card of before a restart, is recorded and releases no door."""
    heard(story, shown=False)
    assert not story.strike("front").released
    assert (story.last().type, story.last().access_point) == ("denied_factor_error", "front-out")
    assert "parity" in str(story.last().detail)


def test_a_card_that_fails_lets_its_holder_out(story: Story) -> None:
    """Control of the test before: somebody who stands there with a broken card leaves as ever."""
    heard(story, shown=True)
    assert story.strike("front").released


def test_a_half_typed_pin_dies_with_its_session(story: Story) -> None:
    """A reader whose channel began anew may be another one, with other hands at its keys."""
    typed = story.badge("cage-in", ALICE).keys("cage-in", "47")
    typed.process.controller.handle(ReaderSecured(DeviceId("cage-in.reader"), 0, 0))
    typed.keys("cage-in", "11#")
    assert not story.strike("cage").released
    story.badge("cage-in", ALICE).keys("cage-in", "4711#")
    assert story.strike("cage").released
