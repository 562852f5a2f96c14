"""What a site file says of fingers and faces, and what it owes to the people they belong to."""

import hashlib
from datetime import timedelta

import pytest

from accessctl.config import load
from accessctl.config.asking import ASKS
from accessctl.config.findings import findings
from accessctl.config.site import BiometricRules, Liveness
from policies.factors import BIOMETRIC, Factor
from policies.ids import AccessPointId
from tests.config.sites import FULL, complaints_of, spoilt

ASKED = 'asks = "card_and_biometric"'
EQUAL = 'equal_way = "card and PIN at the store door"\n'
SOLE = 'sole_factor = "accepted"\n'


def found_in(*changes: tuple[str, str]) -> list[str]:
    return [str(finding) for finding in findings(load(spoilt(*changes, text=FULL)))]


def test_a_site_file_says_how_faces_are_checked() -> None:
    """Every key of the table means something to the doors."""
    rules = load(FULL).biometrics
    assert rules.sole_factor
    assert rules.liveness is Liveness.BOTH
    assert (rules.face_threshold, rules.identify, rules.margin) == (0.37, True, 0.05)
    assert rules.expire_after == timedelta(days=180)
    assert rules.equal_way == "card and PIN at the store door"


def test_the_text_of_consent_has_a_digest() -> None:
    """What people agreed to is known by the SHA-256 of its very words."""
    consent = load(FULL).biometrics.consent
    assert consent is not None
    assert consent.version == "2026-1"
    assert consent.text.startswith("I agree")
    assert consent.sha256 == hashlib.sha256(consent.text.encode()).hexdigest()


def test_what_a_file_leaves_out_is_the_careful_choice() -> None:
    """No finger opens alone, a face has to turn, one person is compared, and everything expires."""
    rules = BiometricRules()
    assert not rules.sole_factor
    assert not rules.identify
    assert rules.liveness is Liveness.TURN
    assert rules.expire_after <= timedelta(days=365)
    assert rules.consent is None


@pytest.mark.parametrize("word", ["fingerprint", "face"])
def test_a_finger_or_face_alone_has_to_be_accepted(word: str) -> None:
    """Without the very words the file is refused; with them it loads."""
    alone = (ASKED, f'asks = "{word}"')
    (what,) = complaints_of(alone, (SOLE, ""), text=FULL)
    assert what.startswith("access_points.inner-in.asks: a finger or face alone opens nothing unless")
    assert what.endswith('[biometrics] sole_factor = "accepted"')
    site = load(spoilt(alone, text=FULL))
    assert site.access_points[AccessPointId("inner-in")].asks == ASKS[word]


def test_a_finger_alone_at_some_times_has_to_be_accepted() -> None:
    """What is asked now and then counts like what is asked always."""
    (what,) = complaints_of(('asks = "card_and_code" }', 'asks = "fingerprint" }'), (SOLE, ""), text=FULL)
    assert what.startswith("access_points.gate-in.asks_when[0].asks: a finger or face alone")


@pytest.mark.parametrize(
    ("asked", "word", "path"),
    [
        (ASKED, 'asks = "fingerprint"', "access_points.inner-in.asks"),
        (
            ASKED,
            ASKED + '\nasks_when = [{ threat_level = 2, asks = "fingerprint" }]',
            "access_points.inner-in.asks_when[0].asks",
        ),
    ],
)
def test_a_finger_alone_needs_a_sensor_that_searches(asked: str, word: str, path: str) -> None:
    """One that compares with the fingers of one person has to be told who stands there; others search."""
    sensor = 'finger = { kind = "simulated" }\ncamera'
    usb = (sensor, 'finger = { kind = "fprintd" }\ncamera')
    (what,) = complaints_of((asked, word), usb, text=FULL)
    assert what.startswith(f"{path}: an fprintd sensor has to be told whose finger it is")
    load(spoilt(usb, text=FULL))
    load(spoilt((asked, word), text=FULL))


def test_who_names_a_finger_and_a_face_needs_both_sensors() -> None:
    """Each by its own word: ``biometric`` leaves it open, and is content with one of them."""
    both = (ASKED, 'asks = { two_of = ["card", "fingerprint", "face"] }')
    finger, camera = 'finger = { kind = "simulated" }\ncamera', 'camera = { kind = "simulated" }\n'
    load(spoilt(both, text=FULL))
    (what,) = complaints_of(both, (camera, ""), text=FULL)
    assert what.startswith("access_points.inner-in.asks: names a face, and there is no camera for faces here")
    (what,) = complaints_of(both, (finger, "camera"), text=FULL)
    assert what.startswith("access_points.inner-in.asks: names a finger, and there is no fingerprint sensor")
    load(spoilt((ASKED, 'asks = { two_of = ["card", "pin", "biometric"] }'), (camera, ""), text=FULL))
    at_times = ('two_of = ["card", "pin", "biometric"]', 'two_of = ["card", "fingerprint", "face"]')
    (what,) = complaints_of(at_times, text=FULL)
    assert what.startswith("access_points.gate-in.asks_when[1].asks: names a face")


def test_a_sensor_that_nobody_is_sent_to_is_noted() -> None:
    """Nothing that is asked for needs it: on a way in as on a way out, which never asks for one."""
    (found,) = found_in((ASKED, 'asks = "card_and_face"'))
    assert found.startswith(
        "note: access_points.inner-in.finger: nobody is let through by it: nothing that is"
    )
    (found,) = found_in((ASKED, 'asks = "card_and_fingerprint"'))
    assert found.startswith(
        "note: access_points.inner-in.camera: nobody is let through by it: nothing that is"
    )
    out = 'direction = "out"\nreader = { kind = "simulated" }\n\n[access_points.store-in]'
    found = found_in((out, out.replace("\n\n[", '\nfinger = { kind = "simulated" }\n\n[')))[0]
    assert found.startswith("note: access_points.inner-out.finger: nobody is let through by it: a way out")


