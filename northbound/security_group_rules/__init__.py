"""Rules of security groups: each permits one kind of traffic and is one ACL.

Owns the rules' table, what makes a rule valid, and the OVN match that says the same. `northbound.security_groups`
builds on the store here; only the routes here look back at it.
"""
