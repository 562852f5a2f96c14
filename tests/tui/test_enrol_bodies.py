"""Fingers and faces: no consent, no enrolment; what to do next is told; who refuses has an equal way."""

from collections.abc import Iterator

import pytest

from accessctl.tui.enrol import flows
from accessctl.tui.enrol.consent import AskConsent
from accessctl.tui.enrol.watch_body import WatchBody
from tests.tui.conftest import in_a_loop
from tests.tui.enrol_host import begun, outcome, somebody, told
from tests.tui.rig import Site, console_at, running_site, shown, text_of, type_in, until, until_shown

AT = "cage-in"
CAMERA = "office-in"
READER = 'reader = { kind = "simulated" }'


def _with_a_camera(site_file: str) -> str:
    before, at, office = site_file.partition(f"[access_points.{CAMERA}]")
    assert READER in office
    return before + at + office.replace(READER, f'{READER}\ncamera = {{ kind = "simulated" }}', 1)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site(_with_a_camera) as running:
        yield running


def _agreed(site: Site, person: str, kind: str) -> None:
    site.office.give_consent(person, kind, site.office.consent_text()["version"])


@in_a_loop
async def test_a_finger_is_enrolled_after_a_recorded_consent(site: Site) -> None:
    """The text, the witness and the equal way are shown; each step says what to do next."""
    abe = somebody(site, "Abe Wood", "stock-controller")
    async with console_at(site, size=(80, 24)) as pilot:
        host = await begun(pilot, flows.enrol_biometric, abe, "finger")
        witness = pilot.app.operator  # type: ignore[attr-defined]
        await until_shown(
            pilot, "I agree that Kade Warehouse keeps", "Who refuses:", "by card and PIN", witness
        )
        await pilot.press("a")
        await until_shown(pilot, "Where does the person stand?", "Duress finger")
        (consent,) = site.office.consents(abe["id"])
        assert (consent["kind"], consent["withdrawn_at"]) == ("fingerprint", None)
        assert witness in consent["witness"]
        await pilot.press("enter")
        await until_shown(pilot, "place the finger on the sensor")
        site.hands.finger(AT, "abes-thumb", bad=True)
        await until(pilot, lambda: "place the finger on the sensor" not in text_of(pilot))
        site.hands.finger(AT, "abes-thumb", bad=False)
        await until_shown(pilot, "once more")
        site.hands.finger(AT, "abes-thumb", bad=False)
        await until_shown(pilot, "Finger: enrolled. It counts until 2")
        await pilot.press("enter")
        assert await outcome(pilot, host) is True
    assert [each["kind"] for each in site.office.biometrics(abe["id"])["biometrics"]] == ["fingerprint"]


@in_a_loop
async def test_who_refuses_is_given_a_pin_instead(site: Site) -> None:
    """Nothing is recorded and nothing is kept."""
    bo = somebody(site, "Bo Wood", "stock-controller")
    async with console_at(site) as pilot:
        host = await begun(pilot, flows.enrol_biometric, bo, "finger")
        await until(pilot, lambda: isinstance(pilot.app.screen, AskConsent))
        await pilot.press("n")
        await until_shown(pilot, "Bo Wood refuses, and nothing is kept", "Give them a PIN instead?")
        await pilot.press("enter")
        await until_shown(pilot, "PIN of Bo Wood")
        await type_in(pilot, "made")
        await pilot.press("enter")
        await until_shown(pilot, "shown only now")
        await pilot.press("enter")
        assert await outcome(pilot, host) is True
    assert site.office.consents(bo["id"]) == []
    assert site.office.person(bo["id"])["has_pin"]


@in_a_loop
async def test_escape_at_the_text_records_nothing(site: Site) -> None:
    """Enter does not agree by accident either."""
    cy = somebody(site, "Cy Wood", "stock-controller")
    async with console_at(site) as pilot:
        host = await begun(pilot, flows.enrol_biometric, cy, "face")
        await until(pilot, lambda: isinstance(pilot.app.screen, AskConsent))
        await pilot.press("enter")
        shown(pilot, AskConsent)
        await pilot.press("escape")
        assert await outcome(pilot, host) is False
    assert site.office.consents(cy["id"]) == []


