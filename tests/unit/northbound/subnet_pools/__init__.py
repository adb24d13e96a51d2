"""Tests of northbound.subnet_pools."""
