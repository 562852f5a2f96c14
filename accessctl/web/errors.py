"""Why the console is not served."""


class CannotServe(Exception):
    """It cannot begin the way it was asked to; the words say what is missing or wrong."""
