"""The ground floor: errors, settings, database, bus, web, attributes, reconciler.

Knows no domain and imports nothing of ours; every other package may import it.
"""
