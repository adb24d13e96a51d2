"""The part of OVN's northbound database that is kept in memory: the columns that plans write, and what we observe."""

TABLES: dict[str, tuple[str, ...]] = {
    "NB_Global": ("external_ids", "options", "nb_cfg", "sb_cfg", "sb_cfg_timestamp"),
    "Logical_Switch": (
        "name",
        "ports",
        "other_config",
        "external_ids",
        "dns_records",
        "qos_rules",
        "load_balancer",
        "copp",
    ),
    "Logical_Switch_Port": (
        *("name", "type", "addresses", "port_security", "options", "enabled", "up", "parent_name", "tag_request"),
        "tag",
        *("dhcpv4_options", "dhcpv6_options", "ha_chassis_group", "external_ids"),
    ),
    "Logical_Router": (
        *("name", "ports", "static_routes", "nat", "enabled", "options", "external_ids", "policies", "load_balancer"),
        "copp",
    ),
    "Logical_Router_Port": (
        *("name", "mac", "networks", "enabled", "options", "ipv6_ra_configs", "gateway_chassis"),
        *("ha_chassis_group", "external_ids"),
    ),
    "HA_Chassis_Group": ("name", "ha_chassis", "external_ids"),
    "HA_Chassis": ("chassis_name", "priority", "external_ids"),
    "Gateway_Chassis": ("name", "chassis_name", "priority", "external_ids"),
    "Logical_Router_Static_Route": (
        *("ip_prefix", "nexthop", "output_port", "bfd", "policy", "route_table", "options", "external_ids"),
    ),
    "BFD": ("logical_port", "dst_ip", "external_ids"),
    "NAT": (
        *("type", "external_ip", "external_mac", "logical_ip", "logical_port", "gateway_port"),
        *("options", "external_ids"),
    ),
    "Port_Group": ("name", "ports", "acls", "external_ids"),
    "ACL": (
        *("name", "priority", "direction", "match", "action", "log", "severity", "meter", "label", "options"),
        "external_ids",
    ),
    "Copp": ("name", "meters", "external_ids"),
    "Meter": ("name", "unit", "bands", "fair", "external_ids"),
    "Meter_Band": ("action", "rate", "burst_size", "external_ids"),
    "Address_Set": ("name", "addresses", "external_ids"),
    "DHCP_Options": ("cidr", "options", "external_ids"),
    "DNS": ("records", "external_ids"),
    "Load_Balancer": (
        *("name", "protocol", "vips", "ip_port_mappings", "selection_fields", "health_check", "options"),
        "external_ids",
    ),
    "Load_Balancer_Health_Check": ("vip", "options", "external_ids"),
    "QoS": ("priority", "direction", "match", "action", "bandwidth", "external_ids"),
}

# Columns that northd writes: their changes are news, never drift.
OBSERVED = frozenset({("Logical_Switch_Port", "up")})
