"""The extensions that work here, each with the alias by which clients ask for it."""

from msgspec import Struct


class Extension(Struct, frozen=True):
    alias: str
    name: str
    description: str
    updated: str = "2026-11-01T00:00:00-00:00"
    links: list[str] = []


EXTENSIONS = {
    extension.alias: extension
    for extension in (
        Extension("address-group", "Address groups", "Addresses that security group rules name together."),
        Extension("address-scope", "Address scopes", "Addresses that are unique among themselves."),
        Extension("agent", "Agents", "The agents of the hypervisors."),
        Extension("allowed-address-pairs", "Allowed Address Pairs", "Let a port use further addresses."),
        Extension("auto-allocated-topology", "Auto allocated topology", "A network with a way out, made by itself."),
        Extension("availability_zone", "Availability zones", "Zones that hypervisors belong to."),
        Extension("availability_zone_filter", "Availability zone filter", "Filters of the list of zones."),
        Extension("binding", "Port Binding", "Show administrators where a port is bound."),
        Extension("binding-extended", "Port bindings extended", "Bindings of a port to several hosts, to move it."),
        Extension("dns-domain-ports", "DNS domain of ports", "The domain that a port's name is in."),
        Extension("dns-integration", "DNS integration", "Names of ports, which guests of their network can resolve."),
        Extension("dvr", "Distributed routers", "Routers whose floating IPs are translated where their ports are."),
        Extension("ecmp_routes", "ECMP routes", "Extra routes of one destination share its traffic."),
        Extension("empty-string-filtering", "Filtering by empty strings", "List what has no value of an attribute."),
        Extension("enable-default-route-bfd", "Default routes with BFD", "Leave a next hop out that is silent."),
        Extension("enable-default-route-ecmp", "Default routes with ECMP", "Gateways of a router share its traffic."),
        Extension("ext-gw-mode", "Router external gateway modes", "Choose source NAT on a router's gateway."),
        Extension("external-gateway-multihoming", "External gateway multihoming", "Several gateways of a router."),
        Extension("external-net", "Neutron external network", "Networks that routers may have their gateway on."),
        Extension("default-subnetpools", "Default subnet pools", "A pool that is used when none is named."),
        Extension("external-net", "External networks", "Networks that routers may have their gateway on."),
        Extension("extra_dhcp_opt", "Extra DHCP options", "DHCP options of a single port."),
        Extension("extraroute", "Extra routes", "Further routes of a router."),
        Extension("extraroute-atomic", "Atomic extra routes", "Add and remove single routes of a router."),
        Extension("filter-validation", "Filter validation", "Refuse filters that a list does not have."),
        Extension(
            "expose-port-forwarding-in-fip", "Port forwardings in floating IPs", "Show what a floating IP forwards."
        ),
        Extension("fip-port-details", "Floating IP port details", "Show the port behind a floating IP."),
        Extension(
            "floating-ip-port-forwarding", "Floating IP port forwarding", "Ports of a floating IP that lead to ports."
        ),
        Extension(
            "floating-ip-port-forwarding-description", "Descriptions of port forwardings", "And their descriptions."
        ),
        Extension(
            "floating-ip-port-forwarding-detail", "Details of port forwardings", "Show their ids in floating IPs."
        ),
        Extension("floating-ip-port-forwarding-port-ranges", "Ranges of port forwardings", "Forward ranges of ports."),
        Extension("floatingip-pools", "Floating IP pools", "The subnets of which floating IPs are given out."),
        Extension("ip-substring-filtering", "IP substring filtering", "List ports by a part of an address."),
        Extension("ip_allocation", "IP allocation", "Ports of routed networks get addresses when they have a host."),
        Extension("l2_adjacency", "L2 adjacency", "Whether all addresses of a network are reachable without a router."),
        Extension("l3-ha", "HA routers", "Routers that outlive a chassis: here every one does."),
        Extension("multi-provider", "Multi provider networks", "Networks of several segments."),
        Extension("logging", "Logging", "Log what security groups let pass and drop."),
        Extension("net-mtu", "Network MTU", "The MTU of a network."),
        Extension("net-mtu-writable", "Network MTU (writable)", "Choose the MTU of a network."),
        Extension("network-ip-availability", "Network IP availability", "How many addresses are used."),
        Extension("network_availability_zone", "Network availability zones", "The zones that a network is in."),
        Extension("pagination", "Pagination", "Lists in pages, by marker and limit."),
        Extension("port-hint-ovs-tx-steering", "Open vSwitch TX steering", "The hint tx-steering of a port."),
        Extension("port-hints", "Port hints", "Hints to the host that plugs a port."),
        Extension("port-mac-address-regenerate", "MAC address regeneration", "Give a port a new MAC address."),
        Extension("port-numa-affinity-policy", "NUMA affinity of ports", "Where a port's host places its queues."),
        Extension("port-numa-affinity-policy-socket", "NUMA affinity by socket", "The NUMA affinity policy socket."),
        Extension("port-security", "Port Security", "Leave a port or the ports of a network unfiltered."),
        Extension("project-id", "project_id field", "project_id beside tenant_id."),
        Extension("provider", "Provider networks", "The physical network, type and segment under a network."),
        Extension("qinq", "QinQ networks", "VLAN networks whose tags are 802.1ad, with the guests' tags inside."),
        Extension("port-resource-request", "Port resource request", "What a port asks of a host's bandwidth."),
        Extension("port-resource-request-groups", "Resource request groups", "The same, in groups."),
        Extension("qos", "Quality of service", "Policies that ports and networks follow."),
        Extension("qos-bw-limit-direction", "Limits by direction", "Limit what a port sends and what it gets."),
        Extension("qos-default", "Default QoS policy", "A policy that new networks of a project follow."),
        Extension("qos-fip", "QoS of floating IPs", "Policies that floating IPs follow."),
        Extension("qos-fip-network-policy", "Network's policy", "Show which policy a floating IP's network follows."),
        Extension("qos-gateway-ip", "QoS of gateways", "A policy that a router's gateway follows."),
        Extension("qos-port-network-policy", "Network's policy", "Show with a port which policy its network follows."),
        Extension("qos-rule-type-details", "QoS rule type details", "Show what a type of QoS rules accepts."),
        Extension("qos-rule-type-filter", "QoS rule type filters", "Filter the types of QoS rules."),
        Extension("qos-rules-alias", "QoS rules by id", "Reach a QoS rule without its policy's id."),
        Extension("quota-check-limit", "Quota limit check", "Refuse a limit below what is used."),
        Extension("quota_details", "Quota details", "What a project holds, beside what it may hold."),
        Extension("quotas", "Quota management", "Set what a project may hold."),
        Extension("rbac-address-group", "RBAC of address groups", "Share address groups with projects."),
        Extension("rbac-address-scope", "RBAC of address scopes", "Share address scopes with projects."),
        Extension("rbac-policies", "RBAC policies", "Share resources with projects, or with every one."),
        Extension("rbac-security-groups", "RBAC of security groups", "Share security groups with projects."),
        Extension("rbac-subnetpool", "RBAC of subnet pools", "Share subnet pools with projects."),
        Extension("revision-if-match", "If-Match on revisions", "Change a resource only as it was last seen."),
        Extension("router", "Routers", "Routers, their interfaces and gateways, and floating IPs."),
        Extension("router_availability_zone", "Router availability zones", "Zones that serve a router's gateway."),
        Extension("security-group", "Security groups", "Groups of rules that filter the traffic of ports."),
        Extension("security-groups-default-rules", "Default rules", "Choose the rules that new groups start with."),
        Extension("security-groups-normalized-cidr", "Normalized CIDR", "Show a rule's prefix without host bits."),
        Extension("security-groups-remote-address-group", "Remote address groups", "Rules that name address groups."),
        Extension(
            "security-groups-rules-belongs-to-default-sg",
            "Default group's rules",
            "Show whether a rule is of a default group.",
        ),
        Extension(
            "security-groups-shared-filtering", "Shared groups", "Filter security groups by whether they are shared."
        ),
        Extension("service-type", "Service types", "Which provider stands behind a kind of service."),
        Extension("segment", "Segments", "The segments of a network, and subnets of one of them."),
        Extension("sorting", "Sorting", "Sort lists by attributes."),
        Extension("standard-attr-description", "Descriptions", "A description of every resource."),
        Extension("standard-attr-revisions", "Revision numbers", "A number that every change raises."),
        Extension("standard-attr-tag", "Tags", "Tags of resources, and lists filtered by them."),
        Extension(
            "standard-attr-segment", "Standard attributes of segments", "Descriptions and revisions of segments."
        ),
        Extension("standard-attr-tag", "Tags", "Tags of networks, subnets, ports, routers, floating IPs and groups."),
        Extension("standard-attr-timestamp", "Timestamps", "When a resource was made and last changed."),
        Extension(
            "stateful-security-group", "Stateful security groups", "Groups whose rules do not track connections."
        ),
        Extension(
            "subnet-dns-publish-fixed-ip", "Subnet DNS publish fixed IP", "Mark subnets whose addresses go to DNS."
        ),
        Extension("subnet-external-network", "Subnet external network", "Whether the network of a subnet is external."),
        Extension(
            "subnet-segmentid-writable", "Subnet segment (writable)", "Tie a subnet to the segment of its network."
        ),
        Extension("subnet-service-types", "Subnet service types", "Subnets for certain kinds of ports."),
        Extension("subnet_allocation", "Subnet allocation", "Subnets cut from subnet pools."),
        Extension("subnet_onboard", "Subnet onboard", "Bring existing subnets into a subnet pool."),
        Extension("subnetpool-prefix-ops", "Subnet pool prefixes", "Add and remove prefixes of a subnet pool."),
        Extension("vlan-transparent", "VLAN transparency", "Networks that carry the VLAN tags of guests."),
        Extension("tag-ports-during-bulk-creation", "Tags at creation", "Tag ports as they are created."),
        Extension("trunk", "Trunks", "Ports that carry the traffic of others under VLAN tags."),
        Extension("trunk-details", "Trunk details", "The subports of a trunk, shown with its port."),
        Extension("uplink-status-propagation", "Uplink status propagation", "Whether a card follows its uplink."),
        Extension(
            "uplink-status-propagation-updatable", "Uplink status propagation (updatable)", "Change it of a port."
        ),
        Extension("vlan-transparent", "VLAN transparency", "Networks that carry the VLAN tags of guests."),
    )
}
