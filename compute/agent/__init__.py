"""The agent of one hypervisor: turns the desired servers of its host into libvirt domains.

Runs as root, one per host, and imports nothing above `compute`; only `deploy` starts it. Data flows one way round:
bus or disk -> `state` (what should be) and `observe` (what is) -> `converge` (pure plan) -> `execute` -> `report`.
"""
