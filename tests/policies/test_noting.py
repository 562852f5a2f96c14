"""What the record says of decisions."""

from policies.area_rules import Together
from policies.ids import CredentialId
from policies.people import Card, CardStatus
from policies.turn import NOTHING_MORE
from tests.policies.site_story import SiteStory
from tests.policies.sites import ALICE, BOB, SOFT, area, person, site
from tests.policies.values import s


def test_a_decision_names_who_where_and_why() -> None:
    """Door, access point, person and card stand in the entry, and the reason in words."""
    note = SiteStory(site()).badge(ALICE, "front-in").note("access_granted")
    assert (note.door, note.access_point) == ("front", "front-in")
    assert (note.person, note.credential) == ("alice", "card of alice")
    assert (note.reason, note.detail) == ("Granted.", NOTHING_MORE)


def test_nobody_is_named_where_nobody_is_known() -> None:
    """An unknown card leaves no person and no credential."""
    note = SiteStory(site()).badge(None, "front-in").note("denied_unknown_credential")
    assert (note.person, note.credential) == (None, None)


def test_what_would_have_refused_the_way_in_is_noted_on_the_way_out() -> None:
    """The entry is a grant, and says in words and by type what is wrong with the card."""
    lost = person("alice", card=Card(CredentialId("lost"), CardStatus.LOST))
    note = SiteStory(site()).badge(lost, "front-out", detail={"card": "7"}).note("access_granted")
    assert note.detail == {"card": "7", "noted": "denied_factor_lost"}
    assert note.reason == "Granted. On the way in: The card or pass was reported lost."


def test_what_is_reported_is_of_the_one_whom_it_concerns() -> None:
    """Of two who open together each is granted; the detail is of the one who asked, a report of its own."""
    story = SiteStory(site(areas=[area("store", together=Together(2, s(30)), passback=SOFT)]))
    story.badge(ALICE, "store-in").badge(BOB, "store-in").leaf_opens("store").leaf_closes("store").forgets()
    story.badge(BOB, "store-in", detail={"card": "2"})
    assert story.note("authorization_delayed").detail == {"card": "2"}
    story.badge(person("carol"), "store-in", detail={"card": "3"})
    granted = [(note.person, dict(note.detail)) for note in story.notes("access_granted")]
    assert granted == [("bob", {}), ("carol", {"card": "3"})]
    note = story.note("passback_detected")
    assert (note.person, note.detail) == ("bob", NOTHING_MORE)
