"""What is wrong with the keys of the site's own cards."""

import stat
from collections.abc import Iterator

from accessctl.config import Site
from accessctl.doctor.finding import Finding
from accessctl.home import Home
from accessctl.keys.card_keys import CardKeyStore, CardKeysUnusable, CardKind
from accessctl.keys.root import Purpose, RootKey, RootKeyUnusable
from hardware.specs import CardProof, PcscReaderSpec

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_KEYED = (CardProof.DESFIRE, CardProof.SUN)


def card_keys(home: Home, site: Site) -> Iterator[Finding]:
    """See whether there are keys for every proof with a key of the site's that some reader asks for."""
    if home.card_keys.exists() and home.card_keys.stat().st_mode & _OTHERS:
        yield Finding(home.card_keys.name, "others may read it", f"chmod 600 {home.card_keys}")
    asking = {
        proof: [
            reader.id
            for reader in site.board.readers
            if isinstance(reader, PcscReaderSpec) and proof in reader.proofs
        ]
        for proof in _KEYED
    }
    if not any(asking.values()):
        return
    try:
        root = RootKey.load(home.root_key)
        there = {held.kind for held in CardKeyStore(home.card_keys, root.derive(Purpose.CARD_KEYS)).held()}
    except RootKeyUnusable:
        return  # That is found where the root key is looked at.
    except CardKeysUnusable as error:
        do = "put a copy back, or move it away, make new keys and encode every card anew"
        yield Finding(home.card_keys.name, str(error), do)
        return
    for proof, readers in asking.items():
        if readers and CardKind(proof) not in there:
            what = (
                f"{', '.join(readers)} asks cards for {proof}, and this controller has no keys for such cards"
            )
            yield Finding(home.card_keys.name, what, f"accessctl cards keys make {proof}")
