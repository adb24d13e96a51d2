"""The checker itself: it must see what is wrong, or the tests that rely on it show nothing."""

import pytest

from deploy.lab.daemons.programs import run
from runtime.database import Database
from tests.faults.network.history import UNKNOWN, History
from tests.faults.network.invariants import no_violation, violations
from tests.faults.network.plane import running_plane

pytestmark = pytest.mark.real


async def test_what_is_lost_planted_or_miscounted_is_named() -> None:
    async with running_plane() as plane:
        control = plane.control()
        await control.start()
        async with plane.api() as api:
            network_id = await api.make("network", name="n")
            lost = await api.make("port", network_id=network_id, name="lost")
            orphan = await api.make("port", network_id=network_id, name="orphan")
        await no_violation(plane)
        await control.stop()

        await run(["ovn-nbctl", f"--db={plane.northbound}", "lsp-del", lost])
        database = await Database.open(plane.database)
        async with database.transaction() as conn:
            await conn.execute("DELETE FROM northbound.ports WHERE id = $1", orphan)
        await database.close()
        found = await violations(plane)
    assert any(f"port/{lost} differs" in line for line in found)
    assert any(f"port/{orphan} differs" in line for line in found)
    assert any(line.startswith("port of") and "counted" in line for line in found)


def test_history_tells_lost_refused_and_unknown_writes_apart() -> None:
    history = History()
    history.record("kept", 201, "made")
    history.record("refused", 409, "made")
    history.record("perhaps", UNKNOWN, "made")
    history.record("gone", 201, "made")
    history.record("gone", 204, None)
    assert history.contradictions({"kept": "made"}) == []
    assert history.contradictions({"kept": "made", "perhaps": "made"}) == []
    assert len(history.contradictions({})) == 1
    assert len(history.contradictions({"kept": "made", "refused": "made", "gone": "made", "alien": "made"})) == 3
