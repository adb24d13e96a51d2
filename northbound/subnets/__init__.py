"""Subnets: address ranges of a network, and what DHCP says in them."""
