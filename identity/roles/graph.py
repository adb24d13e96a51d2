"""Which role implies which. Pure."""

from collections.abc import Iterable, Mapping
from functools import lru_cache


class RoleGraph:
    """`names` maps role id to name, `implications` maps a role id to the ids that it implies directly.

    `local` are the roles of single domains. Policy goes by names, and any domain may call a role of its own `admin`:
    such a role gives what it implies and is itself no right.
    """

    def __init__(
        self, names: Mapping[str, str], implications: Mapping[str, Iterable[str]], local: Iterable[str] = ()
    ) -> None:
        self.names = names
        self._local = frozenset(local)
        self._implications = {prior: frozenset(implied) for prior, implied in implications.items()}
        self._names_of = lru_cache(maxsize=4096)(self._expand_to_names)

    def expand(self, role_ids: Iterable[str]) -> frozenset[str]:
        """The ids of the roles that give rights: these and all that they imply.

        Ids of roles that no longer exist fall away, as do roles of single domains.
        """
        found: set[str] = set()
        waiting = set(role_ids)
        while waiting:
            role_id = waiting.pop()
            if role_id in self.names and role_id not in found:
                found.add(role_id)
                waiting |= self._implications.get(role_id, frozenset())
        return frozenset(found - self._local)

    def names_of(self, role_ids: tuple[str, ...]) -> frozenset[str]:
        """The names of the roles and of all that they imply."""
        return self._names_of(role_ids)

    def _expand_to_names(self, role_ids: tuple[str, ...]) -> frozenset[str]:
        return frozenset(self.names[role_id] for role_id in self.expand(role_ids))
