"""Attributes that bodies of several nouns have: a moment, and roles that are given away."""

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from identity.bodies import Id, LongName
from identity.roles.graph import RoleGraph
from runtime.attributes import Scalar
from runtime.errors import BadRequest


class Moment(Scalar):
    """A date and time of ISO 8601, UTC when it names no zone."""

    @classmethod
    def parse(cls, text: str) -> "Moment":
        try:
            moment = datetime.fromisoformat(text) if len(text) <= 40 else None
        except ValueError:
            moment = None
        if moment is None or not 2000 <= moment.year <= 9000:
            raise ValueError("expected a date and time such as 2030-01-31T12:00:00Z")
        return cls(text)

    @property
    def time(self) -> datetime:
        moment = datetime.fromisoformat(self)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class RoleNamed(msgspec.Struct, forbid_unknown_fields=True):
    """A role by id or by name."""

    id: Id | None = None
    name: LongName | None = None

    def __post_init__(self) -> None:
        if (self.id is None) == (self.name is None):
            raise ValueError("a role is named by its id or its name")


def choose_roles(named: Iterable[RoleNamed], held: Iterable[str], graph: RoleGraph, where: str) -> list[str]:
    """The ids of the roles named, all of which are among those held or implied by them. Raises BadRequest.

    `graph` is read where `held` is: a process may not have heard yet of a role that another one just made.
    """
    names = {role_id: graph.names[role_id] for role_id in graph.expand(held)}
    return [_choose(role, names, where) for role in named]


def _choose(named: RoleNamed, names: dict[str, str], where: str) -> str:
    for role_id, name in names.items():
        if named.id == role_id or named.name == name:
            return role_id
    raise BadRequest(f"Invalid input for {where}.roles: nobody gives away a role that they do not have.")
