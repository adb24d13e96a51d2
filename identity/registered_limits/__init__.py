"""Registered limits: what services count, and how much of it each project may have unless a limit says otherwise."""
