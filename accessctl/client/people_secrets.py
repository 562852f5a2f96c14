"""PINs, codes and code generators of people."""

from collections.abc import Iterator

from accessctl.answers import (
    Code,
    CodeGenerator,
    MadeCode,
    PrintedCode,
)
from accessctl.client.asking import Asking, part


class SecretCalls(Asking):
    """Calls about what people type."""

    def set_pin(self, person: str, pin: str) -> None:
        """Give a person a PIN."""
        self._ask("PUT", f"/people/{part(person)}/pin", {"pin": pin})

    def remove_pin(self, person: str) -> None:
        """Take a person's PIN away."""
        self._ask("DELETE", f"/people/{part(person)}/pin")

    def make_pin(self, person: str, *, duress: bool = False) -> str:
        """Have a PIN made up for a person, or a duress PIN; it is given this once."""
        path = "duress-pin" if duress else "pin"
        pin: str = self._ask("POST", f"/people/{part(person)}/{path}")["pin"]
        return pin

    def set_duress_pin(self, person: str, pin: str) -> None:
        """Give a person who has a PIN a duress PIN."""
        self._ask("PUT", f"/people/{part(person)}/duress-pin", {"pin": pin})

    def remove_duress_pin(self, person: str) -> None:
        """Take a person's duress PIN away."""
        self._ask("DELETE", f"/people/{part(person)}/duress-pin")

    def make_code(self, person: str, **validity: str | None) -> Code:
        """Have a code made up for a person; its digits are given this once."""
        code: Code = self._ask("POST", f"/people/{part(person)}/code", dict(validity))
        return code

    def make_codes(self, person: str, **wanted: object) -> list[MadeCode]:
        """Have codes made up that are printed (``NewCodes``); their digits are given this once."""
        made: dict[str, list[MadeCode]] = self._ask("POST", f"/people/{part(person)}/codes", wanted)
        return made["codes"]

    def codes(self, person: str | None = None, *, break_glass: bool | None = None) -> Iterator[PrintedCode]:
        """Give all codes, or those of one person, or break-glass codes alone, page by page."""
        wanted = None if break_glass is None else str(break_glass).lower()
        yield from self._pages("codes", "/codes", {"person": person, "break_glass": wanted})

    def make_generator(self, person: str) -> CodeGenerator:
        """Give a person a generator of one-time codes; its secret is given this once."""
        made: CodeGenerator = self._ask("POST", f"/people/{part(person)}/code-generator")
        return made

    def confirm_generator(self, person: str, code: str) -> None:
        """Let a person's generator count, because it shows the right code."""
        self._ask("POST", f"/people/{part(person)}/code-generator/confirm", {"code": code})

    def remove_generator(self, person: str) -> None:
        """Take a person's generator away."""
        self._ask("DELETE", f"/people/{part(person)}/code-generator")
