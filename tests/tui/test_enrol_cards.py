"""Cards enrolled by showing them to a reader, called off, refused, and replaced when they are lost."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from textual.pilot import Pilot

from accessctl.demo.roster import BY_HANDLE
from accessctl.operators.rights import Role
from accessctl.tui.enrol import flows, show_card
from accessctl.tui.enrol.card_words import counting
from accessctl.tui.enrol.show_card import ShowCard
from tests.tui.conftest import in_a_loop
from tests.tui.enrol_host import begun, cards_of, host_at, newest, outcome, somebody, waits
from tests.tui.rig import Site, console_at, running_site, shown, text_of, type_in, until, until_shown

MARTA = BY_HANDLE["marta-quill"]
AT = "office-in"
LOST_KEYS = 3
"""So many keys it takes to replace a lost card: one to begin, Enter, and Enter when the new one was shown."""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


@in_a_loop
async def test_a_card_that_is_shown_is_enrolled_with_a_warning(site: Site) -> None:
    """A plain UID can be copied, and it is said what would be better; the reader is remembered."""
    ida = somebody(site, "Ida Brook")
    async with console_at(site, size=(80, 24)) as pilot:
        host = await begun(pilot, flows.enrol_card, ida)
        await type_in(pilot, "office")
        await pilot.press("enter")
        await until_shown(pilot, "Show the card at Office, in", " s")
        await until(pilot, lambda: waits(site, AT))
        site.hands.badge(AT, bytes.fromhex("04c0ffee000001"))
        await until_shown(pilot, "Card …01 is enrolled (plain UID)", "can copy it", "ask for a PIN as well")
        await pilot.press("enter")
        assert await outcome(pilot, host) is True
        assert [card["status"] for card in cards_of(site, ida)] == ["active"]
        await _second_at_the_same_reader(site, pilot)


async def _second_at_the_same_reader(site: Site, pilot: Pilot[None]) -> None:
    host = await begun(pilot, flows.enrol_card, somebody(site, "Ida Brook the younger"))
    await until_shown(pilot, "At which reader")
    await pilot.press("enter")
    await until_shown(pilot, "Show the card at Office, in")
    await pilot.press("escape")
    assert await outcome(pilot, host) is False


@in_a_loop
async def test_ways_out_are_not_offered(site: Site) -> None:
    """Nobody may wait for an enrolment where others want to leave."""
    async with console_at(site) as pilot:
        await begun(pilot, flows.enrol_card, somebody(site, "Ove Brook"))
        await until_shown(pilot, "Staff entrance, in")
        assert "staff-out" not in text_of(pilot)


@in_a_loop
async def test_somebody_elses_card_is_refused_with_their_name(site: Site) -> None:
    """It is decided about as ever, and the one that is shown next is enrolled."""
    jon = somebody(site, "Jon Field")
    async with console_at(site) as pilot:
        await begun(pilot, flows.enrol_card, jon)
        await type_in(pilot, "staff-in")
        await pilot.press("enter")
        await until(pilot, lambda: waits(site, "staff-in"))
        site.hands.badge("staff-in", MARTA.card_number)
        await until_shown(pilot, "Not enrolled", "Marta Quill's")
        assert cards_of(site, jon) == []
        site.hands.badge("staff-in", bytes.fromhex("04c0ffee000002"))
        await until_shown(pilot, "Card …02 is enrolled")


@in_a_loop
async def test_a_card_that_is_shown_after_escape_is_nobodys(site: Site) -> None:
    """The reader stops asking, and decides about what comes next as ever."""
    liv = somebody(site, "Liv Marsh")
    async with console_at(site) as pilot:
        host = await begun(pilot, flows.enrol_card, liv)
        await type_in(pilot, "cold-in")
        await pilot.press("enter")
        await until(pilot, lambda: waits(site, "cold-in"))
        await pilot.press("escape")
        assert await outcome(pilot, host) is False
        await until(pilot, lambda: not waits(site, "cold-in"))
        site.hands.badge("cold-in", bytes.fromhex("04c0ffee000003"))
        await until(pilot, lambda: newest(site, "cold-in")["type"] == "denied_unknown_credential")
        assert cards_of(site, liv) == []


@in_a_loop
async def test_when_nothing_is_shown_in_time_one_key_tries_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said, and the reader waits once more."""
    per = somebody(site, "Per Holm")
    monkeypatch.setattr(show_card, "WITHIN_S", 1.0)
    async with console_at(site) as pilot:
        await begun(pilot, flows.enrol_card, per)
        await type_in(pilot, "aisle-in")
        await pilot.press("enter")
        await until_shown(pilot, "No new card was shown at Floor, from the docks in time", "Try again")
        monkeypatch.setattr(show_card, "WITHIN_S", 30.0)
        await pilot.press("r")
        await until(pilot, lambda: waits(site, "aisle-in"))
        site.hands.badge("aisle-in", bytes.fromhex("04c0ffee000004"))
        await until_shown(pilot, "Card …04 is enrolled")


