"""Bindings of a port: where it is, where it is about to be, and where it was, for live migration.

create on the destination (INACTIVE): OVN prepares the port there, and holds its traffic back until the guest says
by RARP that it runs there; activate: the destination is where the port is, the source binding stays INACTIVE.
"""
