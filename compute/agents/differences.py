"""Which servers an agent must be told about, from what it reported and what the rows say. Pure."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from compute.messages import ServerReport


class Row(Struct, frozen=True):
    """What decides of one server. `leaving`: nothing of it may be on its host."""

    id: str
    host: str | None
    generation: int
    observed_generation: int | None
    observed_state: str | None
    leaving: bool

    @property
    def is_gone(self) -> bool:
        """Its agent has said that nothing is left, and means the newest generation."""
        return self.leaving and self.observed_state == "absent" and self.observed_generation == self.generation


class Differences(Struct, frozen=True):
    """`tell`: ids of servers whose desired state is to be sent. `remove`: servers that have no business on the host."""

    tell: list[str]
    remove: list[tuple[str, int]]


def compare(host: str, rows: Mapping[str, Row], reports: Iterable[ServerReport], *, complete: bool) -> Differences:
    """What to answer to an agent's reports; `rows` are the servers reported and, with `complete`, all of the host.

    A server that the agent gave up on is not sent again: only a newer generation moves it. One that a complete report
    leaves out is sent, because the agent has lost it or never heard of it.
    """
    reported = {str(report.server_id): report for report in reports}
    tell, remove = [], []
    for server_id, report in reported.items():
        row = rows.get(server_id)
        if row is None or row.host != host:
            if report.state != "absent":
                remove.append((server_id, report.generation))
        elif row.generation > report.generation:
            tell.append(server_id)
    if complete:
        tell += [row.id for row in rows.values() if row.host == host and row.id not in reported and not row.is_gone]
    return Differences(tell, remove)
