"""Tests of northbound.extensions."""
