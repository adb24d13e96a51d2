"""Keys of external_ids that Meridian writes or reads, per table as in ovn-mapping section 3.

Values are text: integers in decimal, booleans "true"/"false" (the router port's IS_GATEWAY is "True"/"False", as
upstream has it). `meridian:owner` is written by the applier, never by a plan.
"""

# On most rows: the API object's revision_number in decimal.
REVISION = "neutron:revision_number"
AVAILABILITY_ZONE_HINTS = "neutron:availability_zone_hints"

# Logical_Switch. On a port, NETWORK_NAME is the switch's name, not the API name.
NETWORK_NAME = "neutron:network_name"
MTU = "neutron:mtu"
PROVIDER_NETWORK_TYPE = "neutron:provnet-network-type"
PROVIDER_PHYSICAL_NETWORK = "neutron:provnet-physical-network"

# Logical_Switch_Port.
PORT_NAME = "neutron:port_name"
DEVICE_ID = "neutron:device_id"
DEVICE_OWNER = "neutron:device_owner"
PROJECT_ID = "neutron:project_id"
CIDRS = "neutron:cidrs"
ADDRESS_SCOPE_V4 = "neutron:subnet_pool_addr_scope4"
ADDRESS_SCOPE_V6 = "neutron:subnet_pool_addr_scope6"
SECURITY_GROUP_IDS = "neutron:security_group_ids"
VNIC_TYPE = "neutron:vnic_type"
PORT_CAPABILITIES = "neutron:port_capabilities"
HOST_ID = "neutron:host_id"
PORT_FLOATING_IP = "neutron:port_fip"

# Logical_Router and Logical_Router_Port. On a router port ROUTER_NAME is the router's OVN name.
ROUTER_NAME = "neutron:router_name"
SUBNET_IDS = "neutron:subnet_ids"
IS_GATEWAY = "neutron:is_ext_gw"

# Logical_Router_Static_Route.
IS_STATIC_ROUTE = "neutron:is_static_route"
ROUTE_SUBNET_ID = "neutron:subnet_id"

# NAT of a floating IP.
FLOATING_IP_ID = "neutron:fip_id"
FLOATING_IP_PORT_ID = "neutron:fip_port_id"
FLOATING_IP_MAC = "neutron:fip_external_mac"
FLOATING_IP_NETWORK_ID = "neutron:fip_network_id"

# DHCP_Options: upstream writes these two without a prefix.
DHCP_SUBNET_ID = "subnet_id"
DHCP_PORT_ID = "port_id"
NETWORK_ID = "neutron:network_id"

# DNS, without a prefix as well.
SWITCH_NAME = "ls_name"

# QoS: whom a row is for.
QOS_PORT_ID = "neutron:port_id"
QOS_FLOATING_IP_ID = "neutron:fip_id"
QOS_ROUTER_ID = "neutron:router_id"

# Port_Group, ACL.
SECURITY_GROUP_ID = "neutron:security_group_id"
SECURITY_GROUP_RULE_ID = "neutron:security_group_rule_id"

# Load_Balancer: as Octavia's OVN provider writes them, beside listener_<id> and pool_<id>.
VIP = "neutron:vip"
VIP_PORT_ID = "neutron:vip_port_id"
VIP_FLOATING_IP = "neutron:vip_fip"
ADDITIONAL_VIPS = "neutron:additional_vips"
ADDITIONAL_VIP_PORT_IDS = "neutron:additional_vip_port_ids"
BALANCER_ENABLED = "enabled"
BALANCER_ROUTERS = "lr_ref"

# Load_Balancer_Health_Check.
HEALTH_MONITOR_ID = "octavia:healthmonitor"
HEALTH_MONITOR_POOL_ID = "octavia:pool_id"
HEALTH_MONITOR_VIP = "octavia:vip"

# Address_Set.
ADDRESS_GROUP_ID = "neutron:address_group_id"

# NB_Global: the term of the leader that may write.
TERM = "meridian:term"
