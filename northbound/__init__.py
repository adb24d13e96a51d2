"""What should be: the tenant network API and its translation into northbound rows.

Imports `runtime`, `identity`, `southbound`; never knows that servers exist.
"""
