"""Rows that an earlier release marked as another owner's change hands; they are not taken away and made again."""

import pytest

from deploy.lab.daemons.waiting import until
from northbound.security_group_rules import store as rules
from northbound.security_groups import store as groups
from northbound.translation import marks
from northbound.translation.desired import KINDS
from southbound.names import security_group_owner, security_group_rule_owner
from southbound.ovsdb.replica import Change
from southbound.ovsdb.rows import OWNER_KEY
from tests.real.northbound.harness import open_session
from tests.real.northbound.networking import PROJECT
from tests.real.northbound.translation.cloud import Cloud, running, until_leading

pytestmark = pytest.mark.real

COLUMN = "external_ids:" + OWNER_KEY.replace(":", "\\:")


async def test_permits_of_an_earlier_release_stay_while_they_change_hands(cloud: Cloud) -> None:
    async with cloud.database.transaction() as conn:
        group = await groups.ensure_default(conn, PROJECT)
        made = (await rules.rules_of_groups(conn, [group]))[group]
    async with running(cloud.translation(kinds=KINDS)):
        await cloud.ovn.wait_rows("NB", "ACL", len(made))
    for rule in made:
        await cloud.ovn.nbctl("set", "ACL", rule.id, f"{COLUMN}={security_group_owner(group)}")
    async with open_session(cloud.ovn) as session:
        changes: list[Change] = []
        session.replica.listen(changes.append)

        async def change_hands() -> bool:
            owners = {uuid: row["external_ids"][OWNER_KEY] for uuid, row in session.replica.rows("ACL").items()}
            return owners == {rule.id: security_group_rule_owner(rule.id) for rule in made}

        assert not await change_hands()
        async with running(after := cloud.translation(kinds=KINDS)):
            await until_leading(after)
            async with cloud.database.transaction() as conn:
                revision = await marks.mark(conn, "security_group", group)
            assert await after.settle(revision)
            await until(change_hands, 10)
        assert not [change for change in changes if change.table == "ACL" and change.after is None]