@in_a_loop
async def test_a_finger_that_is_somebody_elses_is_refused(site: Site) -> None:
    """In the sensor's words; whoever agreed already is not asked again; one key begins anew."""
    people = [somebody(site, name, "stock-controller") for name in ("Di Wood", "Ed Wood")]
    async with console_at(site) as pilot:
        for person, seen in zip(
            people, ("enrolled. It counts", "nothing was enrolled. the sensor keeps"), strict=True
        ):
            _agreed(site, person["id"], "fingerprint")
            await begun(pilot, flows.enrol_biometric, person, "finger")
            await until_shown(pilot, "Where does the person stand?")
            await pilot.press("enter")
            await until_shown(pilot, "place the finger on the sensor")
            site.hands.finger(AT, "dis-thumb", bad=False)
            if person is people[0]:
                await until_shown(pilot, "once more")
                site.hands.finger(AT, "dis-thumb", bad=False)
            await until_shown(pilot, seen)
            if person is people[0]:
                await pilot.press("enter")
        await pilot.press("r")
        await until_shown(pilot, "place the finger on the sensor")
        await pilot.press("escape")
    assert site.office.biometrics(people[1]["id"])["biometrics"] == []


@in_a_loop
async def test_escape_calls_an_enrolment_off(site: Site) -> None:
    """The sensor learns nothing more."""
    fi = somebody(site, "Fi Wood", "stock-controller")
    _agreed(site, fi["id"], "fingerprint")
    async with console_at(site) as pilot:
        host = await begun(pilot, flows.enrol_biometric, fi, "finger")
        await until_shown(pilot, "Where does the person stand?")
        await pilot.press("enter")
        await until_shown(pilot, "place the finger on the sensor")
        enrolment = shown(pilot, WatchBody)._enrolment
        await pilot.press("escape")
        assert await outcome(pilot, host) is False
        assert site.office.enrolment(enrolment)["state"] == "failed"
        for _ in range(2):
            site.hands.finger(AT, "fis-thumb", bad=False)
    assert site.office.biometrics(fi["id"])["biometrics"] == []


@in_a_loop
async def test_a_face_is_enrolled_in_five_pictures(site: Site) -> None:
    """Its only camera is not asked for; it tells how many pictures are taken."""
    gil = somebody(site, "Gil Wood", "office")
    async with console_at(site, size=(80, 24)) as pilot:
        host = await begun(pilot, flows.enrol_biometric, gil, "face")
        await until_shown(pilot, "Face of Gil Wood: consent")
        await pilot.press("a")
        await until_shown(pilot, "of 5", "Office, in")
        assert "consent of Gil Wood is recorded" in told(pilot)
        site.hands.face(CAMERA, "gil", photo=False, turns=True)
        await until_shown(pilot, "Face: enrolled")
        site.hands.face(CAMERA, None, photo=False, turns=False)
        await pilot.press("enter")
        assert await outcome(pilot, host) is True


@in_a_loop
async def test_a_sensor_that_goes_away_ends_it_with_words(site: Site) -> None:
    """It can be tried again when it is back."""
    hob = somebody(site, "Hob Wood", "office")
    _agreed(site, hob["id"], "face")
    async with console_at(site) as pilot:
        await begun(pilot, flows.enrol_biometric, hob, "face")
        await until_shown(pilot, "of 5")
        site.hands.lose(CAMERA, "camera")
        await until_shown(pilot, "nothing was enrolled", "camera", "Try again")
        site.hands.give_back(CAMERA, "camera")
        await pilot.press("escape")


@in_a_loop
async def test_a_site_without_cameras_says_so(site: Site) -> None:
    """Nobody is asked for a consent to what cannot be done."""
    del site
    with running_site() as plain:
        async with console_at(plain) as pilot:
            host = await begun(pilot, flows.enrol_biometric, somebody(plain, "Ike Wood"), "face")
            await until_shown(pilot, "This site has no camera on a way in.")
            await pilot.press("enter")
            assert await outcome(pilot, host) is False
