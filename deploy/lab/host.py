"""What makes a host's Open vSwitch a chassis of OVN."""

from deploy.lab.daemons.ovsdb import OvsdbServer

PHYSICAL_NETWORK = "physical1"
EXTERNAL_BRIDGE = "br-ex"


def chassis_identity(host_name: str, southbound: OvsdbServer) -> dict[str, str]:
    """The external_ids of the Open_vSwitch row of host `host_name`, which may carry gateways.

    The tunnel address is of the loopback: a host that is alone has nobody to tunnel to.
    Source: ovn-controller(8), configuration.
    """
    return {
        "system-id": host_name,
        "hostname": host_name,
        "ovn-remote": southbound.remote,
        "ovn-encap-type": "geneve",
        "ovn-encap-ip": "127.0.0.1",
        "ovn-bridge-datapath-type": "netdev",
        "ovn-bridge-mappings": f"{PHYSICAL_NETWORK}:{EXTERNAL_BRIDGE}",
        "ovn-cms-options": "enable-chassis-as-gw",
        "ovn-monitor-all": "true",
    }
