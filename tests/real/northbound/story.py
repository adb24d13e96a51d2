"""A cloud with everything that plans know, every attribute of which is changed once; each step is watched."""

from typing import Any

from tests.real.northbound.api import collection
from tests.real.northbound.watching import Watched

Resource = dict[str, Any]
OUTSIDE = {"provider:network_type": "flat", "provider:physical_network": "physical1", "router:external": True}
VLAN = {"provider:network_type": "vlan", "provider:physical_network": "physical2"}


class Story:
    def __init__(self, watched: Watched) -> None:
        self._watched = watched
        self._made: list[tuple[str, Resource]] = []

    async def tell(self) -> None:
        await self._chassis()
        await self._ground()
        for chapter in (
            *(self._networks, self._subnets, self._ports, self._policies, self._groups, self._routers),
            *(
                self._floating_ips,
                self._balancers,
                self._ways_of_balancers,
                self._names,
                self._external_ports,
                self._bindings,
                self._segments,
            ),
        ):
            await chapter()

    async def take_apart(self) -> None:
        """Removes everything, the youngest first."""
        change = self._watched.change
        leads = {"network_id": self.outside["id"], "qos_policy_id": None}
        await change("router", self.router, external_gateway_info=leads)
        for noun, follower in (("network", self.network), ("port", self.port)):
            await change(noun, follower, qos_policy_id=None)
        for path, resource in reversed(self._made):
            if resource is self.router:
                await self._detach()
            await self._watched.ask("DELETE", f"{path}/{resource['id']}", api=_api_of(path))
        await self._watched.chassis(
            "chassis-del", "h1", until="NOT EXISTS (SELECT FROM northbound.chassis WHERE name = 'h1')"
        )

    async def _detach(self) -> None:
        await self._watched.change("router", self.router, external_gateway_info={})
        for subnet in (self.subnet, self.subnet6):
            path = f"/v2.0/routers/{self.router['id']}/remove_router_interface"
            await self._watched.ask("PUT", path, {"subnet_id": subnet["id"]})

    async def _make(self, noun: str, **said: Any) -> Resource:
        made = await self._watched.make(noun, **said)
        self._made.append((collection(noun), made))
        return made

    async def _post(self, path: str, noun: str, **said: Any) -> Resource:
        made = (await self._watched.ask("POST", path, {noun: said}, api=_api_of(path))).body[noun]
        self._made.append((path, made))
        return made

    async def _put(self, path: str, noun: str, **said: Any) -> None:
        await self._watched.ask("PUT", path, {noun: said}, api=_api_of(path))

    async def _chassis(self) -> None:
        options = "other_config:ovn-cms-options="
        mappings = "other_config:ovn-bridge-mappings="
        there = "EXISTS (SELECT FROM northbound.chassis WHERE name = '{}' AND {})"
        say = self._watched.chassis
        for name, address in (("h1", "127.0.0.1"), ("h2", "127.0.0.2")):
            await say("chassis-add", name, "geneve", address, until=there.format(name, "true"))
            await say("set", "Chassis", name, f"hostname=host-{name}", until=there.format(name, "hostname <> ''"))
            await say(
                *("set", "Chassis", name, f'{mappings}"physical1:br-ex,physical2:br-two"'),
                until=there.format(name, "cardinality(physical_networks) = 2"),
            )
            await say(
                *("set", "Chassis", name, f'{options}"enable-chassis-as-gw,availability-zones=az1"'),
                until=there.format(name, "is_gateway"),
            )

    async def _ground(self) -> None:
        self.outside = await self._make("network", name="internet", **OUTSIDE)
        self.outer = await self._make(
            *("subnet",),
            network_id=self.outside["id"],
            ip_version=4,
            cidr="150.25.12.0/24",
            gateway_ip="150.25.12.254",
            allocation_pools=[{"start": "150.25.12.1", "end": "150.25.12.200"}],
        )
        self.network = await self._make("network", name="mynetwork", dns_domain="example.org.")
        self.subnet = await self._make("subnet", network_id=self.network["id"], ip_version=4, cidr="10.50.0.0/24")
        self.subnet6 = await self._make(
            *("subnet",), network_id=self.network["id"], ip_version=6, cidr="fd00:50::/64", ipv6_ra_mode="dhcpv6-stateful",
            ipv6_address_mode="dhcpv6-stateful",
        )  # fmt: skip
        self.router = await self._make("router", name="myrouter")
        for subnet in (self.subnet, self.subnet6):
            path = f"/v2.0/routers/{self.router['id']}/add_router_interface"
            await self._watched.ask("PUT", path, {"subnet_id": subnet["id"]})
        await self._watched.change("router", self.router, external_gateway_info={"network_id": self.outside["id"]})
        self.group = await self._make("security_group", name="web")
        self.other_group = await self._make("security_group", name="other")
        self.port = await self._make(
            "port", network_id=self.network["id"], name="web", dns_name="web", security_groups=[self.group["id"]]
        )
        self.other_port = await self._make(
            "port", network_id=self.network["id"], security_groups=[self.other_group["id"]]
        )

    async def _networks(self) -> None:
        change = self._watched.change
        for said in (
            *({"name": "renamed"}, {"description": "said"}, {"admin_state_up": False}, {"admin_state_up": True}),
            *({"mtu": 1400}, {"port_security_enabled": False}, {"port_security_enabled": True}, {"shared": True}),
            *({"shared": False}, {"dns_domain": "example.com."}),
        ):
            await change("network", self.network, **said)
        await change("network", self.outside, is_default=True)
        await change("network", self.outside, mtu=1300)
        await change("network", self.outside, name="outside")
        await self._watched.ask("PUT", f"/v2.0/networks/{self.network['id']}/tags", {"tags": ["a"]})
        said = {"object_type": "network", "action": "access_as_shared", "object_id": self.network["id"]}
        grant = await self._make("rbac_policy", **said, target_tenant="blue")
        await change("rbac_policy", grant, target_tenant="green")
        vlan = await self._make("network", name="vlan", **VLAN, **{"provider:segmentation_id": 5})
        await change("network", vlan, **VLAN, **{"provider:segmentation_id": 6})

    async def _subnets(self) -> None:
        change = self._watched.change
        for said in (
            *({"name": "renamed"}, {"description": "said"}, {"dns_nameservers": ["9.9.9.9"]}),
            *({"host_routes": [{"destination": "10.9.0.0/24", "nexthop": "10.50.0.9"}]}, {"enable_dhcp": False}),
            *({"enable_dhcp": True}, {"dns_publish_fixed_ip": True}, {"dns_nameservers": []}),
            *(
                {"allocation_pools": [{"start": "10.50.0.2", "end": "10.50.0.250"}]},
                {"service_types": ["compute:nova"]},
            ),
            {"service_types": []},
        ):
            await change("subnet", self.subnet, **said)
        await change("subnet", self.subnet6, dns_nameservers=["fd00::9"])
        await change("subnet", self.outer, gateway_ip="150.25.12.253")
        await change("subnet", self.outer, enable_dhcp=False)
        await self._watched.ask("PUT", f"/v2.0/subnets/{self.subnet['id']}/tags", {"tags": ["a"]})
        scope = await self._make("address_scope", name="scope", ip_version=4)
        scopes = "address_scope_id"
        pool = await self._make("subnetpool", name="pool", prefixes=["10.60.0.0/16"], **{scopes: scope["id"]})
        network = await self._make("network", name="pooled")
        pooled = await self._make(
            "subnet", network_id=network["id"], ip_version=4, subnetpool_id=pool["id"], prefixlen=24
        )
        router = await self._make("router", name="scoped", external_gateway_info={"network_id": self.outside["id"]})
        path = f"/v2.0/routers/{router['id']}"
        await self._watched.ask("PUT", f"{path}/add_router_interface", {"subnet_id": pooled["id"]})
        await change("subnetpool", pool, **{scopes: None})
        await change("subnetpool", pool, **{scopes: scope["id"]})
        onboarded = await self._make("network", name="onboarded")
        apart = await self._make("subnet", network_id=onboarded["id"], ip_version=4, cidr="10.61.0.0/24")
        await self._watched.ask("PUT", f"{path}/add_router_interface", {"subnet_id": apart["id"]})
        onboarding = f"/v2.0/subnetpools/{pool['id']}/onboard_network_subnets"
        await self._watched.ask("PUT", onboarding, {"network_id": onboarded["id"]})
        for subnet in (pooled, apart):
            await self._watched.ask("PUT", f"{path}/remove_router_interface", {"subnet_id": subnet["id"]})

    async def _ports(self) -> None:
        change = self._watched.change
        pairs = [{"ip_address": "10.50.0.99"}]
        for said in (
            *({"name": "renamed"}, {"description": "said"}, {"admin_state_up": False}, {"admin_state_up": True}),
            *({"security_groups": []}, {"port_security_enabled": False}, {"port_security_enabled": True}),
            *({"security_groups": [self.group["id"]]}, {"allowed_address_pairs": pairs}, {"allowed_address_pairs": []}),
            *({"mac_address": "fa:16:3e:00:50:01"}, {"device_id": "a-box"}, {"device_owner": "compute:az1"}),
            *({"binding:host_id": "host-h1"}, {"binding:profile": {"a": "b"}}, {"propagate_uplink_status": False}),
            *({"extra_dhcp_opts": [{"opt_name": "mtu", "opt_value": "1300"}]}, {"numa_affinity_policy": "required"}),
            *({"hints": {"openvswitch": {"other_config": {"tx-steering": "hash"}}}}, {"dns_domain": "example.net."}),
            {"fixed_ips": [{"ip_address": "10.50.0.50"}, {"subnet_id": self.subnet6["id"]}]},
            {"fixed_ips": [{"ip_address": "10.50.0.51"}, {"ip_address": "10.50.0.52"}]},
        ):
            await change("port", self.port, **said)
        await self._watched.ask("PUT", f"/v2.0/ports/{self.port['id']}/tags", {"tags": ["a"]})
        network = await self._make("network", name="under a trunk")
        parent, one, two = [await self._make("port", network_id=network["id"]) for _ in range(3)]
        trunk = await self._make("trunk", port_id=parent["id"], sub_ports=[_vlan(one, 101)])
        path = f"/v2.0/trunks/{trunk['id']}"
        await self._watched.ask("PUT", f"{path}/add_subports", {"sub_ports": [_vlan(two, 102)]})
        await change("trunk", trunk, admin_state_up=False)
        await change("trunk", trunk, admin_state_up=True)
        await change("port", parent, **{"binding:host_id": "host-h1"})
        await self._watched.ask("PUT", f"{path}/remove_subports", {"sub_ports": [_vlan(one, 101)]})

    async def _policies(self) -> None:
        change = self._watched.change
        policies = "/v2.0/qos/policies"
        self.policy = await self._post(policies, "policy", name="slow", shared=True)
        other = await self._post(policies, "policy", name="other", shared=True)
        rules = f"{policies}/{self.policy['id']}"
        await change("network", self.network, qos_policy_id=self.policy["id"])
        await change("port", self.port, qos_policy_id=other["id"])
        await change("port", self.port, qos_policy_id=self.policy["id"])
        limit = await self._post(f"{rules}/bandwidth_limit_rules", "bandwidth_limit_rule", max_kbps=3000)
        for said in ({"max_kbps": 4000}, {"max_burst_kbps": 400}, {"direction": "ingress"}, {"direction": "egress"}):
            await self._put(f"{rules}/bandwidth_limit_rules/{limit['id']}", "bandwidth_limit_rule", **said)
        mark = await self._post(f"{rules}/dscp_marking_rules", "dscp_marking_rule", dscp_mark=26)
        await self._put(f"{rules}/dscp_marking_rules/{mark['id']}", "dscp_marking_rule", dscp_mark=28)
        least = await self._post(
            f"{rules}/minimum_bandwidth_rules", "minimum_bandwidth_rule", min_kbps=1000, direction="egress"
        )
        physical = await self._make("network", name="physical", **VLAN)
        await self._make("port", network_id=physical["id"], qos_policy_id=self.policy["id"])
        await self._put(f"{rules}/minimum_bandwidth_rules/{least['id']}", "minimum_bandwidth_rule", min_kbps=2000)
        await change("network", physical, qos_policy_id=self.policy["id"])
        await self._make("port", network_id=physical["id"])
        await change("network", physical, qos_policy_id=None)

    async def _groups(self) -> None:
        change = self._watched.change
        addresses = await self._make("address_group", name="partners", addresses=["10.9.0.0/24"])
        rule = {"security_group_id": self.group["id"], "direction": "ingress", "ethertype": "IPv4"}
        for said in (
            *({"protocol": "tcp", "port_range_min": 22, "port_range_max": 23}, {"remote_ip_prefix": "10.8.0.1/24"}),
            *({"remote_group_id": self.other_group["id"]}, {"remote_address_group_id": addresses["id"]}),
            {"protocol": "icmp", "port_range_min": 8, "port_range_max": 0},
        ):
            last = await self._make("security_group_rule", **rule, **said)
        await change("security_group_rule", last, description="said")
        await self._watched.ask("PUT", f"/v2.0/security-group-rules/{last['id']}/tags", {"tags": ["a"]})
        for said in ({"name": "renamed"}, {"description": "said"}):
            await change("security_group", self.group, **said)
        loose = await self._make("security_group", name="loose")
        await self._make("security_group_rule", **rule | {"security_group_id": loose["id"]})
        await change("security_group", loose, stateful=False)
        await self._watched.ask("PUT", f"/v2.0/security-groups/{self.group['id']}/tags", {"tags": ["a"]})
        for said in ({"name": "renamed"}, {"description": "said"}):
            await change("address_group", addresses, **said)
        for verb in ("add", "remove"):
            path = f"/v2.0/address-groups/{addresses['id']}/{verb}_addresses"
            await self._watched.ask("PUT", path, {"addresses": ["10.7.0.0/24"]})
        pairs = [{"ip_address": "10.50.0.98"}]
        await change("port", self.other_port, allowed_address_pairs=pairs)
        of_other = {"network_id": self.network["id"], "security_groups": [self.other_group["id"]]}
        held = [{"ip_address": fixed["ip_address"]} for fixed in self.other_port["fixed_ips"]]
        paired = await self._make("port", **of_other, allowed_address_pairs=[{"ip_address": "10.50.0.97"}, *held])
        await change("port", paired, security_groups=[])
        await change("port", paired, security_groups=[self.other_group["id"]])
        await change("port", self.other_port, fixed_ips=[{"ip_address": "10.50.0.60"}])
        log = await self._post(
            *("/v2.0/log/logs", "log"), name="log", resource_type="security_group", resource_id=self.group["id"],
            event="ALL",
        )  # fmt: skip
        for said in ({"name": "renamed"}, {"description": "said"}, {"enabled": False}, {"enabled": True}):
            await self._put(f"/v2.0/log/logs/{log['id']}", "log", **said)

    async def _routers(self) -> None:
        change = self._watched.change
        leads = {"network_id": self.outside["id"]}
        for said in (
            *({"name": "renamed"}, {"description": "said"}, {"admin_state_up": False}, {"admin_state_up": True}),
            {"external_gateway_info": {**leads, "enable_snat": False}},
            {"external_gateway_info": {**leads, "enable_snat": True}},
            {"external_gateway_info": {**leads, "qos_policy_id": self.policy["id"]}},
            {"external_gateway_info": {**leads, "external_fixed_ips": [{"ip_address": "150.25.12.77"}]}},
            {"routes": [{"destination": "10.9.0.0/24", "nexthop": "10.50.0.9"}]},
            *({"routes": []}, {"enable_default_route_ecmp": True}, {"enable_default_route_bfd": True}),
        ):
            await change("router", self.router, **said)
        path = f"/v2.0/routers/{self.router['id']}"
        second = {"router": {"external_gateways": [{"network_id": self.outside["id"]}]}}
        await self._watched.ask("PUT", f"{path}/add_external_gateways", second)
        await change("router", self.router, enable_default_route_bfd=False, enable_default_route_ecmp=False)
        gateways = (await self._watched.api.show("router", self.router["id"], who="admin"))["external_gateways"]
        turned = {"router": {"external_gateways": gateways[::-1]}}
        await self._watched.ask("PUT", f"{path}/update_external_gateways", turned)
        await self._watched.ask(
            "PUT", f"{path}/remove_external_gateways", {"router": {"external_gateways": gateways[:1]}}
        )
        await self._watched.ask("PUT", f"{path}/tags", {"tags": ["a"]})
        await self._serve_gateway()
        host = "hostname = 'elsewhere'"
        await self._watched.chassis(
            *("set", "Chassis", "h2", "hostname=elsewhere"),
            until=f"EXISTS (SELECT FROM northbound.chassis WHERE {host})",
        )

    async def _serve_gateway(self) -> None:
        async with self._watched.api.database.connection() as conn:
            gateway = await conn.fetchval(
                "SELECT port_id::text FROM northbound.router_ports WHERE router_id = $1 AND is_gateway",
                self.router["id"],
            )
        for host in ("h1", "h2"):
            served = (
                f"EXISTS (SELECT FROM northbound.gateway_hosts WHERE port_id = '{gateway}' AND host = 'host-{host}')"
            )
            await self._watched.api.ovn.wait_rows("SB", "Port_Binding", 1, logical_port=f"cr-lrp-{gateway}")
            await self._watched.chassis("lsp-bind", f"cr-lrp-{gateway}", host, until=served)
            await self._watched.api.ovn.sbctl("lsp-unbind", f"cr-lrp-{gateway}")

    async def _floating_ips(self) -> None:
        change = self._watched.change
        said = {"floating_network_id": self.outside["id"]}
        address = await self._make("floatingip", **said, port_id=self.port["id"], fixed_ip_address="10.50.0.51")
        for said_of in (
            *({"description": "said"}, {"fixed_ip_address": "10.50.0.52"}, {"qos_policy_id": self.policy["id"]}),
            *({"port_id": None}, {"port_id": self.other_port["id"]}),
        ):
            await change("floatingip", address, **said_of)
        await self._watched.ask("PUT", f"/v2.0/floatingips/{address['id']}/tags", {"tags": ["a"]})
        await change("router", self.router, distributed=True)
        await self._watched.api.ovn.wait_rows("SB", "Port_Binding", 1, logical_port=self.other_port["id"])
        active = f"EXISTS (SELECT FROM northbound.ports WHERE id = '{self.other_port['id']}' AND status = 'ACTIVE')"
        await self._watched.chassis("lsp-bind", self.other_port["id"], "h1", until=active)
        balancer = await self._balancer(self.subnet, self.subnet, "10.50.0.60")
        await self._watched.ask("DELETE", f"/v2/lbaas/loadbalancers/{balancer['id']}?cascade=true", api="load-balancer")
        del self._made[-4:]
        await self._watched.chassis("lsp-unbind", self.other_port["id"], until=f"NOT {active}")
        await change("port", self.other_port, mac_address="fa:16:3e:00:60:01")
        await change("router", self.router, distributed=False)
        forwarding = await self._make("floatingip", **said)
        addresses = [{"ip_address": "10.50.0.71"}, {"ip_address": "10.50.0.72"}]
        third, fourth = [
            await self._make("port", network_id=self.network["id"], fixed_ips=fixed)
            for fixed in (addresses, [{"ip_address": "10.50.0.73"}])
        ]
        path = f"/v2.0/floatingips/{forwarding['id']}/port_forwardings"
        made = await self._post(
            *(path, "port_forwarding"), internal_port_id=third["id"], internal_ip_address="10.50.0.71",
            internal_port=80, external_port=8080, protocol="tcp",
        )  # fmt: skip
        for changed in (
            *(
                {"internal_port": 81},
                {"external_port": 8081},
                {"protocol": "udp"},
                {"internal_ip_address": "10.50.0.72"},
            ),
            {"internal_port_id": fourth["id"], "internal_ip_address": "10.50.0.73"},
        ):
            await self._put(f"{path}/{made['id']}", "port_forwarding", **changed)

    async def _balancers(self) -> None:
        root = "/v2/lbaas"
        balancer = await self._post(f"{root}/loadbalancers", "loadbalancer", vip_subnet_id=self.subnet["id"])
        pool = await self._post(
            f"{root}/pools", "pool", loadbalancer_id=balancer["id"], protocol="TCP", lb_algorithm="SOURCE_IP_PORT"
        )
        listener = await self._post(
            *(f"{root}/listeners", "listener"), loadbalancer_id=balancer["id"], protocol="TCP", protocol_port=80,
            default_pool_id=pool["id"],
        )  # fmt: skip
        member = await self._post(
            f"{root}/pools/{pool['id']}/members", "member", address="10.50.0.60", protocol_port=80
        )
        monitor = await self._post(
            *(f"{root}/healthmonitors", "healthmonitor"),
            pool_id=pool["id"],
            type="TCP",
            delay=5,
            timeout=3,
            max_retries=3,
        )
        second = await self._post(
            f"{root}/pools", "pool", loadbalancer_id=balancer["id"], protocol="TCP", lb_algorithm="SOURCE_IP_PORT"
        )
        turns = ({"admin_state_up": False}, {"admin_state_up": True})
        for path, noun, changes in (
            (f"loadbalancers/{balancer['id']}", "loadbalancer", turns),
            (f"listeners/{listener['id']}", "listener", (*turns, {"default_pool_id": second["id"]}, {"default_pool_id": pool["id"]})),
            (f"pools/{pool['id']}", "pool", (*turns, {"session_persistence": {"type": "SOURCE_IP", "persistence_timeout": 60}})),
            (f"pools/{pool['id']}/members/{member['id']}", "member", (*turns, {"weight": 0}, {"weight": 1})),
            (
                *(f"healthmonitors/{monitor['id']}", "healthmonitor"),
                (*turns, {"delay": 6}, {"timeout": 4}, {"max_retries": 4}, {"max_retries_down": 4}),
            ),
        ):  # fmt: skip
            for said in changes:
                await self._put(f"{root}/{path}", noun, **said)
        shared = await self._make("floatingip", floating_network_id=self.outside["id"], port_id=balancer["vip_port_id"])
        await self._watched.change("floatingip", shared, port_id=None)
        await self._watched.change("port", self.other_port, fixed_ips=[{"ip_address": "10.50.0.61"}])
        await self._watched.change("port", self.other_port, fixed_ips=[{"ip_address": "10.50.0.60"}])

    async def _ways_of_balancers(self) -> None:
        """A load balancer that two routers lead to, and one that is outside while its members are not."""
        change, ask = self._watched.change, self._watched.ask
        network = await self._make("network", name="two ways")
        pools = [{"start": "10.90.0.100", "end": "10.90.0.200"}]
        subnet = await self._make(
            *("subnet",),
            network_id=network["id"],
            ip_version=4,
            cidr="10.90.0.0/24",
            gateway_ip=None,
            allocation_pools=pools,
        )
        balancer = await self._balancer(subnet, subnet, "10.90.0.150")
        ways, addresses = [], {}
        for address in ("10.90.0.8", "10.90.0.9"):
            port = await self._watched.make("port", network_id=network["id"], fixed_ips=[{"ip_address": address}])
            router = await self._make("router", name=f"by {address}")
            await ask("PUT", f"/v2.0/routers/{router['id']}/add_router_interface", {"port_id": port["id"]})
            ways.append((f"/v2.0/routers/{router['id']}/remove_router_interface", {"port_id": port["id"]}))
            addresses[router["id"]] = address
        await change("subnet", subnet, gateway_ip=addresses[max(addresses)])  # the other router led there so far
        outside = await self._make(
            "network", name="another outside", **OUTSIDE | {"provider:physical_network": "physical2"}
        )
        outer = await self._make("subnet", network_id=outside["id"], ip_version=4, cidr="150.26.0.0/24")
        await self._balancer(outer, subnet, "10.90.0.151")
        await change("router", router, external_gateway_info={"network_id": outside["id"]})
        await change("router", router, external_gateway_info={})
        await change("network", network, **{"router:external": True})
        await change("network", network, **{"router:external": False})
        for path, said in ways:
            await ask("PUT", path, said)
        await self._put(f"/v2/lbaas/loadbalancers/{balancer['id']}", "loadbalancer", name="renamed")

    async def _balancer(self, subnet: Resource, of_member: Resource, address: str) -> Resource:
        root = "/v2/lbaas"
        balancer = await self._post(f"{root}/loadbalancers", "loadbalancer", vip_subnet_id=subnet["id"])
        said = {"loadbalancer_id": balancer["id"], "protocol": "TCP"}
        pool = await self._post(f"{root}/pools", "pool", **said, lb_algorithm="SOURCE_IP_PORT")
        await self._post(f"{root}/listeners", "listener", **said, protocol_port=80, default_pool_id=pool["id"])
        await self._post(
            *(f"{root}/pools/{pool['id']}/members", "member"),
            address=address,
            protocol_port=80,
            subnet_id=of_member["id"],
        )
        return balancer

    async def _names(self) -> None:
        for said in ({"dns_name": "www"}, {"dns_domain": ""}, {"fixed_ips": [{"ip_address": "10.50.0.53"}]}):
            await self._watched.change("port", self.port, **said)
        await self._watched.change("network", self.network, dns_domain="")

    async def _external_ports(self) -> None:
        network = await self._make("network", name="cards", **VLAN)
        subnet = await self._make("subnet", network_id=network["id"], ip_version=4, cidr="10.70.0.0/24")
        port = await self._make("port", network_id=network["id"])
        await self._watched.change("port", port, **{"binding:vnic_type": "direct"})
        router = await self._make("router", name="of cards", external_gateway_info={"network_id": self.outside["id"]})
        path = f"/v2.0/routers/{router['id']}"
        await self._watched.ask("PUT", f"{path}/add_router_interface", {"subnet_id": subnet["id"]})
        await self._watched.chassis(
            *("set", "Chassis", "h2", 'other_config:ovn-cms-options=""'),
            until="EXISTS (SELECT FROM northbound.chassis WHERE name = 'h2' AND NOT is_gateway)",
        )
        await self._watched.change("router", router, external_gateway_info={})
        await self._watched.ask("PUT", f"{path}/remove_router_interface", {"subnet_id": subnet["id"]})
        await self._watched.change("port", port, **{"binding:vnic_type": "normal"})

    async def _bindings(self) -> None:
        said = {"binding:host_id": "host-h1", "device_owner": "compute:az1"}
        port = await self._make("port", network_id=self.network["id"], **said)
        path = f"/v2.0/ports/{port['id']}/bindings"
        await self._watched.ask("POST", path, {"binding": {"host": "elsewhere"}})
        await self._watched.ask("PUT", f"{path}/elsewhere/activate")
        await self._watched.ask("DELETE", f"{path}/host-h1")

    async def _segments(self) -> None:
        network = await self._make("network", name="segments")
        await self._make("port", network_id=network["id"], qos_policy_id=self.policy["id"])
        (first,) = await self._watched.api.find(f"segments?network_id={network['id']}", who="admin")
        place = {"network_type": "vlan", "physical_network": "physical1", "segmentation_id": 77}
        second = await self._watched.make("segment", network_id=network["id"], **place)
        await self._watched.remove("segment", first)
        third = await self._watched.make(
            "segment", network_id=network["id"], **place | {"physical_network": "physical2"}
        )
        subnet = await self._make("subnet", network_id=network["id"], ip_version=4, cidr="10.80.0.0/24")
        await self._watched.remove("segment", second)
        await self._watched.change("subnet", subnet, segment_id=third["id"])
        waiting = await self._make("port", network_id=network["id"])
        await self._watched.change("port", waiting, **{"binding:host_id": "host-h1"})


def _vlan(port: Resource, number: int) -> Resource:
    return {"port_id": port["id"], "segmentation_type": "vlan", "segmentation_id": number}


def _api_of(path: str) -> str:
    return "load-balancer" if path.startswith("/v2/lbaas") else "network"
