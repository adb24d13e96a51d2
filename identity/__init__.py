"""Who is calling and what they may do: users, projects, domains, roles, tokens, catalogue, policy.

Imports `runtime` only. Everything that answers a request asks here first.
"""
