"""Trusts: one user lets another act on a project with some of their roles."""
