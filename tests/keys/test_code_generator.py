"""One-time codes are those of the standards, and their secrets are sealed."""

import hmac
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accessctl.keys.code_generator import Generator, GeneratorDamaged, GeneratorSealer
from tests.examples import examples

SEED = b"1234567890"
RFC_4226 = [
    "755224",
    "287082",
    "359152",
    "969429",
    "338314",
    "254676",
    "287922",
    "162583",
    "399871",
    "520489",
]
RFC_6238 = {
    59: ("94287082", "46119246", "90693936"),
    1111111109: ("07081804", "68084774", "25091201"),
    1111111111: ("14050471", "67062674", "99943326"),
    1234567890: ("89005924", "91819424", "93441116"),
    2000000000: ("69279037", "90698825", "38618901"),
    20000000000: ("65353130", "77737706", "47863826"),
}
SECRET_BYTES = {"sha1": 20, "sha256": 32, "sha512": 64}
NOON = datetime(2026, 3, 17, 12, 0, tzinfo=UTC)
SEALER = GeneratorSealer(b"k" * 32)


def of_standard(algorithm: str = "sha1", digits: int = 6) -> Generator:
    """The standards' own secret: ten digits again and again, as long as the digest."""
    return Generator((SEED * 7)[: SECRET_BYTES[algorithm]], digits, algorithm=algorithm)


@pytest.mark.parametrize("counter", range(10))
def test_codes_are_those_of_rfc_4226(counter: int) -> None:
    """Appendix D of RFC 4226: ten counters with their values."""
    assert of_standard().code_of(counter) == RFC_4226[counter]


@pytest.mark.parametrize("seconds", RFC_6238)
@pytest.mark.parametrize(("place", "algorithm"), list(enumerate(SECRET_BYTES)))
def test_codes_are_those_of_rfc_6238(seconds: int, place: int, algorithm: str) -> None:
    """Appendix B of RFC 6238: six instants, three algorithms, eight digits; each counts for its own step."""
    generator, at = of_standard(algorithm, 8), datetime.fromtimestamp(seconds, UTC)
    code = RFC_6238[seconds][place]
    assert generator.code_of(generator.step_at(at)) == code
    assert generator.matching_step(code, at) == seconds // 30


@pytest.mark.parametrize(("aside", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_counts_for_a_step_to_either_side(aside: int, counts: bool) -> None:
    """A clock may be off by half a minute, and which step it was is told: the rules let it count once."""
    generator = Generator.new()
    step = generator.step_at(NOON) + aside
    assert generator.matching_step(generator.code_of(step), NOON) == (step if counts else None)


@pytest.mark.parametrize(
    "typed", ["", "1", "28708", "2870822", "abcdef", "\uff12\uff18\uff17\uff10\uff18\uff12"]
)
def test_what_is_no_code_fits_nothing(typed: str) -> None:
    """Too few digits, too many, letters, digits of another script: wrong, and no error."""
    assert of_standard().matching_step(typed, datetime.fromtimestamp(59, UTC)) is None


def test_a_clock_at_its_beginning_is_no_error() -> None:
    """A board without a battery starts in 1970: there is no step before the first, and nothing fits it."""
    start = datetime.fromtimestamp(0, UTC)
    assert of_standard().matching_step(RFC_4226[0], start) == 0
    assert of_standard().matching_step("", start) is None
    assert of_standard().matching_step("287082", datetime.fromtimestamp(-60, UTC)) is None


def test_of_two_steps_with_one_code_the_later_is_used_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the code would count once more in the step after."""
    from pyotp import TOTP

    monkeypatch.setattr(TOTP, "generate_otp", lambda _self, _step: "111111")
    assert Generator.new().matching_step("111111", NOON) == Generator.new().step_at(NOON) + 1


def test_all_three_steps_are_compared_whatever_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time that a check takes does not tell how far a clock is off, or that a code was wrong."""
    compared: list[bytes] = []
    real = hmac.compare_digest

    def noted(one: bytes, other: bytes) -> bool:
        compared.append(one)
        return real(one, other)

    generator = Generator.new()
    codes = [generator.code_of(generator.step_at(NOON) + aside) for aside in (-1, 0, 1)]
    for typed in (*codes, "000000"):
        compared.clear()
        with monkeypatch.context() as patched:
            patched.setattr(hmac, "compare_digest", noted)
            generator.matching_step(typed, NOON)
        assert len(compared) == 3


def test_a_new_secret_has_160_bits() -> None:
    """As RFC 4226 recommends; no two are alike, and no repr shows one."""
    one, other = Generator.new(), Generator.new()
    assert len(one.secret) == 20
    assert one.secret != other.secret
    assert one.base32 not in repr(one)
    assert one.secret.hex() not in repr(one)
    assert repr(one.secret) not in repr(one)


def test_a_camera_gets_all_that_a_generator_needs() -> None:
    """The address names site and person and holds the secret; what is as usual is left out."""
    made = Generator.new()
    address = urlsplit(made.uri("Ana Marsh", "Kade Warehouse"))
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert address.path == "/Kade%20Warehouse:Ana%20Marsh"
    assert parse_qs(address.query) == {"secret": [made.base32], "issuer": ["Kade Warehouse"]}


def test_a_secret_comes_out_as_it_went_in() -> None:
    """For its person and its generator; sealed twice it looks different."""
    secret = Generator.new().secret
    sealed = SEALER.seal("p-ana", "g-1", secret)
    assert SEALER.open("p-ana", "g-1", sealed) == secret
    assert secret not in sealed
    assert SEALER.seal("p-ana", "g-1", secret) != sealed


@pytest.mark.parametrize(
    ("person", "generator"), [("p-bob", "g-1"), ("p-ana", "g-2"), ("p-anag", "-1"), ("", "")]
)
def test_a_row_that_was_swapped_does_not_open(person: str, generator: str) -> None:
    """What was sealed for one person's generator is nothing to another's."""
    sealed = SEALER.seal("p-ana", "g-1", b"s" * 20)
    with pytest.raises(GeneratorDamaged):
        SEALER.open(person, generator, sealed)


def test_another_root_key_opens_nothing() -> None:
    """Whoever has the database and not the root has no secret."""
    with pytest.raises(GeneratorDamaged):
        GeneratorSealer(b"q" * 32).open("p-ana", "g-1", SEALER.seal("p-ana", "g-1", b"s" * 20))


def test_one_flipped_bit_is_refused_wherever_it_is() -> None:
    """Every bit of the nonce, the secret and the tag counts."""
    sealed = SEALER.seal("p-ana", "g-1", b"s" * 20)
    for bit in range(len(sealed) * 8):
        flipped = bytearray(sealed)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(GeneratorDamaged):
            SEALER.open("p-ana", "g-1", bytes(flipped))


@settings(max_examples=examples(200))
@given(st.binary(max_size=80))
def test_noise_opens_nothing(noise: bytes) -> None:
    """Whatever the store holds, it opens nothing, and no other error escapes."""
    with pytest.raises(GeneratorDamaged):
        SEALER.open("p-ana", "g-1", noise)


@settings(max_examples=examples(200))
@given(st.text(max_size=20), st.integers(0, 2**33))
def test_whatever_is_typed_is_compared(typed: str, seconds: int) -> None:
    """No text is an error, at no instant."""
    Generator(b"s" * 20).matching_step(typed, datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))


def test_nothing_is_loaded_before_it_is_needed() -> None:
    """A door without one-time codes does not pay for their libraries."""
    program = (
        "import sys, accessctl.keys.code_generator, accessctl.door.code_prover, accessctl.door.desk_codes;"
        "print([name for name in ('pyotp', 'cryptography') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
