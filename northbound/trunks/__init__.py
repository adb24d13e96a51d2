"""Trunks: a guest's one card carries the traffic of several ports, each under a VLAN tag.

    trunk.py schema.py policy.py noun.py      what a trunk is, declared
    store.py        its subports, and which ports may be in a trunk       routes.py      its three actions
    membership.py   which trunk a port is in

In OVN a subport is a switch port with a parent and a tag; the plan is that of ports.
"""
