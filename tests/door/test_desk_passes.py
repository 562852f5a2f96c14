"""The office has passes signed, within what the site file says of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

pytest.importorskip("cryptography", reason="pip install 'accessctl[passes]'")

from accessctl.door.pass_prover import PassProver, PassRead
from accessctl.keys.cards import CardTagger
from accessctl.keys.passes import PassReader, key_id_of
from accessctl.link.answers import Answer, CardTag, Fault, FaultCode, PassKey, SignedPass
from accessctl.link.requests import AskPassKey, MakeCardTag, Request, SignPass
from accessctl.link.wire import decode, encode
from hardware.signals import Technology
from tests.door.site import SITE
from tests.door.story import NOON, Story, make_home

PASSES = "\n[passes]\naccepted = true\nlongest_days = 7\n"
DAY = timedelta(days=1)


@contextmanager
def told(site: str, folder: Path) -> Iterator[Story]:
    story = Story(make_home(folder, site), site=site)
    try:
        yield story
    finally:
        story.process.stop()
        story.office.writer.close()


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    """A site where passes count, for a week at most."""
    with told(SITE + PASSES, tmp_path) as told_story:
        yield told_story


def asked(story: Story, request: Request) -> Answer:
    """Ask over the link's own words, as the office does."""
    wanted = decode(encode(request))
    assert wanted == request
    answer = story.ask(request)
    assert decode(encode(answer)) == answer
    return answer


def signed(story: Story, **wanted: object) -> SignedPass:
    answer = asked(story, SignPass(**wanted))  # type: ignore[arg-type]
    assert isinstance(answer, SignedPass), answer
    return answer


def refused(story: Story, **wanted: object) -> tuple[FaultCode, str]:
    answer = asked(story, SignPass(**wanted))  # type: ignore[arg-type]
    assert isinstance(answer, Fault), answer
    return answer.code, answer.why


def test_a_pass_is_signed_for_a_day_from_now(story: Story) -> None:
    """Where nothing is said; its tag is that of its number, as for any card."""
    made = signed(story)
    assert (made.valid_from, made.valid_until) == (NOON.isoformat(), (NOON + DAY).isoformat())
    assert made.uses == 0
    prover = story.process.prover
    checked = PassProver(prover.root, lambda: story.process.controller.site.passes)
    read = checked.check(made.text.encode(), NOON)
    assert isinstance(read, PassRead)
    tagger: CardTagger = prover.tagger()
    assert made.tag_hex == tagger.tag(Technology.PASS, read.id_number).hex()
    assert made.hint == read.id_number.hex()[-2:].upper()


def test_the_public_key_checks_what_was_signed(story: Story) -> None:
    """Whoever has it and nothing else can tell our passes."""
    key = asked(story, AskPassKey())
    assert isinstance(key, PassKey)
    reader = PassReader(bytes.fromhex(key.public_hex))
    assert reader.read(signed(story).text.encode()).end == NOON + DAY
    assert key.key_id == key_id_of(reader.public_key).hex()


def test_no_two_passes_are_alike(story: Story) -> None:
    """Each has a number of its own, made by chance."""
    made = [signed(story) for _ in range(5)]
    assert len({each.tag_hex for each in made}) == len({each.text for each in made}) == 5


