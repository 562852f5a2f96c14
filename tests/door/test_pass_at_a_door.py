"""A pass at a door: made by the office, shown to a reader, and refused for whatever can be wrong with it."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

pytest.importorskip("cryptography", reason="pip install 'accessctl[passes]'")

from accessctl.config import load
from accessctl.link.answers import Fault, FaultCode, SignedPass
from accessctl.link.requests import ReadCard, SignPass
from accessctl.store.people_queries import CardRow
from accessctl.store.people_writer import NewCard
from hardware.cards.pass_text import ALPHABET
from hardware.signals import Technology
from policies.people import CardStatus, Validity
from policies.reasons import Reason
from tests.door.site import SITE
from tests.door.story import NOON, Story, make_home

PASSES = SITE + "\n[passes]\naccepted = true\n"
HOUR = timedelta(hours=1)


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    """A site where passes count, and Jon, who has nothing else."""
    story = Story(make_home(tmp_path, PASSES), site=PASSES)
    story.office.person("jon")
    yield story
    story.process.stop()
    story.office.writer.close()


def made(story: Story, *points: str, **wanted: object) -> tuple[str, CardRow]:
    """Make a pass for Jon as the office does."""
    signed = story.ask(SignPass(" ".join(points), **wanted))  # type: ignore[arg-type]
    assert isinstance(signed, SignedPass), signed
    times = Validity(datetime.fromisoformat(signed.valid_from), datetime.fromisoformat(signed.valid_until))
    card = NewCard(
        bytes.fromhex(signed.tag_hex),
        Technology.PASS,
        signed.hint,
        times,
        points=points or None,
        uses=signed.uses or None,
    )
    return signed.text, story.office.writer.enrol_pass("jon", card, "tester")


def shown(story: Story, text: str, point: str = "front-in") -> Reason:
    """Show a pass and give what came of it; whatever is refused releases nothing."""
    story.after(10)  # until the door is secured again
    mark = story.mark()
    story.reader(point).show_card(text.encode(), Technology.PASS)
    (said,) = [row.reason for row in story.rows() if row.seq > mark and row.reason]
    reason = next(each for each in Reason if each.words == said)
    assert story.released("front") is (reason is Reason.GRANTED)
    return reason


def test_a_pass_alone_opens_a_door(story: Story) -> None:
    """Offline: with the key that made it, and the row that the office stored."""
    text, row = made(story)
    assert shown(story, text) is Reason.GRANTED
    assert story.released("front")
    assert story.last().person == "jon"
    assert row.technology == "pass"


def test_a_pass_counts_again_and_again_where_nobody_said_how_often(story: Story) -> None:
    """The second time its tag is remembered; its signature is checked each time."""
    text, _ = made(story)
    assert [shown(story, text) for _ in range(3)] == [Reason.GRANTED] * 3
    spoilt = text[:-2] + ALPHABET[ALPHABET.index(text[-2]) ^ 1] + text[-1]
    assert shown(story, spoilt) is Reason.PASS_FORGED


@pytest.mark.parametrize("uses", [1, 2])
def test_a_pass_is_spent(story: Story, uses: int) -> None:
    """After as many times as were said, also over a restart."""
    text, _ = made(story, uses=uses)
    for _ in range(uses):
        assert shown(story, text) is Reason.GRANTED
        story.restart()
    assert shown(story, text) is Reason.CREDENTIAL_SPENT


def test_a_pass_is_for_its_door(story: Story) -> None:
    """Elsewhere it opens nothing."""
    text, _ = made(story, "cage-in")
    assert shown(story, text) is Reason.OTHER_DOOR


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (CardStatus.REVOKED, Reason.CARD_REVOKED),
        (CardStatus.LOST, Reason.CARD_LOST),
        (CardStatus.STOLEN, Reason.CARD_STOLEN),
    ],
)
def test_a_pass_that_was_ended_is_refused(story: Story, status: CardStatus, reason: Reason) -> None:
    """From the next time on that it is shown, although its text is as genuine as before."""
    text, row = made(story)
    assert shown(story, text) is Reason.GRANTED
    story.office.writer.end_pass(row.id, status, "tester")
    assert shown(story, text) is reason


def test_a_pass_counts_in_its_time(story: Story) -> None:
    """Not before, and not after."""
    start, end = NOON + HOUR, NOON + 2 * HOUR
    text, _ = made(story, valid_from=start.isoformat(), valid_until=end.isoformat())
    assert shown(story, text) is Reason.NOT_YET_VALID
    story.after(3600)
    assert shown(story, text) is Reason.GRANTED
    story.after(3600)
    assert shown(story, text) is Reason.EXPIRED


def test_a_signed_pass_that_nobody_stored_opens_nothing(story: Story) -> None:
    """Nor does one whose row was erased: it is known to nobody."""
    signed = story.ask(SignPass())
    assert isinstance(signed, SignedPass)
    assert shown(story, signed.text) is Reason.UNKNOWN_CREDENTIAL


def test_a_pass_of_another_controller_opens_nothing(story: Story, tmp_path: Path) -> None:
    """Whatever its rows say: another root, another key."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    other = Story(make_home(folder, PASSES), site=PASSES)
    foreign = other.ask(SignPass())
    other.process.stop()
    other.office.writer.close()
    assert isinstance(foreign, SignedPass)
    assert shown(story, foreign.text) is Reason.PASS_FORGED


