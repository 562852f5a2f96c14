"""What keeps a witness from its work."""


class WitnessUnusable(Exception):
    """Its folder is not as it has to be, or its state cannot be read or written. The words say why."""
