"""Pools: the members that share the load, and how a client is kept with one."""
