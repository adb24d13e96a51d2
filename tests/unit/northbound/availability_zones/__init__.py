"""Tests of northbound.availability_zones."""
