import typing

from policies import ids


def test_every_kind_of_name_is_a_type_of_its_own() -> None:
    """All names are strings to the computer and different things to the type checker."""
    kinds = {name: kind for name, kind in vars(ids).items() if isinstance(kind, typing.NewType)}
    assert len(set(kinds.values())) == len(kinds) == 8
    assert all(kind.__supertype__ is str and kind.__name__ == name for name, kind in kinds.items())
