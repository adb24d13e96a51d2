"""Configuration of single domains: who keeps their users, and how a directory is asked. Routes, and what may be set."""
