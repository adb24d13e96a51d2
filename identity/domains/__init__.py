"""Domains: the namespaces of users and projects."""
