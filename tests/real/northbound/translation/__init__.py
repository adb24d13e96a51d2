"""Marks, leadership and the loop against real PostgreSQL and OVN."""
