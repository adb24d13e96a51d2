"""Tests of northbound.agents."""