def test_times_are_whole_seconds_in_utc(story: Story) -> None:
    """What is stored beside the pass is what it says itself."""
    made = signed(story, valid_from="2026-03-18T08:00:00.9+01:00", valid_until="2026-03-18T18:00:00.2+01:00")
    assert made.valid_from == "2026-03-18T07:00:00+00:00"
    assert made.valid_until == "2026-03-18T17:00:00+00:00"


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ({"valid_until": (NOON + 8 * DAY).isoformat()}, "7 days at most"),
        ({"valid_until": NOON.isoformat()}, "over already"),
        ({"valid_from": (NOON - 3 * DAY).isoformat()}, "over already"),
        ({"valid_from": (NOON + 2 * DAY).isoformat(), "valid_until": (NOON + DAY).isoformat()}, "end after"),
        ({"valid_from": "2026-03-18T08:00:00"}, "offset"),
        ({"valid_until": "tomorrow"}, "offset"),
        ({"valid_until": "9999-12-31T23:59:59-23:00"}, "offset"),
        ({"valid_from": "2106-02-07T00:00:00Z", "valid_until": "2106-02-08T00:00:00Z"}, "2106"),
        ({"valid_from": "9999-12-31T00:00:00Z"}, "no end"),
        ({"valid_from": "9999-12-31T23:59:59Z", "valid_until": "9999-12-31T23:59:59Z"}, "2106"),
        ({"uses": -1}, "1 to 1000"),
        ({"uses": 1001}, "1 to 1000"),
    ],
)
def test_what_no_pass_could_be_is_refused(story: Story, wanted: dict[str, object], why: str) -> None:
    """In words, and nothing is signed."""
    code, words = refused(story, **wanted)
    assert code is FaultCode.UNUSABLE
    assert why in words


def test_the_longest_time_is_allowed(story: Story) -> None:
    """To the second; a pass for later begins to count later."""
    start = NOON + 300 * DAY
    made = signed(story, valid_from=start.isoformat(), valid_until=(start + 7 * DAY).isoformat())
    assert datetime.fromisoformat(made.valid_until).astimezone(UTC) == start + 7 * DAY


def test_a_pass_names_access_points_that_there_are(story: Story) -> None:
    """An id that is mistyped would make a pass that opens nothing."""
    signed(story, access_points="front-in cage-in")
    assert refused(story, access_points="front-in roof-in") == (
        FaultCode.UNKNOWN_ACCESS_POINT,
        "there is no access point roof-in",
    )


@pytest.mark.parametrize(
    ("single", "wanted", "uses"), [(True, 0, 1), (True, 3, 3), (False, 0, 0), (False, 2, 2)]
)
def test_the_site_says_how_often_a_pass_counts(tmp_path: Path, single: bool, wanted: int, uses: int) -> None:
    """Once, or as often as its holder likes, unless whoever makes it says a number."""
    site = f"{SITE}{PASSES}single_use = {str(single).lower()}\n"
    with told(site, tmp_path) as story:
        assert signed(story, uses=wanted).uses == uses


@pytest.mark.parametrize("passes", ["", PASSES.replace("true", "false")])
def test_a_site_without_passes_signs_none(tmp_path: Path, passes: str) -> None:
    """It says what is missing in the site file; the key can be asked for all the same."""
    with told(SITE + passes, tmp_path) as story:
        code, why = refused(story)
        assert code is FaultCode.NOT_SET_UP
        assert "[passes]" in why
        assert isinstance(asked(story, AskPassKey()), PassKey)


def test_without_the_root_nothing_is_signed(tmp_path: Path) -> None:
    """It says so, and a pass is made as soon as the root is there."""
    with told(SITE + PASSES, tmp_path) as story:
        away = story.home.root_key.with_suffix(".away")
        story.home.root_key.rename(away)
        story.restart()
        assert refused(story)[0] is FaultCode.KEYS_UNAVAILABLE
        away.rename(story.home.root_key)
        signed(story)


def test_a_pass_is_not_enrolled_as_a_number(story: Story) -> None:
    """By its text it would never be found: only what is made here is a pass."""
    made = signed(story)
    answer = asked(story, MakeCardTag(Technology.PASS, made.text.encode().hex()))
    assert isinstance(answer, Fault)
    assert answer.code is FaultCode.CARD_UNUSABLE
    assert not isinstance(answer, CardTag)


def test_no_word_shows_a_pass(story: Story) -> None:
    """Neither in what is logged of a message."""
    made = signed(story)
    assert made.text not in repr(made)
