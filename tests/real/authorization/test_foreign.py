"""What is another's: every route of every API, asked with ids, owners and filters that are not the caller's."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from tests.real.authorization.world import Answer, Place, World, body_of, fill, known, places, random_like

REFUSED = (401, 403, 404)
EVERY_PLACE = sorted(places(), key=lambda place: place.name)
MEMORY = {"free_addresses", "dirty", "drift", "changes", "quarantine", "leadership", "chassis", "dns_safety"}
MEMORY |= {"agents", "agents_target", "gateway_hosts", "revocations", "audit_events"}


async def everything(world: World) -> dict[str, list[str]]:
    """Every row of every table but those that remember how far something got; without what OVN decides."""
    async with world.database.connection() as conn:
        tables = await conn.fetch(
            "SELECT schemaname || '.' || tablename AS name FROM pg_tables"
            " WHERE schemaname IN ('identity', 'northbound', 'compute')"
        )
        names = [table["name"] for table in tables if table["name"].partition(".")[2] not in MEMORY]
        without = "- 'status' - 'provisioning_status' - 'operating_status' - 'seen_at' - 'reported_at'"
        return {
            name: sorted(map(repr, await conn.fetch(f"SELECT to_jsonb(t) {without} FROM {name} t")))
            for name in sorted(names)
        }


RIGHTS = ("assignments", "implied_roles", "roles", "users", "projects", "domains", "groups", "memberships", "trusts")


async def rights_and_blue(world: World) -> dict[str, list[str]]:
    """Who has which right, and all that is project blue's or user bill's."""
    words = {world.blue.project_id, world.blue.user_id, *world.blue.secret}
    return {
        name: rows if name.partition(".")[2] in RIGHTS else [row for row in rows if any(word in row for word in words)]
        for name, rows in (await everything(world)).items()
    }


def poisoned(world: World) -> dict[str, Any]:
    """What a client might say to be taken for somebody else."""
    return {
        "target": {"project_id": world.blue.project_id, "user_id": world.blue.user_id},
        "user_id": world.red.user_id,
        "project_id": world.red.project_id,
        "role": "admin",
        "roles": ["admin"],
        "system_scope": "all",
        "is_admin": True,
    }


async def test_threat_P1_what_a_request_says_of_owners_and_roles_never_changes_a_verdict(world: World) -> None:
    """Every route about what is another's, as it is and with owners, roles and targets in query, body and headers."""
    before, said = await rights_and_blue(world), poisoned(world)
    query = "&".join(f"{name}={value}" for name, value in said.items() if isinstance(value, str))
    forged = {"X_Roles": "admin", "X_Project_Id": world.blue.project_id, "X_User_Id": world.blue.user_id}
    for place in EVERY_PLACE:
        path = fill(place, world.blue.ids)
        plain = await world.ask(world.red, place.method, path, body_of(place, name="x"))
        for answer in (
            await world.ask(world.red, place.method, f"{path}?{query}", body_of(place, name="x"), **forged),
            await world.ask(world.red, place.method, path, said, **forged),
            await world.ask(world.red, place.method, path, body_of(place, **said), **forged),
        ):
            if plain.status in REFUSED:
                assert answer.status >= 400, (place.name, plain, answer)
            assert answer.status not in (500, 503), (place.name, answer)
            _shows_nothing(world, place, path, answer)
    assert await rights_and_blue(world) == before


def _shows_nothing(world: World, place: Place, path: str, answer: Answer) -> None:
    if answer.status < 300:
        shown = [word for word in world.blue.secret if word.encode() in answer.raw]
        assert not shown, (place.name, path, shown)