def test_passes_are_switched_off_all_at_once(story: Story) -> None:
    """By the site file, while the door process runs; cards go on counting."""
    text, _ = made(story)
    off = load(PASSES.replace("accepted = true", "accepted = false"))
    assert story.process.controller.put_in_force(off) is None
    assert shown(story, text) is Reason.PASSES_OFF
    assert story.process.controller.put_in_force(load(PASSES)) is None
    assert shown(story, text) is Reason.GRANTED


def test_a_pass_lets_out_whoever_has_it(story: Story) -> None:
    """Leaving is never refused: not for a forged pass, and not for one that is over."""
    text, row = made(story)
    story.office.writer.end_pass(row.id, CardStatus.REVOKED, "tester")
    for each in (text, text[:-2] + "AA"):
        story.reader("front-out").show_card(each.encode(), Technology.PASS)
        assert story.released("front")
        story.after(60)


def test_nothing_of_a_pass_is_in_the_record(story: Story) -> None:
    """Neither its text nor its number, whatever came of it."""
    text, _ = made(story)
    shown(story, text)
    shown(story, text[:-2] + "AA")
    kept = (story.home.record.read_bytes(), story.home.people.read_bytes())
    files = [path.read_bytes() for path in story.home.path.iterdir() if path.is_file()]
    assert all(text[3:40].encode() not in each for each in (*kept, *files))


def test_a_pass_is_not_enrolled_as_a_card(story: Story) -> None:
    """One that nobody knows, shown where a card is waited for: it is said what it is."""
    signed = story.ask(SignPass())
    assert isinstance(signed, SignedPass)

    async def enrol() -> object:
        waiting = asyncio.ensure_future(story.process.desk.answer(ReadCard("front-in", 5)))
        await asyncio.sleep(0)
        story.reader("front-in").show_card(signed.text.encode(), Technology.PASS)
        return await waiting

    answer = asyncio.run(enrol())
    assert isinstance(answer, Fault)
    assert answer.code is FaultCode.CARD_UNUSABLE
    assert "passes make" in answer.why


def test_an_expired_pass_is_refused_with_whose_it_is(story: Story) -> None:
    """An auditor sees who came too late."""
    text, _ = made(story)
    story.after(25 * 3600)
    story.reader("front-in").show_card(text.encode(), Technology.PASS)
    last = story.last()
    assert (last.type, last.person) == ("denied_credential_expired", "jon")
    assert not story.released("front")