@in_a_loop
async def test_a_card_can_have_an_end(site: Site) -> None:
    """As for a visitor; the wait begins anew with it."""
    vic = somebody(site, "Vic Holm", "visitor")
    async with console_at(site) as pilot:
        await begun(pilot, flows.enrol_card, vic)
        await type_in(pilot, "floor-in")
        await pilot.press("enter")
        await until_shown(pilot, "Counts until it is revoked")
        await pilot.press("u")
        await until_shown(pilot, "Until when does the card count?")
        await type_in(pilot, "2d")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ShowCard) and waits(site, "floor-in"))
        site.hands.badge("floor-in", bytes.fromhex("04c0ffee000005"))
        await until_shown(pilot, "Card …05 is enrolled")
        ends = cards_of(site, vic)[0]["valid_until"]
        assert ends is not None
        assert timedelta(days=1) < datetime.fromisoformat(ends) - datetime.now(UTC) < timedelta(days=3)


@in_a_loop
async def test_another_reader_can_be_taken_while_one_waits(site: Site) -> None:
    """The first one asks for nothing any more."""
    async with console_at(site) as pilot:
        await begun(pilot, flows.enrol_card, somebody(site, "Una Holm"))
        await type_in(pilot, "floor-in")
        await pilot.press("enter")
        await until(pilot, lambda: waits(site, "floor-in"))
        await pilot.press("o")
        await until_shown(pilot, "At which reader")
        await type_in(pilot, "dock-1-in")
        await pilot.press("enter")
        await until(pilot, lambda: waits(site, "dock-1-in") and not waits(site, "floor-in"))


@in_a_loop
async def test_a_reader_that_goes_away_is_said(site: Site) -> None:
    """Nobody waits at a reader that does not answer."""
    async with console_at(site) as pilot:
        await begun(pilot, flows.enrol_card, somebody(site, "Ulf Holm"))
        await type_in(pilot, "cage-in")
        await pilot.press("enter")
        await until_shown(pilot, "Show the card at Cage, in")
        site.hands.lose("cage-in")
        await until_shown(pilot, "The reader at Cage, in does not answer", "Try again")
        site.hands.give_back("cage-in")


@in_a_loop
async def test_an_api_that_dies_while_a_card_is_waited_for_is_said(site: Site) -> None:
    """Nothing stands still: it can be tried again, or left."""
    async with console_at(site) as pilot:
        host = await begun(pilot, flows.enrol_card, somebody(site, "Eva Holm"))
        await type_in(pilot, "gate-in")
        await pilot.press("enter")
        await until(pilot, lambda: waits(site, "gate-in"))
        site.api.process.kill()
        await until_shown(pilot, "does not answer", "Try again")
        site.restart_api()
        await pilot.press("escape")
        assert await outcome(pilot, host) is False


@in_a_loop
async def test_who_may_not_enrol_is_told_so(site: Site) -> None:
    """A guard who gets here is refused in words."""
    async with console_at(site, Role.GUARD) as pilot:
        await begun(pilot, flows.enrol_card, somebody(site, "Amy Holm"))
        await type_in(pilot, "gate-in")
        await pilot.press("enter")
        await until_shown(pilot, "credentials.write", "Try again")
        assert isinstance(shown(pilot, ShowCard), ShowCard)


@in_a_loop
async def test_a_lost_card_is_replaced_in_three_keys(site: Site) -> None:
    """The old one counts no more before the new one is shown, at the reader that was used last."""
    ben = somebody(site, "Ben Stone")
    site.office.enrol_number(ben["id"], "04C0FFEE000010")
    async with console_at(site) as pilot:
        pilot.app.remembered.put("enrol.reader", AT)  # type: ignore[attr-defined]
        host = await host_at(pilot, ben)
        keys = 0
        for key, seen in (("k", "Card …10"), ("enter", "The lost card …10 counts no more already.")):
            await pilot.press(key)
            await until_shown(pilot, seen)
            keys += 1
        await until_shown(pilot, "Show the card at Office, in")
        assert [card["status"] for card in cards_of(site, ben)] == ["lost"]
        await until(pilot, lambda: waits(site, AT))
        site.hands.badge(AT, bytes.fromhex("04c0ffee000011"))
        await until_shown(pilot, "Card …11 is enrolled")
        await pilot.press("enter")
        assert await outcome(pilot, host) is True
        assert keys + 1 == LOST_KEYS
        assert {card["hint"]: card["status"] for card in cards_of(site, ben)} == {
            "10": "lost",
            "11": "active",
        }


@in_a_loop
async def test_of_several_cards_one_chooses_the_lost_one(site: Site) -> None:
    """In the order in which they are offered; codes are no cards to be lost."""
    cas = somebody(site, "Cas Stone")
    site.office.enrol_number(cas["id"], "04C0FFEE000020")
    site.office.enrol_number(cas["id"], "04C0FFEE000021")
    site.office.make_code(cas["id"])
    async with console_at(site) as pilot:
        await host_at(pilot, cas)
        await pilot.press("k")
        await until_shown(pilot, "…21", "…20", "Lost card of Cas Stone")
        second = counting(cards_of(site, cas))[1]
        await pilot.press("down", "enter")
        await until_shown(pilot, f"…{second['hint']} counts no more")
        assert [each["id"] for each in cards_of(site, cas) if each["status"] == "lost"] == [second["id"]]


@in_a_loop
async def test_who_has_no_card_to_lose_is_offered_one(site: Site) -> None:
    """There is nothing to revoke; Escape leaves everything as it is."""
    async with console_at(site) as pilot:
        host = await host_at(pilot, somebody(site, "Dot Stone"))
        await pilot.press("k")
        await until_shown(pilot, "Dot Stone has no card that counts")
        await pilot.press("escape")
        assert await outcome(pilot, host) is False
