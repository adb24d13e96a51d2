"""Assignments: which role a user has on a project, on a domain, or on the system."""
