"""Floating IPs: addresses of an external network that stand for a port's own address.

Owns the floating IPs, their reservation ports, and the NAT row that an associated one is in OVN. Builds on routers
and ports; neither knows it: a port's end ends its associations by the database's own references.
"""
