"""Under which name an operator's code generator is sealed."""


def owner_of(operator: str) -> str:
    """Give the name under which an operator's generator is sealed. No person's id has a colon."""
    return f"operator:{operator}"
