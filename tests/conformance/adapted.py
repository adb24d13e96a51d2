"""openstacksdk's test classes as they can meet a cloud on OVN: same tests, other constants and other ground under them.

* `TestLoadBalancer` is written for Octavia's amphorae: HTTP, ROUND_ROBIN, layer 7, flavors. OVN balances layer 4 by
  source and destination, so the constants say that, and its ground is made without what OVN's provider refuses in
  Octavia, too. The tests themselves are the package's; those of what is refused are excluded with their reasons.
* `TestSegment` knows a network's own segment only when told that the extension makes one (a constant of the class).
* `TestAutoAllocatedTopology` turns every network called "public" into the default one, as a member who may not; the
  default external network is part of the ground here.
"""

from openstack.tests.functional import base
from openstack.tests.functional.load_balancer.v2 import test_load_balancer
from openstack.tests.functional.network.v2.test_auto_allocated_topology import TestAutoAllocatedTopology
from openstack.tests.functional.network.v2.test_segment import TestSegment

NAMES = ("LB", "LISTENER", "POOL", "MEMBER", "HM", "UPDATE")


class TestLoadBalancer(test_load_balancer.TestLoadBalancer):
    PROTOCOL = HM_TYPE = "TCP"
    LB_ALGORITHM = "SOURCE_IP_PORT"
    WEIGHT = 1
    AMPHORA = "ovn"

    def setUp(self) -> None:
        base.BaseFunctionalTest.setUp(self)
        for name in NAMES:
            setattr(self, f"{name}_NAME", self.getUniqueString())
        self.PROJECT_ID = self.operator_cloud.session.get_project_id()
        self._make_network()
        self._make_balancer()

    def tearDown(self) -> None:
        self.operator_cloud.load_balancer.delete_quota(self.PROJECT_ID, ignore_missing=False)
        self.operator_cloud.load_balancer.delete_load_balancer(self.LB_ID, cascade=True, ignore_missing=False)
        self.operator_cloud.network.delete_network(self.network, ignore_missing=False)
        base.BaseFunctionalTest.tearDown(self)

    def _make_network(self) -> None:
        self.network = self.operator_cloud.network.create_network(name=self.LB_NAME)
        subnet = self.operator_cloud.network.create_subnet(
            network_id=self.network.id, ip_version=4, cidr="192.0.2.0/24"
        )
        self.VIP_SUBNET_ID = subnet.id

    def _make_balancer(self) -> None:
        octavia = self.operator_cloud.load_balancer
        limits = dict.fromkeys(("load_balancer", "pool", "listener", "health_monitor", "member"), 100)
        octavia.update_quota(self.PROJECT_ID, **limits)
        balancer = octavia.create_load_balancer(
            name=self.LB_NAME, vip_subnet_id=self.VIP_SUBNET_ID, project_id=self.PROJECT_ID
        )
        self.LB_ID = balancer.id
        listener = octavia.create_listener(
            name=self.LISTENER_NAME,
            protocol=self.PROTOCOL,
            protocol_port=self.PROTOCOL_PORT,
            loadbalancer_id=self.LB_ID,
        )
        self.LISTENER_ID = listener.id
        pool = octavia.create_pool(
            name=self.POOL_NAME, protocol=self.PROTOCOL, lb_algorithm=self.LB_ALGORITHM, listener_id=self.LISTENER_ID
        )
        self.POOL_ID = pool.id
        member = octavia.create_member(
            pool=self.POOL_ID,
            name=self.MEMBER_NAME,
            address=self.MEMBER_ADDRESS,
            protocol_port=self.PROTOCOL_PORT,
            weight=self.WEIGHT,
        )
        self.MEMBER_ID = member.id
        monitor = octavia.create_health_monitor(
            pool_id=self.POOL_ID,
            name=self.HM_NAME,
            delay=self.DELAY,
            timeout=self.TIMEOUT,
            max_retries=self.MAX_RETRY,
            type=self.HM_TYPE,
        )
        self.HM_ID = monitor.id
        octavia.wait_for_load_balancer(self.LB_ID, interval=1, wait=self._wait_for_timeout)


def adapt() -> None:
    """Puts the adapted classes where the package's loader finds them."""
    test_load_balancer.TestLoadBalancer = TestLoadBalancer
    TestSegment.SEGMENT_EXTENSION = True
    TestAutoAllocatedTopology._set_network_external = lambda _test: None
