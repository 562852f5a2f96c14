"""Cards, their keys, and passes."""

from collections.abc import Iterator

from accessctl.answers import (
    Card,
    CardKeys,
    EncodedCard,
    EnrolledCard,
    MadePass,
    Pass,
    PassKey,
    PrintedCode,
)
from accessctl.client.asking import ANSWER_S, ENCODING_S, Asking, given, part


class CredentialCalls(Asking):
    """Calls about what people hold."""

    def cards(self, person: str | None = None) -> Iterator[Card]:
        """Give all cards, or those of one person, page by page."""
        yield from self._pages("cards", "/cards", {"person": person})

    def enrol_number(
        self, person: str, number: str, technology: str = "iso14443-uid", **validity: str | None
    ) -> EnrolledCard:
        """Enrol a card by its number; ``valid_from`` and ``valid_until`` are ISO 8601 with an offset."""
        body = {"number": number, "technology": technology, **validity}
        card: EnrolledCard = self._ask("POST", f"/people/{part(person)}/cards", body)
        return card

    def enrol_shown(
        self, person: str, access_point: str, within_s: float, **validity: str | None
    ) -> EnrolledCard:
        """Enrol the next card that is shown at an access point; waits for it."""
        body = {"read_at": access_point, "within_s": within_s, **validity}
        card: EnrolledCard = self._ask("POST", f"/people/{part(person)}/cards", body, within_s + ANSWER_S)
        return card

    def revoke_card(self, card: str, reason: str) -> Card:
        """Let a card count no more."""
        revoked: Card = self._ask("POST", f"/cards/{part(card)}/revoke", {"reason": reason})
        return revoked

    def revoke_code(self, code: str, reason: str) -> PrintedCode:
        """Let a code count no more."""
        revoked: PrintedCode = self._ask("POST", f"/codes/{part(code)}/revoke", {"reason": reason})
        return revoked

    def card_keys(self) -> list[CardKeys]:
        """Tell which keys of the site's own cards there are."""
        held: list[CardKeys] = self._ask("GET", "/card-keys")["keys"]
        return held

    def make_card_keys(self, kind: str, given: dict[str, str] | None = None) -> list[CardKeys]:
        """Have the keys made of a kind of cards, or give those that were made elsewhere."""
        held: list[CardKeys] = self._ask("POST", "/card-keys", {"kind": kind, "given": given})["keys"]
        return held

    def encode_card(
        self, access_point: str, kind: str, within_s: float, person: str | None, **validity: str | None
    ) -> EncodedCard:
        """Have the next card encoded that is shown at an access point; waits for it."""
        body = {"kind": kind, "read_at": access_point, "within_s": within_s, "person": person, **validity}
        encoded: EncodedCard = self._ask("POST", "/cards/encode", body, within_s + ENCODING_S + ANSWER_S)
        return encoded

    def make_pass(self, **about: object) -> MadePass:
        """Have a pass made by the API's names (``NewPass``); its text is given this once."""
        made: MadePass = self._ask("POST", "/passes", given(about))
        return made

    def replace_pass(self, pass_: str) -> MadePass:
        """Have a pass made like this one, which counts no more."""
        made: MadePass = self._ask("POST", f"/passes/{part(pass_)}/replace")
        return made

    def passes(self, person: str | None = None) -> Iterator[Pass]:
        """Give all passes, or those of one person, page by page."""
        yield from self._pages("passes", "/passes", {"person": person})

    def revoke_pass(self, pass_: str, reason: str) -> Pass:
        """Let a pass count no more."""
        ended: Pass = self._ask("POST", f"/passes/{part(pass_)}/revoke", {"reason": reason})
        return ended

    def pass_key(self) -> PassKey:
        """Give the public key with which passes can be checked."""
        key: PassKey = self._ask("GET", "/pass-key")
        return key
