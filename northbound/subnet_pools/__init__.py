"""Subnet pools: addresses that subnets are cut from, so that nobody has to choose them."""
