"""Agents: the ovn-controller of each hypervisor, as the network API lists them."""
