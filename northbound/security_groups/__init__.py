"""Security groups: which traffic their member ports may send and receive.

Owns the groups, each project's default group among them, and the port group and ACLs that a group is in OVN.
Ports ask `store` which groups a caller may use; rules belong to `northbound.security_group_rules`.
"""