async def test_threat_P5_foreign_and_random_ids_are_answered_alike_byte_for_byte(world: World) -> None:
    """Every route with ids in its path, of every API and verb; only the id itself is another one."""
    compared = 0
    for place in EVERY_PLACE:
        foreign = [value for variable in place.variables if (value := known(*variable, world.blue.ids))]
        if not foreign or place.route.rule in EVERYBODYS:
            continue
        swapped = {value: random_like(value) for value in foreign}
        path = fill(place, world.blue.ids)
        other = path
        for value, random in swapped.items():
            other = other.replace(value, random)
        for body in (body_of(place, name="x"), body_of(place, description="x"), None):
            theirs = await world.ask(world.red, place.method, path, body)
            nobodys = await world.ask(world.red, place.method, other, body)
            raw = theirs.raw
            for value, random in swapped.items():
                raw = raw.replace(value.encode(), random.encode())
            assert (theirs.status, raw) == (nobodys.status, nobodys.raw), place.name
            assert theirs.headers.keys() == nobodys.headers.keys(), place.name
            assert theirs.status >= 400, (place.name, theirs)
            compared += 1
    assert compared > 400


EVERYBODYS = ("load-balancer:create_absent", "load-balancer:get_absent", "load-balancer:get_amphora")
"""Of these there is nothing, whoever asks."""


FILTERS = (
    "project_id={blue}",
    "tenant_id={blue}",
    "project_id={red}&project_id={blue}",
    "tenant_id={blue}&project_id={blue}",
    "project_id[]={blue}",
    "project_id={red},{blue}",
    "all_tenants=1",
    "all_projects=true",
    "all_tenants=1&project_id={blue}",
    "owner={blue}",
    "user_id={bill}",
    "user.id={bill}",
    "trustor_user_id={bill}",
    "shared=true",
    "is_admin=1",
)


async def test_threat_P4_foreign_owner_in_a_filter_shows_nothing_of_theirs(world: World) -> None:
    """Every list of every API, as a member of another project, asked for what is of project blue and of user bill."""
    names = {"red": world.red.project_id, "blue": world.blue.project_id, "bill": world.blue.user_id}
    asked = 0
    for place in EVERY_PLACE:
        if place.method != "GET" or place.variables:
            continue
        for words in FILTERS:
            path = f"{place.path}?{words.format(**names)}"
            answer = await world.ask(world.red, "GET", path)
            assert answer.status in (200, 204, 300, 400, 403, 404), (path, answer)
            _shows_nothing(world, place, path, answer)
            asked += 1
    assert asked > 800


async def test_threat_P4_project_in_the_path_is_the_callers_or_nothing(world: World) -> None:
    """Quotas, limits and the like, of another project."""
    for place in EVERY_PLACE:
        if place.variables and place.variables[-1][1] in ("project_id", "tenant_id", "user_id"):
            answer = await world.ask(world.red, place.method, fill(place, world.blue.ids), body_of(place, name="x"))
            assert answer.status >= 400, (place.name, answer)


async def test_threat_P9_token_that_was_verified_before_opens_no_more_than_a_fresh_one(world: World) -> None:
    """Every reading route, with a token that is checked anew and with one that the process has in memory."""
    for place in EVERY_PLACE:
        if place.method == "GET":
            path = fill(place, world.blue.ids)
            fresh = await world.ask(await world.with_fresh_token(world.red), "GET", path)
            known = await world.ask(world.red, "GET", path)
            assert fresh.status == known.status, place.name


BULK: Mapping[str, tuple[str, str, dict[str, Any]]] = {
    "networks": ("network", "networks", {}),
    "routers": ("router", "routers", {}),
    "security-groups": ("security_group", "security_groups", {"name": "x"}),
    "address-scopes": ("address_scope", "address_scopes", {"name": "x", "ip_version": 4}),
    "address-groups": ("address_group", "address_groups", {"name": "x", "addresses": []}),
    "subnetpools": ("subnetpool", "subnetpools", {"name": "x", "prefixes": ["10.98.0.0/16"]}),
    "ports": ("port", "ports", {"network_id": "networks"}),
    "subnets": ("subnet", "subnets", {"network_id": "networks", "cidr": "10.51.0.0/24", "ip_version": 4}),
    "floatingips": ("floatingip", "floatingips", {"floating_network_id": "outside"}),
    "trunks": ("trunk", "trunks", {"port_id": "ports"}),
    "security-group-rules": (
        "security_group_rule",
        "security_group_rules",
        {"security_group_id": "security-groups", "direction": "egress", "protocol": "tcp", "port_range_min": 7},
    ),
}