def test_a_pin_in_place_of_a_finger_needs_keys() -> None:
    """Where it says that a PIN will do meanwhile, there has to be something to type it on."""
    instead = ('biometric_lost = "refuse"', 'biometric_lost = "wider_pin_instead"')
    at_usb = (
        f'{ASKED}\nreader = {{ kind = "simulated" }}',
        f'{ASKED}\nreader = {{ kind = "pcsc", name = "HID" }}',
    )
    found = found_in(instead, at_usb)
    [mistake] = [each for each in found if each.startswith("mistake: doors.")]
    assert mistake.startswith("mistake: doors.inner.degraded.biometric_lost: ")
    assert "no keypad" in mistake
    assert not any(each.startswith("mistake") for each in found_in(instead))


def test_a_face_alone_has_to_be_looked_for() -> None:
    """Nobody says whose face it is, so it must be compared with everybody's, or with none."""
    faces = ('faces = "identify"\nmargin = 0.05\n', "")
    (what,) = complaints_of((ASKED, 'asks = "face"'), faces, text=FULL)
    assert what.startswith("access_points.inner-in.asks: a face alone")
    assert what.endswith('[biometrics] faces = "identify"')
    load(spoilt((ASKED, 'asks = "fingerprint"'), faces, text=FULL))


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (SOLE, "sole_factor = true\n", 'sole_factor: must be "accepted", not true'),
        ('liveness = "both"', 'liveness = "off"', "liveness: must be "),
        ("face_threshold = 0.37", "face_threshold = nan", "face_threshold: must be 0.05 to 1.5, not nan"),
        ("face_threshold = 0.37", "face_threshold = 2", "face_threshold: must be 0.05 to 1.5, not 2"),
        ("face_threshold = 0.37", "face_threshold = true", "face_threshold: must be a number, not true"),
        ('faces = "identify"', 'faces = "verify"', 'margin: counts only where faces = "identify"'),
        ('consent_version = "2026-1"\n', "", "consent_text: needs consent_version beside it"),
        ("expire_after_days = 180", "expire_after_days = 0", "expire_after_days: must be 1 to 3650 days"),
        ("I can come in without it.\n", "\\u0007\n", "consent_text: must be printable"),
        (
            'face_model = "dlib:0011223344556677:8899aabbccddeeff"\n',
            "",
            "face_model: is missing: face_threshold",
        ),
        ("face_threshold = 0.37\nface_model", "face_model", "face_threshold: is missing: face_model stands"),
        (
            'face_threshold = 0.37\nface_model = "dlib:0011223344556677:8899aabbccddeeff"\n',
            "",
            "face_centred: needs face_threshold beside it",
        ),
        (EQUAL, 'equal_way = " "\n', "equal_way: must not be empty"),
    ],
)
def test_a_mistake_is_named(old: str, new: str, what: str) -> None:
    """Each is told by its key."""
    (complaint,) = complaints_of((old, new), text=FULL)
    assert complaint.startswith(f"biometrics.{what}")


def test_a_version_needs_its_text() -> None:
    """A version of nothing is refused."""
    text = (
        FULL.partition('consent_text = """')[0] + FULL.partition('consent_text = """')[2].partition('"""')[2]
    )
    (complaint,) = complaints_of(text=text)
    assert complaint == "biometrics.consent_text: is missing: consent_version names a version of it"


def test_people_must_have_an_equal_way() -> None:
    """A way in that nobody passes without a finger or face is a mistake, unless there is another way."""
    assert found_in() == []
    (found,) = found_in((EQUAL, ""))
    assert found.startswith("mistake: access_points.inner-in.asks: nobody can enter without giving a finger")


def test_a_choice_is_an_equal_way() -> None:
    """Where card and PIN do as well, nobody has to give a finger."""
    assert found_in((EQUAL, ""), (ASKED, 'asks = { two_of = ["card", "pin", "biometric"] }')) == []


def test_nobody_is_enrolled_without_a_text() -> None:
    """A file that asks for faces and has no text to agree to is told so."""
    begin, _, rest = FULL.partition('consent_version = "2026-1"')
    text = begin + rest.partition('"""')[2].partition('"""')[2]
    found = [str(each) for each in findings(load(text))]
    assert [each.partition(":")[2].split(":")[0].strip() for each in found] == ["biometrics.consent_text"]


def test_a_site_may_do_without_liveness_and_is_told() -> None:
    """That a printed picture passes is worth knowing, and may be meant."""
    (found,) = found_in(('liveness = "both"', 'liveness = "none"'))
    assert found == "note: biometrics.liveness: a printed picture of somebody's face passes for the face"


@pytest.mark.parametrize(
    ("word", "ways"),
    [
        ("card_and_face", {Factor.CARD | Factor.FACE}),
        ("card_and_fingerprint", {Factor.CARD | Factor.FINGERPRINT}),
        ("card_pin_and_code", {Factor.CARD | Factor.PIN | Factor.CODE}),
        (
            "card_pin_and_biometric",
            {Factor.CARD | Factor.PIN | Factor.FINGERPRINT, Factor.CARD | Factor.PIN | Factor.FACE},
        ),
    ],
)
def test_further_words_for_what_is_asked(word: str, ways: set[Factor]) -> None:
    """Each word asks for exactly these."""
    assert set(ASKS[word].ways) == ways


def test_no_other_word_opens_to_a_body_alone() -> None:
    """Only the two words that have to be accepted ask for nothing but a finger or face."""
    alone = {word for word, asks in ASKS.items() if any(way and not way & ~BIOMETRIC for way in asks.ways)}
    assert alone == {"fingerprint", "face"}
