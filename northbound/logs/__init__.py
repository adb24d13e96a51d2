"""Logs of security groups: what they let pass and what they drop, written by the hosts' ovn-controller.

A log is a resource alone: its lines are in the log file of each host's ovn-controller, for operators, and carry the
log's id (`name="neutron-<id>"`). A group is logged by the oldest log that asks for it, and by none while it is shared:
ports of other projects may be in it, whose traffic is nobody else's to see.
"""