async def test_threat_P11_one_foreign_item_among_own_ones_stops_all_of_them(world: World) -> None:
    """By owner, and by what the item is about; in either order; and nothing is written."""
    before = await everything(world)
    outside = (await world.must(world.red, "GET", "/network/v2.0/networks?router:external=true"))["networks"][0]["id"]
    for collection, (_, plural, said) in BULK.items():
        own = _with(said, {**world.red.ids, "outside": outside})
        foreign = [own | {"project_id": world.blue.project_id}]
        if (about := _with(said, {**world.blue.ids, "outside": outside})) != own:
            foreign.append(about)
        for bad in foreign:
            for items in ([own, bad], [bad, own]):
                answer = await world.ask(world.red, "POST", f"/network/v2.0/{collection}", {plural: items})
                assert answer.status in (400, 403, 404), (collection, items, answer)
    assert await everything(world) == before


def _with(said: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    return {name: ids.get(value, value) if isinstance(value, str) else value for name, value in said.items()}


async def test_threat_P11_members_replaced_at_once_are_replaced_together_or_not(world: World) -> None:
    before = await everything(world)
    path = f"/load-balancer/v2/lbaas/pools/{world.red.ids['pools']}/members"
    own = {"address": "10.50.0.7", "protocol_port": 80, "subnet_id": world.red.ids["subnets"]}
    foreign = own | {"subnet_id": world.blue.ids["subnets"]}
    answer = await world.ask(world.red, "PUT", path, {"members": [own, foreign]})
    assert answer.status >= 400
    assert await everything(world) == before


async def test_threat_P11_request_of_two_identities_is_of_nobody(world: World) -> None:
    path = "/network/v2.0/networks"
    headers = [("X-Auth-Token", world.red.token), ("X-Auth-Token", world.admin.token)]
    for order in (headers, headers[::-1]):
        async with world.session.get(world.cloud.url + path, headers=order) as answer:
            assert answer.status == 401


def ids_in(content: Any) -> set[str]:
    """The ids of the items of a list, whatever it is called."""
    listed: Sequence[Any] = next((value for value in content.values() if isinstance(value, list)), [])
    return {str(item.get("id", uuid.uuid4())) for item in listed if isinstance(item, dict)}


async def test_threat_P12_hidden_attributes_neither_filter_nor_sort_nor_show(world: World) -> None:
    """Whatever an administrator sees of a resource and its owner does not, by every list of every API."""
    hidden_somewhere = 0
    for place in EVERY_PLACE:
        if place.method != "GET" or place.variables:
            continue
        mine, whole = [await world.ask(who, "GET", place.path) for who in (world.red, world.admin)]
        if mine.status != 200 or whole.status != 200 or not isinstance(mine.body, dict):
            continue
        seen = {item["id"]: item for item in _items(mine.body)}
        for item in _items(whole.body):
            shown = seen.get(item["id"])
            for name in item.keys() - shown.keys() if shown else ():
                hidden_somewhere += 1
                await _tells_nothing(world, place.path, name, item[name], ids_in(mine.body))
    assert hidden_somewhere


def _items(content: Any) -> list[dict[str, Any]]:
    listed = next((value for value in content.values() if isinstance(value, list)), [])
    return [item for item in listed if isinstance(item, dict) and "id" in item]


async def _tells_nothing(world: World, path: str, name: str, value: Any, every: set[str]) -> None:
    for words in (
        f"{name}={value}",
        f"{name}=other",
        f"sort_key={name}&sort_dir=desc",
        f"sort={name}:asc",
        f"fields={name}",
    ):
        answer = await world.ask(world.red, "GET", f"{path}?{words}".replace(" ", "%20"))
        assert answer.status in (200, 400, 403), (path, words, answer)
        if answer.status == 200:
            assert name.encode() not in answer.raw, (path, words)
            if not words.startswith("fields"):
                assert ids_in(answer.body) == every, (path, words)
