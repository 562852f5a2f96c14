"""What a PC/SC reader asks of a card that was shown: proofs of a key first, then a pass, then its plain UID.

The libraries for a proof are loaded by a reader that asks for it, and by no other.
"""

import logging
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from hardware.cards.channel import CardError
from hardware.cards.proving import Encode, Forged, NotEncoded, Proof, Prove, Proved, first_proof
from hardware.readers.pcsc_card import PcscCard, reader_names
from hardware.readers.reporter import fault
from hardware.readers.uid import SUCCESS, Unreadable, number_of
from hardware.signals import (
    CardEncoded,
    CardForged,
    CardFrame,
    CardUnreadable,
    SensorFailed,
    Technology,
)
from hardware.specs import CardKeys, CardProof, PcscReaderSpec
from hardware.tickets import ENCODING_S

log = logging.getLogger(__name__)

GET_UID: Final = bytes.fromhex("ffca000000")
NO_PROOF: Final = "only cards that prove a key count here"
NONSENSE: Final = "the card answers in a way that makes no sense"

Read = CardFrame | CardForged | CardUnreadable
_Asks = Callable[[PcscCard, bytes], Proof]
"""Asks a card for one proof; is given the UID as the reader tells it, which may be made up or empty."""


class PcscReading:
    """What is asked of the cards at one reader. Used from the watcher's thread."""

    def __init__(self, spec: PcscReaderSpec, keys: CardKeys) -> None:
        """Load what the reader's proofs need. Raises ``ImportError`` where a library is missing."""
        self._device, self._plain_uid = spec.id, spec.plain_uid
        quieten()
        self._proofs = tuple(_asker(proof, spec, keys) for proof in spec.proofs)
        self._pass = _pass_reader() if spec.passes else None
        self._keys = keys

    def read(self, card: PcscCard) -> Read:
        """Ask a card for what counts here. Never raises."""
        try:
            if not self._proofs and self._pass is None:
                return self._plain(card.transmit(GET_UID))
            with card.alone():
                return self._ask(card)
        except (CardError, Unreadable) as error:
            return self._unreadable(str(error))
        except Exception as error:  # noqa: BLE001 - whatever a card brings about, the next one is read
            # Its text is left out: a library's may hold what the card said, or a key.
            log.error("%s: reading a card failed: %s", self._device, fault(error))  # noqa: TRY400
            return self._unreadable(NONSENSE)

    def _ask(self, card: PcscCard) -> Read:
        told = card.transmit(GET_UID)
        if card.takes_commands:
            uid = told[:-2] if told[-2:] == SUCCESS else b""
            proof = first_proof(card, (_with_uid(ask, card, uid) for ask in self._proofs))
            if proof is not None:
                return self._told(proof)
        if self._pass is not None and (text := self._pass(card)) is not None:
            return CardFrame(self._device, time.monotonic_ns(), Technology.PASS, text)
        return self._plain(told)

    def _told(self, proof: Proved | Forged) -> Read:
        now_ns = time.monotonic_ns()
        if isinstance(proof, Forged):
            return CardForged(self._device, now_ns, proof.technology, proof.why)
        return CardFrame(self._device, now_ns, proof.technology, proof.number, proof.counter)

    def _plain(self, told: bytes) -> Read:
        if not self._plain_uid:
            return self._unreadable(NO_PROOF)
        technology, number = number_of(told)
        return CardFrame(self._device, time.monotonic_ns(), technology, number)

    def _unreadable(self, why: str) -> CardUnreadable:
        return CardUnreadable(self._device, time.monotonic_ns(), why)

    def encode(self, card: PcscCard, ticket: int, kind: Technology) -> CardEncoded | SensorFailed:
        """Give a card the site's keys. Never raises."""
        try:
            encode = encoder(kind, self._keys)
            with card.alone(ENCODING_S):
                number = encode(card)
        except (CardError, NotEncoded) as error:
            return SensorFailed(self._device, time.monotonic_ns(), ticket, str(error))
        except Exception as error:  # noqa: BLE001 - whatever a card brings about, the next one is read
            log.error("%s: encoding a card failed: %s", self._device, fault(error))  # noqa: TRY400
            return SensorFailed(self._device, time.monotonic_ns(), ticket, NONSENSE)
        return CardEncoded(self._device, time.monotonic_ns(), ticket, kind, number)


def encoder(kind: Technology, keys: CardKeys) -> Encode:
    """Give what encodes cards of this kind. Raises ``NotEncoded`` where there are no keys for it."""
    if kind is Technology.DESFIRE and (desfire := keys.desfire) is not None:
        from hardware.cards.desfire_encoding import encode_desfire

        return lambda channel: encode_desfire(channel, desfire)
    if kind is Technology.SUN and (sun := keys.sun) is not None:
        from hardware.cards.ntag424 import encode_ntag424

        return lambda channel: encode_ntag424(channel, sun)
    raise NotEncoded("this reader was given no keys for cards of this kind")


def quieten() -> None:
    """Keep libraries through which keys and cards' words go from logging any, whatever is logged elsewhere.

    Those of today log nothing at all; a later one may.
    """
    for library in LOUD_LIBRARIES:
        logging.getLogger(library).setLevel(logging.WARNING)


LOUD_LIBRARIES: Final = ("pkcs11", "smartcard")


def _asker(proof: CardProof, spec: PcscReaderSpec, keys: CardKeys) -> _Asks:
    return _ASKERS[proof](spec, keys)


def _pkoc(spec: PcscReaderSpec, _keys: CardKeys) -> _Asks:
    from hardware.cards.pkoc import pkoc_prover

    prove = pkoc_prover(spec.site, spec.id)
    return lambda card, _uid: prove(card)


def _desfire(_spec: PcscReaderSpec, keys: CardKeys) -> _Asks:
    if (mine := keys.desfire) is None:
        return _unasked
    from hardware.cards.desfire import prove_desfire

    return lambda card, uid: prove_desfire(card, mine, uid or None)


def _sun(_spec: PcscReaderSpec, keys: CardKeys) -> _Asks:
    if (mine := keys.sun) is None:
        return _unasked
    from hardware.cards.sun import prove_sun

    return lambda card, uid: prove_sun(card, mine, uid or None)


def _piv(spec: PcscReaderSpec, _keys: CardKeys) -> _Asks:
    from hardware.cards.piv import PivProver

    prover = PivProver(spec.opensc, reader_names)
    return lambda card, _uid: prover.prove(card, card.reader_name, card.left_to_others)


_ASKERS: Final[Mapping[CardProof, Callable[[PcscReaderSpec, CardKeys], _Asks]]] = MappingProxyType(
    {CardProof.PKOC: _pkoc, CardProof.DESFIRE: _desfire, CardProof.SUN: _sun, CardProof.PIV: _piv}
)


def _unasked(_card: PcscCard, _uid: bytes) -> Proof:
    """Know nothing of a kind for which the site has no keys yet; ``doctor`` says so."""
    return None


def _with_uid(ask: _Asks, card: PcscCard, uid: bytes) -> Prove:
    return lambda _channel: ask(card, uid)


def _pass_reader() -> Callable[[PcscCard], bytes | None]:
    from hardware.cards.pass_tag import pass_on_tag

    return lambda card: pass_on_tag(card.transmit, stores_only=not card.takes_commands)
