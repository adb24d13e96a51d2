"""Servers and where they run: flavors, keypairs, images, the scheduler, the agent.

Imports everything below it; calls `northbound` as a library inside its own transaction.
"""
