"""Routers: interfaces to subnets, a gateway to an external network, extra routes.

Owns the routers, which ports are theirs, and their rows in OVN: the router, its ports, routes, source NAT and the
chassis of its gateway. Builds on ports, subnets and networks; floating IPs build on it.
"""
