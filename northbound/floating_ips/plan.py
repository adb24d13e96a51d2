"""A floating IP -> its NAT row, if it is associated. Pure. Source: ovn-mapping section 9.

Served by the chassis of the router's gateway: without an external MAC, OVN keeps the translation in one place.
"""

from northbound.floating_ips.floating_ip import FloatingIp
from southbound import external_ids, names
from southbound.ovsdb.rows import Row


def plan_floating_ip(floating_ip: FloatingIp) -> list[Row]:
    """One row inside the router that leads out, whose UUID is the floating IP's id; none while not associated."""
    if floating_ip.port_id is None or floating_ip.router_id is None:
        return []
    return [
        Row(
            "NAT",
            owner=names.floating_ip_owner(floating_ip.id),
            uuid=names.floating_ip_nat_uuid(floating_ip.id),
            inside=("Logical_Router", names.router_uuid(floating_ip.router_id), "nat"),
            columns={
                "type": "dnat_and_snat",
                "external_ip": floating_ip.floating_ip_address,
                "logical_ip": floating_ip.fixed_ip_address,
                "logical_port": names.switch_port_name(floating_ip.port_id),
                "external_mac": None,
                "options": {"stateless": "false"},
                "external_ids": {
                    external_ids.FLOATING_IP_ID: floating_ip.id,
                    external_ids.REVISION: str(floating_ip.revision_number),
                    external_ids.FLOATING_IP_PORT_ID: floating_ip.port_id,
                    external_ids.ROUTER_NAME: names.router_name(floating_ip.router_id),
                    external_ids.FLOATING_IP_MAC: floating_ip.mac_address,
                    external_ids.FLOATING_IP_NETWORK_ID: floating_ip.floating_network_id,
                },
            },
        )
    ]
