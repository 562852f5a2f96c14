"""What the office has read again, and what it is given for a backup."""

from accessctl.link.answers import Fault, RulesOutcome, RulesRead, SealedText
from accessctl.link.requests import AskSealedFile, ReloadRules, SealedFile
from accessctl.store.rule_rows import revision_of
from tests.door.site import SITE
from tests.door.story import Story


def test_rules_that_can_hold_are_in_force_when_the_answer_comes(story: Story) -> None:
    """The answer names the revision that is in force then, as the record does."""
    text = SITE + "\n# later\n"
    story.home.site_file.write_text(text)
    assert story.ask(ReloadRules()) == RulesRead(RulesOutcome.IN_FORCE, revision_of(text))
    assert story.last().type == "policy_loaded"


def test_a_change_of_the_wiring_is_told_from_a_mistake(story: Story) -> None:
    """Either way the old rules stay, and why is said in words."""
    story.home.site_file.write_text(SITE.replace("gpio = 17", "gpio = 18"))
    wired = story.ask(ReloadRules())
    story.home.site_file.write_text("nonsense = 1")
    mistaken = story.ask(ReloadRules())
    assert isinstance(wired, RulesRead)
    assert isinstance(mistaken, RulesRead)
    assert (wired.outcome, mistaken.outcome) == (RulesOutcome.NEEDS_RESTART, RulesOutcome.REFUSED)
    assert wired.rules == mistaken.rules == revision_of(SITE)
    assert "restart" in wired.why
    assert "nonsense" in mistaken.why


def test_a_sealed_file_is_given_in_parts(story: Story) -> None:
    """However long it is, no answer is longer than a line of the link; none is nothing."""
    assert story.ask(AskSealedFile(SealedFile.CARD_KEYS)) == SealedText("", 0)
    whole = "".join(chr(0x100 + place % 500) for place in range(40_000))
    story.home.card_keys.write_text(whole)
    got = ""
    while len(got) < len(whole):
        part = story.ask(AskSealedFile(SealedFile.CARD_KEYS, len(got)))
        assert isinstance(part, SealedText)
        assert part.total == len(whole)
        assert part.text
        got += part.text
    assert got == whole


def test_a_sealed_file_that_cannot_be_read_is_told_as_such(story: Story) -> None:
    """A backup without it would not be one."""
    story.home.reader_keys.mkdir()
    answer = story.ask(AskSealedFile(SealedFile.READER_KEYS))
    assert isinstance(answer, Fault)
    assert "reader-keys.json" in answer.why
