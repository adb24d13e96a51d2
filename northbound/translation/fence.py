"""The leader's term in NB_Global: whoever holds an older one can no longer write.

`claim` sets our term, compare-and-swap; `guard` is the `wait` operation that every later transaction carries. The
database-wide options that Meridian wants are set in the same breath.
"""

from southbound import external_ids
from southbound.ovsdb import codec
from southbound.ovsdb.apply import Interrupted
from southbound.ovsdb.outcomes import Committed, Refused
from southbound.ovsdb.session import Operation, Session
from southbound.ovsdb.transaction import mutate_map, wait_some, where_uuid

# Source: ovn-mapping section 3, "NB_Global.options that the CMS sets".
OPTIONS = {"ignore_lsp_down": "false", "fdb_removal_limit": "0", "mac_binding_removal_limit": "0"}


class Superseded(Exception):
    """OVN knows a higher term than ours: another leader wrote, or our PostgreSQL came back older than it was."""

    def __init__(self, term: int) -> None:
        super().__init__(f"OVN is led in term {term}")
        self.term = term


def guard(term: int) -> Operation:
    return wait_some("NB_Global", [["external_ids", "includes", ["map", [[external_ids.TERM, str(term)]]]]])


def observed_term(session: Session) -> int:
    """The term in NB_Global; 0 when nobody ever led."""
    terms = [row["external_ids"].get(external_ids.TERM, "0") for row in session.replica.rows("NB_Global").values()]
    return max((int(term) for term in terms if term.isdecimal()), default=0)


async def claim(session: Session, term: int) -> None:
    """Makes NB_Global carry our term. Raises Superseded, or Interrupted when it must be tried again."""
    rows = session.replica.rows("NB_Global")
    if not rows:
        raise Interrupted("NB_Global has no row yet")
    ((uuid, observed),) = rows.items()
    current = observed_term(session)
    if current > term:
        raise Superseded(current)
    if current == term and OPTIONS.items() <= observed["options"].items():
        return
    kind = session.schema.column("NB_Global", "external_ids")
    unchanged = {
        "op": "wait",
        "table": "NB_Global",
        "where": where_uuid(uuid),
        "timeout": 0,
        "columns": ["external_ids"],
        "until": "==",
        "rows": [{"external_ids": codec.encode(kind, observed["external_ids"])}],
    }
    outcome = await session.transact(
        [
            unchanged,
            mutate_map("NB_Global", where_uuid(uuid), "external_ids", kind, {external_ids.TERM: str(term)}),
            mutate_map("NB_Global", where_uuid(uuid), "options", kind, OPTIONS),
        ]
    )
    if isinstance(outcome, Refused):
        raise Interrupted(f"NB_Global changed meanwhile: {outcome.details}")
    if not isinstance(outcome, Committed):
        raise Interrupted(outcome.reason)
