"""Turns what a file says of fingers and faces into the values that the controller works with."""

import hashlib
from datetime import timedelta

from accessctl.config.schema_biometrics import BiometricsTable
from accessctl.config.site import BiometricRules, Consent, Faces


def biometrics_of(table: BiometricsTable | None) -> BiometricRules:
    """Give what holds for fingers and faces."""
    if table is None:
        return BiometricRules()
    return BiometricRules(
        sole_factor=table.sole_factor is True,
        liveness=table.liveness,
        face_threshold=table.face_threshold,
        face_model=table.face_model,
        face_centred=table.face_centred,
        identify=table.faces is Faces.IDENTIFY,
        margin=table.margin,
        consent=_consent(table),
        equal_way=table.equal_way,
        expire_after=timedelta(days=table.expire_after_days),
    )


def _consent(table: BiometricsTable) -> Consent | None:
    if table.consent_version is None or table.consent_text is None:
        return None
    digest = hashlib.sha256(table.consent_text.encode()).hexdigest()
    return Consent(table.consent_version, table.consent_text, digest)
