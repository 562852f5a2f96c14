"""The keys that the door process hands to devices when it starts. Doors go on without them."""

import logging

from accessctl.config import Site
from accessctl.home import Home
from accessctl.keys.card_keys import CardKeyStore, CardKeysUnusable
from accessctl.keys.reader_keys import ReaderKeys, ReaderKeysUnusable
from accessctl.keys.root import Purpose, RootKey, RootKeyUnusable
from hardware.specs import CardKeys, CardProof, OsdpReaderSpec, PcscReaderSpec

log = logging.getLogger(__name__)

KEYED: tuple[CardProof, ...] = (CardProof.DESFIRE, CardProof.SUN)
"""What cards prove with keys of the site's."""


def reader_keys_of(home: Home, site: Site) -> tuple[ReaderKeys | None, str]:
    """Give the keys of the readers that have some, or why there are none."""
    if not any(isinstance(reader, OsdpReaderSpec) for reader in site.board.readers):
        return None, "no reader of this site has a key: none is an OSDP reader"
    try:
        root = RootKey.load(home.root_key)
        return ReaderKeys(home.reader_keys, root.derive(Purpose.READER_KEYS)), ""
    except (RootKeyUnusable, ReaderKeysUnusable) as error:
        log.error("no OSDP reader can be spoken to: %s", error)  # noqa: TRY400 - the words say it all
        return None, str(error)


def card_keys_of(home: Home, site: Site) -> tuple[CardKeys | None, str]:
    """Give the keys that cards prove, or why there are none; those that are missing are named in the log."""
    wanted = proofs_wanted(site)
    if not wanted:
        return None, "no reader of this site asks cards for a proof with keys of the site"
    try:
        keys = card_key_store(home).keys
    except (RootKeyUnusable, CardKeysUnusable) as error:
        log.error("no DESFire and no NTAG card can be checked: %s", error)  # noqa: TRY400 - the words say it all
        return None, str(error)
    missing = [proof for proof in wanted if getattr(keys, proof) is None]
    for proof in missing:
        log.error("no %s card can be checked: accessctl cards keys make %s", proof, proof)
    return keys, ""


def card_key_store(home: Home) -> CardKeyStore:
    """Open the file of the cards' keys. Raises ``RootKeyUnusable`` or ``CardKeysUnusable``."""
    return CardKeyStore(home.card_keys, RootKey.load(home.root_key).derive(Purpose.CARD_KEYS))


def proofs_wanted(site: Site) -> tuple[CardProof, ...]:
    """Tell which proofs readers ask for that need keys of the site."""
    asked = {
        proof
        for reader in site.board.readers
        if isinstance(reader, PcscReaderSpec)
        for proof in reader.proofs
    }
    return tuple(proof for proof in KEYED if proof in asked)
