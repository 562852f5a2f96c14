"""Fingers, faces, and what people agreed to."""

from accessctl.answers import (
    Biometric,
    Biometrics,
    Consent,
    ConsentText,
    Enrolment,
    Receipt,
)
from accessctl.client.asking import ERASURE_S, Asking, part


class BiometricCalls(Asking):
    """Calls about what people are known by."""

    def consent_text(self) -> ConsentText:
        """Give the text that people agree to before anything of theirs is kept."""
        text: ConsentText = self._ask("GET", "/consent-text")
        return text

    def consents(self, person: str) -> list[Consent]:
        """Give a person's consents, also those that were taken back."""
        found: dict[str, list[Consent]] = self._ask("GET", f"/people/{part(person)}/consents")
        return found["consents"]

    def give_consent(self, person: str, kind: str, text_version: str) -> Consent:
        """Record that a person agreed to this version of the text."""
        body = {"kind": kind, "text_version": text_version}
        given: Consent = self._ask("POST", f"/people/{part(person)}/consents", body)
        return given

    def withdraw_consent(self, person: str, kind: str) -> Receipt:
        """Take a person's consent back; what was enrolled under it is erased."""
        path = f"/people/{part(person)}/consents/{part(kind)}"
        receipt: Receipt = self._ask("DELETE", path, timeout_s=ERASURE_S)
        return receipt

    def begin_enrolment(
        self, person: str, kind: str, access_point: str, *, duress: bool = False
    ) -> Enrolment:
        """Begin to enrol a finger or face; it ends by itself unless it is asked for."""
        body = {"kind": kind, "access_point": access_point, "duress": duress}
        begun: Enrolment = self._ask("POST", f"/people/{part(person)}/biometrics", body)
        return begun

    def enrolment(self, enrolment: str) -> Enrolment:
        """Tell how an enrolment goes."""
        found: Enrolment = self._ask("GET", f"/enrolments/{part(enrolment)}")
        return found

    def stop_enrolment(self, enrolment: str) -> None:
        """Call an enrolment off."""
        self._ask("DELETE", f"/enrolments/{part(enrolment)}")

    def biometrics(self, person: str | None = None) -> Biometrics:
        """Give what is enrolled of everybody, or of one person."""
        found: Biometrics = self._ask("GET", "/biometrics", query={"person": person})
        return found

    def disable_biometric(self, biometric: str, *, disabled: bool) -> Biometric:
        """Let a finger or face count no more, or again."""
        action = "disable" if disabled else "enable"
        changed: Biometric = self._ask("POST", f"/biometrics/{part(biometric)}/{action}")
        return changed

    def erase_biometrics(self, person: str, kind: str | None = None) -> Receipt:
        """Erase a person's fingers, faces or both."""
        path = f"/people/{part(person)}/biometrics"
        receipt: Receipt = self._ask("DELETE", path, timeout_s=ERASURE_S, query={"kind": kind})
        return receipt
