import typing

from policies import ids


def test_every_kind_of_name_is_a_type_of_its_own() -> None:
    """All names are strings to the computer and different things to the type checker."""
    named = {name: kind for name, kind in vars(ids).items() if isinstance(kind, typing.NewType)}
    kinds = {name: kind for name, kind in named.items() if kind.__name__ == name}
    assert len(set(kinds.values())) == len(kinds) == 10
    assert all(kind.__supertype__ is str for kind in kinds.values())


def test_roles_and_groups_are_kinds_of_one_thing() -> None:
    """A rule about members may name a role or a group, so both are the same to the type checker."""
    assert ids.RoleId is ids.GroupId is ids.MemberId
